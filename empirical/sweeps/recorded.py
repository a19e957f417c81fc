"""Where a figure's results are recorded, and what their table says beside single images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from empirical.measures.cell_intervals import SHARES
from empirical.measures.trained import Cell, Sweep
from empirical.sweeps.experiment import FIGURES
from empirical.sweeps.record import EXPERIMENT, TABLE, RecordError, read_sweep
from empirical.sweeps.table import Column, Row, read_table
from running.places import is_file, read_json, read_text

PLACES = ("results/gpu/{}-paper", "results/train/{}-paper", "results/train/{}-cpu")
"""Where to look for the results of a figure, the best first. Those of the smoke preset are too few
to decide anything."""

INSTALLED = Path(__file__).parents[1] / "recorded"
"""The folder whose `results` are those that come with the package. In a checkout it has a link to
the checkout's own."""

TABULATED = {
    "correct": Column.ACCURACY,
    "gradient_norm": Column.NORM,
    "gradient_norm_l2": Column.NORM_L2,
    "changed": Column.VULNERABILITY,
    "increase": Column.INCREASE,
}
"""Columns of `networks.csv` by the measures that they are means of."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Results of a figure.

    Attributes
    ----------
    folder : where they were found.
    sweep : the networks, measured on each image.
    table : the rows of `networks.csv` by cell: each network's measures, by column.
    """

    folder: Path
    sweep: Sweep
    table: Mapping[Cell, Sequence[Row]]

    def tabulated(self, cell: Cell, measure: str) -> float:
        """Return a cell's mean from the table, averaged as `cell_interval` does.

        Parameters
        ----------
        cell : in the table.
        measure : one of `TABULATED`.
        """
        values = np.array([float(row[TABULATED[measure]]) for row in self.table[cell]])
        if measure in SHARES:
            return float(100 * values.mean())
        return float(np.exp(np.log(values).mean()))


def usual_places() -> tuple[Path, ...]:
    """Return the folders whose `results` are read: the working directory, then the installed."""
    return Path.cwd(), INSTALLED


def find_record(figure: str, root: Path) -> Path | None:
    """Return the folder of the best results of a figure, whole ones first, or None.

    Parameters
    ----------
    figure : one of `empirical.sweeps.experiment.FIGURES`.
    root : the folder that holds `results`.
    """
    places = [root / place.format(figure) for place in PLACES]
    recorded = [place for place in places if is_file(place / EXPERIMENT, error=RecordError)]
    return min(recorded, key=_is_partial, default=None)


def _is_partial(folder: Path) -> bool:
    """Whether a record holds fewer networks than were planned, as after an interrupted run."""
    try:
        described = read_json(folder / EXPERIMENT)
        return bool(described["networks"] < described.get("planned", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False  # damaged, which reading it says


def read_recorded(figure: str, roots: Sequence[Path]) -> Recorded | None:
    """Read the results of a figure from the first of some folders that has them, or None.

    They are read anew only where they were written anew.

    Parameters
    ----------
    figure, roots : as in `find_record`.

    Raises
    ------
    RecordError : results that are there but damaged.
    """
    for root in roots:
        folder = find_record(figure, root)
        if folder is not None:
            return _read(figure, folder, (folder / EXPERIMENT).stat().st_mtime_ns)
    return None


@lru_cache(maxsize=len(FIGURES))
def _read(figure: str, folder: Path, written: int) -> Recorded:  # noqa: ARG001
    sweep, _ = read_figure(figure, folder)
    table = read_table(read_text(folder / TABLE, error=RecordError))
    return Recorded(folder=folder, sweep=sweep, table=table)


def read_figure(figure: str, folder: Path) -> tuple[Sweep, dict[str, Any]]:
    """Read the results of a figure, as `read_sweep` does.

    Raises
    ------
    RecordError : as `read_sweep`, or results of another figure.
    """
    sweep, described = read_sweep(folder)
    if described.get("figure") != figure:
        raise RecordError(f"{folder} holds results of {described.get('figure')!a}, not of {figure}")
    return sweep, described
