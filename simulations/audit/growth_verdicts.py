"""What an interval for an exponent of d says, in words."""

from enum import Enum

from evidence.intervals import Interval

MARGIN = 0.05
"""How far an exponent may lie from the law's and still be called the law's. From 32 to 224 pixels d
grows 49-fold, and d^0.05 by a fifth."""


class Growth(Enum):
    """How something grows with the input dimension d, as far as an interval tells."""

    LIKE_SQRT = "grows like √d"
    SLOWER = "grows slower than √d"
    SLOWER_OR_NOT = "grows slower than √d, if it grows at all"
    FASTER = "grows faster than √d"
    NOT = "does not grow"
    FALLS = "falls"
    UNKNOWN = "cannot be told from so few networks"


def growth(exponent: Interval) -> Growth:
    """Read an interval for an exponent; the estimate alone decides nothing.

    An interval that lies wholly within `MARGIN` of 1/2, or of 0, says so. Otherwise one that lies
    wholly on one side of 1/2 says on which, and one below 0 says that it falls.
    """
    low, high = exponent.low, exponent.high
    if low >= 0.5 - MARGIN and high <= 0.5 + MARGIN:
        return Growth.LIKE_SQRT
    if low >= -MARGIN and high <= MARGIN:
        return Growth.NOT
    if low > 0.5:
        return Growth.FASTER
    if high < 0:
        return Growth.FALLS
    if high < 0.5:
        return Growth.SLOWER if low > 0 else Growth.SLOWER_OR_NOT
    return Growth.UNKNOWN


class Departure(Enum):
    """Whether a layer's gradient follows the law."""

    KEEPS = "keeps the law"
    ABOVE = "grows faster than the law"
    BELOW = "grows slower than the law"
    UNKNOWN = "cannot be told"


def departure(exponent: Interval, law: float) -> Departure:
    """Hold an interval for an exponent against the law's.

    One that lies wholly within `MARGIN` of the law keeps it. Any other departs if it does not
    contain the law's exponent.
    """
    if law - MARGIN <= exponent.low and exponent.high <= law + MARGIN:
        return Departure.KEEPS
    if exponent.low > law:
        return Departure.ABOVE
    return Departure.BELOW if exponent.high < law else Departure.UNKNOWN
