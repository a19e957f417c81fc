"""The result files of `sqrtd verify`, each moved into place when it is whole."""

import csv
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from evidence.errors import BadInputError
from evidence.findings import Finding, Table
from sqrtd.verdicts.judge import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT = Path("paper_checks.md")
FOLDER = Path("results") / "verify"


def prepare(out: Path) -> None:
    """Create the folders under `out` and prove that they can be written to.

    Raises
    ------
    BadInputError
        Before any check has run, so that no work is lost.
    """
    folder = out / FOLDER
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for place in (out, folder):
            probe = _temporary(place / "probe")
            probe.touch()
            probe.unlink()
    for file in (out / REPORT, folder / "checks.json"):
        if file.is_dir():
            raise BadInputError(f"cannot write {str(file)!r}: it is a folder")


def check_place(folder: Path) -> None:
    """Make sure, before any work, that `folder` can hold results; create nothing yet.

    Raises
    ------
    BadInputError
        If it cannot.
    """
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise BadInputError(f"cannot write into {folder}: {existing} is in the way")


def write_results(
    out: Path, results: Sequence[Result], provenance: Mapping[str, Any], report: str
) -> None:
    """Write plots, tables and JSON under `out`/results/verify, and `out`/paper_checks.md.

    A plot is written as PNG and as SVG, table n of a claim as the CSV file <claim>-<n>.

    All files are written beside their places first, and then moved there, the report last, so
    that an interruption at any moment leaves whole files.

    Raises
    ------
    BadInputError
        If a file cannot be written.
    """
    plots = {name: plot for r in results if r.evidence for name, plot in r.evidence.plots.items()}
    tables = {
        f"{r.claim.id}-{number}": table
        for r in results
        if r.evidence
        for number, table in enumerate(r.evidence.tables, 1)
    }
    with ExitStack() as moves:  # leaves in reverse: the report is entered first, moved last
        file = moves.enter_context(replacing(out / REPORT))
        file.write_text(report, encoding="utf-8")
        file = moves.enter_context(replacing(out / FOLDER / "checks.json"))
        file.write_text(to_json(results, provenance) + "\n", encoding="utf-8")
        for name, plot in plots.items():
            for path in (out / plot_path(name), out / plot_path(name, ".svg")):
                save_figure(plot, moves.enter_context(replacing(path)), path.suffix, provenance)
        for name, table in tables.items():
            write_csv(table, moves.enter_context(replacing(out / FOLDER / f"{name}.csv")))


def plot_path(name: str, suffix: str = ".png") -> Path:
    """Return where a plot goes, relative to the output folder."""
    return FOLDER / f"{name}{suffix}"


def save_figure(
    figure: "Figure", file: Path, suffix: str, provenance: Mapping[str, str | int | float]
) -> None:
    """Save a figure as .png or .svg, the same bytes for the same figure and provenance."""
    # SVG would have random names of its parts, and the date.
    metadata = {"Source": json.dumps(provenance)} | ({"Date": None} if suffix == ".svg" else {})
    with mpl.rc_context({"svg.hashsalt": "sqrtd"}):
        figure.savefig(file, dpi=150, format=suffix.removeprefix("."), metadata=metadata)


def write_csv(table: Table, file: Path) -> None:
    """Write a table as CSV (RFC 4180), its columns' names in the first row."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        writer.writerows(table.rows)


def to_json(results: Sequence[Result], provenance: Mapping[str, Any]) -> str:
    """Return the whole run as JSON: provenance, and the claims in the paper's order."""
    claims = [_claim(result) for result in results]
    return as_json({"provenance": provenance, "claims": claims})


def as_json(value: Any) -> str:  # noqa: ANN401
    """Return a value as JSON; "inf" and "nan" for the floats that JSON does not have."""
    return json.dumps(_without_infinities(value), indent=2, ensure_ascii=False, allow_nan=False)


def _claim(result: Result) -> dict[str, Any]:
    claim, evidence = result.claim, result.evidence
    described: dict[str, Any] = {
        "id": claim.id,
        "where": claim.where,
        "statement": claim.statement,
        "ours": claim.ours,
        "verdict": result.verdict,
    }
    if result.reason:
        described["reason"] = result.reason
    if result.corrected:
        described["corrected"] = {"statement": claim.corrected, "verdict": result.corrected}
    if evidence:
        described |= {
            "method": evidence.method,
            "data": evidence.data,
            "printed": [_finding(finding) for finding in evidence.printed],
            "corrected_findings": [_finding(finding) for finding in evidence.corrected],
            "controls": [_finding(finding) for finding in evidence.controls],
            "tables": [asdict(table) for table in evidence.tables],
            "plots": [str(plot_path(name)) for name in evidence.plots],
            "seconds": round(result.seconds, 3),
        }
    return described


def _finding(finding: Finding) -> dict[str, Any]:
    return {"outcome": finding.outcome, **asdict(finding)}  # type: ignore[call-overload]


def _without_infinities(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _without_infinities(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinities(item) for item in value]
    return value


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name in the folder of `path`, and move the file to `path` at the end.

    Raises
    ------
    BadInputError
        If the file cannot be written or moved; `path` is then as it was.
    """
    temporary = _temporary(path)
    with explained(path):
        try:
            yield temporary
            os.replace(temporary, path)  # noqa: PTH105  (the atomic one)
        finally:
            temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an error of the file system into one line for the user."""
    try:
        yield
    except OSError as error:
        raise BadInputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
