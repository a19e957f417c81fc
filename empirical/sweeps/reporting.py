"""Progress of work that other threads, processes and machines do, over a shared folder.

A worker writes how far it is into a file of its own; whoever gave it the work reads all of them.
When that one ends or gives up, the folder vanishes, and every worker stops at its next report.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from running.leftovers import RUNNING, temporary_name
from running.pools import PoolError

SECONDS = 1.0
"""Time between two reports of a worker."""


class AbandonedError(PoolError):
    """Nobody waits for this work any more, or reports do not arrive."""


class Reporter:
    """Reports the progress of one piece of work, in the form of `evidence.findings.Progress`.

    Parameters
    ----------
    file : where to; its folder is the one that vanishes.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last = -SECONDS

    def __call__(self, fraction: float, activity: str) -> None:  # noqa: ARG002
        """Write the fraction done, at most once a second.

        Raises
        ------
        AbandonedError : the folder is gone, or was never there for this worker; or the file cannot
            be written.
        """
        now = time.monotonic()
        if now - self._last < SECONDS:
            return
        self._last = now
        try:
            self._file.write_text(f"{fraction:.6f}")
        except OSError as error:
            raise AbandonedError(
                f"a worker cannot report to {self._file.parent}: {error.strerror or error}; all "
                "workers need that folder under the same path, until the end"
            ) from error


@dataclass(frozen=True)
class Reports:
    """The reports in a folder."""

    folder: Path
    _read: dict[str, float] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        """Return the file of one piece of work."""
        return self.folder / name

    def fraction(self, name: str) -> float:
        """Return how far a piece of work is, 0 if it has not begun."""
        with suppress(OSError, ValueError):  # not begun, or in the middle of being written
            self._read[name] = float(self.file(name).read_text())
        return self._read.get(name, 0.0)


@contextmanager
def reports(folder: Path) -> Iterator[Reports]:
    """Make a folder for reports inside `folder`, which vanishes at the end."""
    inside = folder / temporary_name("reports", RUNNING)
    inside.mkdir()
    try:
        yield Reports(inside)
    finally:
        shutil.rmtree(inside, ignore_errors=True)
