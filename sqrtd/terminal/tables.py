"""Tables that fit the terminal without a word that is broken in the middle."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Column, Table


def print_table(
    console: Console, heads: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1
) -> None:
    """Print a table; where it is too wide, in several ones that repeat the columns of names.

    Where names leave no room for any other column, the table is as wide as it has to be.

    Parameters
    ----------
    console : where.
    heads : of the columns.
    rows : as long as `heads`.
    names : so many columns at the left say what a row is.
    """
    widths = [max(map(cell_len, column)) + 3 for column in zip(heads, *rows, strict=True)]
    width_of_names = sum(widths[:names]) + 1
    parts: list[list[int]] = []
    room = 0
    for index in range(names, len(heads)):
        if not parts or widths[index] > room:
            parts.append([])
            room = console.width - width_of_names
        parts[-1].append(index)
        room -= widths[index]
    for part in parts:
        shown = [*range(names), *part]
        table = Table(
            *(Column(heads[index], no_wrap=True) for index in shown),
            width=width_of_names + sum(widths[index] for index in part),
        )
        for row in rows:
            table.add_row(*(row[index] for index in shown))
        console.print(table, crop=False)
