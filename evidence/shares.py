"""The exact interval for a probability (Clopper and Pearson 1934, Biometrika 26)."""

from scipy.special import betaincinv

from evidence.intervals import Interval


def share_interval(count: int, trials: int, error: float) -> Interval:
    """Interval for the probability of an event that was seen `count` times.

    Its ends are quantiles of beta laws: at the lower one, `count` or more successes have
    probability error/2, and at the upper one `count` or fewer.

    Parameters
    ----------
    count, trials : out of at least one independent trial.
    error : probability of a miss, in (0, 1); it is kept at every probability.

    Raises
    ------
    ValueError : a count that is not between 0 and `trials`, or no trials.
    """
    if not 0 <= count <= trials or not trials:
        raise ValueError(f"{count} of {trials} trials are no share")
    missed = trials - count
    return Interval(
        estimate=count / trials,
        low=float(betaincinv(count, missed + 1, error / 2)) if count else 0.0,
        high=float(betaincinv(count + 1, missed, 1 - error / 2)) if missed else 1.0,
        error=error,
        samples=trials,
    )
