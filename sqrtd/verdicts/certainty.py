"""How certain a verdict is."""

from collections.abc import Sequence
from enum import StrEnum

from evidence.findings import Exact, Finding, Outcome
from sqrtd.verdicts.claims import STANDS, Verdict
from sqrtd.verdicts.judge import Result


class Certainty(StrEnum):
    """The weakest of the findings that a verdict needs, from weak to strong."""

    SAMPLED = "sampled"
    EXACT = "tested exactly"
    PROVED = "proved by machine"


def certainty(result: Result) -> Certainty | None:
    """Return how certain a verdict is; None where there is none.

    A statement that holds needs all its findings. One that does not needs a finding that refutes
    it, and all those on its correction.
    """
    if result.evidence is None or result.verdict in (Verdict.NOT_CHECKED, Verdict.ERROR):
        return None
    if result.claim.proof and result.verdict in STANDS:
        return Certainty.PROVED
    stated: Sequence[Finding] = result.evidence.stated
    if failing := [finding for finding in stated if finding.outcome is Outcome.FAILS]:
        refuting = [one for one in failing if isinstance(one, Exact)] or failing
        stated = [*refuting, *result.evidence.corrected]
    exact = all(isinstance(finding, Exact) for finding in stated)
    return Certainty.EXACT if exact else Certainty.SAMPLED
