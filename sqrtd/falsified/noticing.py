"""Which rows of the ledger notice a falsified ingredient."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from rich.console import Console

from evidence.findings import Outcome
from sqrtd.falsified.falsification import Falsification
from sqrtd.verdicts.claims import Ledger, Settings, Verdict
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.run import run_checks

BLIND = (Verdict.UNDECIDED, Verdict.NOT_CHECKED)
"""Verdicts that say nothing: a row that gets one has not noticed."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a row says.

    Attributes
    ----------
    verdict : in words; what became of the correction with it, unless that holds.
    why : the finding that failed, or the reason of an error; empty where all held.
    """

    verdict: str
    why: str = ""

    def is_noticed_in(self, other: "Told") -> bool:
        """Whether a row that says this as it is turns red when it says `other`."""
        blind = tuple(map(str, BLIND))
        return self.verdict != other.verdict and not any(
            one.verdict.startswith(blind) for one in (self, other)
        )


def run_rows(
    ledger: Ledger,
    claims: Sequence[str],
    prepare: Callable[[], Settings],
    console: Console,
    falsification: Falsification | None = None,
) -> Mapping[str, Told]:
    """Run some rows, with an ingredient falsified or with all as they are.

    Parameters
    ----------
    ledger, claims : the ids of its rows to run.
    prepare : makes the settings, with a sampler of their own and no store: what is sampled while
        an ingredient is false must not stay.
    console : where progress is shown.
    falsification : what is falsified; nothing if None.
    """
    with falsification.applied() if falsification else nullcontext():
        checked = run_checks(ledger, set(claims), prepare(), console)
    return {one.claim.id: _told(one) for one in checked.results if one.claim.id in claims}


def _told(result: Result) -> Told:
    verdict = str(result.verdict)
    if result.corrected and result.corrected is not Outcome.HOLDS:
        verdict += f"; its correction: {result.corrected}"
    if result.verdict is Verdict.ERROR or not result.evidence:
        return Told(verdict=verdict, why=result.reason.strip().rpartition("\n")[2])
    judged = result.evidence.corrected if result.corrected else result.evidence.stated
    failed = [finding for finding in judged if finding.outcome is Outcome.FAILS]
    why = f"{failed[0].statement}: {failed[0].summary}" if failed else result.reason
    return Told(verdict=verdict, why=why)
