"""The training code obeys Section 2, and stops doing so where it is falsified."""

import pytest

from empirical.checks.section_2.objectives import (
    check_equation_5_in_training,
    check_equation_15_in_training,
    check_proposition_2_in_training,
)
from empirical.training import methods
from evidence.findings import Outcome, combined

CHECKS = [
    check_proposition_2_in_training,
    check_equation_5_in_training,
    check_equation_15_in_training,
]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("check", CHECKS)
def test_it_holds_and_refutes_its_false_neighbours(check, seed):
    evidence = check(seed=seed)
    assert combined(evidence.stated) is Outcome.HOLDS
    assert all(control.outcome is Outcome.FAILS for control in evidence.controls)


def test_a_wrong_attack_size_is_noticed(monkeypatch):
    monkeypatch.setattr(
        "empirical.checks.section_2.objectives.attack_size",
        lambda epsilon, p, images: 1.01 * epsilon,
    )
    assert combined(check_equation_5_in_training(seed=0).stated) is Outcome.FAILS


@pytest.mark.parametrize("factor", [0.0, 0.9, 1.1])
def test_a_wrong_penalty_is_noticed(monkeypatch, factor):
    true = methods.attack_size
    monkeypatch.setattr(
        methods.GradientPenalty,
        "_mean",
        lambda self, *batch: (
            methods.CrossEntropy()._mean(*batch)
            + factor
            * true(self.epsilon, float("inf") if self.q == 1 else 2, batch[1])
            / 2
            * methods._loss_and_gradients(*batch, differentiable=True)[1]
            .flatten(1)
            .norm(p=self.q, dim=1)
            .mean()
        ),
    )
    assert combined(check_proposition_2_in_training(seed=0).stated) is Outcome.FAILS


def test_a_missing_difference_is_noticed(monkeypatch):
    true = methods._contrasts
    monkeypatch.setattr(methods, "_contrasts", lambda classes: true(classes)[1:])
    assert combined(check_equation_15_in_training(seed=0).stated) is Outcome.FAILS
