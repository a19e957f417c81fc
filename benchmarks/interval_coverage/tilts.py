"""Intervals of any kind from tens to thousands of samples, called as the ledger calls them.

A law is represented by many equally probable points. In most runs the points are drawn with
probabilities tilted by exp(±t y / √N - t² y² / (2N)), with y the point's standardized influence on
the estimate and t about the quantile that decides: of all tilts of samples this one makes Student's
variable as large as t with the least loss (de la Peña, Lai and Shao 2009, *Self-Normalized
Processes*). The runs are weighted by the ratio of the densities.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from evidence.intervals import Interval

from .measured import Array, Measured, from_runs

STRENGTHS = (0.0, 0.7, -0.7, 1.0, -1.0, 1.3, -1.3)
"""Tilts, as multiples of the quantile; 0 are the samples as they are."""


@dataclass(frozen=True)
class Group:
    """Independent and identically distributed samples in one group.

    Attributes
    ----------
    points : the law's equally probable points, shape (points,) or (points, values).
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
    quantile = factor * -float(special.ndtri(error / 2))
    spreads = [group.influence.std() / group.number**0.5 for group in groups]
    whole = float(np.linalg.norm(spreads))
    each = runs // len(STRENGTHS)
    chosen: list[list[Array]] = [[] for _ in STRENGTHS]
    logs = np.zeros((len(STRENGTHS), len(STRENGTHS) * each))
    for group, spread in zip(groups, spreads, strict=True):
        y = (group.influence - group.influence.mean()) / (spread * group.number)
        tilts = [
            t * y * (spread / whole) - (t * y * spread / whole) ** 2 / 2
            for t in (quantile * strength for strength in STRENGTHS)
        ]
        tilts = [tilt - special.logsumexp(tilt) + np.log(tilt.size) for tilt in tilts]
        drawn = []
        for tilt in tilts:
            cumulative = np.cumsum(np.exp(tilt))
            places = rng.random((each, group.number)) * cumulative[-1]
            drawn.append(np.searchsorted(cumulative, places).clip(0, tilt.size - 1))
        for own, places in zip(chosen, drawn, strict=True):
            own.append(places)
        every = np.concatenate(drawn)
        logs += np.stack([tilt[every].sum(axis=1) for tilt in tilts])
    weights = len(STRENGTHS) / np.exp(logs).sum(axis=0)
    misses, finite = [], []
    for own in chosen:
        for run in range(each):
            samples = [g.points[places[run]] for g, places in zip(groups, own, strict=True)]
            found = interval_of(samples)
            finite.append(bool(np.isfinite(found.low) and np.isfinite(found.high)))
            found = narrowed(found, factor) if finite[-1] else found
            misses.append(not found.low <= truth <= found.high)
    return from_runs(
        np.array(misses, dtype=float), weights, error, finite=float(np.mean(finite[:each]))
    )
