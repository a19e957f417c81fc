"""Sampling until a relative precision is reached, however many networks that takes.

The number of looks is not known in advance, so look k spends error / (k (k + 1)) of the error
level; over all k = 1, 2, ... that adds up to exactly the error level. By the union bound the
intervals of *all* looks, infinitely many, cover at once with probability 1 - error: whatever rule
ends the sampling, the interval it ends with misses with probability at most `error` (Darling and
Robbins 1967, PNAS 58).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evidence.intervals import Interval


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the samples so far.

    Attributes
    ----------
    networks : how many networks there are by then, over all looks.
    error : error level of each interval at this look.
    """

    networks: int
    error: float


def looks(first: int, error: float) -> Iterator[Look]:
    """Yield looks at `first`, 2 `first`, 4 `first`, ... networks, without end.

    Parameters
    ----------
    first : networks at the first look, at least 1.
    error : error level of one interval over all looks together, in (0, 1).

    Raises
    ------
    ValueError : no network at the first look, or an error not in (0, 1).
    """
    if first < 1:
        raise ValueError(f"the first look needs a network or more, not {first}")
    if not 0 < error < 1:
        raise ValueError(f"the error level must lie between 0 and 1, not {error}")
    return _doubling(first, error)


def relative_half_width(interval: Interval) -> float:
    """Return the distance from the estimate to the farther end, over the size of the estimate.

    An infinite end, or the estimate 0, gives infinity. It is meant for estimands with a natural
    zero, moments and norms; an exponent may be 0, so its precision is an absolute one.
    """
    farther = max(interval.estimate - interval.low, interval.high - interval.estimate)
    return farther / abs(interval.estimate) if interval.estimate else math.inf


def is_precise(intervals: Iterable[Interval], target: float) -> bool:
    """Say whether every interval has a relative half-width of at most `target`.

    Raises
    ------
    ValueError : a target that is not a positive finite number.
    """
    if not 0 < target < math.inf:
        raise ValueError(f"the precision must be a positive number, not {target}")
    return all(relative_half_width(interval) <= target for interval in intervals)


def _doubling(first: int, error: float) -> Iterator[Look]:
    networks, k = first, 1
    while True:
        yield Look(networks=networks, error=error / (k * (k + 1)))
        networks, k = 2 * networks, k + 1
