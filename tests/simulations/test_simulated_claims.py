"""The checks on claims: right on the true law, and refuted when an ingredient is falsified.

The truth runs at the ledger's own error level, so a finding is on the wrong side with probability
1e-4 at most per finding; the seeds are fixed.
"""

import json
from dataclasses import asdict

import pytest
from torch import nn

import simulations.initialization
import simulations.networks
from simulations.average_pooling import check_theorem_6
from simulations.dense_scaling import check_equation_7, check_section_3_1, check_theorem_3
from simulations.second_moment import check_equation_8
from theory.evidence import Evidence, Finding, Outcome

ERROR = 5e-5
CHECKS = [
    check_section_3_1,
    check_theorem_3,
    check_equation_7,
    check_equation_8,
    check_theorem_6,
]


def outcomes(findings: list[Finding]) -> dict[str, Outcome]:
    return {finding.statement: finding.outcome for finding in findings}


def figures(evidence: Evidence) -> str:
    """Every figure of the evidence, to the last bit."""
    findings = (*evidence.printed, *evidence.corrected, *evidence.controls)
    return json.dumps(
        [[asdict(finding) for finding in findings], [asdict(table) for table in evidence.tables]]
    )


def test_one_linear_neuron():
    evidence = check_section_3_1(seed=1, error=ERROR)
    assert set(outcomes(evidence.printed).values()) == {Outcome.HOLDS}
    assert set(outcomes(evidence.controls).values()) == {Outcome.FAILS}


def test_theorem_3_holds_but_for_the_sup_norm():
    evidence = check_theorem_3(seed=1, error=ERROR)
    for statement, outcome in outcomes(evidence.printed).items():
        assert outcome is (Outcome.FAILS if "||_∞" in statement else Outcome.HOLDS), statement
    assert set(outcomes(evidence.corrected).values()) == {Outcome.HOLDS}
    assert set(outcomes(evidence.controls).values()) == {Outcome.FAILS}
    assert set(evidence.plots) == {"theorem-3"}


def test_theorem_3_carries_the_findings_of_equation_7():
    theorem, equation = (
        check(seed=1, error=ERROR, budget=1e-6) for check in (check_theorem_3, check_equation_7)
    )
    assert list(equation.printed) == list(theorem.printed)[1:]
    assert list(equation.corrected) == list(theorem.corrected)[1:]


def test_weights_whose_variance_depends_wrongly_on_the_in_degree_refute_theorem_3(monkeypatch):
    monkeypatch.setattr(
        simulations.initialization, "he_variance", lambda in_degree: 2 / in_degree**1.2
    )
    evidence = check_theorem_3(seed=1, error=ERROR, budget=0.05)
    for findings in (evidence.printed, evidence.corrected):
        fallen = [s for s, outcome in outcomes(findings).items() if outcome is Outcome.FAILS]
        assert any("mean |∂_x f_k|" in statement for statement in fallen)
        assert any("||∂_x L||_1" in statement for statement in fallen)


def test_equation_8_holds():
    evidence = check_equation_8(seed=1, error=ERROR)
    assert set(outcomes(evidence.printed).values()) == {Outcome.HOLDS}
    assert set(outcomes(evidence.corrected).values()) == {Outcome.HOLDS}
    assert set(outcomes(evidence.controls).values()) == {Outcome.FAILS}


def test_weights_of_half_the_variance_refute_equation_8(monkeypatch):
    monkeypatch.setattr(simulations.initialization, "he_variance", lambda in_degree: 1 / in_degree)
    evidence = check_equation_8(seed=1, error=ERROR, budget=0.05)
    assert set(outcomes(evidence.printed).values()) == {Outcome.FAILS}
    assert set(outcomes(evidence.corrected).values()) == {Outcome.FAILS}


def test_theorem_6_divides_by_the_root():
    evidence = check_theorem_6(seed=1, error=ERROR)
    assert set(outcomes(evidence.printed).values()) == {Outcome.FAILS}
    assert set(outcomes(evidence.corrected).values()) == {Outcome.HOLDS}
    assert set(outcomes(evidence.controls).values()) == {Outcome.FAILS}


@pytest.mark.parametrize("divisor", [2, 3])
def test_a_falsified_divisor_refutes_even_the_corrected_theorem_6(monkeypatch, divisor):
    monkeypatch.setattr(
        simulations.networks,
        "average_pooling",
        lambda stride: nn.AvgPool2d(stride, divisor_override=divisor),
    )
    evidence = check_theorem_6(seed=1, error=ERROR, budget=0.05)
    logits = [s for s in evidence.corrected if "∂_x f_k" in s.statement]
    assert len(logits) == 3
    assert {finding.outcome for finding in logits} == {Outcome.FAILS}


@pytest.mark.parametrize("check", CHECKS)
def test_tiny_budgets_give_evidence_and_equal_seeds_equal_bits(check):
    first, second, other = (check(seed=seed, error=ERROR, budget=1e-6) for seed in (5, 5, 6))
    assert figures(first) == figures(second)
    assert figures(first) != figures(other)
    assert first.plots
    assert first.tables
