"""Results as records: rows that a DataFrame is made of, and that notebooks show as a table."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from evidence.errors import UserError

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]

Record: TypeAlias = Mapping[str, Any]
"""One row: its values by the names of the columns."""


class Records(ABC):
    """A result that can be had as rows of a table.

    Printed, and in a notebook, it shows them. A subclass gives the rows and a heading.
    """

    @abstractmethod
    def records(self) -> list[dict[str, Any]]:
        """Return the rows, all with the same keys."""

    @property
    @abstractmethod
    def heading(self) -> str:
        """One line above the table: what it is."""

    def to_frame(self) -> "pd.DataFrame":
        """Return the records as a `pandas.DataFrame`.

        Raises
        ------
        UserError : pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise UserError(
                "a DataFrame needs pandas: pip install pandas; records() works without it"
            ) from None
        return pd.DataFrame(self.records())

    def __repr__(self) -> str:
        return "\n".join([self.heading, text_table(self.records())])

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.heading)}</p>\n{html_table(self.records())}"


def text_table(records: Sequence[Record]) -> str:
    """Write records as lines, a column each, numbers to the right."""
    if not records:
        return "(no rows)"
    rows = [[*records[0]], *([_cell(value) for value in record.values()] for record in records)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_number = [isinstance(value, int | float) for value in records[0].values()]
    aligned = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number, strict=True)
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in aligned)


def html_table(records: Sequence[Record]) -> str:
    """Write records as an HTML table."""
    if not records:
        return "<p>(no rows)</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in records[0])
    rows = (
        "".join(f"<td>{escape(_cell(value))}</td>" for value in record.values())
        for record in records
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
