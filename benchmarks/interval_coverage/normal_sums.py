"""Sums of means of normal groups: the mean is integrated exactly, given the variances.

Given the estimated variances the sum is normal, so the probability of a miss is 2 Φ(-H/σ)
(Rao-Blackwell). What is left to sample are the estimated variances. Misses come from groups whose
estimates happen to be small; so in most runs some groups' estimates are scaled down, and the runs
are weighted by the ratio of the densities.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import special

from evidence.sums import squared_half_width

from .measured import Array, Measured, from_runs

SquaredHalfWidth = Callable[[Array, Array, float], Array]

SCALES = (0.3, 0.1, 0.03, 0.01, 0.002)
"""By which the estimated variances of the widest groups are scaled down."""


def measure_normal_sum(
    shares: Sequence[float],
    freedoms: Sequence[float],
    error: float,
    *,
    runs: int,
    seed: int,
    factor: float = 1.0,
    rule: SquaredHalfWidth = squared_half_width,
) -> Measured:
    """Measure how often the interval for a sum of independent normal means misses.

    Parameters
    ----------
    shares : true variances of the parts of the sum, in any unit.
    freedoms : degrees of freedom of their estimates.
    error : nominal level.
    runs, seed : of the simulation.
    factor : by which the interval is made shorter, as a negative control.
    rule : squared half-width from variances, degrees of freedom and error.
    """
    rng = np.random.default_rng(seed)
    true = np.array(shares) / np.sum(shares)
    halves = np.array(freedoms) / 2
    widest = np.argsort(-true)
    scaled = [(widest[:m], r) for m in range(1, min(len(true), 4) + 1) for r in SCALES]
    scaled += [(widest, r) for r in (0.3, 0.5)] * (len(true) > 4)
    each = runs // (len(scaled) + 1)
    estimates = rng.gamma(halves, 1 / halves, size=(len(scaled) + 1, each, len(true)))
    for drawn, (groups, scale) in zip(estimates[1:], scaled, strict=True):
        drawn[:, groups] *= scale
    estimates = estimates.reshape(-1, len(true))
    density = np.ones(len(estimates))  # of the runs, over the law's
    for groups, scale in scaled:
        exponents = halves[groups] * (np.log(scale) + estimates[:, groups] * (1 / scale - 1))
        # Where it overflows, the weight is 0 all the same.
        density += np.exp(np.minimum(-exponents.sum(axis=1), 700.0))
    square = factor**2 * rule(true * estimates, 2 * halves, error)
    end = special.ndtr(-np.sqrt(square))  # the same at both
    return from_runs(end, end, (len(scaled) + 1) / density, error)
