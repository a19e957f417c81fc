"""One measure of a cell with its interval, in the units of the figures."""

from empirical.measures.trained import Cell, Sweep
from evidence.intervals import Interval
from evidence.two_level import log_of_mean, two_level_interval

SHARES = (
    "correct",
    "changed",
    "still_correct",
    "changed_l2",
    "still_correct_l2",
    "pgd_changed",
    "pgd_still_correct",
)
"""Measures that are yes or no on each image."""


def cell_interval(sweep: Sweep, cell: Cell, measure: str, error: float) -> Interval:
    """Interval over networks and images for a cell's mean of one measure.

    Parameters
    ----------
    sweep, cell, measure : as in `Sweep.array`.
    error : probability of a miss.

    Returns
    -------
    Of shares in percent, from 0 to 100. Of norms in their own unit, as the geometric mean over
    networks of each one's mean over the images.

    Raises
    ------
    LackingRecordsError : a network whose norms are all 0.
    ValueError : as `two_level_interval`.
    """
    samples = sweep.array(cell, measure)
    if measure not in SHARES:
        return two_level_interval(log_of_mean(samples), error).exponential()
    found = two_level_interval(samples, error).scaled(100.0)
    return Interval(
        estimate=found.estimate,
        low=max(found.low, 0.0),
        high=min(found.high, 100.0),
        error=error,
        samples=found.samples,
    )
