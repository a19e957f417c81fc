"""Finished blocks, kept in SQLite as they are finished."""

import io
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from simulations.ensemble import Block, Ensemble

VERSION = 1
"""Raised whenever a block's numbers change: results of older code are then not reused."""

APPLICATION = 0x73717274
"""What SQLite calls the file's application id; "sqrt" in ASCII."""

SECONDS_OF_WAITING = 60
"""How long another run may keep the file locked."""


class StoreError(ValueError):
    """A file that is no store, or a damaged one; the message says what would be right."""


class Store:
    """Blocks by ensemble, seed, kind of device and number; what is in it is never measured again.

    Safe to be killed at any moment and to be shared by several runs at a time. A block that is
    put in twice counts once. To be used from the thread that opened it.

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

    def blocks(self, ensemble: Ensemble, run: str, numbers: range) -> dict[int, Block]:
        """Return those of an ensemble's blocks that are finished, by number.

        Parameters
        ----------
        ensemble, run : whose blocks; see `run_name`.
        numbers : which blocks, in steps of 1.
        """
        with self._explained():
            rows = self._connection.execute(
                "SELECT block, data FROM blocks "
                "WHERE run = ? AND ensemble = ? AND block >= ? AND block < ?",
                (run, ensemble.key(), numbers.start, numbers.stop),
            ).fetchall()
        try:
            return {number: _from_bytes(data) for number, data in rows}
        except Exception as error:  # whatever numpy says of bytes that it did not write
            raise StoreError(f"{str(self._path)!r} is damaged: {error}; give a new file") from error

    def put(self, run: str, finished: Sequence[tuple[Ensemble, int, Block]]) -> None:
        """Keep finished blocks, all or none; the first one with its number stays."""
        rows = [
            (run, ensemble.key(), number, repr(ensemble), _to_bytes(block))
            for ensemble, number, block in finished
        ]
        with self._transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?, ?)", rows
            )

    def _prepare(self) -> None:
        """Make the table in an empty file; refuse what other programs wrote."""
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


def run_name(seed: int, device: torch.device) -> str:
    """Name what else decides a block's bits: seed, kind of device, and versions of the code."""
    return f"blocks {VERSION}, seed {seed}, {device.type}, torch {torch.__version__}"


def _to_bytes(block: Block) -> bytes:
    """Write the arrays as a zip file, whose checksums SQLite's pages do not have."""
    file = io.BytesIO()
    np.savez(file, **vars(block))
    return file.getvalue()


def _from_bytes(data: bytes) -> Block:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Block(**arrays)
