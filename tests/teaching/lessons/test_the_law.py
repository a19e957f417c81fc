"""The lesson on the law: first page, question, lines, counterexamples, puzzle."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from evidence import means
from evidence.findings import Outcome
from simulations.engine import autograd
from simulations.networks import initialization
from teaching.contents import load
from teaching.lesson import Reader
from teaching.lessons.the_law import draws, measured
from teaching.lessons.the_law.lesson import _steps as steps
from teaching.lessons.the_law.measured import Shown
from teaching.lessons.the_law.settings import DIMENSIONS, SIDES, Settings, dimension, in_degrees
from teaching.serving.page import fragments
from teaching.state import Event, apply, from_address, start
from theory.attacks import attack_growth, norms

ROOT = Path(__file__).parents[3]
LESSON = load("the-law")
HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED


@cache
def pieces(kind="dense", networks=6):
    return tuple(draws.draw(kind, 0, n) for n in range(len(SIDES) * networks))


def outcomes(drawn=None, **changed):
    settings = Settings(**changed)
    drawn = pieces(settings.kind) if drawn is None else drawn
    return [step.check.outcome for step in steps(Shown(settings, drawn))]


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def after(*events):
    state = start(LESSON)
    for name, value in events:
        state = apply(state, Event(name, value))
    return state


def test_the_first_page_needs_neither_torch_nor_scipy():
    script = (
        "import sys\n"
        "from teaching.contents import load\n"
        "from teaching.serving.page import fragments\n"
        "from teaching.state import Event, apply, start\n"
        "shown = fragments(apply(start(load('the-law')), Event('answer', '1')))\n"
        "assert 'like √d' in shown['figure'] and '7.82' in shown['figure']\n"
        "heavy = {'torch', 'scipy', 'sympy', 'networkx'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_the_right_answer_is_the_root_of_49():
    question = LESSON.question()
    assert question.options[question.right] == "7 times"
    assert "√49" in question.because


def test_a_falsified_law_gives_another_answer(monkeypatch):
    monkeypatch.setattr(attack_growth, "predicted_gain", lambda p, d, *rest: float(d))
    assert LESSON.question().options[LESSON.question().right].startswith("49")


@pytest.mark.parametrize("kind", ["neuron", "dense", "conv"])
def test_in_degrees_are_those_of_the_networks_drawn(kind):
    one = draws.ensemble(kind, 8)
    module, shape = draws.build(one.network, one.size, one.options)
    assert in_degrees(kind, 8) == tuple(w[0].numel() for w in module.parameters())
    assert np.prod(shape) == 3 * 8**2


@pytest.mark.parametrize("kind", ["neuron", "dense", "conv"])
@pytest.mark.parametrize("p", ["inf", "2"])
def test_every_line_holds_with_he_weights(kind, p):
    assert outcomes(kind=kind, p=p) == [HOLDS] * 5


def test_lines_wait_for_networks_of_two_sizes():
    assert outcomes(drawn=()) == outcomes(drawn=pieces()[:1]) == [UNDECIDED] * 5


def test_few_networks_leave_exponents_undecided():
    assert outcomes(drawn=pieces()[:2])[2:4] == [UNDECIDED, UNDECIDED]


@pytest.mark.parametrize("eighths", [0, 2, 6, 8, 10])
def test_without_he_weights_the_third_line_is_the_first_to_fail(eighths):
    assert outcomes(eighths=eighths) == [HOLDS, HOLDS, FAILS, FAILS, HOLDS]
    exponent = 1 - eighths / 8
    shown = Shown(Settings(eighths=eighths), pieces())
    assert shown.expected_exponent == pytest.approx(exponent)
    found = measured.exponent(shown.gains)
    assert found.low < exponent < found.high


def test_an_attack_with_p_1_fails_in_the_second_line():
    assert outcomes(p="1") == [HOLDS, FAILS, HOLDS, FAILS, HOLDS]
    dropped = LESSON.view(Settings(p="1"), Reader(answered=True, steps=0), ()).dropped
    assert dropped == ["coordinates of one size"]
    state = after(("p", "1"))
    assert "√(d log d)" in text(fragments(state)["counterexample"])


def test_the_counterexample_is_shown_only_without_he_weights():
    assert fragments(start(LESSON))["counterexample"] == ""
    shown = text(fragments(after(("eighths", "0")))["counterexample"])
    assert "to the power 1, from" in shown


@pytest.mark.parametrize(
    ("module", "name", "wrong", "line"),
    [
        (norms, "dual_norm", lambda g, p: 1.1 * norms.norm(g, 1.0), 0),
        (norms, "best_perturbation", lambda g, p, size: size * np.sign(-g), 0),
        (attack_growth, "threshold", lambda p, d: d**0.5, 1),
        (attack_growth, "gradient_factor", lambda weights, degrees: 2.0, 2),
        (attack_growth, "predicted_gain", lambda p, d, *rest: 0.5 * d, 3),
        (attack_growth, "output_size", lambda d, *rest: 1.5, 2),
        (attack_growth, "power_law", lambda exponent, d, through: 5 * d ** (exponent + 0.1), 3),
        (attack_growth, "growth_exponent", lambda dimensions, values: 0.6, 3),
        (attack_growth.WeightSize, "at", lambda self, v: self.factor * v ** (-0.9), 2),
        (means, "slope_coefficients", lambda sizes, n: [1 / n] * n, 2),
    ],
)
def test_a_falsified_function_fails_in_a_line(monkeypatch, module, name, wrong, line):
    monkeypatch.setattr(module, name, wrong)
    assert outcomes()[line] is FAILS


def test_falsified_norms_of_the_networks_drawn_fail(monkeypatch):
    true = norms.norm
    monkeypatch.setattr(norms, "norm", lambda v, p: true(v, p) * v.shape[-1] ** 0.2)
    drawn = [draws.draw("dense", 0, n) for n in range(12)]
    assert FAILS in outcomes(drawn=drawn)


def test_a_falsified_derivative_fails(monkeypatch):
    true = autograd.input_gradients

    def wrong(module, inputs):
        found = true(module, inputs)
        weight = next(iter(module.parameters())).detach()
        found.logit_gradients.add_(float(weight.abs().mean()) ** 2)
        return found

    monkeypatch.setattr(autograd, "input_gradients", wrong)
    assert outcomes(eighths=8)[2] is FAILS


def test_the_puzzle_is_solved_at_a_equal_to_one_by_whom_it_does_not_convince():
    state = after(("eighths", "8"), ("helps", "no"), ("judged", "1"))
    shown = text(fragments(state)["puzzle"])
    assert "Solved." in shown
    assert "1.06 at d = 48 to 0.0331 at d = 49,152" in shown
    assert "exactly as many labels flip" in shown


@pytest.mark.parametrize("kind", ["neuron", "dense", "conv"])
@pytest.mark.parametrize("eighths", [0, 8])
def test_the_same_labels_flip_whatever_the_size_of_the_weights(kind, eighths):
    other, he = (Shown(Settings(kind=kind, eighths=e), pieces(kind)) for e in (eighths, 4))
    shares = []
    for d in DIMENSIONS:
        np.testing.assert_array_equal(other.flips(d), he.flips(d))
        shares.append(he.flips(d).mean())
    assert shares[0] < 0.35 < 0.6 < shares[-1]


def test_first_order_flips_are_those_of_one_neuron():
    """Of a linear o the first order is all: o and o - ε‖w‖_1 have other signs, or not."""
    shown = Shown(Settings(kind="neuron"), pieces("neuron"))
    for d, gains in shown.gains.items():
        outputs = np.concatenate([p.outputs for p in shown.pieces if dimension(p.side) == d])
        np.testing.assert_array_equal(shown.flips(d), np.abs(outputs) < 0.01 * np.exp(gains))


def test_weights_that_are_not_all_rescaled_flip_others(monkeypatch):
    true = initialization.resize_weights_

    def biased(module, weights):
        true(module, weights)
        with torch.no_grad():
            for layer in module.modules():
                if getattr(layer, "weight", None) is not None:
                    layer.bias = torch.nn.Parameter(torch.ones(layer.weight.shape[0]))

    monkeypatch.setattr(initialization, "resize_weights_", biased)
    assert outcomes()[4] is FAILS


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([("eighths", "4")], "the gain still grows, like d to the power 0.5:"),
        ([("eighths", "9")], "the gain shrinks, like d to the power -0.125:"),
        ([("eighths", "8"), ("p", "2")], "the puzzle is about p = ∞"),
        ([("eighths", "8")], "But does that help?"),
        ([("eighths", "8"), ("helps", "yes")], "there are as many as before"),
    ],
)
def test_a_wrong_answer_is_told_why(events, why):
    shown = text(fragments(after(*events, ("judged", "1")))["puzzle"])
    assert "Not yet." in shown
    assert why in shown


def test_a_change_of_attack_or_weights_keeps_the_networks_drawn():
    state = start(LESSON)
    for _ in range(3):
        state = apply(state, Event("more"))
    kept = apply(apply(state, Event("p", "2")), Event("eighths", "7"))
    assert kept.pieces == state.pieces
    assert apply(state, Event("kind", "conv")).pieces == ()


def test_pieces_are_decided_by_their_number():
    np.testing.assert_array_equal(draws.draw("conv", 0, 9).norms, draws.draw("conv", 0, 9).norms)
    assert not np.array_equal(draws.draw("conv", 0, 9).norms, draws.draw("conv", 0, 3).norms)


@given(
    st.sampled_from(["dense", "neuron", "conv"]), st.sampled_from(["inf", "2", "1"]),
    st.integers(0, 10),
)  # fmt: skip
def test_less_weight_at_large_in_degrees_is_less_gain(kind, p, eighths):
    one, other = (Shown(Settings(kind=kind, p=p, eighths=e), ()) for e in (eighths, 11))
    ratios = [one.expected[d] / other.expected[d] for d in DIMENSIONS]
    assert ratios == sorted(ratios)
    assert attack_growth.growth_exponent(DIMENSIONS, ratios) == pytest.approx((11 - eighths) / 8)


def test_any_address_renders():
    state = from_address(LESSON, "kind=conv&p=1&eighths=0&networks=16&step=4&judged=1&answer=0")
    assert not state.message
    assert "not decided yet" in text(fragments(state)["steps"])
