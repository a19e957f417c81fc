"""Verdicts from findings, and the completeness of the ledger."""

import json
from dataclasses import replace
from graphlib import TopologicalSorter

import pytest
import torch
from rich.console import Console

from evidence.faces import resolve
from evidence.findings import Evidence, Exact, silent
from sqrtd.ledgers.paper import LEDGER
from sqrtd.verdicts.checks import (
    CombinedCheck,
    ExactCheck,
    RecordedCheck,
    SampledCheck,
    sampled_part,
)
from sqrtd.verdicts.claims import Claim, Ledger, Settings, Verdict
from sqrtd.verdicts.judge import judge, tallies
from sqrtd.verdicts.report.as_json import to_json
from sqrtd.verdicts.run import run_checks
from sqrtd.verdicts.verification import Verification

HOLDS = Exact(statement="true", cases=3)
FAILS = Exact(statement="false", cases=3, counterexample="the empty network")
CLAIM = Claim(id="lemma-0", where="nowhere", statement="…", check=lambda *_: None)


def test_a_claim_has_a_check_or_a_reason():
    with pytest.raises(ValueError, match="either a check or a reason"):
        Claim(id="lemma-0", where="", statement="")


def test_every_numbered_statement_of_the_paper_is_listed_in_its_order():
    numbered = [
        *["definition-1", "eq-1", "eq-2", "lemma-1", "eq-3", "eq-4", "proposition-2", "eq-5"],
        *["eq-6", "section-3-1", "h1", "h2", "h3", "h4", "h5", "theorem-3", "eq-7", "eq-8"],
        *["eq-9", "remark-1", "eq-10", "assumption-s", "theorem-4", "corollary-5", "theorem-6"],
        *["figure-1", "figure-2-dual-pairs", "figure-3", "lemma-7", "eq-11", "lemma-8", "eq-12"],
        *["lemma-9", "eq-13", "lemma-10", "eq-14", "eq-15", "eq-16", "eq-17", "appendix-d"],
    ]
    listed = [claim.id for claim in LEDGER.claims]
    assert [name for name in listed if name in numbered] == numbered
    assert len(set(listed)) == len(listed)


def test_corrected_and_literal_findings_have_sentences_to_show():
    """And the other way round: what a claim says in its place is tested."""
    exact_claims = [
        c
        for c in LEDGER.claims
        if c.check
        and c.where.startswith(("Section 2", "Appendix"))
        and not sampled_part(c.check)
        and not isinstance(c.check, RecordedCheck)
    ]
    for claim in exact_claims:
        result = judge(claim, claim.check(SETTINGS, silent))
        assert result.is_decided, claim.id
        assert bool(claim.correction) == bool(result.evidence.corrected), claim.id
        assert bool(claim.literal) == bool(result.literal), claim.id


def test_our_own_statements_are_counted_apart_and_marked():
    evidence = Evidence(method="", stated=[HOLDS], controls=[FAILS])
    ours = replace(CLAIM, id="oracle", ours=True)
    results = [
        judge(CLAIM, evidence),
        judge(ours, evidence),
        judge(ours, Evidence(method="", stated=[])),
    ]
    assert tallies(results, "paper") == (
        "1 of the paper: 1 holds; 2 of ours, not the paper's: 1 holds, 1 undecided"
    )
    assert tallies(results[:1], "book") == "1 of the book: 1 holds"
    ledger = replace(LEDGER, claims=[CLAIM, ours])
    checked = Verification(ledger=ledger, results=results, provenance={}, seconds=1.0)
    report = checked.report()
    assert report.count("Ours, not the paper's.") == 2
    assert "1 of the paper: 1 holds; 2 of ours" in report
    assert [claim["ours"] for claim in json.loads(to_json(checked))["claims"]] == [0, 1, 1]


def test_our_own_statements_follow_the_paper():
    ours = [claim.ours for claim in LEDGER.claims]
    assert ours == sorted(ours)
    assert any(ours)
    assert all(claim.ours for claim in LEDGER.claims if claim.id.startswith("oracle-"))


def test_claims_rest_on_claims_without_circles():
    """Neither a statement nor its proof in the paper may rest on itself."""
    named = {
        claim.id: {*claim.rests_on, *claim.proof_rests_on} - {claim.id} for claim in LEDGER.claims
    }
    assert {one for others in named.values() for one in others} <= set(named)
    assert all(claim.id not in claim.rests_on for claim in LEDGER.claims)
    assert len(list(TopologicalSorter(named).static_order())) == len(named)


SETTINGS = Settings(
    seed=0, budget=1.0, device=torch.device("cpu"), data=None, error=0.01, sampler=None
)


def check_something(*arguments, **options):
    """Stand for a check of the rooms: a function that the ledger names."""
    return Evidence(method="sampled", stated=[HOLDS], controls=[FAILS])


NAMED = f"{__name__}:check_something"


def test_the_sampled_part_of_a_check_leaves_out_the_exact_one():
    assert sampled_part(None) is None
    assert sampled_part(ExactCheck(NAMED)) is None
    both = CombinedCheck((ExactCheck(NAMED), SampledCheck(NAMED)))
    assert both(SETTINGS, silent).method == "sampled sampled"
    assert sampled_part(both)(SETTINGS, silent).method == "sampled"
    assert sampled_part(CombinedCheck((ExactCheck(NAMED),))) is None


def functions_of(check):
    if isinstance(check, CombinedCheck):
        return [name for part in check.checks for name in functions_of(part)]
    return [check.function, *filter(None, [getattr(check, "drawing", "")])]


def test_every_function_that_a_claim_names_exists():
    named = [name for claim in LEDGER.claims if claim.check for name in functions_of(claim.check)]
    assert len(named) >= 80
    for name in (*named, *LEDGER.figures.values()):
        assert callable(resolve(name)), name


def test_claims_that_repeat_another_say_so_and_share_its_check():
    by_id = {claim.id: claim for claim in LEDGER.claims}
    repeats = {claim.id: claim.repeats for claim in LEDGER.claims if claim.repeats}
    assert repeats == {
        "eq-1": "definition-1",
        "eq-7": "theorem-3",
        "eq-11": "lemma-7",
        "eq-12": "lemma-8",
    }
    shared = [name for name, other in repeats.items() if by_id[name].check == by_id[other].check]
    assert shared == ["eq-1", "eq-11", "eq-12"]


def test_equal_checks_are_run_once(monkeypatch):
    runs = []

    def check_once(settings, progress):
        runs.append(settings.seed)
        return check_something()

    claims = [
        Claim(id="lemma", where="", statement="…", check=check_once),
        Claim(id="eq", where="", statement="…", check=check_once, repeats="lemma"),
    ]
    ledger = Ledger(source="book", title="Nobody: *Nothing*", claims=claims)
    checked = run_checks(ledger, {"lemma", "eq"}, SETTINGS, Console(quiet=True))
    assert runs == [0]
    assert [result.claim.id for result in checked.results] == ["lemma", "eq"]
    assert [result.verdict for result in checked.results] == [Verdict.HOLDS] * 2
    report = checked.report()
    assert report.startswith("# Book checks\n")
    assert "Nobody: *Nothing*: what of it stands" in report
    assert "Repeats [lemma](#lemma), whose check it shares" in report
    assert json.loads(to_json(checked))["claims"][1]["repeats"] == "lemma"


def test_expected_outcomes_are_those_of_the_sampled_claims():
    sampled = {claim.id for claim in LEDGER.claims if sampled_part(claim.check)}
    assert set(LEDGER.expected) == sampled
