"""Sets of statements to put to the test, a folder each.

A folder holds everything about its set: claims, titles, figures and expected verdicts, as one
`sqrtd.verdicts.claims.Ledger` named LEDGER.
"""

from importlib import import_module

from sqrtd.verdicts.claims import Ledger


def read_ledger(name: str = "paper") -> Ledger:
    """Return the ledger in the folder of that name."""
    ledger: Ledger = import_module(f"sqrtd.ledgers.{name}").LEDGER
    return ledger
