"""How precisely intervals are known, relative to what they measure."""

import math
from collections.abc import Iterable

from evidence.intervals import Interval


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
