"""ε times the dual norm: falsified exponents, sizes and gradients are refuted."""

import numpy as np
import pytest

import theory.checks.subjects.attacked_networks
import theory.checks.subjects.linear_attacks
from evidence.findings import Outcome, silent
from theory.attacks.norms import norm
from theory.attacks.smooth_networks import SmoothNetworks
from theory.checks.section_2.augmented_training import (
    check_equation_3,
    check_equation_4,
    check_proposition_2,
)
from theory.checks.section_2.first_order import check_equation_2, check_lemma_1
from theory.checks.section_2.vulnerability import check_lemma_1_vulnerability
from theory.checks.subjects.attacked_networks import (
    SIZES,
    AttackedNetworks,
    attacked_networks,
    remainder_slope,
)

FALSIFIED = [check_equation_2, check_lemma_1, check_equation_3]


def outcomes(findings):
    return [finding.outcome for finding in findings]


@pytest.mark.parametrize("check", FALSIFIED)
def test_a_wrong_dual_exponent_is_refuted(check, monkeypatch):
    for module in (theory.checks.subjects.attacked_networks, theory.checks.subjects.linear_attacks):
        monkeypatch.setattr(module, "dual_norm", norm)
    assert Outcome.FAILS in outcomes(check(seed=0).stated)


@pytest.mark.parametrize("check", FALSIFIED)
def test_a_wrong_gradient_is_refuted(check, monkeypatch):
    original = SmoothNetworks.loss_gradient
    monkeypatch.setattr(SmoothNetworks, "loss_gradient", lambda self, x: 1.01 * original(self, x))
    assert Outcome.FAILS in outcomes(check(seed=0).stated)


def test_an_attack_that_is_not_the_best_is_refuted(monkeypatch):
    original = theory.checks.subjects.linear_attacks.best_perturbation
    monkeypatch.setattr(
        theory.checks.subjects.linear_attacks,
        "best_perturbation",
        lambda gradient, p: original(gradient**3, p),
    )
    assert Outcome.FAILS in outcomes(check_lemma_1(seed=0).stated)


def test_with_a_wrong_dual_exponent_proposition_2_is_refuted_too(monkeypatch):
    monkeypatch.setattr(theory.checks.subjects.attacked_networks, "dual_norm", norm)
    assert Outcome.FAILS in outcomes(check_proposition_2(seed=0).stated)


@pytest.mark.parametrize("factor", [0.97, 1.03])
def test_a_wrong_weight_of_the_first_order_is_refuted(factor, monkeypatch):
    original = AttackedNetworks.first_order.fget
    monkeypatch.setattr(
        AttackedNetworks, "first_order", property(lambda family: factor * original(family))
    )
    for check in (*FALSIFIED, check_proposition_2, check_lemma_1_vulnerability):
        assert Outcome.FAILS in outcomes(check(seed=0).stated)
    assert Outcome.FAILS in outcomes(check_equation_4(seed=0).corrected)


def test_points_near_a_change_of_class_are_nearer_than_others():
    def median_gap(candidates):
        families = attacked_networks(np.random.default_rng(6), silent, candidates=candidates)
        logits = [np.sort(family.networks.logits(family.x)[:, 0], axis=1) for family in families]
        return np.median([sorted_ones[:, -1] - sorted_ones[:, -2] for sorted_ones in logits])

    assert median_gap(1000) < 0.01
    assert median_gap(1) > 0.5


@pytest.mark.parametrize("power", [1, 2, 3])
def test_the_slope_of_a_power_is_its_exponent(power):
    assert remainder_slope(np.outer(SIZES**power, [1.0, -2.0])) == pytest.approx(power)


def test_no_remainder_has_no_slope():
    assert remainder_slope(np.zeros((len(SIZES), 3))) == 0


def test_attacks_keep_their_size_and_find_what_a_grid_finds():
    for family in attacked_networks(np.random.default_rng(5), silent):
        lengths = norm(family.worst, family.p)
        assert (lengths <= SIZES[:, None] * (1 + 1e-12)).all()
        if family.x.shape[-1] > 2:
            continue
        grid = np.stack(
            np.meshgrid(*[np.linspace(-1, 1, 41)] * family.x.shape[-1]), axis=-1
        ).reshape(1, -1, family.x.shape[-1])
        grid = SIZES[-1] * grid[norm(grid, family.p) <= 1][None]
        rises = family.networks.loss(family.x + grid) - family.networks.loss(family.x)
        assert (rises.max(1) <= family.increase[-1] + 1e-12).all()
