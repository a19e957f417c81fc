"""What the commands print."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sqrtd.ledger import Claim, Result, Verdict
from sqrtd.report import headline, key_figure
from sqrtd.results import REPORT

COLOURS = {
    Verdict.CONFIRMED: "green",
    Verdict.REFUTED: "magenta",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_CHECKED: "dim",
    Verdict.ERROR: "bold red",
}


def print_results(results: Sequence[Result], out: Path) -> None:
    """Print the verdicts as a table; the claims without a check as one line."""
    table = Table("claim", "verdict", "evidence")
    for result in results:
        if result.verdict is not Verdict.NOT_CHECKED:
            colour = COLOURS[result.verdict]
            table.add_row(result.claim.id, headline(result), key_figure(result), style=colour)
    console = Console(markup=False, highlight=False)
    console.print(table)
    counts = Counter(result.verdict for result in results)
    tally = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    console.print(f"{tally}. The full report: {out / REPORT}", soft_wrap=True)


def print_claims(claims: Sequence[Claim]) -> None:
    """Print the ledger: id, place, check or not, and statement of every claim."""
    table = Table("claim", "where", "check", "statement")
    for claim in claims:
        table.add_row(claim.id, claim.where, "yes" if claim.check else "no", claim.statement)
    Console(markup=False, highlight=False).print(table)
