"""Findings combined: of one statement, and beside its false neighbours."""

import pytest

from evidence.findings import Exact, Outcome, combined, combined_beside

HOLDS = Exact(statement="a", cases=1)
FAILS = Exact(statement="b", cases=1, counterexample="0")
UNDECIDED = Exact(statement="c", cases=0)


@pytest.mark.parametrize(
    ("findings", "outcome"),
    [
        ([HOLDS, HOLDS], Outcome.HOLDS),
        ([HOLDS, UNDECIDED], Outcome.UNDECIDED),
        ([UNDECIDED, FAILS, HOLDS], Outcome.FAILS),
        ([], Outcome.UNDECIDED),
    ],
)
def test_a_statement_needs_all_of_its_parts(findings, outcome):
    assert combined(findings) is outcome


@pytest.mark.parametrize("control", [HOLDS, UNDECIDED])
def test_what_holds_beside_a_false_neighbour_is_undecided(control):
    assert combined_beside([HOLDS], [FAILS]) is combined_beside([HOLDS], []) is Outcome.HOLDS
    assert combined_beside([HOLDS], [FAILS, control]) is Outcome.UNDECIDED
    assert combined_beside([FAILS], [control]) is Outcome.FAILS
