"""The result files of `sqrtd verify`, each moved into place when it is whole."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqrtd.errors import BadInputError
from sqrtd.ledger import Result
from theory.evidence import Finding

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
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for place in (out, folder):
            probe = _temporary(place / "probe")
            probe.touch()
            probe.unlink()
    if (out / REPORT).is_dir():
        raise BadInputError(f"cannot write {out / REPORT}: it is a folder")


def write_results(
    out: Path, results: Sequence[Result], provenance: Mapping[str, Any], report: str
) -> None:
    """Write plots and JSON under `out`/results/verify, then `out`/paper_checks.md.

    Each file is written beside its place and moved there, so that an interruption leaves every
    earlier file whole. The report comes last: while it is the old one, so are its figures' names.

    Raises
    ------
    BadInputError
        If a file cannot be written.
    """
    for result in results:
        for name, plot in (result.evidence.plots if result.evidence else {}).items():
            with replacing(out / plot_path(name)) as temporary:
                plot.savefig(temporary, format="png", dpi=150)
    with replacing(out / FOLDER / "checks.json") as temporary:
        temporary.write_text(to_json(results, provenance) + "\n")
    with replacing(out / REPORT) as temporary:
        temporary.write_text(report)


def plot_path(name: str) -> Path:
    """Return where a plot goes, relative to the output folder."""
    return FOLDER / f"{name}.png"


def to_json(results: Sequence[Result], provenance: Mapping[str, Any]) -> str:
    """Return the whole run as JSON: provenance, and the claims in the paper's order."""
    claims = [_claim(result) for result in results]
    return json.dumps({"provenance": provenance, "claims": claims}, indent=2, ensure_ascii=False)


def _claim(result: Result) -> dict[str, Any]:
    claim, evidence = result.claim, result.evidence
    described: dict[str, Any] = {
        "id": claim.id,
        "where": claim.where,
        "statement": claim.statement,
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


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name in the folder of `path`, and move the file to `path` at the end.

    Raises
    ------
    BadInputError
        If the file cannot be written or moved; `path` is then as it was.
    """
    temporary = _temporary(path)
    with _explained(path):
        try:
            yield temporary
            os.replace(temporary, path)  # noqa: PTH105  (the atomic one)
        finally:
            temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInputError(f"cannot write {path}: {error.strerror or error}") from error
