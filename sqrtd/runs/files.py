"""Figures, tables and JSON as the commands write them."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.findings import Table
from running.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


DOTS = 200
"""Of a PNG, per inch."""

PLOTS = (".png", ".svg", ".pdf")
"""The forms in which a plot is saved."""


def save_figure(
    moves: ExitStack,
    figure: "Figure",
    place: Path,
    provenance: Mapping[str, Any],
    *,
    forms: Sequence[str] = PLOTS,
) -> list[Path]:
    """Save a figure in some forms, the same bytes for the same figure and provenance.

    Parameters
    ----------
    moves : of `running.files.replacing`.
    figure : its labels are fitted to it.
    place : of the files, without their endings.
    provenance : where it comes from, for the files.
    forms : endings of `PLOTS`.

    Returns
    -------
    The files, which are moved there at the end of `moves`.

    Raises
    ------
    UserError : a file that cannot be written.
    """
    import matplotlib as mpl  # which takes long, and machines that only train lack

    from running.plots import fit_labels

    source = json.dumps(provenance)
    # SVG and PDF would have the date, and SVG random names of its parts.
    kinds: dict[str, dict[str, str | None]] = {
        ".png": {"Source": source},
        ".svg": {"Source": source, "Date": None},
        ".pdf": {"Subject": source, "CreationDate": None},
    }
    files = [place.with_name(f"{place.name}{form}") for form in forms]
    fit_labels(figure)
    for file, form in zip(files, forms, strict=True):
        temporary = moves.enter_context(replacing(file))
        with mpl.rc_context({"svg.hashsalt": "sqrtd"}):
            figure.savefig(temporary, dpi=DOTS, format=form[1:], metadata=kinds[form])
    return files


def write_csv(table: Table, file: Path) -> None:
    """Write a table as CSV (RFC 4180), its columns' names in the first row."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        writer.writerows(table.rows)


def as_json(value: Any) -> str:  # noqa: ANN401
    """Return a value as JSON; "inf" and "nan" for the floats that JSON does not have."""
    return json.dumps(_without_infinities(value), indent=2, ensure_ascii=False, allow_nan=False)


def _without_infinities(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _without_infinities(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinities(item) for item in value]
    return value
