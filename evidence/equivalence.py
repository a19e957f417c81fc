"""Equivalence findings: an interval for an estimand, held against a predicted value.

A statement about a random network holds when the whole confidence interval lies inside the
equivalence margin around the predicted value, fails when it lies wholly outside, and is
undecided otherwise (two one-sided tests; Schuirmann 1987, J. Pharmacokin. Biopharm. 15).
"""

from dataclasses import dataclass

from evidence.findings import Outcome


@dataclass(frozen=True, kw_only=True)
class Equivalence:
    """One interval against one prediction.

    Attributes
    ----------
    statement : the estimand and what is said of it, in words.
    predicted : the value that the statement predicts.
    margin : half-width of the values around `predicted` that still count as "the law holds".
    estimate, low, high : point estimate and confidence interval, in the unit of `predicted`.
    error : probability, at most, that the interval misses the estimand.
    samples : independent networks (or images) behind the interval.
    note : why an end of the interval is infinite, in words; else empty.
    """

    statement: str
    predicted: float
    margin: float
    estimate: float
    low: float
    high: float
    error: float
    samples: int
    note: str = ""

    def __post_init__(self) -> None:
        if not self.margin > 0:
            raise ValueError(f"the margin must be positive, not {self.margin}")
        if not self.low <= self.estimate <= self.high:
            raise ValueError(
                f"the estimate {self.estimate} lies outside its interval [{self.low}, {self.high}]"
            )

    @property
    def outcome(self) -> Outcome:
        """Holds, fails, or undecided when the interval straddles an edge of the margin."""
        lower, upper = self.edges
        if lower <= self.low and self.high <= upper:
            return Outcome.HOLDS
        if self.high < lower or upper < self.low:
            return Outcome.FAILS
        return Outcome.UNDECIDED

    @property
    def edges(self) -> tuple[float, float]:
        """Where the outcome changes: the ends of the margin."""
        return self.predicted - self.margin, self.predicted + self.margin

    @property
    def summary(self) -> str:
        """Estimate, interval, prediction, margin, error level and sample size in one line."""
        return (
            f"measured {self.estimate:.4g}, interval [{self.low:.4g}, {self.high:.4g}] "
            f"at error {self.error:.1g}, predicted {self.predicted:.4g} ± {self.margin:.3g}, "
            f"{self.samples:,} samples" + (f": {self.note}" if self.note else "")
        )
