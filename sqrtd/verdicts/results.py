"""The result files of `sqrtd verify`, each moved into place when it is whole."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from evidence.errors import UserError
from running.files import explained, replacing
from running.places import check_place, is_folder
from sqrtd.runs.files import save_figure, write_csv
from sqrtd.verdicts.concordance import concordance
from sqrtd.verdicts.report.as_json import to_json
from sqrtd.verdicts.report.places import CLAIMS, CONCORDANCE, FOLDER, JSON, PICTURE
from sqrtd.verdicts.verification import Verification


def prepare(out: Path, folder: Path, *files: Path) -> None:
    """Create `out`/`folder`, and prove that `files` and others can be written there and to `out`.

    Parameters
    ----------
    out : of the run.
    folder, files : relative to it.

    Raises
    ------
    UserError
        Before any check has run, so that no work is lost.
    """
    check_place(out / folder)
    with explained(out / folder):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for place in (out, out / folder):
            with TemporaryFile(dir=place):
                pass
    for file in files:
        if is_folder(out / file):
            raise UserError(f"cannot write {str(out / file)!r}: it is a folder")


def write_results(out: Path, checked: Verification) -> None:
    """Write the report of a whole run under `out`, and what it shows under `out`/results/verify.

    That is checks.json; the picture of what rests on what, claims.svg; concordance.csv; plots as
    PNG and as SVG; and table n of a claim as <claim>-<n>.csv.

    All files are written beside their places first, and then moved there, the report last, so
    that an interruption at any moment leaves whole files.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    with ExitStack() as moves:  # leaves in reverse: the report is entered first, moved last
        _write(moves, out / checked.ledger.report, checked.report())
        _write(moves, out / JSON, f"{to_json(checked)}\n")
        _write(moves, out / PICTURE, checked.picture())
        file = moves.enter_context(replacing(out / CONCORDANCE))
        write_csv(concordance(checked.ledger.claims), file)
        _write_evidence(moves, out / FOLDER, checked)


def write_claims(out: Path, checked: Verification) -> None:
    """Write what was found of single claims under `out`/results/claims, and leave the report alone.

    That is <claim>.json, and plots and tables as in `write_results`.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    with ExitStack() as moves:
        for result in checked.results:
            alone = to_json(replace(checked, results=[result]))
            _write(moves, out / CLAIMS / f"{result.claim.id}.json", f"{alone}\n")
        _write_evidence(moves, out / CLAIMS, checked)


def _write(moves: ExitStack, path: Path, text: str) -> None:
    moves.enter_context(replacing(path)).write_text(text, encoding="utf-8")


def _write_evidence(moves: ExitStack, folder: Path, checked: Verification) -> None:
    """Write plots and tables; claims that share a check share its plots."""
    results = [(result.claim.id, result.evidence) for result in checked.results if result.evidence]
    plots = {name: plot for _, evidence in results for name, plot in evidence.plots.items()}
    for name, plot in plots.items():
        save_figure(moves, plot, folder / name, checked.provenance, forms=(".png", ".svg"))
    for claim, evidence in results:
        for number, table in enumerate(evidence.tables, 1):
            write_csv(table, moves.enter_context(replacing(folder / f"{claim}-{number}.csv")))
