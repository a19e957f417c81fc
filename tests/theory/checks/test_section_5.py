"""Section 5 and Appendix B: worlds and penalties from their definitions, and falsified ones."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn import functional

from evidence.findings import Outcome
from theory.checks.appendices.regularized_points import check_regularized_points
from theory.checks.section_3.lower_error import check_remark_1_error
from theory.checks.section_5.class_switches import check_class_switches
from theory.checks.section_5.dimension_independent import Neuron, check_dimension_independent
from theory.checks.section_5.trade_off import TWO_CANDIDATES, World, check_trade_off
from theory.checks.subjects.exact_points import Point

number = st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3)
worlds = st.builds(
    World,
    points=st.lists(
        st.tuples(number, st.sampled_from([1, -1]), st.just(0.25)), min_size=4, max_size=4
    ),
    candidates=st.lists(st.tuples(st.floats(0.1, 5), number), min_size=1, max_size=4),
    epsilon=st.floats(0.05, 1),
)


def outcomes(findings):
    return [finding.outcome for finding in findings]


@given(worlds)
def test_the_measures_of_a_world_are_those_of_a_network(world):
    x = torch.tensor([[x] for x, _, _ in world.points], dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0 if label == 1 else 1 for _, label, _ in world.points])
    for s, b in world.candidates:
        margins = (s * x + b).detach().abs()
        assume(min(float((margins - edge).abs().min()) for edge in (0, s * world.epsilon)) > 1e-9)
        logits = torch.cat([s * x + b, 0 * x], dim=1)
        loss = functional.cross_entropy(logits, labels, reduction="none")
        (gradient,) = torch.autograd.grad(loss.sum(), x)
        assert world.loss((s, b)) == pytest.approx(float(loss.detach().mean()))
        assert world.gradient((s, b)) == pytest.approx(float(gradient.abs().mean()))
        assert world.squared_gradient((s, b)) == pytest.approx(float((gradient**2).mean()))
        right = logits.argmax(1) == labels
        assert world.accuracy((s, b)) == pytest.approx(float(right.double().mean()))
        # The loss is monotone on a line: the worst point of the ball is one of its ends.
        moved = [s * (x + sign * world.epsilon) + b for sign in (1, -1)]
        fooled = [torch.cat([m, 0 * m], dim=1).argmax(1) != labels for m in moved]
        damaged = right & (fooled[0] | fooled[1])
        assert world.vulnerability((s, b)) == pytest.approx(float(damaged.double().mean()))


def test_the_smallest_example_is_what_its_table_says():
    steep, flat = TWO_CANDIDATES.candidates
    assert TWO_CANDIDATES.accuracy(steep) == TWO_CANDIDATES.accuracy(flat) == 1
    assert TWO_CANDIDATES.vulnerability(steep) == 0.5
    assert TWO_CANDIDATES.vulnerability(flat) == 0
    assert TWO_CANDIDATES.gradient(steep) < TWO_CANDIDATES.gradient(flat)


def test_a_penalty_on_another_gradient_is_refuted(monkeypatch):
    monkeypatch.setattr(World, "gradient", World.cross_lipschitz, raising=True)
    evidence = check_trade_off(seed=0)
    assert evidence.controls[1].outcome is Outcome.HOLDS  # the judge calls that an error


@pytest.mark.parametrize("seed", range(3))
def test_what_holds_does_whatever_the_seed(seed):
    assert set(outcomes(check_dimension_independent(seed=seed).stated)) == {Outcome.HOLDS}
    for check in (check_class_switches, check_regularized_points, check_trade_off):
        evidence = check(seed=seed)
        assert Outcome.FAILS in outcomes(evidence.stated)
        assert set(outcomes(evidence.corrected)) == {Outcome.HOLDS}
        assert set(outcomes(evidence.controls)) == {Outcome.FAILS}


def test_weights_that_depend_on_d_are_refuted(monkeypatch):
    original = Neuron.l_infinity_gain.fget
    monkeypatch.setattr(
        Neuron, "l_infinity_gain", property(lambda n: original(n) * (100 + n.d) / 100)
    )
    assert Outcome.FAILS in outcomes(check_dimension_independent(seed=0).stated)


def test_probabilities_of_flattened_logits_are_refuted(monkeypatch):
    """A gradient with a temperature of 1.1 is not the cross-entropy's."""

    def flattened(point):
        weights = [float(weight) ** (1 / 1.1) for weight in point.weights]
        q = [weight / sum(weights) for weight in weights]
        return [
            sum(share * slope[i] for share, slope in zip(q, point.slopes, strict=True))
            - point.slopes[point.target][i]
            for i in range(len(point.slopes[0]))
        ]

    monkeypatch.setattr(Point, "gradient", property(flattened))
    assert Outcome.FAILS in outcomes(check_class_switches(seed=0).corrected)
    assert Outcome.FAILS in outcomes(check_regularized_points(seed=0).corrected)
    assert Outcome.FAILS in outcomes(check_remark_1_error(seed=0).stated)
