"""How much the second moments m_x = E[(∂_x f)²] differ from input coordinate to coordinate.

Under the symmetry assumption (S) all of them are equal; near borders, or where strides leave a
checkerboard, they are not. The measure is their coefficient of variation over the coordinates,

    CV² = mean_x m_x² / (mean_x m_x)² - 1.

Averages of samples differ over the coordinates even where their expectations do not, so plugging
them in finds a spread in every network. Products of two *independent* blocks of networks do not
have this bias: E[s_ix s_jx] = n_i n_j m_x² for the sums s_i, s_j over blocks of n_i, n_j networks.
Both means of the ratio are estimated from all pairs of different blocks (a U-statistic; Hoeffding
1948, Ann. Math. Stat. 19). What a whole network shares, such as its size, cancels in the ratio.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from evidence.intervals import Interval
from evidence.levels import require_error_level
from evidence.sums import SHOWS_SKEWNESS, Part, half_width, students_quantile

Sums: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Coordinates: TypeAlias = NDArray[np.bool_]

ROUNDING = 1e-12
"""A half-width of a logarithm below this is rounding: the blocks are equal."""


LEAST_IN_A_BLOCK = 16
"""Networks in a block, on average, from which on the interval was measured to hold its level."""


def spread_interval(sums: Sums, counts: Counts, error: float) -> Interval:
    """Interval for the coefficient of variation of the second moments over the coordinates.

    It is one for log(1 + CV²), with one degree of freedom less than there are blocks, and as long
    as that of any sum of few and skewed samples (`evidence.sums`). The variance is the
    delete-a-block jackknife's plus that of the statistic's degenerate part. Where CV = 0 the linear
    part vanishes and the statistic is a weighted sum of centred chi-squares. The jackknife's
    variance is then twice too large on average; it is large where the statistic is, so the lower
    end finds no spread where there is none, but it is almost 0 in some samples in which the upper
    end needs the second variance.

    Small blocks hide what single networks do: of 64 blocks of 4 networks, in which one coordinate
    of 16 exceeds the others, the interval would miss 6 times too often at error 1e-5, and of blocks
    of 8 up to 5 times. With fewer than 16 networks a block it is infinite. More in a block, and so
    fewer blocks, are no surer: at error 5e-5, 20 blocks of 32 missed 2.1 ± 0.6 times too often, and
    40 of 16, which are infinite more often, 1.5 times (`docs/coverage.md` has other laws).

    Parameters
    ----------
    sums : shape (blocks, d): for each block and coordinate the sum of (∂_x f)² over the block's
        networks. The blocks are independent. The work is blocks² d; a hundred blocks are plenty.
    counts : shape (blocks,): networks in each block, equal but for a last one that may be smaller.
    error : probability of a miss, in (0, 1).

    Returns
    -------
    The interval of CV, ends at least 0: [0, inf] with a `note` where there are two blocks or
    fewer, where they are too small or too skewed, or where gradients are too sparse to have met in
    the same coordinate.

    Raises
    ------
    ValueError : shapes that do not match, a block without networks, sums that are negative or not
        finite, no gradient at all, or an error not in (0, 1).
    """
    _require_blocks(sums, counts, error)
    scaled = sums / sums.sum(axis=0).mean()
    total = scaled.sum(axis=0)
    own, shared = np.mean(scaled**2, axis=1), np.mean(scaled * total, axis=1)
    sizes = scaled.mean(axis=1)
    # All pairs of different blocks, then the same without the pairs of one block.
    squares, products = np.mean(total**2) - own.sum(), 1 - np.sum(sizes**2)
    squares_left = squares - 2 * (shared - own)
    products_left = products - 2 * sizes * (1 - sizes)
    if squares <= 0 or products <= 0:
        return _unbounded(0.0, counts, error, "no two blocks have gradients in a coordinate")
    estimate = math.log(squares / products)
    cv = math.sqrt(max(math.expm1(estimate), 0.0))
    if counts.mean() < LEAST_IN_A_BLOCK:
        return _unbounded(
            cv, counts, error, f"blocks of {counts.mean():.3g} networks on average are too small"
        )
    if len(counts) < 3 or min(squares_left.min(), products_left.min()) <= 0:
        return _unbounded(cv, counts, error, f"{len(counts)} blocks are too few")
    linear, third = _jackknife_moments(estimate, np.log(squares_left / products_left), counts)
    residuals = scaled - sizes[:, None] * total
    covariances = residuals @ residuals.T / sums.shape[1]
    np.fill_diagonal(covariances, 0.0)
    degenerate = 2 * float(np.sum(covariances**2)) / squares**2
    part = Part(variance=linear + degenerate, freedom=len(counts) - 1, third=third)
    half, note = half_width([part], error)
    if math.isinf(half):
        return _unbounded(cv, counts, error, note)
    if half < ROUNDING:
        return _unbounded(cv, counts, error, "equal blocks do not show their spread")
    low, high = (
        math.sqrt(max(math.expm1(min(end, 700.0)), 0.0))
        for end in (estimate - half, estimate + half)
    )
    return Interval(estimate=cv, low=low, high=high, error=error, samples=int(counts.sum()))


def group_ratio_interval(
    sums: Sums, counts: Counts, group: Coordinates, reference: Coordinates, error: float
) -> Interval:
    """Interval for the mean second moment of one group of coordinates over that of another.

    Student's interval for the logarithm of the ratio, with the delete-a-block jackknife's variance
    and one degree of freedom less than there are blocks. What a network shares cancels.

    Parameters
    ----------
    sums, counts, error : as in `spread_interval`; two blocks or more.
    group, reference : shape (d,): the coordinates in each group, such as border and interior
        pixels; both have gradients in two blocks or more.

    Raises
    ------
    ValueError : unfit as in `spread_interval`, a group without coordinates or without gradients.
    """
    _require_blocks(sums, counts, error)
    parts = []
    for coordinates in (group, reference):
        if coordinates.shape != sums.shape[1:] or not coordinates.any():
            raise ValueError(f"a group marks some of {sums.shape[1]} coordinates as true")
        of_blocks = sums[:, coordinates].mean(axis=1)
        if np.count_nonzero(of_blocks) < 2:
            raise ValueError("a group needs gradients in two blocks or more")
        parts.append((of_blocks.sum(), of_blocks.sum() - of_blocks))
    (top, top_left), (bottom, bottom_left) = parts
    estimate = math.log(top / bottom)
    variance, _ = _jackknife_moments(estimate, np.log(top_left / bottom_left), counts)
    half = float(students_quantile(error, len(counts) - 1)) * math.sqrt(variance)
    note = ""
    if half < ROUNDING:
        half, note = math.inf, "equal blocks do not show their spread"
    samples = int(counts.sum())
    return Interval.around(estimate, half, error=error, samples=samples, note=note).exponential()


def _jackknife_moments(
    estimate: float, left: NDArray[np.float64], counts: Counts
) -> tuple[float, float]:
    """Delete-a-block variance with unequal blocks (Busing et al. 1999, Stat. Comput. 9).

    Parameters
    ----------
    estimate : from all blocks.
    left : the estimates that leave out each block, shape (blocks,).

    Returns
    -------
    The variance, and the third central moment; 0 where the blocks are too few to show it.
    """
    shares = counts.sum() / counts
    pseudovalues = shares * estimate - (shares - 1) * left
    centre = len(counts) * estimate - np.sum((1 - 1 / shares) * left)
    deviations = pseudovalues - centre
    third = np.sum((deviations / shares) ** 3) if len(counts) >= SHOWS_SKEWNESS else 0.0
    return float(np.mean(deviations**2 / (shares - 1))), float(third)


def _unbounded(estimate: float, counts: Counts, error: float, note: str) -> Interval:
    return Interval(
        estimate=estimate,
        low=0.0,
        high=math.inf,
        error=error,
        samples=int(counts.sum()),
        note=note,
    )


def _require_blocks(sums: Sums, counts: Counts, error: float) -> None:
    require_error_level(error)
    if sums.ndim != 2 or counts.shape != sums.shape[:1]:
        raise ValueError(
            f"sums of shape (blocks, d) need counts of shape (blocks,), not {sums.shape} "
            f"and {counts.shape}"
        )
    if not np.all(counts > 0):
        raise ValueError("each block needs a network or more")
    if not (np.all(np.isfinite(sums)) and np.all(sums >= 0)):
        raise ValueError("sums of squares are finite and at least 0")
    if not sums.any():
        raise ValueError("a spread needs a gradient that is not 0 everywhere")
