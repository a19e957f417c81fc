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
    missed = 0.0
    for count in range(trials + 1):
        found = narrowed(share_interval(count, trials, error), factor)
        if not found.low <= p <= found.high:
            missed += float(stats.binom.pmf(count, trials, p))
    return Measured(ratio=missed / error)
