"""Plots of growing networks with their numbers, and tables of what was measured, as files."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from running.files import replacing
from simulations.reports.growth_plots import Growth, Plot
from simulations.reports.growth_tables import exponents_latex, quantities_table
from sqrtd.runs.files import save_figure, write_csv


def save_plot(moves: ExitStack, place: Path, plot: Plot, origin: Mapping[str, Any]) -> list[Path]:
    """Write a plot in every form, and its numbers; return the files, which are moved at the end.

    Parameters
    ----------
    moves : of `running.files.replacing`.
    place : of the files, without their endings.
    plot : what is drawn.
    origin : where it comes from, for the files.

    Raises
    ------
    UserError : a file that cannot be written.
    """
    data = place.with_name(f"{place.name}.csv")
    files = save_figure(moves, plot.figure, place, origin)
    write_csv(plot.data, moves.enter_context(replacing(data)))
    return [*files, data]


def save_tables(
    moves: ExitStack, place: Path, growths: Sequence[Growth], intervals: str
) -> list[Path]:
    """Write all quantities of networks as CSV, and their exponents in LaTeX; return the files.

    Parameters
    ----------
    moves : as in `save_plot`.
    place : the folder.
    growths : the networks.
    intervals : what the intervals are, in words.

    Raises
    ------
    UserError : a file that cannot be written.
    """
    files = [place / "quantities.csv", place / "exponents.tex"]
    write_csv(quantities_table(growths), moves.enter_context(replacing(files[0])))
    moves.enter_context(replacing(files[1])).write_text(
        exponents_latex(growths, intervals), encoding="utf-8"
    )
    return files
