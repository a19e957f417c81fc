"""From evidence to verdicts: how its findings decide a claim."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evidence.findings import Evidence, Finding, Outcome, combined
from evidence.intervals import IntervalFinding
from evidence.samples_to_decide import describe_samples_to_decide
from sqrtd.verdicts.checks import RecordedCheck, TrainedCheck, needs_chance
from sqrtd.verdicts.claims import Claim, NotCheckedError, Verdict

UNSETTLED = (Verdict.UNDECIDED, Verdict.NOT_CHECKED, Verdict.ERROR)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A claim after a run.

    Attributes
    ----------
    claim : the claim.
    verdict : what the run says of it.
    corrected : outcome of the corrected statement; None unless the stated one fails and a
        correction was tested.
    literal : outcome of the literal reading; None where none was tested.
    evidence : what the check returned; None where it did not run or broke.
    reason : why the claim was not checked, is undecided, or what broke.
    seconds : wall time of the check.
    explained : verdict on the claim that this one explains; None where that was not tested.
    wide : the findings whose intervals are too wide, where that leaves the claim undecided.
    """

    claim: Claim
    verdict: Verdict
    corrected: Outcome | None = None
    literal: Outcome | None = None
    evidence: Evidence | None = None
    reason: str = ""
    seconds: float = 0.0
    explained: Verdict | None = None
    wide: tuple[IntervalFinding, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Whether the run settled the statement and, where that fails, its correction."""
        return self.verdict not in UNSETTLED and self.corrected is not Outcome.UNDECIDED


def is_settled(result: Result) -> bool:
    """Whether a run of `sqrtd verify` did what it could for a claim.

    On trained networks that are too few it cannot decide: that takes more training. But where none
    are recorded, or another check lacks what it needs, it did not.
    """
    check = result.claim.check
    if result.is_decided or check is None:
        return True
    if result.verdict is Verdict.ERROR:
        return False
    if isinstance(check, TrainedCheck):
        return result.verdict is not Verdict.NOT_CHECKED
    return isinstance(check, RecordedCheck) and result.reason != check.missing


def tallies(results: Sequence[Result], source: str) -> str:
    """Count the verdicts on a source's statements, and apart from them those on ours.

    Parameters
    ----------
    results : of a run.
    source : as in `Ledger`.

    Returns
    -------
    Such as "48 of the paper: 40 holds, 8 fails; 4 of ours, not the paper's: 4 holds".
    """
    parts = []
    for ours, whose in ((False, f"of the {source}"), (True, f"of ours, not the {source}'s")):
        counts = Counter(result.verdict for result in results if result.claim.ours is ours)
        if total := counts.total():
            listed = ", ".join(f"{counts[v]} {v}" for v in Verdict if counts[v])
            parts.append(f"{total} {whose}: {listed}")
    return "; ".join(parts)


def judge(claim: Claim, evidence: Evidence, *, seconds: float = 0.0) -> Result:
    """Turn the evidence on a claim into its verdict.

    A statement holds when all its findings hold, and fails when one fails. One that fails gets the
    kind of fault that its correction has, if the correction holds. Otherwise it fails; but on
    networks smaller than the source's it is *not reproduced at this scale*, and where a margin of
    our own decides, it is off by a constant, because the source gave none.

    The false neighbours belong to the statement that came out true, as stated or as corrected. The
    verdict is an error when one of them holds, too: a check that cannot refute checks nothing.
    While one of them is undecided, so is the statement. Where nothing came out true, they say
    nothing.
    """
    stated, corrected = combined(evidence.stated), None
    judged: Sequence[Finding] = evidence.stated
    if stated is Outcome.FAILS and evidence.corrected:
        corrected = combined(evidence.corrected)
        judged = evidence.corrected
    reason = ""
    wide: tuple[IntervalFinding, ...] = ()
    if Outcome.HOLDS in (stated, corrected):
        controls = {control.outcome: control for control in reversed(evidence.controls)}
        if control := controls.get(Outcome.HOLDS):
            return Result(
                claim=claim,
                verdict=Verdict.ERROR,
                evidence=evidence,
                reason=f"the check did not refute its false neighbour: {control.statement}",
                seconds=seconds,
            )
        if Outcome.UNDECIDED in controls:
            if corrected is None:
                stated = Outcome.UNDECIDED
            else:
                corrected = Outcome.UNDECIDED
            judged = evidence.controls
    if Outcome.UNDECIDED in (stated, corrected):
        wide = _too_wide(judged)
        reason = _why_undecided(wide)
    return Result(
        claim=claim,
        verdict=_verdict(claim, stated, corrected),
        corrected=corrected,
        literal=combined(evidence.literal) if evidence.literal else None,
        evidence=evidence,
        reason=reason,
        seconds=seconds,
        wide=wide,
    )


def judge_attempt(claim: Claim, attempt: Callable[[], Evidence]) -> Result:
    """Run the check of a claim, and judge the claim by its evidence.

    A check that lacks what it needs leaves the claim not checked. One that breaks gives the verdict
    "error", with the traceback as the reason, and does not stop the others.
    """
    start = time.perf_counter()
    try:
        evidence = attempt()
    except NotCheckedError as lacking:
        return Result(claim=claim, verdict=Verdict.NOT_CHECKED, reason=str(lacking))
    except Exception:
        return Result(
            claim=claim,
            verdict=Verdict.ERROR,
            reason=traceback.format_exc(),
            seconds=time.perf_counter() - start,
        )
    return judge(claim, evidence, seconds=time.perf_counter() - start)


def _verdict(claim: Claim, stated: Outcome, corrected: Outcome | None) -> Verdict:
    if stated is Outcome.HOLDS:
        return Verdict.HOLDS
    if stated is Outcome.UNDECIDED:
        return Verdict.UNDECIDED
    failure = Verdict.FAILS
    if isinstance(claim.check, RecordedCheck | TrainedCheck):
        failure = Verdict.NOT_REPRODUCED
    elif claim.margin:
        failure = Verdict.CONSTANT
    if claim.correction is None or corrected in (None, Outcome.FAILS):
        return failure
    if corrected is Outcome.UNDECIDED and claim.correction.kind not in (
        Verdict.FAILS,
        Verdict.NOT_REPRODUCED,
    ):
        return Verdict.UNDECIDED  # how it fails depends on what holds instead
    return failure if claim.correction.kind is Verdict.FAILS else claim.correction.kind


def _too_wide(findings: Sequence[Finding]) -> tuple[IntervalFinding, ...]:
    return tuple(
        finding
        for finding in findings
        if isinstance(finding, IntervalFinding) and finding.outcome is Outcome.UNDECIDED
    )


def _why_undecided(wide: Sequence[IntervalFinding]) -> str:
    """Say what these findings lack, and how much of it."""
    if not wide:
        return "nothing to compare"
    return f"the intervals are too wide: give more --budget; {describe_samples_to_decide(wide)}"


def with_explained(results: Sequence[Result]) -> list[Result]:
    """Tell each claim that gives a reason what came out of the claim whose reason it gives."""
    verdicts = {result.claim.id: result.verdict for result in results}
    return [replace(result, explained=verdicts.get(result.claim.explains)) for result in results]


def count_statements(results: Sequence[Result], outcome: Outcome) -> int:
    """Count the statements that samples decided with this outcome: as read, literal, corrected.

    Claims that share their evidence count once.
    """
    by_chance = {
        id(result.evidence): result.evidence
        for result in results
        if result.evidence and needs_chance(result.claim.check)
    }
    return sum(
        bool(findings) and combined(findings) is outcome
        for evidence in by_chance.values()
        for findings in (evidence.stated, evidence.literal, evidence.corrected)
    )
