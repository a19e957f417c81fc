"""A confidence interval, and what it says when it is held against a range of values.

For instance, the interval [0.48, 0.53] for an exponent, held against the prediction 0.5 ± 0.05,
confirms the prediction; held against "at least 0.6" it refutes that. There are two kinds of ranges:
values around a prediction (`Equivalence`), and values on one side of a bound (`Inequality`).
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Literal

from evidence.findings import Outcome


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """The figures of an interval (see `Interval`)."""

    estimate: float
    low: float
    high: float
    error: float
    samples: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Interval(_Measured):
    """A confidence interval.

    Attributes
    ----------
    estimate, low, high : point estimate and ends, in the unit of the estimand.
    error : probability, at most, that the interval misses the estimand.
    samples : independent networks (or images) behind it, over all sizes.
    note : why an end is infinite, in words; empty for a finite interval.
    """

    @classmethod
    def around(
        cls, estimate: float, half: float, *, error: float, samples: int, note: str = ""
    ) -> "Interval":
        """Return the interval estimate ± half."""
        return cls(
            estimate=estimate,
            low=estimate - half,
            high=estimate + half,
            error=error,
            samples=samples,
            note=note,
        )

    def scaled(self, factor: float, *, shift: float = 0.0) -> "Interval":
        """Return the interval of `factor` times the estimand plus `shift`."""
        ends = sorted((self.low * factor + shift, self.high * factor + shift))
        return replace(self, estimate=self.estimate * factor + shift, low=ends[0], high=ends[1])

    def exponential(self) -> "Interval":
        """Return the interval of exp(estimand): of a typical size, from that of its logarithm."""
        import numpy as np  # only here: exact lessons run without it

        with np.errstate(over="ignore"):
            estimate, low, high = (
                float(end) for end in np.exp([self.estimate, self.low, self.high])
            )
        note = self.note
        if math.isinf(high) and not note:
            note = f"{self.samples:,} samples are too few"
        return replace(self, estimate=estimate, low=low, high=high, note=note)

    def against(self, statement: str, *, predicted: float, margin: float) -> "Equivalence":
        """Hold the interval against a prediction (see `Equivalence`)."""
        return Equivalence(statement=statement, predicted=predicted, margin=margin, **vars(self))

    def at_least(self, statement: str, bound: float) -> "Inequality":
        """Hold the interval against a lower bound of the estimand (see `Inequality`)."""
        return Inequality(statement=statement, relation="at least", bound=bound, **vars(self))

    def at_most(self, statement: str, bound: float) -> "Inequality":
        """Hold the interval against an upper bound of the estimand (see `Inequality`)."""
        return Inequality(statement=statement, relation="at most", bound=bound, **vars(self))


@dataclass(frozen=True, kw_only=True)
class IntervalFinding(_Measured, ABC):
    """An interval held against a range: a finding (see `evidence.findings.Finding`).

    Attributes
    ----------
    statement : the estimand and what is said of it, in words.
    estimate, low, high, error, samples, note : as in `Interval`.

    Raises
    ------
    ValueError : an estimate outside its interval.
    """

    statement: str

    def __post_init__(self) -> None:
        if not self.low <= self.estimate <= self.high:
            raise ValueError(
                f"the estimate {self.estimate} lies outside its interval [{self.low}, {self.high}]"
            )

    @property
    @abstractmethod
    def outcome(self) -> Outcome:
        """Holds or fails; undecided where the interval reaches over an end of the range."""

    @property
    @abstractmethod
    def edges(self) -> tuple[float, ...]:
        """The finite ends of the range, where the outcome changes."""

    @property
    @abstractmethod
    def _range(self) -> str:
        """The range in words."""

    @property
    def summary(self) -> str:
        """Estimate, interval, error level, range and sample size in one line."""
        return (
            f"measured {self.estimate:.4g}, interval [{self.low:.4g}, {self.high:.4g}] "
            f"at error {self.error:.1g}, {self._range}, "
            f"{self.samples:,} samples" + (f": {self.note}" if self.note else "")
        )


@dataclass(frozen=True, kw_only=True)
class Equivalence(IntervalFinding):
    """An interval held against a predicted value and a margin around it.

    The statement holds when the whole interval lies inside the margin, and fails when it lies
    wholly outside (two one-sided tests; Schuirmann 1987, J. Pharmacokin. Biopharm. 15).

    Attributes
    ----------
    predicted : the value that the statement predicts.
    margin : half-width, positive, of the values around `predicted` that still count as "the law
        holds".
    """

    predicted: float
    margin: float

    def __post_init__(self) -> None:
        if not self.margin > 0:
            raise ValueError(f"the margin must be positive, not {self.margin}")
        super().__post_init__()

    @property
    def outcome(self) -> Outcome:
        """Undecided where the interval reaches over an end of the margin."""
        lower, upper = self.edges
        if lower <= self.low and self.high <= upper:
            return Outcome.HOLDS
        if self.high < lower or upper < self.low:
            return Outcome.FAILS
        return Outcome.UNDECIDED

    @property
    def edges(self) -> tuple[float, float]:
        """The ends of the margin."""
        return self.predicted - self.margin, self.predicted + self.margin

    @property
    def _range(self) -> str:
        return f"predicted {self.predicted:.4g} ± {self.margin:.3g}"


@dataclass(frozen=True, kw_only=True)
class Inequality(IntervalFinding):
    """An interval held against a bound.

    Attributes
    ----------
    relation : whether the statement holds at and above the bound, or at and below it.
    bound : in the unit of the estimand.
    """

    relation: Literal["at least", "at most"]
    bound: float

    @property
    def outcome(self) -> Outcome:
        """Undecided where the bound lies inside the interval."""
        above = self.low >= self.bound
        below = self.high <= self.bound
        if above == below:  # a bound inside, or an interval without length on it
            return Outcome.UNDECIDED
        return Outcome.HOLDS if above == (self.relation == "at least") else Outcome.FAILS

    @property
    def edges(self) -> tuple[float, ...]:
        """The bound."""
        return (self.bound,)

    @property
    def _range(self) -> str:
        return f"wanted {self.relation} {self.bound:.4g}"
