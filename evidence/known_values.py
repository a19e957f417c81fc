"""Whether intervals are as wide as they should be: how often they miss a value that is known.

Where theory gives a value exactly, such as E[(∂_x f_k)²] = 2/d, many networks can be split into
parts. Each part gives an interval of its own, and the share of them that misses the known value is
to be at most their error level. So a row of the ledger can test its own kind of interval: those of
half the width miss six times as often.
"""

from collections.abc import Sequence

import numpy as np

from evidence.intervals import Inequality, Interval
from evidence.means import Samples
from evidence.shares import share_interval

LEVEL = 0.05
"""Error level of the parts' intervals."""

TOO_OFTEN = 0.13
"""Share of misses. Between what intervals have that are right, up to 0.08 for skewed samples, and
0.2 to 0.35 of intervals of half the width."""


def parts(samples: Samples, size: int) -> list[Samples]:
    """Split samples into parts of equal size; what is left over is dropped.

    Parameters
    ----------
    samples : shape (N, ...), with N of at least `size`.
    """
    count = len(samples) // size
    return np.split(samples[: count * size], count)


def miss_too_often(
    what: str, intervals: Sequence[Interval], value: float, error: float
) -> Inequality:
    """Return the false neighbour that intervals miss a known value too often.

    Parameters
    ----------
    what : the kind of intervals and what they are for, in words.
    intervals : independent ones of the level `LEVEL`; some 500, so that 0.08 and 0.2 are told
        apart.
    value : what they should contain.
    error : of the interval for the probability of a miss.
    """
    missed = sum(not one.low <= value <= one.high for one in intervals)
    return share_interval(missed, len(intervals), error).at_least(
        f"false neighbour: intervals at error {LEVEL:g} are too narrow, {TOO_OFTEN:.0%} of them "
        f"or more miss what is known: {what}",
        TOO_OFTEN,
    )


def signs_drawn(samples: Samples, rng: np.random.Generator) -> Samples:
    """Give the effects of networks and of images random signs, so that the mean is 0.

    With y_ij = mean + a_i + b_j + r_ij for network i and image j, it returns
    s_i a_i + t_j b_j + s_i t_j r_ij with fair signs s_i and t_j. Spreads and tails over networks
    and over images stay as they were measured, and the expectation is known to be 0.

    Parameters
    ----------
    samples : shape (networks, images).
    rng : draws the signs.
    """
    centred = samples - samples.mean()
    networks = centred.mean(axis=1, keepdims=True)
    images = centred.mean(axis=0, keepdims=True)
    rest = centred - networks - images
    s, t = (rng.choice([-1.0, 1.0], size=effect.shape) for effect in (networks, images))
    drawn: Samples = s * networks + t * images + s * t * rest
    return drawn
