"""What `sqrtd verify` and `sqrtd train` print of verdicts."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from sqrtd.verdicts.claims import Verdict
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report import headline, key_figure
from sqrtd.verdicts.verification import Verification

COLOURS = {
    Verdict.HOLDS: "green",
    Verdict.MISPRINT: "green",
    Verdict.CONDITION: "cyan",
    Verdict.CONSTANT: "magenta",
    Verdict.FAILS: "red",
    Verdict.NOT_REPRODUCED: "blue",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_CHECKED: "dim",
    Verdict.ERROR: "bold red",
}


def print_results(checked: Verification, out: Path) -> None:
    """Print the verdicts of a run, and where the full report is."""
    results = [one for one in checked.results if one.verdict is not Verdict.NOT_CHECKED]
    console = Console(markup=False, highlight=False)
    console.print(verdict_table(results, "verdict"))
    report = out / checked.ledger.report
    console.print(f"{checked.heading} The full report: {report}", soft_wrap=True)


def print_verdicts(results: Sequence[Result]) -> None:
    """Print what one sweep of trained networks says of the ledger's claims, if anything."""
    if results:
        table = verdict_table(results, "on these networks")
        Console(markup=False, highlight=False).print(table)


def verdict_table(results: Sequence[Result], head: str) -> Table:
    """Return the verdicts as a table, with `head` over the column of verdicts."""
    table = Table(Column("claim", no_wrap=True), head, "evidence")
    for result in results:
        colour = COLOURS[result.verdict]
        table.add_row(result.claim.id, headline(result), key_figure(result), style=colour)
    return table
