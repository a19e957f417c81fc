"""Figures, tables and JSON as the commands write them."""

import csv
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.findings import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


DOTS = 200
"""Of a PNG, per inch."""

PLOTS = (".png", ".svg", ".pdf")
"""The forms in which a plot is saved."""


def save_figure(figure: "Figure", file: Path, suffix: str, provenance: Mapping[str, Any]) -> None:
    """Save a figure as .png, .svg or .pdf, the same bytes for the same figure and provenance."""
    import matplotlib as mpl  # which takes long, and machines that only train lack

    from running.plots import fit_labels

    source = json.dumps(provenance)
    # SVG and PDF would have the date, and SVG random names of its parts.
    kinds: dict[str, dict[str, str | None]] = {
        ".png": {"Source": source},
        ".svg": {"Source": source, "Date": None},
        ".pdf": {"Subject": source, "CreationDate": None},
    }
    fit_labels(figure)
    with mpl.rc_context({"svg.hashsalt": "sqrtd"}):
        figure.savefig(file, dpi=DOTS, format=suffix.removeprefix("."), metadata=kinds[suffix])


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
