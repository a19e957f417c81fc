"""The checks on dense networks: right on the true law, and refuted when it is falsified.

The truth runs at the ledger's own error level, so a finding is on the wrong side with probability
5e-5 at most; the seeds are fixed.
"""

import json
from dataclasses import asdict

import pytest
import torch
from ledger_level import VERDICT_ERROR

import simulations.checks.section_3.batch_norm
import simulations.checks.section_3.gates
import simulations.networks.initialization
from evidence.findings import Evidence, Finding, Outcome
from simulations.checks.oracles.dense_law import check_oracle_dense_law
from simulations.checks.oracles.moments import (
    check_oracle_convolution,
    check_oracle_fourth_moment,
    check_oracle_second_moment,
)
from simulations.checks.section_3.batch_norm import check_batch_norm
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

HOLDS = [
    check_equation_6,
    check_section_3_1,
    check_batch_norm,
    check_theorem_3,
    check_equation_7,
    check_equation_8,
    check_theorem_3_step_2,
    check_figure_2e_initialization,
    check_oracle_second_moment,
    check_oracle_fourth_moment,
    check_oracle_dense_law,
    check_oracle_convolution,
]
FAILS = {check_h1: "averages over"}
"""And in which of their statements."""

TRUE_TO_THE_LETTER = "2 logits after a ReLU"
"""In the one literal statement that is true beside a false one."""


@pytest.fixture(scope="module")
def sampler():
    return Sampler(seed=1)


def outcomes(findings: list[Finding]) -> dict[str, Outcome]:
    return {finding.statement: finding.outcome for finding in findings}


def estimates(findings: list[Finding]) -> dict[str, float]:
    return {finding.statement: finding.estimate for finding in findings}


def figures(evidence: Evidence) -> str:
    """Every figure of the evidence, to the last bit."""
    findings = (*evidence.stated, *evidence.literal, *evidence.corrected, *evidence.controls)
    return json.dumps(
        [[asdict(finding) for finding in findings], [asdict(table) for table in evidence.tables]]
    )


@pytest.mark.parametrize("check", [*HOLDS, *FAILS])
def test_the_truth_is_found_and_told_from_its_false_neighbours(check, sampler):
    evidence = check(sampler, error=VERDICT_ERROR)
    for statement, outcome in outcomes(evidence.stated).items():
        false = check in FAILS and FAILS[check] in statement
        assert outcome is (Outcome.FAILS if false else Outcome.HOLDS), statement
    for statement, outcome in outcomes(evidence.literal).items():
        true = statement.find(TRUE_TO_THE_LETTER) > 0
        assert outcome is (Outcome.HOLDS if true else Outcome.FAILS), statement
    assert set(outcomes(evidence.corrected).values()) <= {Outcome.HOLDS}
    assert bool(evidence.corrected) or check in HOLDS
    assert set(outcomes(evidence.controls).values()) == {Outcome.FAILS}


def test_theorem_3_carries_the_findings_of_equation_7(sampler):
    theorem, equation = (
        check(sampler, error=VERDICT_ERROR, budget=1e-6)
        for check in (check_theorem_3, check_equation_7)
    )
    assert estimates(equation.stated) == estimates(theorem.stated[1:])
    assert estimates(equation.literal) == estimates(theorem.literal)


def test_weights_whose_variance_depends_wrongly_on_the_in_degree_refute_theorem_3(monkeypatch):
    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 2 / in_degree**1.2
    )
    evidence = check_theorem_3(Sampler(seed=1), error=VERDICT_ERROR, budget=0.1)
    fallen = [s for s, outcome in outcomes(evidence.stated).items() if outcome is Outcome.FAILS]
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


@pytest.mark.parametrize(
    "variance", [lambda n: 2 / (n + 1), lambda n: 2.06 / n], ids=["2/(n + 1)", "3 % more"]
)
def test_weights_whose_variance_is_a_little_off_are_refuted(variance, monkeypatch):
    monkeypatch.setattr(simulations.networks.initialization, "he_variance", variance)
    evidence = check_equation_8(Sampler(seed=1), error=VERDICT_ERROR, budget=0.25)
    assert Outcome.FAILS in outcomes(evidence.corrected).values()


def test_a_batch_norm_that_does_not_divide_or_subtract_is_refuted(monkeypatch):
    monkeypatch.setattr(simulations.checks.section_3.batch_norm, "normalized", lambda z: z)
    evidence = check_batch_norm(Sampler(seed=1), error=VERDICT_ERROR)
    found = outcomes(evidence.stated)
    assert {found[s] for s in found if "kills" in s} == {Outcome.FAILS}
    assert {found[s] for s in found if "layer 2, three times" in s} == {Outcome.FAILS}


def test_gates_that_are_independent_of_the_weights_make_h1_true(monkeypatch):
    generator = torch.Generator().manual_seed(3)
    monkeypatch.setattr(
        simulations.checks.section_3.gates,
        "_signs",
        lambda z: torch.randn(z.shape, generator=generator).sign(),
    )
    evidence = check_h1(Sampler(seed=1), error=VERDICT_ERROR, budget=0.1)
    assert outcomes(evidence.stated)["share of neurons killed = 0.5"] is not Outcome.FAILS
    assert set(outcomes(evidence.literal).values()) == {Outcome.HOLDS}
    corrected = outcomes(evidence.corrected)
    (own,) = (s for s in corrected if "of its own weights" in s)
    (neighbours,) = (s for s in corrected if "neighbours" in s)
    assert corrected[own] is Outcome.FAILS
    assert corrected[neighbours] is not Outcome.HOLDS


@pytest.fixture(scope="module")
def samplers():
    return [Sampler(seed=seed) for seed in (5, 5, 6)]


@pytest.mark.parametrize("check", [*HOLDS, *FAILS])
def test_tiny_budgets_give_evidence_and_equal_seeds_equal_bits(check, samplers):
    first, second, other = (
        check(sampler, error=VERDICT_ERROR, budget=1e-6) for sampler in samplers
    )
    assert figures(first) == figures(second)
    assert figures(first) != figures(other)
    assert first.tables or first.plots
