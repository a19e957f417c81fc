"""Intervals of any kind from tens to thousands of samples, called as the ledger calls them.

A law is represented by many equally probable points. In most runs the points are drawn with
probabilities tilted by exp(±t y / √N - t² y² / (2N)), with y the point's standardized influence on
the estimate and t about the quantile that decides: of all tilts of samples this one makes Student's
variable as large as t with the least loss (de la Peña, Lai and Shao 2009, *Self-Normalized
Processes*). Few samples miss when they lie close together, off the mean; so in other runs those of
a small group are drawn from a window of their law, as in `windows`. The runs are weighted by the
ratio of the densities.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from evidence.intervals import Interval

from .measured import Array, Measured, from_runs
from .windows import density, squeeze

Places = NDArray[np.int64]

STRENGTHS = (0.0, 0.7, -0.7, 1.0, -1.0, 1.3, -1.3)
"""Tilts, as multiples of the quantile; 0 are the samples as they are."""

FEW = 30
"""Samples below which a group may lie close together."""

WINDOWS = 10
"""Runs with a group in a window, as a multiple of those with one tilt."""


@dataclass(frozen=True)
class Group:
    """Independent and identically distributed samples in one group.

    Attributes
    ----------
    points : the law's equally probable points, shape (points,) or (points, values); of a small
        group in ascending order.
    influence : of each point on the estimate, shape (points,): the estimate moves by the mean of
        the samples' influences, to the first order.
    number : of samples.
    """

    points: Array
    influence: Array
    number: int


def narrowed(interval: Interval, factor: float) -> Interval:
    """Return the interval with its ends moved towards the estimate."""
    middle = interval.estimate
    low, high = (middle + factor * (end - middle) for end in (interval.low, interval.high))
    return replace(interval, low=low, high=high)


def measure_tilted(
    groups: Sequence[Group],
    interval_of: Callable[[list[Array]], Interval],
    truth: float,
    error: float,
    *,
    runs: int,
    seed: int,
    factor: float = 1.0,
) -> Measured:
    """Measure how often an interval misses.

    Parameters
    ----------
    groups : laws and numbers of the samples.
    interval_of : the interval from the samples of each group, shape (number,) or (number, values).
    truth : what it is for, of the laws' points.
    error, runs, seed, factor : as in `normal_sums.measure_normal_sum`.
    """
    rng = np.random.default_rng(seed)
    each = runs // len(STRENGTHS)
    tilts = _tilts(groups, factor * -float(special.ndtri(error / 2)))
    few = [place for place, group in enumerate(groups) if group.number < FEW]
    numbers = [each] * len(STRENGTHS) + [WINDOWS * each] * len(few)
    total = sum(numbers)
    chosen = [np.empty((total, group.number), dtype=np.int64) for group in groups]
    logs = np.zeros((len(numbers), total))
    for place, group in enumerate(groups):
        drawn = [_draw(rng, tilt[place], each, group.number) for tilt in tilts]
        for of in few:
            uniform = rng.random((WINDOWS * each, group.number))
            ranks = squeeze(rng, uniform) if of == place else uniform
            drawn.append((ranks * len(group.points)).astype(np.int64))
        chosen[place] = np.concatenate(drawn)
        logs[: len(tilts)] += np.stack([tilt[place][chosen[place]].sum(axis=1) for tilt in tilts])
        if place in few:
            row = len(tilts) + few.index(place)
            logs[row] = np.log(density((chosen[place] + 0.5) / len(group.points)))
    weights = total / (np.array(numbers) @ np.exp(logs))
    too_high, too_low, finite = np.zeros(total), np.zeros(total), np.zeros(total)
    for run in range(total):
        found = interval_of([g.points[of[run]] for g, of in zip(groups, chosen, strict=True)])
        finite[run] = np.isfinite(found.low) and np.isfinite(found.high)
        found = narrowed(found, factor) if finite[run] else found
        too_high[run], too_low[run] = found.low > truth, found.high < truth
    return from_runs(too_high, too_low, weights, error, finite=float(finite[:each].mean()))


def _tilts(groups: Sequence[Group], quantile: float) -> list[list[Array]]:
    """Return the logarithms of the tilted densities, by strength and group, shape (points,)."""
    spreads = [group.influence.std() / group.number**0.5 for group in groups]
    found = []
    for strength in STRENGTHS:
        tilts = []
        for group in groups:
            y = (group.influence - group.influence.mean()) / group.number
            pull = quantile * strength * y / np.linalg.norm(spreads)
            tilt = pull - pull**2 / 2
            tilts.append(tilt - special.logsumexp(tilt) + np.log(tilt.size))
        found.append(tilts)
    return found


def _draw(rng: np.random.Generator, tilt: Array, runs: int, number: int) -> Places:
    cumulative = np.cumsum(np.exp(tilt))
    drawn = np.searchsorted(cumulative, rng.random((runs, number)) * cumulative[-1])
    places: Places = drawn.clip(0, tilt.size - 1)
    return places
