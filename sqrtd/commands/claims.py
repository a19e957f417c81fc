"""`sqrtd claims`: list the ledger."""

import argparse

from sqrtd.commands.options import Commands


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "claims", help="list the claims", description="Lists the claims and what they say."
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:  # noqa: ARG001  (called as all commands are)
    """Print id, place, whose it is, check or not, and statement of every claim."""
    from rich.console import Console
    from rich.table import Column, Table

    from sqrtd.ledgers import read_ledger

    ledger = read_ledger()
    table = Table(Column("claim", no_wrap=True), "where", "whose", "check", "statement")
    for claim in ledger.claims:
        whose = "ours" if claim.ours else f"{ledger.source}'s"
        table.add_row(claim.id, claim.where, whose, "yes" if claim.check else "no", claim.statement)
    Console(markup=False, highlight=False, emoji=False).print(table)
    return 0
