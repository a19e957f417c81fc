"""Intervals for the mean of positive, heavy-tailed samples: second moments of deep networks.

A squared gradient is a product of many independent factors, so it is near-lognormal, and the
deeper the network, the heavier its tail. Student's interval then ends too low: as long as no large
sample has turned up, the mean *and* the standard deviation are underestimated together. On 64
lognormal samples with σ = 1.5 it misses 11 times as often as an error level of 1e-2 allows, 61
times at 1e-3 and 640 times at 5e-5.

`moment_interval` changes three things about the upper end, and keeps Student's lower one, which a
positive skewness makes safe.

1. The pivot is √N (mean / E - 1) / c with c the coefficient of variation, so that the upper end is
   mean / (1 - t c / √N): infinite when N <= (t c)². The tail probability of a mean below its
   expectation depends on the second moment, hardly on the third, because positive samples cannot
   lie far below (Maurer 2003, JIPAM 4, for the exact inequality).
2. c is the larger one of the sample's own and that of a lognormal law whose logarithm is spread
   like the upper tail of the samples' logarithms: s = (mean of the largest tenth - median) / 1.755,
   c² = exp(s²) - 1. Logarithms show a spread long before the large samples themselves turn up.
3. t is Student's quantile with N/2 degrees of freedom: half of the samples show the upper spread.

Measured at error 5e-5, misses at both ends over nominal ones, with Student's beside them and
in brackets how often the interval is finite, where that is not always (0.4 to 1 million samples
each, of lognormal laws and of dense ReLU networks, whose |∂_x f|² is a product over the layers of
(2/n) Σ s_i g_i² with n fair coins s_i and n standard normal g_i):

    law                N = 64            N = 250           N = 1000         N = 16000
    σ = 0.25         0.2 |   2.7        0.4 |   1.1       0.7 |   1.4      0.9 |  1.0
    σ = 0.5          0.2 |    12        0.7 |   4.4       0.4 |   2.0      1.3 |  1.6
    σ = 1      (88%) 0.8 |   118        1.2 |    33       0.3 |   8.7      0.5 |  1.5
    σ = 1.5     (6%) 1.0 |   638  (88%) 0.6 |   222       0.1 |    63      0.2 |  6.4
    σ = 2     (0.1%) 0.4 |  2096   (1%) 0.0 |   982 (60%) 0.0 |   375      0.0 |   45
    64 wide, 2 deep  0.2 |   4.2        0.5 |   1.9       0.6 |   1.5      0.6 |  0.7
    64 wide, 6 deep  0.2 |    24        0.8 |   8.1       0.5 |   2.7      0.7 |  1.0
    16 wide, 2 deep  0.0 |    21        0.1 |   7.0       0.4 |   2.5      0.9 |  1.3
    16 wide, 6 deep* 0.2 |   294  (99%) 0.1 |    83       0.0 |    20      0.0 |  2.7

At 1e-3 and 1e-2 it is at most 1.0 for all of them. (* Finite in 13 %. From N = 1000 the samples are
drawn in blocks from a pool of 20 million, and the upper spread is linearized.)

**What no sample can tell.** The interval presumes that beyond what was seen, the logarithm's upper
tail is no heavier than a Gaussian one. Products of independent factors such as chi-squares keep
to that: their logarithms lean to the left. A rare second kind of network does not: where one in ten
lognormal samples has σ = 2 and the others 0.3, the interval at error 1e-2 missed in 38 % of runs
with N = 64 and in 8 % with N = 4000: the few samples that make up the mean were not drawn. Nor
does the coverage hold *given* that the interval is finite: it counts all runs.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from evidence.intervals import Interval
from evidence.means import Samples, mean_interval, slope_coefficients
from evidence.sums import EQUAL, students_quantile

TAIL = 0.1
"""Share of the samples, the largest ones, whose logarithms measure the upper spread."""

WEIGHTLESS = 1e-12
"""Share of the largest coefficient of a slope below which another one is 0, but for rounding."""


def moment_interval(samples: Samples, error: float) -> Interval:
    """Interval for the mean of samples that are positive and may be heavy-tailed.

    Parameters
    ----------
    samples : independent and identically distributed, shape (N,) with N >= 2, none negative; such
        as |∂_x f_k|² / d of N networks. Zeros are allowed (networks that are switched off).
    error : probability of a miss, in (0, 1); see the module's text for what it presumes.

    Returns
    -------
    The interval; `high` is infinite, and `note` says why, where N networks are too few.

    Raises
    ------
    ValueError : a negative sample, or unfit as in `mean_interval`.
    """
    estimate = mean_interval(samples, error).estimate  # which refuses unfit samples
    if samples.min() < 0:
        raise ValueError(f"a moment needs samples of at least 0, not {samples.min():.6g}")
    below = float(students_quantile(error, samples.size - 1) * samples.std(ddof=1))
    variation = _coefficient_of_variation(samples)
    quantile = float(students_quantile(error, samples.size / 2))
    share = quantile * variation / math.sqrt(samples.size)
    if 0 < share < 1:
        high, note = estimate / (1 - share), ""
    else:
        high, note = math.inf, _too_few(samples.size, variation, quantile) if below else EQUAL
    return Interval(
        estimate=estimate,
        low=max(estimate - below / math.sqrt(samples.size), 0.0) if below else 0.0,
        high=high,
        error=error,
        samples=samples.size,
        note=note,
    )


def moment_exponent_interval(
    sizes: Sequence[float], samples: Sequence[Samples], error: float
) -> Interval:
    """Interval for the scaling exponent of a mean: the slope of log E[sample] over log size.

    The slope is the least-squares one, a fixed linear combination of the log-means. Their
    intervals are combined as Zou and Donner do (2008, Statistics in Medicine 27): the distances
    from the estimates to the ends that count, in quadrature. For symmetric intervals that is the
    usual rule, and it keeps the asymmetry of the others.

    Parameters
    ----------
    sizes, error : as in `evidence.means.exponent_interval`.
    samples : for each size independent samples as in `moment_interval`, shape (N_i,), not all 0.

    Raises
    ------
    ValueError : as there, or samples of 0 only.
    """
    logs = []
    for values in samples:
        interval = moment_interval(values, error)
        if not interval.estimate > 0:
            raise ValueError("an exponent needs a positive sample at each size")
        logs.append(_logarithm(interval))
    return slope_interval(sizes, logs)


def slope_interval(sizes: Sequence[float], logs: Sequence[Interval]) -> Interval:
    """Interval for the least-squares slope of a logarithm over log size, combined as above.

    Parameters
    ----------
    sizes : as in `evidence.means.exponent_interval`.
    logs : for each size the interval of the logarithm, from samples that are independent of those
        of other sizes, such as of `moment_ratio_interval`; all of one error level.

    Raises
    ------
    ValueError : not as many sizes as intervals, or sizes unfit as there.
    """
    coefficients = slope_coefficients(sizes, len(logs))
    largest = max(map(abs, coefficients))
    estimate, below, above = 0.0, 0.0, 0.0
    notes = []
    for coefficient, interval in zip(coefficients, logs, strict=True):
        # The middle one of evenly spaced sizes has no weight but for rounding; even an infinite
        # interval does not count there.
        if abs(coefficient) < WEIGHTLESS * largest:
            continue
        estimate += coefficient * interval.estimate
        ends = [
            abs(coefficient) * (interval.estimate - interval.low),
            abs(coefficient) * (interval.high - interval.estimate),
        ]
        if coefficient < 0:
            ends.reverse()
        below += ends[0] ** 2
        above += ends[1] ** 2
        notes += [interval.note] * bool(interval.note)
    return Interval(
        estimate=estimate,
        low=estimate - math.sqrt(below),
        high=estimate + math.sqrt(above),
        error=logs[0].error,
        samples=sum(interval.samples for interval in logs),
        note=notes[0] if notes else "",
    )


def moment_ratio_interval(numerators: Samples, denominators: Samples, error: float) -> Interval:
    """Interval for log(E[numerator] / E[denominator]) of paired samples.

    The moments' own intervals are combined as Zou and Donner do for correlated estimates (2008,
    Statistics in Medicine 27). Student's interval for the pairs' differences ends too low: of
    twins with three strided convolutions replaced, their skewness was measured as -4 (n = 9, real
    ReLUs), which at 256 pairs makes thirty misses for each that an error of 1e-5 allows.

    Parameters
    ----------
    numerators, denominators : shape (N,), as in `moment_interval`, not all 0; pair i of both may
        share a network.
    error : probability of a miss, in (0, 1).

    Raises
    ------
    ValueError : unequal lengths, or samples unfit as above.
    """
    if numerators.shape != denominators.shape:
        raise ValueError(
            f"pairs need equal shapes, not {numerators.shape} and {denominators.shape}"
        )
    above, below = moment_interval(numerators, error), moment_interval(denominators, error)
    if not (above.estimate > 0 and below.estimate > 0):
        raise ValueError("a ratio of means through logarithms needs positive samples")
    shared = float(np.corrcoef(numerators, denominators)[0, 1])

    def apart(x: float, y: float) -> float:
        return math.sqrt(x * x + y * y - 2 * shared * x * y) if max(x, y) < math.inf else math.inf

    estimate = math.log(above.estimate / below.estimate)
    return Interval(
        estimate=estimate,
        low=estimate - apart(_log_distance(above, above.low), _log_distance(below, below.high)),
        high=estimate + apart(_log_distance(above, above.high), _log_distance(below, below.low)),
        error=error,
        samples=above.samples,
        note=above.note or below.note,
    )


def _logarithm(interval: Interval) -> Interval:
    estimate = math.log(interval.estimate)
    return replace(
        interval,
        estimate=estimate,
        low=estimate - _log_distance(interval, interval.low),
        high=estimate + _log_distance(interval, interval.high),
    )


def _log_distance(interval: Interval, end: float) -> float:
    return abs(math.log(end / interval.estimate)) if end > 0 else math.inf


def _coefficient_of_variation(samples: Samples) -> float:
    """The larger one of the samples' own and of a lognormal law with their upper spread."""
    positive = np.sort(samples[samples > 0])
    if positive.size < 2:
        return math.inf
    logs = np.log(positive)
    tail = math.ceil(TAIL * logs.size)
    # The expectation of a standard normal variable in the upper tail of this probability.
    least = -float(special.ndtri(tail / logs.size))
    depth = math.exp(-(least**2) / 2) / math.sqrt(2 * math.pi) * logs.size / tail
    spread = float(logs[-tail:].mean() - np.median(logs)) / depth
    # A mixture with zeros: E[X²] / E[X]² grows by one over the probability of a positive sample.
    ratio = np.exp(min(spread**2, 700.0)) * samples.size / positive.size
    own = float(samples.std(ddof=1) / samples.mean())
    return max(own, math.sqrt(ratio - 1))


def _too_few(samples: int, variation: float, quantile: float) -> str:
    if math.isinf(variation):
        return "fewer than two samples are positive"
    needed = 2 * math.log10(quantile * variation)  # whose power of ten may be no float
    return (
        f"{samples:,} samples are too few for a coefficient of variation of {variation:.3g}, "
        f"which needs more than {f'{10**needed:.3g}' if needed < 300 else f'1e+{needed:.0f}'}"
    )
