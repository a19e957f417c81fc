"""One measure as a smooth function of another, and how far a method lies off the others' curve.

The curve y = f(x) is the least-squares polynomial through the cell means of some reference methods.
The offset of a method is the mean of y - f(x) over those of its cells whose x the reference cells
span: at equal x, how much higher its networks lie. Both y and x are uncertain, in the method's
cells and in the reference's. To the first order the offset moves by

    Σ_method (dy_c - f'(x_c) dx_c) / n  -  Σ_reference h_c (dy_c - f'(x_c) dx_c),

with h_c the weight of the reference's y_c in the mean of f, a linear estimate. That is a contrast
with a two-level interval, in which the noise that x and y of one network share cancels. The curve's
own misfit is not in the interval: margins have to leave room for it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from empirical.measures.contrasts import contrast
from empirical.measures.quantities import Quantity
from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError
from evidence.intervals import Interval
from evidence.means import Samples

BEYOND = 0.05
"""Of the reference's range of x, by which cells may lie outside it."""


class OutOfRangeError(LackingRecordsError):
    """None of a method's cells lies within the reference's range."""


def curve_offset(
    sweep: Sweep,
    cells: Sequence[Cell],
    reference: Sequence[Cell],
    error: float,
    *,
    x: Quantity,
    y: Quantity,
    powers: Sequence[int],
    relative: bool = False,
) -> Interval:
    """Interval for the mean of y - f(x) over cells.

    Parameters
    ----------
    sweep : holds the cells.
    cells : of the method.
    reference : of the methods that f is fitted to; none of `cells`.
    error : probability of a miss.
    x, y : the two axes.
    powers : of the polynomial f, such as (1, 2) for a parabola through the origin.
    relative : whether the offset is divided by the mean of f: how much higher the method lies,
        relative to the curve. In the first order its error, then, has (V / P) d f for d f, with V
        and P the means of y and f.

    Raises
    ------
    OutOfRangeError : no cell with x within the reference's range.
    LackingRecordsError : fewer reference cells than powers, or reference cells of equal x.
    """
    if len(reference) < len(powers):
        raise LackingRecordsError(
            f"a curve of {len(powers)} terms needs as many cells, not {len(reference)}"
        )
    at = {cell: (_mean(x(sweep, cell)), _mean(y(sweep, cell))) for cell in (*cells, *reference)}
    xs = np.array([at[cell][0] for cell in reference])
    if np.ptp(xs) == 0:
        raise LackingRecordsError(
            "a curve needs reference cells of different x, and these are all equal"
        )
    slack = BEYOND * np.ptp(xs)
    inside = [c for c in cells if xs.min() - slack <= at[c][0] <= xs.max() + slack]
    if not inside:
        raise OutOfRangeError(
            f"no cell of {cells[0].method} lies within the range of the curve it is held against"
        )
    unit = float(np.abs(xs).max())
    basis = _powers(xs / unit, powers)
    fit = np.linalg.pinv(basis)
    fitted = fit @ np.array([at[cell][1] for cell in reference])
    mine = _powers(np.array([at[cell][0] for cell in inside]) / unit, powers)
    weights = (mine @ fit).mean(axis=0)
    values, curve = float(np.mean([at[cell][1] for cell in inside])), float((mine @ fitted).mean())

    def noise(sweep: Sweep, cell: Cell) -> Samples:
        steepness = _steepness(at[cell][0] / unit, powers) @ fitted / unit
        moved: Samples = y(sweep, cell) - steepness * x(sweep, cell)
        return moved - _mean(moved)

    ratio, scale = (values / curve, 1 / curve) if relative else (1.0, 1.0)
    coefficients = dict.fromkeys(inside, scale / len(inside))
    coefficients |= {cell: -scale * ratio * h for cell, h in zip(reference, weights, strict=True)}
    spread = contrast(sweep, coefficients, noise, error)
    return spread.scaled(1.0, shift=scale * (values - curve) - spread.estimate)


def _mean(samples: Samples) -> float:
    return float(samples.mean())


def _powers(x: NDArray[np.float64], powers: Sequence[int]) -> NDArray[np.float64]:
    return np.stack([x**k for k in powers], axis=-1)


def _steepness(x: float, powers: Sequence[int]) -> NDArray[np.float64]:
    return np.array([k * x ** (k - 1) if k else 0.0 for k in powers])
