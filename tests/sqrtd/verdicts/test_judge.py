"""From findings to verdicts: every kind of verdict, and when it applies."""

from dataclasses import replace

import pytest

from evidence.findings import Evidence, Exact, Outcome
from evidence.intervals import Interval
from sqrtd.verdicts.checks import RecordedCheck, TrainedCheck
from sqrtd.verdicts.claims import KINDS_OF_CORRECTION, Claim, Correction, Verdict
from sqrtd.verdicts.judge import judge

HOLDS = Exact(statement="true", cases=3)
FAILS = Exact(statement="false", cases=3, counterexample="the empty network")
OPEN = Exact(statement="open", cases=0)
CLAIM = Claim(id="lemma-0", where="nowhere", statement="…", check=lambda *_: None)
TRAINED = [
    RecordedCheck("figure-1", "module:function"),
    TrainedCheck("figure-1", "digits", "module:function", drawing=""),
]


def mended(kind):
    used_in = "the proof" if kind is Verdict.MISPRINT else ""
    return replace(CLAIM, correction=Correction(kind=kind, statement="…", used_in=used_in))


def verdict_of(claim, stated, corrected=(), controls=(FAILS,)):
    evidence = Evidence(method="", stated=stated, corrected=corrected, controls=controls)
    return judge(claim, evidence).verdict


@pytest.mark.parametrize(
    ("stated", "controls", "verdict", "decided"),
    [
        ([HOLDS], [FAILS], Verdict.HOLDS, True),
        ([HOLDS, HOLDS], [], Verdict.HOLDS, True),
        ([HOLDS, FAILS], [FAILS], Verdict.FAILS, True),
        ([HOLDS, OPEN], [FAILS], Verdict.UNDECIDED, False),
        ([], [FAILS], Verdict.UNDECIDED, False),
        ([HOLDS], [FAILS, OPEN], Verdict.UNDECIDED, False),
        ([HOLDS], [OPEN, HOLDS], Verdict.ERROR, False),
        ([FAILS], [HOLDS], Verdict.FAILS, True),
    ],
)
def test_a_statement_without_a_correction(stated, controls, verdict, decided):
    result = judge(CLAIM, Evidence(method="", stated=stated, controls=controls))
    assert (result.verdict, result.is_decided) == (verdict, decided)
    assert result.corrected is None


@pytest.mark.parametrize("kind", KINDS_OF_CORRECTION)
def test_a_failure_has_the_kind_of_a_correction_that_holds(kind):
    claim = mended(kind)
    assert verdict_of(claim, [FAILS], [HOLDS]) is kind
    assert verdict_of(claim, [HOLDS, FAILS], [HOLDS, HOLDS]) is kind
    assert verdict_of(claim, [HOLDS], [HOLDS]) is Verdict.HOLDS
    assert verdict_of(claim, [OPEN], [HOLDS]) is Verdict.UNDECIDED
    assert verdict_of(claim, [FAILS], [FAILS]) is Verdict.FAILS
    assert verdict_of(claim, [FAILS], [HOLDS], [HOLDS]) is Verdict.ERROR
    assert verdict_of(claim, [FAILS], [FAILS], [HOLDS]) is Verdict.FAILS


@pytest.mark.parametrize("kind", KINDS_OF_CORRECTION)
@pytest.mark.parametrize(("corrected", "controls"), [([OPEN], [FAILS]), ([HOLDS], [OPEN])])
def test_how_a_statement_fails_is_open_while_its_correction_is(kind, corrected, controls):
    result = judge(
        mended(kind), Evidence(method="", stated=[FAILS], corrected=corrected, controls=controls)
    )
    total = kind in (Verdict.FAILS, Verdict.NOT_REPRODUCED)
    assert result.verdict is (kind if total else Verdict.UNDECIDED)
    assert result.corrected is Outcome.UNDECIDED
    assert not result.is_decided


@pytest.mark.parametrize("check", TRAINED)
def test_networks_smaller_than_the_papers_refute_nothing(check):
    trained = replace(CLAIM, check=check)
    assert verdict_of(trained, [FAILS]) is Verdict.NOT_REPRODUCED
    assert verdict_of(trained, [HOLDS]) is Verdict.HOLDS
    fails = replace(mended(Verdict.FAILS), check=check)
    for corrected in ([], [HOLDS], [FAILS], [OPEN]):
        assert verdict_of(fails, [FAILS], corrected) is Verdict.NOT_REPRODUCED


@pytest.mark.parametrize("corrected", [[], [HOLDS], [FAILS]])
def test_a_margin_of_our_own_never_makes_a_statement_fail(corrected):
    for claim in (CLAIM, mended(Verdict.FAILS)):
        assert verdict_of(claim, [FAILS], corrected) is Verdict.FAILS
        ours = replace(claim, margin="“much” as a factor of 2")
        assert verdict_of(ours, [FAILS], corrected) is Verdict.CONSTANT
        trained = replace(ours, check=TRAINED[0])
        assert verdict_of(trained, [FAILS], corrected) is Verdict.NOT_REPRODUCED


@pytest.mark.parametrize("finding", [HOLDS, FAILS, OPEN])
def test_the_literal_reading_is_told_and_decides_nothing(finding):
    evidence = Evidence(method="", stated=[HOLDS], literal=[finding], controls=[FAILS])
    result = judge(CLAIM, evidence)
    assert result.verdict is Verdict.HOLDS
    assert result.literal is finding.outcome
    assert judge(CLAIM, replace(evidence, literal=())).literal is None


def test_a_misprint_says_where_the_paper_has_it_right():
    with pytest.raises(ValueError, match="where the paper has it right"):
        Correction(kind=Verdict.MISPRINT, statement="…")
    with pytest.raises(ValueError, match="where the paper has it right"):
        Correction(kind=Verdict.CONDITION, statement="…", used_in="the proof")
    with pytest.raises(ValueError, match="where it cancels"):
        Correction(kind=Verdict.MISPRINT, statement="…", used_in="a", cancels_in="b")
    assert Correction(kind=Verdict.MISPRINT, statement="…", cancels_in="the square").cancels_in
    with pytest.raises(ValueError, match="no kind of correction"):
        Correction(kind=Verdict.UNDECIDED, statement="…")


def test_a_false_neighbour_that_holds_is_named():
    result = judge(CLAIM, Evidence(method="", stated=[HOLDS], controls=[HOLDS]))
    assert "did not refute its false neighbour: true" in result.reason


def test_an_undecided_claim_says_how_much_sampling_would_decide_it():
    interval = Interval(estimate=1.0, low=-1.0, high=3.0, error=0.1, samples=2)
    narrow = interval.at_least("four times as many", 0.0)
    wide = interval.at_least("sixteen times as many", 0.5)
    cases = [
        ({"stated": [narrow, HOLDS]}, "about 4.0 times"),
        ({"stated": [narrow, wide]}, "about 16 times"),
        ({"stated": [narrow], "controls": [wide]}, "about 4.0 times"),
        ({"stated": [HOLDS], "controls": [wide]}, "about 16 times"),
        ({"stated": [FAILS, wide], "corrected": [narrow]}, "about 4.0 times"),
        ({"stated": [interval.at_most("on the edge", 1.0)]}, "no estimate can be made"),
        ({"stated": [OPEN]}, "nothing to compare"),
    ]
    for findings, words in cases:
        assert words in judge(CLAIM, Evidence(method="", **findings)).reason
    assert judge(CLAIM, Evidence(method="", stated=[FAILS, wide])).reason == ""
