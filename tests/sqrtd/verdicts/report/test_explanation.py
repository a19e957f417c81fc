"""A claim as explained in class, and the same words wherever verdicts are shown."""

import pytest
from small_ledger import small_verification

from sqrtd.verdicts.claims import Verdict
from sqrtd.verdicts.console import COLOURS
from sqrtd.verdicts.dependencies import dependencies
from sqrtd.verdicts.report.explanation import CAME_OUT, explanation, findings_table
from sqrtd.verdicts.report.words import certain_headline

CHECKED = small_verification()
RESULTS = {result.claim.id: result for result in CHECKED.results}


def explained(name):
    return explanation(CHECKED.ledger, RESULTS[name], dependencies(CHECKED.ledger.claims))


def test_what_is_claimed_how_it_was_tested_what_came_out_and_what_holds():
    assert explained("eq-1") == [
        "What is claimed. The paper says (Section 2): The eq-1.",
        "How it was tested. By looking.",
        "What came out. It holds once a misprint is mended (tested exactly); as stated it fails: a "
        "false sentence: counterexample: the empty network.",
        "What holds: Another than eq-1. The paper has it so in the proof.",
        "What would fall with it: lemma-1, theorem-3, lemma-1-more, eq-7.",
    ]


def test_a_statement_that_holds_is_told_with_its_figures_and_its_letter():
    _, _, came_out, literal, *_ = explained("lemma-1")
    assert came_out.startswith(
        "What came out. It holds (sampled): an exponent is 1/2: measured 0.5"
    )
    assert literal == "To the letter it fails: The lemma to the letter."


def test_margin_scale_and_reason_are_told():
    assert "Our margin: “much” as 2." in explained("theorem-3")
    assert "Our networks: small ones." in explained("figure-3")
    assert any(
        line.startswith("Why it is open: the intervals") for line in explained("figure-3-much")
    )


def test_a_claim_without_evidence_says_why():
    assert explained("section-6") == [
        "What is claimed. The paper says (Section 2): The section-6.",
        "How it was tested. It was not.",
        "What came out. It was not checked: nothing decides it.",
    ]
    assert explained("remark-1")[2] == "What came out. The check broke: Oops: |x|."
    assert explained("oracle-1")[0].startswith("What is claimed. We say (closed form)")


def test_the_table_counts_what_it_does_not_show():
    rows = findings_table(RESULTS["eq-1"].evidence).rows
    assert [row[:4] for row in rows] == [
        ("as stated", "holds", 1, "an exponent is 1/2"),
        ("as stated", "fails", 1, "a false sentence"),
        ("corrected", "holds", 1, "a true sentence"),
        ("must fail", "fails", 1, "a false sentence"),
    ]


@pytest.mark.parametrize("words", [CAME_OUT, COLOURS])
def test_every_verdict_has_words_and_a_colour(words):
    assert set(words) == set(Verdict)


def test_records_page_and_notebook_have_the_same_words():
    page = CHECKED.report()
    rows = {row["claim"]: row for row in CHECKED.records()}
    assert rows.keys() == RESULTS.keys() - {"section-6"}
    for name, row in rows.items():
        assert row["verdict"] == certain_headline(RESULTS[name])
        assert f"**{row['verdict'].capitalize()}.**" in page
