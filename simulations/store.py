"""Finished blocks, kept in SQLite as they are finished."""

import io
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from simulations.ensemble import Block, Ensemble

VERSION = 1
"""Raised whenever a block's numbers change: results of older code are then not reused."""


class StoreError(ValueError):
    """A file that is no store; the message says what would be right."""


class Store:
    """Blocks by ensemble, seed, kind of device and number; what is in it is never measured again.

    Safe to be killed at any moment and to be shared by several runs at a time. A block that is
    put in twice counts once.

    Parameters
    ----------
    path : the SQLite file, made if it is not there; None keeps all in memory.

    Raises
    ------
    StoreError : a file that cannot be opened, or is something else.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self._connection = sqlite3.connect(path or ":memory:", timeout=60, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS blocks ("
                "run TEXT, ensemble TEXT, block INTEGER, description TEXT, data BLOB, "
                "PRIMARY KEY (run, ensemble, block)) WITHOUT ROWID"
            )
        except sqlite3.Error as error:
            raise StoreError(f"{str(path)!r} cannot be used as a store: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def blocks(self, ensemble: Ensemble, run: str) -> dict[int, Block]:
        """Return the finished blocks of an ensemble, by number."""
        rows = self._connection.execute(
            "SELECT block, data FROM blocks WHERE run = ? AND ensemble = ?", (run, ensemble.key())
        )
        return {number: _from_bytes(data) for number, data in rows}

    def put(self, ensemble: Ensemble, run: str, number: int, block: Block) -> None:
        """Keep a finished block; the first one with its number stays."""
        self._connection.execute(
            "INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?, ?)",
            (run, ensemble.key(), number, repr(ensemble), _to_bytes(block)),
        )


def run_name(seed: int, device: torch.device) -> str:
    """Name what else decides a block's bits: seed, kind of device, and versions of the code."""
    return f"blocks {VERSION}, seed {seed}, {device.type}, torch {torch.__version__}"


def _to_bytes(block: Block) -> bytes:
    file = io.BytesIO()
    np.savez(file, **vars(block))
    return file.getvalue()


def _from_bytes(data: bytes) -> Block:
    arrays: Mapping[str, Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return Block(**arrays)
