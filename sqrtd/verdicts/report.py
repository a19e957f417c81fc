"""The report of a run: a summary table, then one section a claim."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evidence.findings import Evidence, Finding, Outcome, Table, combined
from evidence.levels import LEDGER_ERROR
from sqrtd.verdicts.claims import Claim, Ledger, Verdict
from sqrtd.verdicts.judge import Result, tallies

FOLDER = Path("results") / "verify"
"""Where plots and tables go, relative to the report."""


def write_report(
    ledger: Ledger, results: Sequence[Result], provenance: Mapping[str, Any], seconds: float
) -> str:
    """Return the report as Markdown.

    Everything that may differ between two runs with one seed (wall time, commit, versions)
    stands in lines that begin with "Provenance:".
    """
    return "\n".join(
        [
            f"# {ledger.source.capitalize()} checks",
            "",
            "Written by `sqrtd verify`, never by hand.",
            "",
            f"The {ledger.source}: {ledger.title}.",
            "",
            f"Statements {tallies(results, ledger.source)}.",
            "",
            "A sampled statement is decided by an equivalence test: it holds when its whole "
            "confidence interval lies inside the margin around the prediction, fails when it lies "
            "outside, and is undecided otherwise. With probability "
            f"{1 - LEDGER_ERROR:.0%} or more, no statement of this page is decided wrongly. Beside "
            "each statement stand false neighbours that the same figures had to refute.",
            "",
            _provenance_line(provenance, seconds),
            "",
            "## Summary",
            "",
            *_table(["claim", "where", "verdict", "evidence"], [_summary_row(r) for r in results]),
            "",
            *(line for result in results for line in _section(ledger, result, provenance)),
        ]
    )


def plot_path(name: str, suffix: str = ".png") -> Path:
    """Return where a plot goes, relative to the output folder."""
    return FOLDER / f"{name}{suffix}"


def headline(result: Result) -> str:
    """Return the verdict in a few words, and what is open or wrong of the corrected statement."""
    if result.corrected and result.corrected is not Outcome.HOLDS:
        return f"{result.verdict}; what we put in its place: {result.corrected}"
    return result.verdict


def key_figure(result: Result) -> str:
    """Return one line of evidence: the statement that decided and its figures, or why none did."""
    stated = result.evidence.stated if result.evidence else ()
    if not stated or result.verdict is Verdict.ERROR:
        return result.reason.strip().rpartition("\n")[2]
    outcome = combined(stated)
    finding = next(finding for finding in stated if finding.outcome is outcome)
    return f"{finding.statement}: {finding.summary}"


def _summary_row(result: Result) -> list[str]:
    claim = result.claim
    where = f"{claim.where} (ours)" if claim.ours else claim.where
    return [f"[{claim.id}](#{claim.id})", where, headline(result), key_figure(result)]


def _section(ledger: Ledger, result: Result, provenance: Mapping[str, Any]) -> list[str]:
    claim, evidence = result.claim, result.evidence
    lines = [f"### {claim.id}", "", f"*{claim.where}.* {claim.statement}", ""]
    if claim.ours:
        lines += [f"This statement is ours, not the {ledger.source}'s.", ""]
    if claim.repeats:
        lines += [_repetition(ledger, claim), ""]
    lines += [f"**Verdict: {result.verdict}.**", ""]
    if claim.literal and result.literal:
        lines += [f"To the letter: {claim.literal} That {result.literal}.", ""]
    if claim.margin:
        lines += [f"The margin is ours: {claim.margin}", ""]
    if claim.correction and result.corrected:
        lines += [f"**Corrected ({result.corrected}): {claim.correction.statement}**", ""]
    if result.verdict is Verdict.ERROR:
        lines += ["```", result.reason.rstrip(), "```", ""]
    elif result.reason:
        lines += [f"Reason: {result.reason}.", ""]
    if evidence is None:
        return lines
    lines += [f"Method: {evidence.method}", ""]
    if evidence.data:
        lines += [f"Data: {evidence.data}", ""]
    lines += _findings(evidence)
    for table in evidence.tables:
        lines += [f"{table.title}:", "", *_evidence_table(table), ""]
    for name in evidence.plots:
        lines += [f"![{claim.id}: {claim.where}]({plot_path(name)})", ""]
    return [*lines, _provenance_line(provenance, result.seconds), ""]


def _repetition(ledger: Ledger, claim: Claim) -> str:
    """Say in one sentence which claim this one repeats."""
    other = next(one for one in ledger.claims if one.id == claim.repeats)
    link = f"[{other.id}](#{other.id})"
    if other.check == claim.check:
        return f"Repeats {link}, whose check it shares."
    return f"Repeats a part of {link}."


def _findings(evidence: Evidence) -> list[str]:
    groups: list[tuple[str, Sequence[Finding]]] = [
        ("as stated", evidence.stated),
        ("to the letter", evidence.literal),
        ("corrected", evidence.corrected),
        ("must fail", evidence.controls),
    ]
    rows = [
        [group, finding.statement, finding.outcome, finding.summary]
        for group, findings in groups
        for finding in findings
    ]
    return [*_table(["", "statement", "outcome", "figures"], rows), ""]


def _evidence_table(table: Table) -> list[str]:
    rows = [
        [f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in row]
        for row in table.rows
    ]
    return _table(table.columns, rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (columns, *rows)]
    head, *body = ["| " + " | ".join(row) + " |" for row in cells]
    return [head, "| " + " | ".join("---" for _ in columns) + " |", *body]


def _provenance_line(provenance: Mapping[str, Any], seconds: float) -> str:
    described = ", ".join(f"{name} {value}" for name, value in provenance.items())
    return f"Provenance: {described}, {seconds:.1f} s."
