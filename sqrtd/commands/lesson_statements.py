"""The ledger's statements as the lessons show them, with the verdicts of the last run."""

import json
from pathlib import Path

from sqrtd.ledgers import read_ledger
from sqrtd.verdicts.concordance import functions, number
from teaching.statements import Statement, Statements

RECORDED = Path(__file__).parents[2] / "results/verify/checks.json"
"""Of a clone; the installed package has no results of `sqrtd verify`."""


def lesson_statements(recorded: Path = RECORDED) -> Statements:
    """Return the statements by id, in the ledger's order.

    Parameters
    ----------
    recorded : a run of `sqrtd verify` as JSON; without it the verdicts are left out.
    """
    verdicts = {}
    if recorded.is_file():
        claims = json.loads(recorded.read_text("utf-8"))["claims"]
        verdicts = {claim["id"]: claim["verdict"] for claim in claims}
    return {
        claim.id: Statement(
            id=claim.id,
            number=number(claim),
            where=claim.where,
            says=claim.statement,
            verdict=verdicts.get(claim.id, ""),
            checks=functions(claim.check),
            rests_on=tuple(dict.fromkeys((*claim.rests_on, *claim.proof_rests_on))),
        )
        for claim in read_ledger().claims
    }
