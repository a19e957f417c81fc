"""What `sqrtd verify --falsify` prints."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Column, Table

from sqrtd.falsified.catalogue import FALSIFICATIONS
from sqrtd.falsified.falsification import Falsification
from sqrtd.falsified.noticing import Told


def print_falsifications() -> None:
    """List all falsifications by name."""
    table = Table(Column("falsification", no_wrap=True), "what is wrong then")
    for one in FALSIFICATIONS.values():
        table.add_row(one.name, one.says)
    _console().print(table)


def print_rows(
    falsification: Falsification, true: Mapping[str, Told], false: Mapping[str, Told]
) -> int:
    """Print the rows' verdicts without and with a falsified ingredient; return how many notice."""
    console = _console()
    console.print(f"Falsified: {falsification.says}.", soft_wrap=True)
    table = Table(Column("claim", no_wrap=True), "as it is", "falsified", "why")
    for claim, told in true.items():
        red = told.is_noticed_in(false[claim])
        row = claim, told.verdict, false[claim].verdict, false[claim].why if red else ""
        table.add_row(*row, style="red" if red else "dim")
    console.print(table)
    noticed = sum(told.is_noticed_in(false[claim]) for claim, told in true.items())
    console.print(f"{noticed} of {len(true)} rows notice. Nothing was written.")
    return noticed


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)
