"""Inequality findings: an interval for an estimand, held against a bound."""

from dataclasses import dataclass
from typing import Literal

from evidence.findings import Outcome


@dataclass(frozen=True, kw_only=True)
class Inequality:
    """One interval against one bound.

    Attributes
    ----------
    statement : the estimand and what is said of it, in words.
    relation : whether the statement holds at and above the bound, or at and below it.
    bound : in the unit of the estimand.
    estimate, low, high : point estimate and confidence interval.
    error : probability, at most, that the interval misses the estimand.
    samples : independent networks (or images) behind the interval.
    note : why an end of the interval is infinite, in words; else empty.
    """

    statement: str
    relation: Literal["at least", "at most"]
    bound: float
    estimate: float
    low: float
    high: float
    error: float
    samples: int
    note: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.estimate <= self.high:
            raise ValueError(
                f"the estimate {self.estimate} lies outside its interval [{self.low}, {self.high}]"
            )

    @property
    def outcome(self) -> Outcome:
        """Holds, fails, or undecided when the bound lies inside the interval."""
        above = self.low >= self.bound
        below = self.high <= self.bound
        if above == below:  # a bound inside, or an interval without length on it
            return Outcome.UNDECIDED
        return Outcome.HOLDS if above == (self.relation == "at least") else Outcome.FAILS

    @property
    def edges(self) -> tuple[float, ...]:
        """Where the outcome changes."""
        return (self.bound,)

    @property
    def summary(self) -> str:
        """Estimate, interval, bound, error level and sample size in one line."""
        return (
            f"measured {self.estimate:.4g}, interval [{self.low:.4g}, {self.high:.4g}] "
            f"at error {self.error:.1g}, wanted {self.relation} {self.bound:.4g}, "
            f"{self.samples:,} samples" + (f": {self.note}" if self.note else "")
        )
