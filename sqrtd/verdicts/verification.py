"""A ledger after a run: its verdicts, and where they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.records import Records
from sqrtd.verdicts.claims import Ledger
from sqrtd.verdicts.judge import Result, tallies
from sqrtd.verdicts.report.page import write_report
from sqrtd.verdicts.report.picture import claims_picture
from sqrtd.verdicts.report.words import certain_headline, key_figure


@dataclass(frozen=True, kw_only=True, repr=False)
class Verification(Records):
    """The verdicts of a run.

    Printed, it is a table of the claims that have a check.

    Attributes
    ----------
    ledger : the claims.
    results : one for each claim that was asked for, in the ledger's order, with the evidence.
    provenance : versions, commit, seed and device of the run.
    seconds : what it took.
    """

    ledger: Ledger
    results: Sequence[Result]
    provenance: Mapping[str, Any]
    seconds: float

    @property
    def heading(self) -> str:
        """How many statements got which verdict."""
        return f"Statements {tallies(self.results, self.ledger.source)}."

    def records(self) -> list[dict[str, Any]]:
        """Return claim, place, verdict and decisive evidence of each claim that has a check."""
        return [
            {
                "claim": result.claim.id,
                "where": result.claim.where,
                "verdict": certain_headline(result),
                "evidence": key_figure(result),
                "seconds": round(result.seconds, 3),
            }
            for result in self.results
            if result.claim.check
        ]

    def report(self) -> str:
        """Return the whole report in Markdown, as `sqrtd verify` writes it."""
        return write_report(self.ledger, self.results, self.provenance, self.seconds)

    def picture(self) -> str:
        """Return what rests on what as SVG, as `sqrtd verify` writes it."""
        return claims_picture(self.ledger, self.results)
