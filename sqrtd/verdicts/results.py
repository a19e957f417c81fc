"""The result files of `sqrtd verify`, each moved into place when it is whole."""

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from evidence.errors import UserError
from evidence.findings import Finding
from running.files import explained, replacing
from sqrtd.runs.files import as_json, save_figure, write_csv
from sqrtd.verdicts.judge import Result
from sqrtd.verdicts.report import FOLDER, plot_path
from sqrtd.verdicts.verification import Verification


def prepare(out: Path, report: Path) -> None:
    """Create the folders under `out` and prove that they, and `out`/`report`, can be written to.

    Raises
    ------
    UserError
        Before any check has run, so that no work is lost.
    """
    folder = out / FOLDER
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for place in (out, folder):
            with TemporaryFile(dir=place):
                pass
    for file in (out / report, folder / "checks.json"):
        if file.is_dir():
            raise UserError(f"cannot write {str(file)!r}: it is a folder")


def write_results(out: Path, checked: Verification) -> None:
    """Write plots, tables and JSON under `out`/results/verify, and the report under `out`.

    A plot is written as PNG and as SVG, table n of a claim as the CSV file <claim>-<n>.

    All files are written beside their places first, and then moved there, the report last, so
    that an interruption at any moment leaves whole files.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    results = checked.results
    plots = {name: plot for r in results if r.evidence for name, plot in r.evidence.plots.items()}
    tables = {
        f"{r.claim.id}-{number}": table
        for r in results
        if r.evidence
        for number, table in enumerate(r.evidence.tables, 1)
    }
    with ExitStack() as moves:  # leaves in reverse: the report is entered first, moved last
        file = moves.enter_context(replacing(out / checked.ledger.report))
        file.write_text(checked.report(), encoding="utf-8")
        file = moves.enter_context(replacing(out / FOLDER / "checks.json"))
        file.write_text(to_json(checked) + "\n", encoding="utf-8")
        for name, plot in plots.items():
            for path in (out / plot_path(name), out / plot_path(name, ".svg")):
                save_figure(
                    plot, moves.enter_context(replacing(path)), path.suffix, checked.provenance
                )
        for name, table in tables.items():
            write_csv(table, moves.enter_context(replacing(out / FOLDER / f"{name}.csv")))


def to_json(checked: Verification) -> str:
    """Return the whole run as JSON: provenance, and the claims in the ledger's order."""
    claims = [_claim(result) for result in checked.results]
    return as_json({"provenance": checked.provenance, "claims": claims})


def _claim(result: Result) -> dict[str, Any]:
    claim, evidence = result.claim, result.evidence
    described: dict[str, Any] = {
        "id": claim.id,
        "where": claim.where,
        "statement": claim.statement,
        "ours": claim.ours,
        "verdict": result.verdict,
    }
    if claim.repeats:
        described["repeats"] = claim.repeats
    if result.reason:
        described["reason"] = result.reason
    if claim.correction and result.corrected:
        described["corrected"] = {
            "statement": claim.correction.statement,
            "outcome": result.corrected,
        }
    if result.literal:
        described["literal"] = {"statement": claim.literal, "outcome": result.literal}
    if evidence:
        described |= {
            "method": evidence.method,
            "data": evidence.data,
            "stated": [_finding(finding) for finding in evidence.stated],
            "literal_findings": [_finding(finding) for finding in evidence.literal],
            "corrected_findings": [_finding(finding) for finding in evidence.corrected],
            "controls": [_finding(finding) for finding in evidence.controls],
            "tables": [asdict(table) for table in evidence.tables],
            "plots": [str(plot_path(name)) for name in evidence.plots],
            "seconds": round(result.seconds, 3),
        }
    return described


def _finding(finding: Finding) -> dict[str, Any]:
    return {"outcome": finding.outcome, "statement": finding.statement, **asdict(finding)}  # type: ignore[call-overload]
