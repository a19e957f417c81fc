"""How far a sum of independent estimates may lie from its expectation.

For example, the difference of two architectures is the mean of 12 networks of the one minus the
mean of 8 of the other. Each mean is a part of the sum, with a variance of its own and with degrees
of freedom. Where the variances differ, one number of degrees of freedom for the whole sum (Welch's)
is too trustful far out in the tails. In 16 groups of 4 networks, one of them with 100 times the
variance of the others, Welch's interval at error 5e-5 misses thirty times as often as it should:
now and then the four networks of the wide group lie close together by chance, and the interval is
as short as if they always did.

**Parts of unknown and unequal variances.** The interval is the longer one of two: Welch's for the
whole sum, and Student's for the part alone whose interval is longest, as if the others were known
exactly. Where one part dominates, the second is Student's interval, which does not trust the other
parts' degrees of freedom; where none does, the first one is right. (A rule with a proof for normal
samples is to add the squares of the parts' half-widths, as Banerjee 1961, Sankhya 23, and Zou and
Donner 2008, Statistics in Medicine 27, do. Given the estimated variances, the probability of a miss
is a convex function of this sum over the true variance, and so at most the mean of the parts' own
errors. But with 16 groups that interval is up to four times as long as needed. The rule here was
measured instead: of normal samples it misses at most as often as it should, for 1 to 24 parts of
2 to 100 samples, with variances up to 1000:1.)

**Few samples.** Student's interval is exact for normal samples and safe for symmetric laws with
longer tails (Benjamini 1983, JASA 78), but few samples do not show their law. Of 8 samples of a
uniform law it misses 6 times as often as an error of 5e-5 allows, of 12 with the skewness 0.8 four
times. Below `MANY` degrees of freedom the quantile is therefore that of a smaller error, which was
chosen by measuring: at 5e-5 it is 10 times smaller, at 1e-3 4 times.

**Skewed samples.** When samples have the skewness s, the tail of Student's variable of N of them is
larger on one side, and smaller on the other, by a factor of exp(κ z³ / 3) at z, where κ = s / √N
(Hall 1992, *The Bootstrap and Edgeworth Expansion*, section 2.6; far out in the tails: Wang 2005,
Electron. J. Probab. 10). The half-width is multiplied so that the larger tail alone keeps half of
the error: a statement is often decided by one end. Samples of a skewed law mostly show less than
its skewness, as what lies far out is rare; so a quarter is added to κ. Where no factor keeps the
error, the interval is infinite and says so.

How often it misses is measured in `docs/coverage.md`. No interval can do for all laws (Bahadur and
Savage 1956, Ann. Math. Stat. 27): a rare giant value that was not drawn is not in the interval.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

Samples: TypeAlias = NDArray[np.float64]

MANY = 300
"""Degrees of freedom from which on the samples themselves show enough of their law."""

SHOWS_SKEWNESS = 30
"""Samples from which on their skewness is taken for that of the law."""

UNSEEN = 1.25
"""Skewness of a law over that of its samples."""

EQUAL = "equal samples do not show their spread"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the independent estimates that are added, each with its coefficient in it.

    Attributes
    ----------
    variance : estimated, of this part of the sum.
    freedom : degrees of freedom of the estimated variance.
    third : third central moment of this part of the sum; 0 where it is not known.
    """

    variance: float
    freedom: float
    third: float = 0.0


def mean_part(samples: Samples, coefficient: float) -> Part:
    """Return the part that a coefficient times the mean of samples has in a sum.

    Parameters
    ----------
    samples : independent and identically distributed, shape (N,) with N >= 2.
    coefficient : of their mean.
    """
    number = samples.size
    third = 0.0
    if number >= SHOWS_SKEWNESS:
        third = float(((samples - samples.mean()) ** 3).mean())
    return Part(
        variance=coefficient**2 * float(samples.var(ddof=1)) / number,
        freedom=number - 1,
        third=coefficient**3 * third / number**2,
    )


def students_quantile(error: float | Samples, freedom: float | Samples) -> Samples:
    """Return what Student's variable exceeds in size with probability `error`.

    Parameters
    ----------
    error : in (0, 1).
    freedom : degrees of freedom, positive, whole or not.
    """
    # `scipy.stats.t.isf(error / 2, freedom)` is no more than that, in forty times the time; and
    # the module takes half a second to load.
    # As arrays, which is all that the types of `stdtrit` know.
    quantile: Samples = -special.stdtrit(np.asarray(freedom), np.asarray(error) / 2)
    return quantile


def careful_quantile(error: float, freedom: Samples) -> Samples:
    """Return Student's quantile, with few degrees of freedom that of a smaller error.

    The smaller error is error (error / 0.1)^0.3: see the module's text.

    Parameters
    ----------
    error : in (0, 1).
    freedom : degrees of freedom, an array.
    """
    smaller = error * min(1.0, (error / 0.1) ** 0.3)
    return students_quantile(np.where(freedom < MANY, smaller, error), freedom)


def half_width(parts: Sequence[Part], error: float) -> tuple[float, str]:
    """Return how far a sum of independent parts may lie from its expectation.

    Parameters
    ----------
    parts : one or more.
    error : probability of a miss, in (0, 1).

    Returns
    -------
    The half-width of the interval, and why it is infinite where it is.
    """
    several = [part for part in parts if part.variance > 0]
    if not several:
        return math.inf, EQUAL
    variances = np.array([part.variance for part in several])
    skewness = sum(part.third for part in several) / float(variances.sum()) ** 1.5
    factor = skewness_factor(skewness, error)
    if math.isinf(factor):
        return math.inf, f"too few samples for their skewness (that of the mean is {skewness:.2g})"
    freedoms = np.array([part.freedom for part in several], dtype=np.float64)
    return factor * math.sqrt(float(squared_half_width(variances, freedoms, error))), ""


def squared_half_width(variances: Samples, freedoms: Samples, error: float) -> Samples:
    """Return the square of the half-width for many sums at once, without regard to skewness.

    Parameters
    ----------
    variances : estimates for each part, positive, shape (..., parts).
    freedoms : their degrees of freedom, shape (parts,).
    error : probability of a miss, in (0, 1).

    Returns
    -------
    Shape (...).
    """
    total = variances.sum(axis=-1)
    # Welch's degrees of freedom, from shares, whose squares do not underflow.
    shares = variances / total[..., None]
    freedom = 1 / (shares**2 / freedoms).sum(axis=-1)
    alone = (variances * careful_quantile(error, freedoms) ** 2).max(axis=-1)
    longer: Samples = np.maximum(total * careful_quantile(error, freedom) ** 2, alone)
    return longer


def skewness_factor(skewness: float, error: float) -> float:
    """Return by how much skewness lengthens an interval; infinity where no length does.

    The factor is z'/z, with z the normal quantile of the error and z' the smallest one beyond for
    which Φ(-z') exp(κ z'³ / 3) is half of the error.

    Parameters
    ----------
    skewness : of the mean or the sum itself: that of the samples over √N.
    error : in (0, 1).
    """
    kappa = UNSEEN * abs(skewness)
    z = -float(special.ndtri(error / 2))
    if kappa == 0:
        return 1.0

    def excess(point: float) -> float:
        """Logarithm of the larger tail over half of the error."""
        return math.log(2 / error) + float(special.log_ndtr(-point)) + kappa * point**3 / 3

    # The excess falls until it is least, and grows from there on.
    low, high = z, z
    while excess(high) > 0:
        low, high = high, 1.01 * high
        if excess(high) > excess(low):
            return math.inf
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high / z
