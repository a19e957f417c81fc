"""From evidence to verdicts: how its findings decide a claim."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.findings import Evidence, Finding, Outcome, combined
from evidence.intervals import IntervalFinding
from evidence.samples_to_decide import describe_samples_to_decide
from sqrtd.verdicts.checks import RecordedCheck
from sqrtd.verdicts.claims import Claim, Verdict

_VERDICTS = {
    Outcome.HOLDS: Verdict.CONFIRMED,
    Outcome.FAILS: Verdict.REFUTED,
    Outcome.UNDECIDED: Verdict.UNDECIDED,
}


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


def is_settled(result: Result) -> bool:
    """Whether a run of `sqrtd verify` did what it could for a claim.

    On recorded networks that are too few it cannot decide, however much it samples.
    """
    if result.verdict is Verdict.NOT_CHECKED or result.is_decided:
        return True
    return isinstance(result.claim.check, RecordedCheck) and result.verdict is not Verdict.ERROR


def tallies(results: Sequence[Result], source: str) -> str:
    """Count the verdicts on a source's statements, and apart from them those on ours.

    Parameters
    ----------
    results : of a run.
    source : as in `Ledger`.

    Returns
    -------
    Such as "48 of the paper: 31 confirmed, 17 refuted as printed; 4 of ours, not the paper's: ...".
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
    return f"the intervals are too wide: give more --budget; {describe_samples_to_decide(wide)}"


def number_of_intervals(evidence: Evidence) -> int:
    """Count the confidence intervals behind the findings, one that several of them share once."""
    findings = (*evidence.printed, *evidence.corrected, *evidence.controls)
    return len({(f.low, f.high) for f in findings if isinstance(f, IntervalFinding)})
