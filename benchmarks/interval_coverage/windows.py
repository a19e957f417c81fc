"""Few samples of any law: Student's interval misses when they happen to lie close together.

In most runs the samples of a group are drawn from a window of the law's probabilities, of random
length and place: [0.2, 0.5] stands for samples between its 20 % and its 50 % quantile. The runs are
weighted by the ratio of the densities, which is a sum over the lengths of the windows.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from evidence.sums import squared_half_width

from .laws import Quantiles, mean
from .measured import Array, Measured, from_runs

RAREST = 1e-7
"""Probability of the closest coincidence that is looked for: N samples in a window of length h
have h^(N - 1)."""


def measure_few(
    law: Quantiles,
    numbers: Sequence[int],
    coefficients: Sequence[float],
    error: float,
    *,
    runs: int,
    seed: int,
    factor: float = 1.0,
    unless_skewed: bool = False,
) -> Measured:
    """Measure how often the interval for a sum of means of independent groups misses.

    Parameters
    ----------
    law : of the samples in all groups.
    numbers : samples in each group.
    coefficients : of the groups' means; the windows are for those of the largest one.
    error, runs, seed, factor : as in `normal_sums.measure_normal_sum`.
    unless_skewed : whether the interval is infinite where samples of the widest group look skewed.
    """
    rng = np.random.default_rng(seed)
    truth = sum(coefficients) * mean(law)
    widest = int(np.argmax(np.abs(coefficients)))
    estimate, variances, weights = np.zeros(runs), [], np.ones(runs)
    finite = np.ones(runs, dtype=bool)
    for group, (number, coefficient) in enumerate(zip(numbers, coefficients, strict=True)):
        probabilities = rng.random((runs, number))
        if group == widest:
            probabilities = squeeze(rng, probabilities)
            weights = 1 / density(probabilities)
        samples = law(probabilities)
        if unless_skewed and group == widest:
            finite = _skewness(samples) < visible_skewness(number)
        estimate += coefficient * samples.mean(axis=1)
        variances.append(coefficient**2 * samples.var(axis=1, ddof=1) / number)
    freedoms = np.array(numbers) - 1.0
    square = squared_half_width(np.stack(variances, axis=1), freedoms, error)
    off, half = estimate - truth, factor * np.sqrt(square)
    above, below = ((finite & (end > half)).astype(float) for end in (off, -off))
    return from_runs(above, below, weights, error, finite=float((finite * weights).mean()))


@cache
def visible_skewness(number: int) -> float:
    """Return the skewness that one in ten normal samples of this size exceeds."""
    normal = np.random.default_rng(1).standard_normal((100_000, number))
    return float(np.quantile(_skewness(normal), 0.9))


def _skewness(samples: Array) -> Array:
    """Return the size of the skewness of each row."""
    centred = samples - samples.mean(axis=1, keepdims=True)
    found: Array = np.abs((centred**3).mean(axis=1) / (centred**2).mean(axis=1) ** 1.5)
    return found


def lengths(number: int) -> Array:
    """Return the lengths of the windows, equally probable, for this number of samples."""
    return np.array([1.0, *np.geomspace(0.95, RAREST ** (1 / (number - 1)), 20)])


def squeeze(rng: np.random.Generator, uniform: Array) -> Array:
    """Squeeze uniform samples into windows, a window a row."""
    length = rng.choice(lengths(uniform.shape[1]), size=len(uniform))
    start = rng.random(len(uniform)) * (1 - length)
    squeezed: Array = start[:, None] + length[:, None] * uniform
    return squeezed


def density(drawn: Array) -> Array:
    """Return the density of squeezed rows, relative to uniform ones."""
    number = drawn.shape[1]
    least, most = drawn.min(axis=1), drawn.max(axis=1)
    found = np.ones(len(drawn))
    for one in lengths(number)[1:]:
        places = np.minimum(least, 1 - one) - np.maximum(0, most - one)
        found += np.clip(places, 0, None) / (1 - one) * one ** -float(number)
    return found / len(lengths(number))
