"""A measured miss rate, and the one way in which all of them come from weighted runs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How often an interval misses.

    Attributes
    ----------
    ratio : misses at the worse end, over those that half of the error level allows.
    deviation : standard deviation of the ratio.
    finite : share of the samples with a finite interval.
    """

    ratio: float
    deviation: float = 0.0
    finite: float = 1.0


def from_runs(
    too_high: Array, too_low: Array, weights: Array, error: float, *, finite: float = 1.0
) -> Measured:
    """Return twice the misses at the worse end, from importance sampling.

    A statement can hang on one end alone, so each end is held against half of the error.

    Parameters
    ----------
    too_high, too_low : whether the interval of each run lies above the truth, and below it; 0 or 1
        or a probability, shape (runs,).
    weights : density of the law over that of the runs, shape (runs,).
    error : nominal level.
    finite : share of finite intervals.
    """
    ends = []
    for missed in (too_high, too_low):
        ratios = missed * weights / (error / 2)
        deviation = float(ratios.std(ddof=1)) / ratios.size**0.5
        ends.append(Measured(ratio=float(ratios.mean()), deviation=deviation, finite=finite))
    return max(ends, key=lambda end: end.ratio)
