"""A claim that gives the reason of another one says so where that other one was not shown."""

import re
from dataclasses import replace

import pytest
from small_ledger import HOLDS, claim, found

from evidence.findings import Evidence
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.claims import STANDS, Ledger, Verdict
from sqrtd.verdicts.dependencies import dependencies
from sqrtd.verdicts.judge import Result, judge, with_explained
from sqrtd.verdicts.report.explanation import explanation
from sqrtd.verdicts.report.words import certain_headline
from sqrtd.verdicts.verification import Verification

EXPLAINING = [one for one in LEDGER.claims if one.explains]
WORDS = re.compile(r"(?<![\w-])(because|reasons?|explain\w*|since)(?![\w-])", re.IGNORECASE)
OF_ITS_OWN = {
    "first-order-damage": "it is what was measured that it explains",
    "appendix-c": "a step of a computation",
}


def test_each_claim_that_gives_a_reason_names_what_it_explains():
    giving = {one.id for one in LEDGER.claims if WORDS.search(one.statement)}
    assert giving == {one.id for one in EXPLAINING} | OF_ITS_OWN.keys()


def test_a_reason_rests_on_what_it_explains():
    for one in EXPLAINING:
        assert one.explains in one.rests_on, one.id


@pytest.mark.parametrize("one", EXPLAINING, ids=lambda one: one.id)
@pytest.mark.parametrize("verdict", Verdict)
def test_no_reason_reads_holds_alone_where_its_effect_was_not_shown(one, verdict):
    (effect,) = [other for other in LEDGER.claims if other.id == one.explains]
    held = judge(one, Evidence(method="", stated=[HOLDS]))
    assert held.verdict is Verdict.HOLDS
    _, told = with_explained([Result(claim=effect, verdict=verdict), held])
    if verdict in STANDS:
        assert certain_headline(told) == "holds (tested exactly)"
    else:
        said = f"{one.explains}, whose reason it gives: {verdict}"
        assert certain_headline(told) == f"holds; {said} (tested exactly)"
        lines = explanation(LEDGER, told, dependencies(LEDGER.claims))
        assert f"It holds as a measurement alone; {said}." in lines


def test_an_effect_outside_the_run_is_not_taken_for_shown():
    (told,) = with_explained([judge(EXPLAINING[0], Evidence(method="", stated=[HOLDS]))])
    assert "not tested here" in certain_headline(told)


def test_a_reason_that_fails_needs_no_word():
    failing = Result(claim=EXPLAINING[0], verdict=Verdict.NOT_REPRODUCED)
    assert certain_headline(failing) == "not reproduced at this scale"


def test_the_page_says_it_on_the_first_screen_and_in_the_row():
    effect = replace(claim("figure-1"), id="figure-1")
    given = replace(effect, id="figure-1-reason", explains="figure-1")
    ledger = Ledger(source="paper", title="…", claims=[effect, given], main=("Figure 1",))
    results = with_explained(
        [
            Result(claim=effect, verdict=Verdict.UNDECIDED, reason="wide"),
            judge(given, found([HOLDS])),
        ]
    )
    page = Verification(ledger=ledger, results=results, provenance={}, seconds=0.0).report()
    screen, _, rest = page.partition("\n## ")
    assert "1 of them as a measurement alone" in screen
    said = "holds; figure-1, whose reason it gives: undecided"
    assert "holds (figure-1, whose reason it gives: undecided)" in screen
    assert f"**{said.capitalize()} (tested exactly).**" in rest
