"""The exact interval for a probability (Clopper and Pearson 1934, Biometrika 26)."""

from scipy import stats

from simulations.intervals import Interval


def share_interval(count: int, trials: int, error: float) -> Interval:
    """Interval for the probability of an event that was seen `count` times.

    Parameters
    ----------
    count, trials : out of at least one independent trial.
    error : probability of a miss, in (0, 1); it is kept at every probability.

    Raises
    ------
    ValueError : a count that is not between 0 and `trials`, or no trials.
    """
    found = stats.binomtest(count, trials).proportion_ci(1 - error, method="exact")
    return Interval(
        estimate=count / trials,
        low=float(found.low),
        high=float(found.high),
        error=error,
        samples=trials,
    )
