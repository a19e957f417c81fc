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
    ratio : misses over those that the error level allows.
    deviation : standard deviation of the ratio.
    finite : share of the samples with a finite interval.
    """

    ratio: float
    deviation: float = 0.0
    finite: float = 1.0


def from_runs(misses: Array, weights: Array, error: float, *, finite: float = 1.0) -> Measured:
    """Return the measured rate of importance sampling.

    Parameters
    ----------
    misses : of each run, 0 or 1 or a probability, shape (runs,).
    weights : density of the law over that of the runs, shape (runs,).
    error : nominal level.
    finite : share of finite intervals.
    """
    ratios = misses * weights / error
    deviation = float(ratios.std(ddof=1)) / ratios.size**0.5
    return Measured(ratio=float(ratios.mean()), deviation=deviation, finite=finite)
