"""Which cells of a sweep the figures and checks of Sections 4.1 and 4.3 compare."""

from collections.abc import Sequence
from dataclasses import replace

from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError

POOLINGS = {
    "average": "paper-figure-3-average",
    "strided": "paper-figure-3-strided",
    "max": "paper-figure-3-max",
}
"""The networks of Figure 3 by what is between their blocks, in the figure's order."""


def how_trained(sweep: Sweep) -> str:
    """Say what networks of different sizes have in common, in words that follow "trained"."""
    if sweep.paired:
        return (
            "those of one index from the same initial weights and on the same order of the images"
        )
    return "independently of each other"


def require_drawable(figure: str, cells: Sequence[Cell]) -> None:
    """Make sure, before they are trained, that networks of some cells make a figure.

    Parameters
    ----------
    figure : such as "figure-1".
    cells : what is to be trained.

    Raises
    ------
    LackingRecordsError : what is missing.
    """
    if figure == "figure-1":
        require_one_kind(cells, least=1)
    elif figure == "figure-2":
        plain_cell(cells)
        if all(cell.method == "plain" for cell in cells):
            raise LackingRecordsError("it has no regularized networks, and compares methods")
    elif figure == "figure-3":
        require_poolings(cells)


def plain_cell(cells: Sequence[Cell]) -> Cell:
    """Return the cell without regularization.

    Raises
    ------
    LackingRecordsError : none.
    """
    for cell in cells:
        if cell.method == "plain":
            return cell
    raise LackingRecordsError("networks of plain training are missing, which Figure 2 starts from")


def require_one_kind(cells: Sequence[Cell], *, least: int) -> None:
    """Make sure that cells differ in nothing but the size.

    Raises
    ------
    LackingRecordsError : they differ in more, or there are fewer than `least`.
    """
    if len(cells) < least or len({replace(cell, size=0) for cell in cells}) != 1:
        raise LackingRecordsError(
            f"wanted is one kind of network at {least} sizes or more, "
            f"not {'; '.join(map(str, cells)) or 'none at all'}"
        )


def require_poolings(cells: Sequence[Cell]) -> None:
    """Make sure that cells are the three networks of Figure 3, alike in all else.

    Raises
    ------
    LackingRecordsError : another network, one missing, or cells that differ in more.
    """
    networks = {cell.network for cell in cells}
    alike = {replace(cell, network="") for cell in cells}
    if networks != set(POOLINGS.values()) or len(alike) != 1:
        raise LackingRecordsError(
            f"wanted are the networks {', '.join(POOLINGS.values())}, alike in all else, "
            f"not {'; '.join(map(str, cells)) or 'none at all'}"
        )


def cells_by_size(sweep: Sweep, *, least: int = 1) -> dict[int, Cell]:
    """Return the cells of a sweep over sizes by their input dimensions d, ascending.

    Parameters
    ----------
    sweep : its cells differ in nothing but the size.
    least : number of sizes that there are at least.

    Raises
    ------
    LackingRecordsError : cells that differ in more, or too few of them.
    """
    cells = sweep.cells()
    require_one_kind(cells, least=least)
    return dict(sorted((sweep.of(cell)[0].d, cell) for cell in cells))


def cells_by_pooling(sweep: Sweep) -> dict[str, Cell]:
    """Return the three cells of Figure 3 by the names of `POOLINGS`.

    Parameters
    ----------
    sweep : of the three networks, alike in all else.

    Raises
    ------
    LackingRecordsError : another network, one missing, or cells that differ in more.
    """
    require_poolings(sweep.cells())
    cells = {cell.network: cell for cell in sweep.cells()}
    return {pooling: cells[network] for pooling, network in POOLINGS.items()}
