"""The checks on dense networks: right on the true law, and refuted when it is falsified.

The truth runs at the ledger's own error level, so a finding is on the wrong side with probability
5e-5 at most; the seeds are fixed.
"""

import json
from dataclasses import asdict

import pytest
import torch
from ledger_level import VERDICT_ERROR

import simulations.checks.section_3.gates
import simulations.networks.initialization
from evidence.findings import Evidence, Finding, Outcome
from simulations.checks.oracles.dense_law import check_oracle_dense_law
from simulations.checks.oracles.moments import (
    check_oracle_convolution,
    check_oracle_fourth_moment,
    check_oracle_second_moment,
)
from simulations.checks.section_3.dense_scaling import (
    check_equation_7,
    check_section_3_1,
    check_theorem_3,
)
from simulations.checks.section_3.equation_6 import check_equation_6
from simulations.checks.section_3.relu_killing import check_h1
from simulations.checks.section_3.second_moment import check_equation_8
from simulations.checks.section_3.step_2 import check_theorem_3_step_2
from simulations.checks.section_4.norm_proportionality import check_figure_2e_initialization
from simulations.engine.sampler import Sampler

PRINTED_HOLDS = [
    check_section_3_1,
    check_equation_8,
    check_figure_2e_initialization,
    check_oracle_second_moment,
    check_oracle_fourth_moment,
    check_oracle_dense_law,
    check_oracle_convolution,
]
PRINTED_FAILS = {
    check_equation_6: "‖_∞",
    check_equation_7: "‖_∞",
    check_theorem_3: "‖_∞",
    check_h1: "of its own weights = 0",
    check_theorem_3_step_2: "10 logits after a ReLU",
}
"""And in which of their statements."""


@pytest.fixture(scope="module")
def sampler():
    return Sampler(seed=1)


def outcomes(findings: list[Finding]) -> dict[str, Outcome]:
    return {finding.statement: finding.outcome for finding in findings}


def figures(evidence: Evidence) -> str:
    """Every figure of the evidence, to the last bit."""
    findings = (*evidence.stated, *evidence.corrected, *evidence.controls)
    return json.dumps(
        [[asdict(finding) for finding in findings], [asdict(table) for table in evidence.tables]]
    )


@pytest.mark.parametrize("check", [*PRINTED_HOLDS, *PRINTED_FAILS])
def test_the_truth_is_found_and_told_from_its_false_neighbours(check, sampler):
    evidence = check(sampler, error=VERDICT_ERROR)
    for statement, outcome in outcomes(evidence.stated).items():
        false = check in PRINTED_FAILS and PRINTED_FAILS[check] in statement
        assert outcome is (Outcome.FAILS if false else Outcome.HOLDS), statement
    assert set(outcomes(evidence.corrected).values()) <= {Outcome.HOLDS}
    assert bool(evidence.corrected) or check in PRINTED_HOLDS
    assert set(outcomes(evidence.controls).values()) == {Outcome.FAILS}


def test_theorem_3_carries_the_findings_of_equation_7(sampler):
    theorem, equation = (
        check(sampler, error=VERDICT_ERROR, budget=1e-6)
        for check in (check_theorem_3, check_equation_7)
    )
    assert list(equation.stated) == list(theorem.stated)[1:]
    assert list(equation.corrected) == list(theorem.corrected)[1:]


def test_weights_whose_variance_depends_wrongly_on_the_in_degree_refute_theorem_3(monkeypatch):
    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 2 / in_degree**1.2
    )
    evidence = check_theorem_3(Sampler(seed=1), error=VERDICT_ERROR, budget=0.1)
    for findings in (evidence.stated, evidence.corrected):
        fallen = [s for s, outcome in outcomes(findings).items() if outcome is Outcome.FAILS]
        assert any("mean |∂_x f_k|" in statement for statement in fallen)
        assert any("‖∂_x L‖_1" in statement for statement in fallen)


@pytest.mark.parametrize(
    "check",
    [
        check_equation_8,
        check_theorem_3_step_2,
        check_oracle_second_moment,
        check_oracle_fourth_moment,
        check_oracle_dense_law,
        check_oracle_convolution,
    ],
)
def test_weights_of_half_the_variance_are_refuted(check, monkeypatch):
    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 1 / in_degree
    )
    evidence = check(Sampler(seed=1), error=VERDICT_ERROR, budget=0.1)
    for findings in (evidence.stated, evidence.corrected):
        assert set(outcomes(findings).values()) <= {Outcome.FAILS}


def test_gates_that_are_independent_of_the_weights_make_h1_true(monkeypatch):
    generator = torch.Generator().manual_seed(3)
    monkeypatch.setattr(
        simulations.checks.section_3.gates,
        "_signs",
        lambda z: torch.randn(z.shape, generator=generator).sign(),
    )
    evidence = check_h1(Sampler(seed=1), error=VERDICT_ERROR, budget=0.1)
    found = outcomes(evidence.stated)
    assert found.pop("share of neurons killed = 0.5") is not Outcome.FAILS
    assert set(found.values()) == {Outcome.HOLDS}
    corrected = outcomes(evidence.corrected)
    (own,) = (s for s in corrected if "of its own weights" in s)
    (neighbours,) = (s for s in corrected if "neighbours" in s)
    assert corrected[own] is Outcome.FAILS
    assert corrected[neighbours] is not Outcome.HOLDS


@pytest.fixture(scope="module")
def samplers():
    return [Sampler(seed=seed) for seed in (5, 5, 6)]


@pytest.mark.parametrize("check", [*PRINTED_HOLDS, *PRINTED_FAILS])
def test_tiny_budgets_give_evidence_and_equal_seeds_equal_bits(check, samplers):
    first, second, other = (
        check(sampler, error=VERDICT_ERROR, budget=1e-6) for sampler in samplers
    )
    assert figures(first) == figures(second)
    assert figures(first) != figures(other)
    assert first.tables or first.plots
