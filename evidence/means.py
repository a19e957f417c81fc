"""Intervals for means and scaling exponents that stay honest far out in the tails.

The ledger asks for error levels near 5e-5, four standard errors out, where the central limit
theorem is slow on skewed samples. For the two-sided Student interval the skewness cancels at the
first order; by the second order of Edgeworth's expansion (Hall 1992, *The Bootstrap and Edgeworth
Expansion*, section 2.6) the true error exceeds the nominal one by about

    2 φ(z) z skewness² (z⁴ + 2z² - 3) / (18 N),

with z the normal quantile and φ the density. At error 5e-5 this is 0.014 skewness² / N: a third
of the error at N = 1000 and skewness 1. (Of 600,000 gamma samples of skewness 1 and N = 250 the
interval missed 1.08e-4; the formula gives 1.07e-4.) So the skewness is kept small at its source:

- A typical size or an exponent is a statement about logarithms; gradients are near-lognormal, and
  the skewness of their log-norms was measured within ±0.25.
- A second moment has to be averaged as it is. In dense networks of the claims' widths the squares
  of one logit's gradient have a skewness about 1; where a network is deep, narrow or not known in
  advance, and for differences within pairs of networks, `evidence.moments` has the interval.

The tests hold the coverage against closed-form laws.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from evidence.intervals import Interval
from evidence.levels import require_error_level

Samples: TypeAlias = NDArray[np.float64]


def students_quantile(error: float, freedom: float) -> float:
    """Return what Student's variable exceeds in size with probability `error`.

    Parameters
    ----------
    error : in (0, 1).
    freedom : degrees of freedom, positive, whole or not.
    """
    # `scipy.stats.t.isf(error / 2, freedom)` is no more than that, in forty times the time; and
    # the module takes half a second to load.
    return -float(special.stdtrit(freedom, error / 2))


def mean_interval(samples: Samples, error: float) -> Interval:
    """Student's interval for a mean.

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
    combination of independent means, so its variance is the sum of theirs, however they differ,
    with Welch's and Satterthwaite's degrees of freedom (Satterthwaite 1946, Biometrics Bull. 2).
    Where the law is no exact power of the size, this slope is what the interval covers.

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
    """Interval for a linear combination of the means of independent groups (Welch)."""
    require_error_level(error)
    estimate, variance, fourth = 0.0, 0.0, 0.0
    for samples, coefficient in zip(groups, coefficients, strict=True):
        if samples.ndim != 1 or samples.size < 2:
            raise ValueError(f"an interval needs two samples or more, not shape {samples.shape}")
        if not np.all(np.isfinite(samples)):
            raise ValueError("an interval needs finite samples")
        part = coefficient**2 * float(samples.var(ddof=1)) / samples.size
        estimate += coefficient * float(samples.mean())
        variance += part
        fourth += part**2 / (samples.size - 1)
    # Equal samples say nothing of their spread, so nothing of the distance to the mean.
    half, note = math.inf, "equal samples do not show their spread"
    if fourth > 0:
        note = ""
        half = students_quantile(error, variance**2 / fourth) * math.sqrt(variance)
    return Interval.around(
        estimate, half, error=error, samples=sum(samples.size for samples in groups), note=note
    )
