"""The error level at which the paper's ledger decides a statement."""

from evidence.levels import LEDGER_ERROR, statement_error
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.checks import statements_by_chance

VERDICT_ERROR = statement_error(LEDGER_ERROR, statements_by_chance(LEDGER.claims))
