"""Which cells of a sweep the figures and checks of Sections 4.1 and 4.3 compare."""

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
    if len(cells) < least or len({replace(cell, size=0) for cell in cells}) != 1:
        raise LackingRecordsError(
            f"wanted is one kind of network at {least} sizes or more, "
            f"not {'; '.join(map(str, cells)) or 'none at all'}"
        )
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
    cells = {cell.network: cell for cell in sweep.cells()}
    alike = {replace(cell, network="") for cell in sweep.cells()}
    if set(cells) != set(POOLINGS.values()) or len(alike) != 1:
        raise LackingRecordsError(
            f"wanted are the networks {', '.join(POOLINGS.values())}, alike in all else, "
            f"not {'; '.join(map(str, sweep.cells())) or 'none at all'}"
        )
    return {pooling: cells[network] for pooling, network in POOLINGS.items()}
