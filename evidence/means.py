"""Intervals for means and scaling exponents that stay honest far out in the tails.

The ledger asks for error levels between 1e-3 and 1e-5, three to four and a half standard errors
out, where the central limit theorem is slow on skewed samples. `evidence.sums` says how long an
interval has to be. It is the shorter, the less skewed the samples are:

- A typical size or an exponent is a statement about logarithms; gradients are near-lognormal, and
  the skewness of their log-norms was measured within ±0.25.
- A second moment has to be averaged as it is. In dense networks of the claims' widths the squares
  of one logit's gradient have a skewness about 1; where a network is deep, narrow or not known in
  advance, and for differences within pairs of networks, `evidence.moments` has the interval.
"""

from collections.abc import Sequence

import numpy as np

from evidence.intervals import Interval
from evidence.levels import require_error_level
from evidence.sums import Samples as Samples
from evidence.sums import half_width, mean_part


def mean_interval(samples: Samples, error: float) -> Interval:
    """Interval for a mean: Student's, longer for skewed samples and for few (`evidence.sums`).

    Parameters
    ----------
    samples : independent and identically distributed, shape (N,) with N >= 2. Typical sizes are
        passed as logarithms (see the module's text on skewness).
    error : probability of a miss, in (0, 1).

    Raises
    ------
    ValueError : fewer than two samples, samples that are not finite, or an error not in (0, 1).
    """
    return _linear_combination([samples], [1.0], error)


def exponent_interval(
    sizes: Sequence[float], log_samples: Sequence[Samples], error: float
) -> Interval:
    """Interval for a scaling exponent: the slope of E[log sample] over log size.

    The slope is the least-squares one through the means of all sizes. It is a fixed linear
    combination of independent means, whose variances may differ (`evidence.sums`). Where the
    law is no exact power of the size, this slope is what the interval covers.

    Parameters
    ----------
    sizes : the distinct sizes, all positive, such as the input dimensions d.
    log_samples : for each size the independent logarithms of what scales, shape (N_i,), N_i >= 2.
    error : probability of a miss, in (0, 1).

    Raises
    ------
    ValueError : fewer than two distinct sizes, or a size or samples unfit as above.
    """
    return _linear_combination(log_samples, slope_coefficients(sizes, len(log_samples)), error)


def slope_coefficients(sizes: Sequence[float], groups: int) -> list[float]:
    """Return the a_i for which Σ a_i y_i is the least-squares slope of y over log size.

    Raises
    ------
    ValueError : not as many sizes as groups, fewer than two distinct sizes, or one not positive.
    """
    if len(sizes) != groups:
        raise ValueError(f"{len(sizes)} sizes need as many samples, not {groups}")
    if not all(size > 0 for size in sizes) or len(set(sizes)) < 2:
        raise ValueError(f"an exponent needs two distinct positive sizes, not {list(sizes)}")
    centred = np.log(np.asarray(sizes, dtype=np.float64))
    centred -= centred.mean()
    return [float(a) for a in centred / np.sum(centred**2)]


def _linear_combination(
    groups: Sequence[Samples], coefficients: Sequence[float], error: float
) -> Interval:
    """Interval for a linear combination of the means of independent groups."""
    require_error_level(error)
    for samples in groups:
        if samples.ndim != 1 or samples.size < 2:
            raise ValueError(f"an interval needs two samples or more, not shape {samples.shape}")
        if not np.all(np.isfinite(samples)):
            raise ValueError("an interval needs finite samples")
    weighted = list(zip(coefficients, groups, strict=True))
    half, note = half_width([mean_part(samples, a) for a, samples in weighted], error)
    return Interval.around(
        sum(a * float(samples.mean()) for a, samples in weighted),
        half,
        error=error,
        samples=sum(samples.size for samples in groups),
        note=note,
    )
