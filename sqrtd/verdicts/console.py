"""What `sqrtd verify` and `sqrtd train` print of verdicts."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from evidence import findings
from sqrtd.verdicts.claims import Verdict
from sqrtd.verdicts.dependencies import dependencies
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report.explanation import explanation, findings_table
from sqrtd.verdicts.report.words import certain_headline, key_figure
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
    results = [one for one in checked.results if one.claim.check]
    console = _console()
    console.print(verdict_table(results, "verdict"))
    report = out / checked.ledger.report
    console.print(f"{checked.heading} The full report: {report}", soft_wrap=True)


def print_explanations(checked: Verification) -> None:
    """Explain each claim of a run, and print the findings behind its verdict."""
    console = _console()
    graph = dependencies(checked.ledger.claims)
    for result in checked.results:
        console.rule(result.claim.id, align="left")
        for paragraph in explanation(checked.ledger, result, graph):
            console.print(paragraph, end="\n\n")
        if result.evidence:
            console.print(_table(findings_table(result.evidence)))


def _table(table: findings.Table) -> Table:
    printed = Table(*table.columns)
    for row in table.rows:
        printed.add_row(*map(str, row))
    return printed


def print_verdicts(results: Sequence[Result]) -> None:
    """Print what one sweep of trained networks says of the ledger's claims, if anything."""
    if results:
        _console().print(verdict_table(results, "on these networks"))


def verdict_table(results: Sequence[Result], head: str) -> Table:
    """Return the verdicts as a table, with `head` over the column of verdicts."""
    table = Table(Column("claim", no_wrap=True), head, "evidence")
    for result in results:
        colour = COLOURS[result.verdict]
        table.add_row(result.claim.id, certain_headline(result), key_figure(result), style=colour)
    return table


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)
