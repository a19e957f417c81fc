"""Verdicts from findings, and the completeness of the ledger."""

import pytest
import torch

from simulations.equivalence import Equivalence
from sqrtd.claims import CLAIMS
from sqrtd.ledger import Claim, Settings, Verdict, judge, number_of_intervals
from theory.evidence import Evidence, Exact, silent

HOLDS = Exact(statement="true", cases=3)
FAILS = Exact(statement="false", cases=3, counterexample="the empty network")
OPEN = Exact(statement="open", cases=0)
CLAIM = Claim(id="lemma-0", where="nowhere", statement="…", check=lambda *_: None)


@pytest.mark.parametrize(
    ("printed", "corrected", "controls", "verdict", "on_correction", "decided"),
    [
        ([HOLDS], [], [FAILS], Verdict.CONFIRMED, None, True),
        ([HOLDS, HOLDS], [HOLDS], [], Verdict.CONFIRMED, None, True),
        ([HOLDS, FAILS], [], [FAILS], Verdict.REFUTED, None, True),
        ([FAILS], [HOLDS], [FAILS], Verdict.REFUTED, Verdict.CONFIRMED, True),
        ([FAILS], [FAILS], [FAILS], Verdict.REFUTED, Verdict.REFUTED, True),
        ([FAILS, OPEN], [OPEN], [FAILS], Verdict.REFUTED, Verdict.UNDECIDED, False),
        ([HOLDS, OPEN], [], [FAILS], Verdict.UNDECIDED, None, False),
        ([], [], [FAILS], Verdict.UNDECIDED, None, False),
        ([HOLDS], [], [FAILS, OPEN], Verdict.UNDECIDED, None, False),
        ([HOLDS], [], [OPEN, HOLDS], Verdict.ERROR, None, False),
        ([FAILS], [HOLDS], [HOLDS], Verdict.ERROR, None, False),
        ([FAILS], [], [HOLDS], Verdict.REFUTED, None, True),
        ([FAILS], [FAILS], [HOLDS], Verdict.REFUTED, Verdict.REFUTED, True),
    ],
)
def test_verdicts(printed, corrected, controls, verdict, on_correction, decided):
    evidence = Evidence(method="", printed=printed, corrected=corrected, controls=controls)
    result = judge(CLAIM, evidence)
    assert (result.verdict, result.corrected) == (verdict, on_correction)
    assert result.is_decided is decided


def test_a_false_neighbour_that_holds_is_named():
    result = judge(CLAIM, Evidence(method="", printed=[HOLDS], controls=[HOLDS]))
    assert "did not refute its false neighbour: true" in result.reason


def test_controls_share_the_intervals_of_the_findings():
    interval = Equivalence(
        statement="", predicted=0, margin=1, estimate=0, low=0, high=0, error=0.1, samples=2
    )
    evidence = Evidence(
        method="", printed=[interval, HOLDS], corrected=[interval], controls=[interval]
    )
    assert number_of_intervals(evidence) == 2


def test_a_claim_has_a_check_or_a_reason():
    with pytest.raises(ValueError, match="either a check or a reason"):
        Claim(id="lemma-0", where="", statement="")


def test_every_numbered_statement_of_the_paper_is_listed_in_its_order():
    numbered = [
        *["definition-1", "eq-1", "eq-2", "lemma-1", "eq-3", "eq-4", "proposition-2", "eq-5"],
        *["eq-6", "section-3-1", "h1", "h2", "h3", "h4", "h5", "theorem-3", "eq-7", "eq-8"],
        *["eq-9", "remark-1", "eq-10", "assumption-s", "theorem-4", "corollary-5", "theorem-6"],
        *["figure-1", "figure-2", "figure-3", "lemma-7", "eq-11", "lemma-8", "eq-12"],
        *["lemma-9", "eq-13", "lemma-10", "eq-14", "eq-15", "eq-16", "eq-17", "appendix-d"],
    ]
    listed = [claim.id for claim in CLAIMS]
    assert [name for name in listed if name in numbered] == numbered
    assert len(set(listed)) == len(listed)


def test_a_refuted_print_has_a_corrected_statement_to_show():
    """Every check that returns corrected findings has the sentence that they test."""
    settings = Settings(seed=0, budget=1.0, device=torch.device("cpu"), data=None)
    exact_claims = [c for c in CLAIMS if c.check and c.where.startswith(("Section 2", "Appendix"))]
    for claim in exact_claims:
        result = judge(claim, claim.check(settings, silent))
        assert result.is_decided, claim.id
        if result.corrected:
            assert claim.corrected, claim.id
