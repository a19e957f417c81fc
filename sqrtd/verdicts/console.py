"""What the commands print."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from sqrtd.verdicts.judge import Claim, Result, Verdict, tallies
from sqrtd.verdicts.report import headline, key_figure
from sqrtd.verdicts.results import REPORT

COLOURS = {
    Verdict.CONFIRMED: "green",
    Verdict.REFUTED: "magenta",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_CHECKED: "dim",
    Verdict.ERROR: "bold red",
}


def print_results(results: Sequence[Result], out: Path) -> None:
    """Print the verdicts as a table; the claims without a check as one line."""
    table = Table(Column("claim", no_wrap=True), "verdict", "evidence")
    for result in results:
        if result.verdict is not Verdict.NOT_CHECKED:
            colour = COLOURS[result.verdict]
            table.add_row(result.claim.id, headline(result), key_figure(result), style=colour)
    console = Console(markup=False, highlight=False)
    console.print(table)
    counts = "; ".join(f"{whose}: {tally}" for whose, tally in tallies(results).items())
    console.print(f"Statements {counts}. The full report: {out / REPORT}", soft_wrap=True)


def print_claims(claims: Sequence[Claim]) -> None:
    """Print the ledger: id, place, whose it is, check or not, and statement of every claim."""
    table = Table(Column("claim", no_wrap=True), "where", "whose", "check", "statement")
    for claim in claims:
        whose = "ours" if claim.ours else "paper's"
        check = "yes" if claim.check else "no"
        table.add_row(claim.id, claim.where, whose, check, claim.statement)
    Console(markup=False, highlight=False).print(table)
