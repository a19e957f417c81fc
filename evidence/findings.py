"""What a check returns: findings on a statement, never a verdict.

The rooms (`theory`, `simulations`, `empirical`) put a statement to the test and return
`Evidence`; the ledger in `sqrtd` turns it into a verdict. A finding is one tested sentence with
an outcome. Exact findings live here, sampled ones in `evidence.intervals`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Case = TypeVar("Case")

Progress: TypeAlias = Callable[[float, str], None]
"""Called by long checks with the fraction done, in [0, 1], and a few words on what is done now."""


def silent(fraction: float, activity: str) -> None:
    """Report no progress: the default for library use."""


class Outcome(StrEnum):
    """What a finding says of its statement."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


class Finding(Protocol):
    """One tested statement."""

    @property
    def statement(self) -> str:
        """The tested sentence, in words."""

    @property
    def outcome(self) -> Outcome:
        """Whether the statement holds, fails, or could not be decided."""

    @property
    def summary(self) -> str:
        """One line of figures behind the outcome."""


@dataclass(frozen=True, kw_only=True)
class Exact:
    """A statement compared on a number of cases, without rounding or to a stated tolerance.

    Attributes
    ----------
    statement : what was tested, in words.
    cases : how many comparisons were made; none leaves the statement undecided.
    counterexample : the smallest case in which the statement fails, in words; None if none did.
    """

    statement: str
    cases: int
    counterexample: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Fails with a counterexample, holds without one on at least one case."""
        if self.counterexample is not None:
            return Outcome.FAILS
        return Outcome.HOLDS if self.cases else Outcome.UNDECIDED

    @property
    def summary(self) -> str:
        """The counterexample, or the number of cases without one."""
        if self.counterexample is not None:
            return f"counterexample: {self.counterexample}"
        return f"no counterexample in {self.cases:,} comparison{'' if self.cases == 1 else 's'}"


def compare(statement: str, cases: Sequence[Case], wrong: Callable[[Case], str]) -> Exact:
    """Test a statement on all cases; the counterexample is the first that fails.

    Parameters
    ----------
    statement : what is tested, in words.
    cases : ordered from small to large, so that the first that fails is the one to show.
    wrong : says in words how a case contradicts the statement; empty where it does not.
    """
    for case in cases:
        if described := wrong(case):
            return Exact(statement=statement, cases=len(cases), counterexample=described)
    return Exact(statement=statement, cases=len(cases))


@dataclass(frozen=True, kw_only=True)
class Table:
    """Evidence figures in rows, as they stand in the report.

    Attributes
    ----------
    title : what the rows are, with units.
    columns : column heads.
    rows : one sequence a row, as long as `columns`.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float]]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found of a claim's statements and of their false neighbours.

    Attributes
    ----------
    stated : findings on the statement, in the reading that a careful author would defend.
    literal : findings on what the words say to the letter, where that differs.
    corrected : findings on the corrected statement, where the stated one fails.
    controls : false neighbours of the true statement, which must all fail.
    """

    stated: Sequence[Finding]
    literal: Sequence[Finding] = ()
    corrected: Sequence[Finding] = ()
    controls: Sequence[Finding] = ()

    @property
    def decide_all_statements(self) -> bool:
        """Whether the statement and the literal one hold or fail, and a correction that is due."""
        outcomes = [combined(group) for group in (self.stated, self.literal) if group]
        if self.corrected and combined(self.stated) is Outcome.FAILS:
            outcomes.append(combined(self.corrected))
        outcomes += [control.outcome for control in self.controls]
        return Outcome.UNDECIDED not in outcomes

    @property
    def are_decided(self) -> bool:
        """Whether every finding holds or fails."""
        return all(
            finding.outcome is not Outcome.UNDECIDED
            for finding in (*self.stated, *self.literal, *self.corrected, *self.controls)
        )


@dataclass(frozen=True, kw_only=True)
class Evidence(Findings):
    """Everything a check found on one claim.

    Attributes
    ----------
    stated, literal, corrected, controls : as in `Findings`.
    method : how the claim was tested, in two or three sentences.
    tables : the figures behind the findings.
    plots : matplotlib figures by file name (without ending).
    data : the data set used, empty where none was.
    """

    method: str
    tables: Sequence[Table] = ()
    plots: Mapping[str, "Figure"] = field(default_factory=dict)
    data: str = ""


def combined(findings: Sequence[Finding]) -> Outcome:
    """Combine what is found of a statement's parts.

    It fails when one of them fails, holds when all hold and there is one, and else is undecided.
    """
    outcomes = [finding.outcome for finding in findings]
    if Outcome.FAILS in outcomes:
        return Outcome.FAILS
    if outcomes and all(outcome is Outcome.HOLDS for outcome in outcomes):
        return Outcome.HOLDS
    return Outcome.UNDECIDED


def combined_beside(findings: Sequence[Finding], controls: Sequence[Finding]) -> Outcome:
    """Combine a statement's findings, which count as holding only where false neighbours fail."""
    found = combined(findings)
    refuted = all(control.outcome is Outcome.FAILS for control in controls)
    return found if found is not Outcome.HOLDS or refuted else Outcome.UNDECIDED
