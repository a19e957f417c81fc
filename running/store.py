"""Finished blocks and trained networks, as named arrays that SQLite keeps."""

import io
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evidence.errors import UserError, damage_of
from running.arrays import read_arrays
from running.places import is_there, require_file

APPLICATION = 0x73717274
"""What SQLite calls the file's application id; "sqrt" in ASCII."""

SECONDS_OF_WAITING = 60
"""How long another run may keep the file locked."""


Arrays: TypeAlias = Mapping[str, NDArray[Any]]


class StoreError(UserError):
    """A file that is no store, or a damaged one; the message says what would be right."""


class StoredBlock(NamedTuple):
    """One of the numbered blocks that a key names."""

    key: str
    number: int
    description: str
    arrays: Arrays


class Store:
    """Arrays by run and key: blocks, which are numbered, and trained networks.

    A run names what decides the bits of a result beside its key, such as the versions of the code
    (`running.pools.run_name`). A key names all else that decides it. A description says the same
    to a human reader.

    What is in the store is never computed again. Safe to be killed at any moment and to be shared
    by several runs at a time. What is put in twice counts once. To be used from the thread that
    opened it.

    The file keeps SQLite's default journal: the faster write-ahead log needs memory shared by all
    processes, which file systems over a network do not have.

    Parameters
    ----------
    path : the SQLite file, made if it is not there.

    Raises
    ------
    StoreError : a file that cannot be opened, or is something else; from every method, a file
        that is damaged, full or locked for long.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if str(path) != ":memory:" and is_there(path, error=StoreError):
            require_file(path, error=StoreError)
        with self._explained():
            self._connection = sqlite3.connect(
                path, timeout=SECONDS_OF_WAITING, isolation_level=None
            )
        try:
            with self._transaction():
                self._prepare()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def blocks(self, run: str, key: str, numbers: range) -> dict[int, dict[str, NDArray[Any]]]:
        """Return those blocks of a key that are finished, by number.

        Parameters
        ----------
        run, key : whose blocks.
        numbers : which blocks, in steps of 1.
        """
        with self._explained():
            rows = self._connection.execute(
                "SELECT block, data FROM blocks "
                "WHERE run = ? AND ensemble = ? AND block >= ? AND block < ?",
                (run, key, numbers.start, numbers.stop),
            ).fetchall()
        with self.undamaged():
            return {number: read_arrays(data) for number, data in rows}

    def put_blocks(self, run: str, blocks: Sequence[StoredBlock]) -> None:
        """Keep finished blocks, all or none; the first one with its key and number stays."""
        rows = [
            (run, block.key, block.number, block.description, _zipped(block.arrays))
            for block in blocks
        ]
        with self._transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?, ?)", rows
            )

    def networks(self, run: str) -> dict[str, dict[str, NDArray[Any]]]:
        """Return the trained networks of a run, as the arrays that were put in, by key."""
        with self._explained():
            rows = self._connection.execute(
                "SELECT network, data FROM networks WHERE run = ?", (run,)
            ).fetchall()
        with self.undamaged():
            return {key: read_arrays(data) for key, data in rows}

    def put_network(self, run: str, key: str, description: str, arrays: Arrays) -> None:
        """Keep a trained network's arrays; the first ones with its key stay."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO networks VALUES (?, ?, ?, ?)",
                (run, key, description, _zipped(arrays)),
            )

    @contextmanager
    def undamaged(self) -> Iterator[None]:
        """Take any exception of a block, which uses what the store returned, for its damage.

        Raises
        ------
        StoreError : for an `Exception` of the block.
        """
        try:
            yield
        except Exception as error:  # whatever numpy says of bytes that it did not write
            raise StoreError(
                f"{str(self._path)!r} is damaged: {damage_of(error)}; give a new file"
            ) from error

    def _prepare(self) -> None:
        """Make the tables in a new file; refuse what other programs wrote."""
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application == 0 and tables == 0:
            self._connection.execute(f"PRAGMA application_id = {APPLICATION}")
            self._connection.execute(
                "CREATE TABLE blocks (run TEXT, ensemble TEXT, block INTEGER, description TEXT, "
                "data BLOB, PRIMARY KEY (run, ensemble, block))"
            )
        elif application != APPLICATION:
            raise StoreError(
                f"{str(self._path)!r} is a database of another program; give a new file"
            )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS networks (run TEXT, network TEXT, description TEXT, "
            "data BLOB, PRIMARY KEY (run, network))"
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained(), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{str(self._path)!r} cannot be used as a store: {error}") from error


def _zipped(arrays: Mapping[str, Any]) -> bytes:
    """Write arrays as a zip file, whose checksums SQLite's pages do not have."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()
