"""Which rows of the ledger notice a falsified ingredient."""

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from sqrtd.falsified.falsification import Falsification
from sqrtd.verdicts.claims import Ledger, Verdict
from sqrtd.verdicts.report import headline, key_figure
from sqrtd.verdicts.run import prepare_run, run_checks

BLIND = (Verdict.UNDECIDED, Verdict.NOT_CHECKED)
"""Verdicts that say nothing: a row that gets one has not noticed."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a row says: its verdict in words, and one line of evidence."""

    verdict: str
    evidence: str = ""

    def is_noticed_in(self, other: "Told") -> bool:
        """Whether a row that says this without a falsification turns red when it says `other`."""
        blind = tuple(map(str, BLIND))
        return self.verdict != other.verdict and not any(
            one.verdict.startswith(blind) for one in (self, other)
        )


def run_rows(
    ledger: Ledger,
    claims: Collection[str],
    *,
    seed: int,
    budget: float,
    recorded: Path,
    console: Console,
    falsification: Falsification | None = None,
) -> Mapping[str, Told]:
    """Run some rows, with an ingredient falsified or with all as they are.

    Networks are sampled anew, and nothing is kept: what is sampled while an ingredient is false
    must not stay.

    Parameters
    ----------
    ledger, claims : the ids of its rows to run.
    seed, budget, recorded : as of `prepare_run`.
    console : where progress is shown.
    falsification : what is falsified; nothing if None.

    Raises
    ------
    UserError : as of `prepare_run`.
    """
    with falsification.applied() if falsification else nullcontext():
        selected, settings = prepare_run(
            ledger,
            list(claims),
            seed=seed,
            budget=budget,
            device="cpu",
            data="digits",
            store=None,
            recorded=recorded,
        )
        checked = run_checks(ledger, selected, settings, console)
    return {
        one.claim.id: Told(verdict=str(headline(one)), evidence=key_figure(one))
        for one in checked.results
        if one.claim.id in selected
    }
