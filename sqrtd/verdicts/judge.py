"""From evidence to verdicts: what a claim is, and how its findings decide it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import torch

from empirical.data.load import ImageData
from empirical.measures.trained import Sweep
from evidence.findings import Evidence, Finding, Outcome, Progress, combined
from evidence.more_samples import IntervalFinding, how_much_more
from simulations.engine.sampler import Sampler

INTERVAL_ERROR = 5e-5
"""Nominal probability that one finding's interval misses its estimand. It does not depend on which
claims are run; the report adds it up over all intervals of the run (Bonferroni)."""


class NotCheckedError(Exception):
    """Raised by a check that lacks what it needs; the message says what that is."""


class Verdict(StrEnum):
    """The ledger's word on a claim, or on its corrected statement."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted as printed"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not checked"
    ERROR = "error"


_VERDICTS = {
    Outcome.HOLDS: Verdict.CONFIRMED,
    Outcome.FAILS: Verdict.REFUTED,
    Outcome.UNDECIDED: Verdict.UNDECIDED,
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a run is given.

    Attributes
    ----------
    seed : decides every random number of the run.
    budget : how much may be sampled, relative to the default 1.
    device : where networks are sampled and trained.
    data : the images to train on.
    sampler : gives the claims on random networks their samples; claims share what they share.
    sweeps : trained networks, by figure of the paper, as earlier runs recorded them.
    """

    seed: int
    budget: float
    device: torch.device
    data: ImageData
    sampler: Sampler
    sweeps: Mapping[str, Sweep] = field(default_factory=dict)


Check: TypeAlias = Callable[[Settings, Progress], Evidence]
"""Puts one claim to the test."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement of the paper, or one of ours that its check rests on.

    Attributes
    ----------
    id : stable name, such as "lemma-7".
    where : where it stands in the paper.
    statement : what it says, in our words.
    check : puts it to the test; None where no check exists yet.
    reason : why there is no check.
    corrected : the statement that `Evidence.corrected` tests, for a claim whose print fails.
    ours : whether the statement is ours and not the paper's.
    """

    id: str
    where: str
    statement: str
    check: Check | None = None
    reason: str = ""
    corrected: str = ""
    ours: bool = False

    def __post_init__(self) -> None:
        if (self.check is None) == (self.reason == ""):
            raise ValueError(f"{self.id}: a claim has either a check or a reason for having none")


@dataclass(frozen=True, kw_only=True)
class Result:
    """A claim after a run.

    Attributes
    ----------
    claim : the claim.
    verdict : on the statement as printed.
    corrected : verdict on the corrected statement; None unless the print is refuted and a
        correction was tested.
    evidence : what the check returned; None where it did not run or broke.
    reason : why the claim was not checked, is undecided, or what broke.
    seconds : wall time of the check.
    """

    claim: Claim
    verdict: Verdict
    corrected: Verdict | None = None
    evidence: Evidence | None = None
    reason: str = ""
    seconds: float = 0.0

    @property
    def is_decided(self) -> bool:
        """Whether the run settled the print and, where that fails, its correction."""
        settled = (Verdict.CONFIRMED, Verdict.REFUTED)
        return self.verdict in settled and self.corrected in (None, *settled)


def tallies(results: Sequence[Result]) -> dict[str, str]:
    """Count the verdicts on the paper's statements, and apart from them those on ours.

    Returns
    -------
    By whose statements they are, such as "48 of the paper", a list such as "31 confirmed".
    """
    found = {}
    for ours, whose in ((False, "of the paper"), (True, "of ours, not the paper's")):
        counts = Counter(result.verdict for result in results if result.claim.ours is ours)
        if total := counts.total():
            found[f"{total} {whose}"] = ", ".join(
                f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]
            )
    return found


def judge(claim: Claim, evidence: Evidence, *, seconds: float = 0.0) -> Result:
    """Turn the evidence on a claim into its verdict.

    A statement is confirmed when all its findings hold and refuted when one fails. The false
    neighbours belong to the statement that came out true, as printed or as corrected: the verdict
    is an error when one of them holds too, because a check that cannot refute checks nothing, and
    this statement is undecided while one of them is; a refuted print stays refuted. Where nothing
    came out true, they say nothing.
    """
    verdict, corrected = _VERDICTS[combined(evidence.printed)], None
    judged: Sequence[Finding] = evidence.printed
    if verdict is Verdict.REFUTED and evidence.corrected:
        corrected = _VERDICTS[combined(evidence.corrected)]
        judged = evidence.corrected
    reason = ""
    if Verdict.CONFIRMED in (verdict, corrected):
        controls = {control.outcome: control for control in reversed(evidence.controls)}
        if control := controls.get(Outcome.HOLDS):
            verdict, corrected = Verdict.ERROR, None
            reason = f"the check did not refute its false neighbour: {control.statement}"
        elif Outcome.UNDECIDED in controls:
            if verdict is Verdict.CONFIRMED:
                verdict = Verdict.UNDECIDED
            else:
                corrected = Verdict.UNDECIDED
            judged = evidence.controls
    if Verdict.UNDECIDED in (verdict, corrected):
        reason = _why_undecided(judged)
    return Result(
        claim=claim,
        verdict=verdict,
        corrected=corrected,
        evidence=evidence,
        reason=reason,
        seconds=seconds,
    )


def _why_undecided(findings: Sequence[Finding]) -> str:
    """Say what these findings lack, and how much of it."""
    wide = [
        finding
        for finding in findings
        if isinstance(finding, IntervalFinding) and finding.outcome is Outcome.UNDECIDED
    ]
    if not wide:
        return "nothing to compare"
    return f"the intervals are too wide: give more --budget; {how_much_more(wide)}"


def number_of_intervals(evidence: Evidence) -> int:
    """Count the confidence intervals behind the findings, one that several of them share once."""
    findings = (*evidence.printed, *evidence.corrected, *evidence.controls)
    return len({(f.low, f.high) for f in findings if isinstance(f, IntervalFinding)})
