"""Checks of Section 4: each puts one sentence to the test on a sweep of trained networks.

They all have the form of `SweepCheck`. A check of Figure 1 takes a sweep over sizes, one of
Figure 2 a sweep over training methods and strengths, one of Figure 3 the three poolings.
"""

from typing import Protocol

from empirical.measures.trained import Sweep
from evidence.findings import Evidence

__all__ = ["SweepCheck"]


class SweepCheck(Protocol):
    """A function that puts a statement to the test."""

    def __call__(self, sweep: Sweep, *, error: float) -> Evidence:
        """Return what a sweep says of the statement.

        Parameters
        ----------
        sweep : networks of the figure that the statement is on, two at least of each kind.
        error : probability, at most, that an interval misses what it is for; of each interval by
            itself, unless the check says otherwise.

        Raises
        ------
        LackingRecordsError : a sweep without the sizes, methods, strengths or networks that are
            compared, or of which others differ in more; or gradients that are all 0. The claim is
            then not checked; whatever else a check raises is an error of ours.
        ValueError : an error not in (0, 1).
        """
