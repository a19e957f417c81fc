"""The exact interval for a probability (Clopper and Pearson 1934, Biometrika 26)."""

from math import exp, isclose, lgamma, log, log1p

from evidence.intervals import Interval


def share_interval(count: int, trials: int, error: float) -> Interval:
    """Interval for the probability of an event that was seen `count` times.

    At its lower end, `count` or more successes have probability error/2, and at the upper one
    `count` or fewer.

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
        low=_lowest(count, trials, error / 2),
        high=1 - _lowest(missed, trials, error / 2),
        error=error,
        samples=trials,
    )


def _lowest(count: int, trials: int, level: float) -> float:
    """Return the probability at which `count` events or more are as rare as `level`."""
    low, high = 0.0, count / trials
    while not isclose(low, high, rel_tol=1e-15):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _at_least(count, trials, middle) < level:
            low = middle
        else:
            high = middle
    return high


def _at_least(count: int, trials: int, p: float) -> float:
    """Add the binomial probabilities of `count`, `count` + 1 ..., for p at most their share."""
    ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
    term = exp(ways + count * log(p) + (trials - count) * log1p(-p))
    total = 0.0
    while term > 1e-17 * total and count <= trials:
        total += term
        term *= (trials - count) / (count + 1) * p / (1 - p)
        count += 1
    return total
