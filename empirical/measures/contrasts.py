"""Linear combinations of cells, such as a difference of two or a slope over sizes.

Every estimand of the checks is a linear combination of means of cells, or is made one by the delta
method. So one two-level interval over networks and images covers it, however unequal the cells'
variances are.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from empirical.measures.quantities import Quantity
from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError
from evidence.intervals import Interval
from evidence.means import Samples, slope_coefficients
from evidence.two_level import two_level_contrast, two_level_interval

ROUNDING = 1e-12
"""Of the samples' size, that an interval must exceed."""

Combination: TypeAlias = Mapping[Cell, float]
"""The coefficient of each cell."""


def mean_of(cells: Sequence[Cell]) -> dict[Cell, float]:
    """Return the coefficients of the mean over cells."""
    return {cell: 1 / len(cells) for cell in cells}


def slope_over(cells: Mapping[Cell, float]) -> dict[Cell, float]:
    """Return the coefficients of the least-squares slope over the logarithm of each cell's value.

    Parameters
    ----------
    cells : what each is held against, positive: a strength, or the input dimension d.
    """
    values = list(cells.values())
    return dict(zip(cells, slope_coefficients(values, len(values)), strict=True))


def local_exponent(cells: Mapping[int, Cell], first: int) -> dict[Cell, float]:
    """Return the coefficients of the exponent in d between two neighbouring sizes, for log means.

    Parameters
    ----------
    cells : by ascending input dimension d.
    first : place of the smaller one.
    """
    (small, cell), (large, following) = list(cells.items())[first : first + 2]
    step = math.log(large / small)
    return {cell: -1 / step, following: 1 / step}


def total(parts: Iterable[tuple[float, Combination]]) -> dict[Cell, float]:
    """Add up combinations of cells, each with its factor."""
    summed: dict[Cell, float] = {}
    for factor, part in parts:
        for cell, coefficient in part.items():
            summed[cell] = summed.get(cell, 0.0) + factor * coefficient
    return summed


def contrast(sweep: Sweep, coefficients: Combination, quantity: Quantity, error: float) -> Interval:
    """Interval for a linear combination of the cells' means of one quantity.

    Networks of different cells are independent, but in a paired sweep those of one index are
    trained alike at every size: they are combined before their spread is taken, so that what they
    share cancels.

    Parameters
    ----------
    sweep : holds the cells.
    coefficients : by cell.
    quantity : what is averaged, such as `accuracies`.
    error : probability of a miss.

    Raises
    ------
    LackingRecordsError : as of `quantity`, or paired cells without a common index.
    ValueError : an error not in (0, 1).
    """
    samples = {cell: quantity(sweep, cell) for cell in coefficients}
    groups, factors = list(samples.values()), list(coefficients.values())
    if sweep.paired:
        groups = _combined_pairs(sweep, coefficients, samples)
        factors = [1.0] * len(groups)
    interval = two_level_contrast(groups, factors, error)
    # Equal samples leave rounding errors, which are no spread either.
    size = sum(abs(a) * np.abs(samples[cell]).max() for cell, a in coefficients.items())
    if interval.high - interval.low < ROUNDING * size:
        note = "equal samples do not show their spread"
        return replace(interval, low=-math.inf, high=math.inf, note=note)
    return interval


def average(sweep: Sweep, cells: Sequence[Cell], quantity: Quantity, error: float) -> Interval:
    """Interval for the mean of one quantity over cells.

    Two networks in each of thirty cells say little of each cell, and much of the mean. Where there
    are more cells than networks in any, the cells are the units: the interval is that of their
    means, as if they were samples of one law. They are not, but unequal variances only make
    Student's interval safer (Bakirov and Székely 2006, J. Math. Sci. 139; Ibragimov and Müller
    2010, J. Bus. Econ. Stat. 28), and unequal expectations make it longer.

    Parameters
    ----------
    sweep, quantity, error : as in `contrast`.
    cells : one or more.
    """
    if len(cells) <= max(len(sweep.of(cell)) for cell in cells):
        return contrast(sweep, mean_of(cells), quantity, error)
    means = np.stack([quantity(sweep, cell).mean(axis=0) for cell in cells])
    networks = sum(len(sweep.of(cell)) for cell in cells)
    return replace(two_level_interval(means, error), samples=networks)


def _combined_pairs(
    sweep: Sweep, coefficients: Combination, samples: Mapping[Cell, Samples]
) -> list[Samples]:
    """Combine the cells that differ in size alone, network by network of a common index."""
    kinds: dict[Cell, list[Cell]] = {}
    for cell in coefficients:
        kinds.setdefault(replace(cell, size=0), []).append(cell)
    groups = []
    for cells in kinds.values():
        rows = {
            cell: {network.index: row for row, network in enumerate(sweep.of(cell))}
            for cell in cells
        }
        common = sorted(set.intersection(*(set(by_index) for by_index in rows.values())))
        if not common:
            raise LackingRecordsError(
                f"no network of {'; '.join(map(str, cells))} is there at every size"
            )
        group: Samples = np.sum(
            [
                coefficients[cell] * samples[cell][[rows[cell][index] for index in common]]
                for cell in cells
            ],
            axis=0,
        )
        groups.append(group)
    return groups
