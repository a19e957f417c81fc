"""The share of successes: the miss rate is a sum over the binomial law, without simulation."""

from scipy import stats

from evidence.shares import share_interval

from .measured import Measured
from .tilts import narrowed


def measure_share(p: float, trials: int, error: float, *, factor: float = 1.0) -> Measured:
    """Return how often the interval for a probability misses.

    Parameters
    ----------
    p : the probability.
    trials : independent ones.
    error, factor : as in `normal_sums.measure_normal_sum`.
    """
    too_high = too_low = 0.0
    for count in range(trials + 1):
        found = narrowed(share_interval(count, trials, error), factor)
        chance = float(stats.binom.pmf(count, trials, p))
        too_high += chance * (found.low > p)
        too_low += chance * (found.high < p)
    return Measured(ratio=max(too_high, too_low) / (error / 2))
