"""Cells with enough networks to decide a sentence about them.

How far networks of one cell spread is estimated from those of that cell. From four of them it comes
out far too small so often that intervals at strict levels miss too often.
"""

from collections.abc import Mapping
from dataclasses import replace

from empirical.measures.trained import Cell, Sweep

LEAST_NETWORKS = 8
"""Networks of a cell, or pairs of a paired sweep, below which nothing is decided on it."""


def with_enough(sweep: Sweep) -> Sweep:
    """Return the cells of a sweep that have `LEAST_NETWORKS` or more."""
    counts = networks_a_cell(sweep)
    return sweep.only([cell for cell, count in counts.items() if count >= LEAST_NETWORKS])


def networks_a_cell(sweep: Sweep) -> Mapping[Cell, int]:
    """Count the networks of each cell; of a paired sweep, those that are there at every size."""
    indices = {cell: {one.index for one in networks} for cell, networks in sweep.groups()}
    if not sweep.paired:
        return {cell: len(sweep.of(cell)) for cell in indices}
    common: dict[Cell, set[int]] = {}
    for cell, found in indices.items():
        kind = replace(cell, size=0)
        common[kind] = common.get(kind, found) & found
    return {cell: len(common[replace(cell, size=0)]) for cell in indices}
