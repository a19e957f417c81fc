"""The result files of `sqrtd verify`, each moved into place when it is whole."""

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
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
    for file in (out / REPORT, folder / "checks.json"):
        if file.is_dir():
            raise BadInputError(f"cannot write {str(file)!r}: it is a folder")


def write_results(
    out: Path, results: Sequence[Result], provenance: Mapping[str, Any], report: str
) -> None:
    """Write plots and JSON under `out`/results/verify, and `out`/paper_checks.md.

    All files are written beside their places first, and then moved there, the report last, so
    that an interruption at any moment leaves whole files.

    Raises
    ------
    BadInputError
        If a file cannot be written.
    """
    plots = {name: plot for r in results if r.evidence for name, plot in r.evidence.plots.items()}
    with ExitStack() as moves:  # leaves in reverse: the report is entered first, moved last
        file = moves.enter_context(replacing(out / REPORT))
        file.write_text(report, encoding="utf-8")
        file = moves.enter_context(replacing(out / FOLDER / "checks.json"))
        file.write_text(to_json(results, provenance) + "\n", encoding="utf-8")
        for name, plot in plots.items():
            file = moves.enter_context(replacing(out / plot_path(name)))
            plot.savefig(file, dpi=150, format="png", metadata={"Source": json.dumps(provenance)})


def plot_path(name: str) -> Path:
    """Return where a plot goes, relative to the output folder."""
    return FOLDER / f"{name}.png"


def to_json(results: Sequence[Result], provenance: Mapping[str, Any]) -> str:
    """Return the whole run as JSON: provenance, and the claims in the paper's order."""
    claims = [_claim(result) for result in results]
    run = {"provenance": provenance, "claims": _without_infinities(claims)}
    return json.dumps(run, indent=2, ensure_ascii=False, allow_nan=False)


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


def _without_infinities(value: Any) -> Any:  # noqa: ANN401
    """Write "inf" for the floats that JSON does not have."""
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
        raise BadInputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
