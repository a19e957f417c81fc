"""The curves of Figure 2: cells of one training method, ordered by strength, and sums over them.

Every estimand is a linear combination of means of cells, or is made one by the delta method, so
that one two-level interval over networks and images covers it, however unequal the cells'
variances. Networks of different cells are independent; their images are the same.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

import numpy as np

from empirical.measures.trained import Cell, Sweep
from evidence.intervals import Interval, Samples, slope_coefficients
from evidence.two_level import log_of_mean, two_level_contrast

AUGMENTATIONS = ("linf-augmentation", "l2-augmentation")
PENALTIES = ("l1-penalty", "l2-penalty")
EQUATION_5 = (*AUGMENTATIONS, *PENALTIES)
"""Methods whose epsilon is ε_∞ of Eq. 5, the same for all."""

REGULARIZERS = (*EQUATION_5, "cross-lipschitz")
"""What Section 4.2 compares with each other and with plain training."""

STRENGTHS = 3
"""Fewest of a curve: two for each half."""

ROUNDING = 1e-12
"""Of the samples' size, that an interval must exceed."""

T = TypeVar("T")

Pairs: TypeAlias = Sequence[tuple[Cell, Cell]]
"""Cells of two methods, side by side, by growing strength."""

CellSamples: TypeAlias = Callable[[Sweep, Cell], Samples]
"""A measure of a cell, shape (networks, images)."""


def plain(sweep: Sweep) -> Cell:
    """Return the cell without regularization.

    Raises
    ------
    ValueError : none.
    """
    for cell in sweep.cells():
        if cell.method == "plain":
            return cell
    raise ValueError(f"{sweep.name} lacks networks of plain training, which Figure 2 starts from")


def curves(sweep: Sweep, methods: Sequence[str]) -> dict[str, list[Cell]]:
    """Return the cells of each method, by growing strength.

    Raises
    ------
    ValueError : a method that is missing or has fewer than three strengths, or networks of several
        families, sizes or widths.
    """
    kinds = {(cell.network, cell.size, cell.widths) for cell in sweep.cells()}
    if len(kinds) != 1:
        raise ValueError(
            f"Figure 2 compares training methods on one network at one size; {sweep.name} has "
            f"{len(kinds)} kinds of networks"
        )
    cells = sorted(sweep.cells(), key=lambda cell: cell.epsilon)
    found = {method: [cell for cell in cells if cell.method == method] for method in methods}
    few = [method for method in methods if len(found[method]) < STRENGTHS]
    if few:
        raise ValueError(
            f"{sweep.name} needs networks at three strengths or more of each of: {', '.join(few)}"
        )
    return found


def pairs(sweep: Sweep, first: str, second: str, *, further: int = 0) -> Pairs:
    """Pair the cells of two methods at the strengths that both have.

    Parameters
    ----------
    sweep : has both methods.
    first, second : methods.
    further : by how many strengths the second goes beyond the first in each pair.

    Raises
    ------
    ValueError : as in `curves`, or fewer than three common strengths.
    """
    of = curves(sweep, (first, second))
    common = sorted({cell.epsilon for cell in of[first]} & {cell.epsilon for cell in of[second]})
    if len(common) < STRENGTHS:
        raise ValueError(
            f"{sweep.name} needs three strengths or more that {first} and {second} share, "
            f"not {len(common)}"
        )
    one, other = ([cell for cell in of[m] if cell.epsilon in common] for m in (first, second))
    return list(zip(one, other[further:], strict=False))


def weaker(curve: Sequence[T]) -> Sequence[T]:
    """Return the weaker half of what grows in strength; of an odd number, with the middle one."""
    return curve[: (len(curve) + 1) // 2]


def stronger(curve: Sequence[T]) -> Sequence[T]:
    """Return the stronger half of what grows in strength; of an odd number, with the middle one."""
    return curve[len(curve) // 2 :]


def slope(cells: Sequence[Cell]) -> dict[Cell, float]:
    """Return the coefficients of the least-squares slope over log ε."""
    strengths = [cell.epsilon for cell in cells]
    return dict(zip(cells, slope_coefficients(strengths, len(cells)), strict=True))


def mean(cells: Sequence[Cell]) -> dict[Cell, float]:
    """Return the coefficients of the mean over cells."""
    return {cell: 1 / len(cells) for cell in cells}


def total(parts: Iterable[tuple[float, Mapping[Cell, float]]]) -> dict[Cell, float]:
    """Add up combinations of cells, each with its factor."""
    summed: dict[Cell, float] = {}
    for factor, part in parts:
        for cell, coefficient in part.items():
            summed[cell] = summed.get(cell, 0.0) + factor * coefficient
    return summed


def combination(
    sweep: Sweep, coefficients: Mapping[Cell, float], measure: CellSamples, error: float
) -> Interval:
    """Interval for a linear combination of the cells' means of one measure.

    Parameters
    ----------
    sweep : holds the cells.
    coefficients : by cell.
    measure : what is averaged, such as `accuracies`.
    error : probability of a miss.
    """
    samples = [measure(sweep, cell) for cell in coefficients]
    found = two_level_contrast(samples, list(coefficients.values()), error)
    # Equal samples leave rounding errors, which are no spread either.
    size = sum(
        abs(a) * np.abs(y).max() for a, y in zip(coefficients.values(), samples, strict=True)
    )
    if found.high - found.low < ROUNDING * size:
        note = "equal samples do not show their spread"
        return replace(found, low=-math.inf, high=math.inf, note=note)
    return found


def log_norms(sweep: Sweep, cell: Cell) -> Samples:
    """Return log E‖∂_x L‖_1 as `log_of_mean` does."""
    return log_of_mean(sweep.array(cell, "gradient_norm"))


def accuracies(sweep: Sweep, cell: Cell) -> Samples:
    """Return 1 where the prediction is correct."""
    return sweep.array(cell, "correct")


def vulnerabilities(sweep: Sweep, cell: Cell) -> Samples:
    """Return 1 where FGSM changed the prediction, drawn a little towards 1/2.

    A network's mean is (changed + 1/2) / (N + 1), which has a logarithm even where no prediction
    changed (Haldane 1956, Ann. Hum. Genet. 20).
    """
    changed = sweep.array(cell, "changed")
    images = changed.shape[1]
    drawn: Samples = (changed * images + 0.5) / (images + 1)
    return drawn
