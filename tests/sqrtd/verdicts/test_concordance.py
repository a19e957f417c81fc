"""The concordance: every number of the paper has a claim, every claim a place and a check."""

import inspect
from dataclasses import replace

import pytest

from evidence.faces import resolve
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.checks import CombinedCheck, ExactCheck, SampledCheck
from sqrtd.verdicts.claims import Claim
from sqrtd.verdicts.concordance import about, by_section, concordance, functions, number, section
from theory.proofs.record import require_proved

NUMBERED = [
    *["Definition 1", "Lemma 1", "Proposition 2", "Theorem 3", "Theorem 4", "Corollary 5"],
    *["Theorem 6", "Lemma 7", "Lemma 8", "Lemma 9", "Lemma 10", "Remark 1"],
    *[f"Eq. {n}" for n in range(1, 18)],
    *[f"H{n}" for n in range(1, 6)],
    *["Figure 1", "Figure 2", "Figure 3"],
]
"""The paper's numbered statements, equations, hypotheses and figures; (S) has a letter."""


def claim(name, where="Section 3.2", **others):
    return Claim(id=name, where=where, statement="…", reason="none", **others)


@pytest.mark.parametrize("wanted", NUMBERED)
def test_every_number_of_the_paper_has_a_claim(wanted):
    assert about(LEDGER.claims, wanted)


def test_every_number_that_a_claim_is_about_is_one_of_the_paper():
    found = {number(claim) for claim in LEDGER.claims} - {""}
    panels = {f"Figure 2{panel}" for panel in "abcdef"}
    assert found <= {*NUMBERED, *panels}
    assert set(LEDGER.main) <= set(NUMBERED)


def test_every_claim_of_the_paper_names_its_place():
    for one in LEDGER.claims:
        assert section(one) != "Elsewhere", one.id


def test_every_claim_has_a_check_that_is_there_or_a_reason():
    for one in LEDGER.claims:
        assert bool(functions(one.check)) == (one.reason == ""), one.id
        for name in functions(one.check):
            assert inspect.isfunction(resolve(name)), name


def test_proofs_are_there():
    for one in LEDGER.claims:
        if one.proof:
            require_proved(one.proof)


def test_a_claim_is_about_the_number_that_its_id_begins_with():
    numbers = {
        "theorem-3-step-2": "Theorem 3",
        "eq-14": "Eq. 14",
        "h1": "H1",
        "figure-2e-explanation": "Figure 2e",
        "figure-2": "Figure 2",
        "lemma-10": "Lemma 10",
        "section-3-1": "",
        "theorem-x": "",
        "lemma-1ab": "",
        "h": "",
    }
    assert {name: number(claim(name)) for name in numbers} == numbers


def test_claims_about_a_number_begin_with_its_own():
    claims = [claim("lemma-1-vulnerability"), claim("lemma-10"), claim("lemma-1")]
    assert [one.id for one in about(claims, "Lemma 1")] == ["lemma-1", "lemma-1-vulnerability"]
    panels = [claim("figure-2a"), claim("figure-2-more"), claim("figure-20")]
    assert about(panels, "Figure 2") == panels[:2]


def test_sections_come_in_the_papers_order():
    places = {
        "ours": "closed form",
        "d": "Appendix D",
        "a": "Appendix A.2, proof of Theorem 6",
        "two": "Section 2",
        "five": "Lemma 1 after training; Section 5",
        "abstract": "Abstract",
        "none": "nowhere",
        "both": "Abstract, Section 4.3",
    }
    claims = [claim(name, where, ours=name == "ours") for name, where in places.items()]
    assert {name: [one.id for one in some] for name, some in by_section(claims).items()} == {
        "Abstract": ["abstract"],
        "Section 2": ["two"],
        "Section 4": ["both"],
        "Section 5": ["five"],
        "Appendix A": ["a"],
        "Appendix D": ["d"],
        "Elsewhere": ["none"],
        "Ours": ["ours"],
    }
    assert list(by_section(claims))[-1] == "Ours"


def test_the_table_names_checks_and_proof():
    check = CombinedCheck((ExactCheck("one:first"), SampledCheck("two:second")))
    tested = replace(claim("eq-8", proof="proofs:eight"), check=check, reason="")
    assert concordance([tested]).rows == [
        ("Eq. 8", "Section 3.2", "eq-8", "one:first two:second", "proofs:eight")
    ]
