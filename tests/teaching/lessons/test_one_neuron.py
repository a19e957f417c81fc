"""The lesson on one neuron: its answer, checks, counterexamples, and puzzle."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidence.means
import evidence.moments
import simulations.small_samples.one_neuron
import theory.attacks.attack_growth
import theory.attacks.norms
from evidence.findings import Outcome
from teaching.contents import load
from teaching.lesson import Reader
from teaching.lessons.one_neuron.sample import drawn
from teaching.lessons.one_neuron.settings import FEWEST, MOST, Settings
from teaching.serving.page import fragments
from teaching.state import Event, State, apply, from_address, start

LESSON = load("one-neuron")


@cache
def pieces(law: str = "gaussian", variance: str = "inverse", same: bool = False):
    """What the page draws for these settings, drawn once for all tests that change nothing.

    What fails by far needs fewer.
    """
    wanted = 32 if variance == "inverse" and not same else 8
    sampling = LESSON.sampling(Settings(law=law, variance=variance, same=same, crowd=wanted))
    return tuple(sampling.draw(number) for number in range(sampling.wanted))


def sampled(query: str) -> State:
    state = from_address(LESSON, query)
    assert not state.message
    chosen = state.settings
    return replace(state, pieces=pieces(chosen.law, chosen.variance, chosen.same))


def outcomes(state: State) -> list[Outcome]:
    view = LESSON.view(state.settings, Reader(answered=True, steps=5), state.pieces)
    return [step.check.outcome for step in view.steps]


def first_failing(state: State) -> int:
    found = outcomes(state)
    return found.index(Outcome.FAILS) + 1 if Outcome.FAILS in found else 0


def after(*events: tuple[str, str]) -> State:
    state = start(LESSON)
    for name, text in events:
        state = apply(state, Event(name, text))
        assert not state.message, state.message
    return state


def test_the_answer_is_that_of_the_half_normal_law():
    sizes = [math.sqrt(2 / math.pi / d) for d in (1024, 4096)]
    assert sizes[1] / sizes[0] == 1 / 2
    assert 4096 * sizes[1] / (1024 * sizes[0]) == 2
    question = LESSON.question()
    assert question.options[question.right] == "half as large; the damage doubles"


def test_every_line_holds_at_the_start():
    assert outcomes(sampled("")) == [Outcome.HOLDS] * 5


@pytest.mark.parametrize("law", ["uniform", "laplace"])
def test_other_laws_have_other_constants_and_the_same_growth(law):
    assert outcomes(sampled(f"law={law}")) == [Outcome.HOLDS] * 5
    assert outcomes(sampled(f"law={law}&p=2"))[4] is Outcome.HOLDS


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
@pytest.mark.parametrize("fours", [FEWEST, MOST])
def test_every_line_is_decided_at_every_d(law, fours):
    assert outcomes(sampled(f"law={law}&fours={fours}")) == [Outcome.HOLDS] * 5


def test_the_largest_of_many_uniform_weights_does_not_outgrow_the_typical_one():
    state = sampled("law=uniform&p=1")
    assert outcomes(state) == [Outcome.HOLDS] * 5
    assert not fragments(state)["counterexample"]
    assert "bounded" in fragments(sampled("law=uniform&p=1&step=5"))["steps"]
    assert first_failing(sampled("law=laplace&p=1")) == 5


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
def test_chance_never_hits_the_attackers_signs(law):
    # Line 3 would hold by luck there; at the smallest d that is likeliest.
    for neuron in range(1000):
        one = drawn(Settings(fours=FEWEST, law=law, chance=True, sample=neuron))
        assert abs(one.gain) < 0.999 * one.epsilon * one.dual


@pytest.mark.parametrize(
    ("query", "line", "words"),
    [
        ("variance=one", 1, "damage grows at least like d"),
        ("variance=square", 1, "hardly grows with d any more, but the signal dies"),
        ("same=1", 1, "making the image brighter is the attack"),
        ("chance=1", 3, "the terms cancel"),
        ("p=1", 5, "the largest of many outgrows"),
        ("chance=1&p=2", 3, "the terms cancel"),
        ("chance=1&fours=2", 3, "the terms cancel"),
        ("variance=one&chance=1", 1, "an attacker&#39;s damage grows at least like d"),
    ],
)
def test_a_dropped_assumption_gives_its_counterexample_and_first_failing_line(query, line, words):
    state = sampled(query)
    assert first_failing(state) == line
    page = fragments(state)
    assert words in page["counterexample"]
    assert f"line {line} is the first that fails" in page["steps"]
    assert not fragments(sampled(""))["counterexample"]


@pytest.mark.parametrize("fours", [FEWEST, MOST])
@pytest.mark.parametrize("query", ["variance=one", "variance=square", "same=1"])
def test_the_variance_fails_first_at_every_d(query, fours):
    assert first_failing(sampled(f"{query}&fours={fours}")) == 1


def test_weights_of_one_sign_leave_the_damage_as_it_is():
    assert outcomes(sampled("same=1"))[1:] == [Outcome.HOLDS] * 4


def test_nothing_is_decided_before_neurons_are_drawn():
    state = from_address(LESSON, "crowd=0&step=5")
    assert not state.wants_more
    found = outcomes(state)
    assert found[2] is Outcome.HOLDS
    assert {found[n] for n in (0, 1, 3, 4)} == {Outcome.UNDECIDED}
    assert "not decided yet" in fragments(state)["steps"]
    assert not fragments(from_address(LESSON, "crowd=0&chance=1&variance=one"))["counterexample"]


def test_few_neurons_leave_the_variance_undecided():
    state = start(LESSON)
    state = apply(state, Event("more"))
    assert outcomes(state)[0] is Outcome.UNDECIDED
    assert "16 of 512" in fragments(state)["handles"]


def test_intervals_shrink_as_more_are_drawn():
    widths = []
    for wanted in (4, 32):
        samples = np.concatenate([piece.size[2] for piece in pieces()[:wanted]])
        interval = evidence.means.mean_interval(samples, 0.01)
        widths.append(interval.high - interval.low)
    assert widths[1] < widths[0] / 2


def test_a_falsified_law_fails_visibly(monkeypatch):
    state = sampled("step=5")
    laws = dict(simulations.small_samples.one_neuron.LAWS)
    laws["gaussian"] = replace(laws["gaussian"], mean_size=0.9)
    monkeypatch.setattr(simulations.small_samples.one_neuron, "LAWS", laws)
    assert first_failing(state) == 2
    assert "fails here" in fragments(state)["steps"]


@pytest.mark.parametrize(("name", "line"), [("expected_size", 2), ("expected_gain", 4)])
def test_a_falsified_expectation_fails_visibly(monkeypatch, name, line):
    true = getattr(simulations.small_samples.one_neuron, name)
    monkeypatch.setattr(
        simulations.small_samples.one_neuron, name, lambda law, size, d: true(law, size, d) * 1.2
    )
    assert first_failing(sampled("")) == line


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (theory.attacks.norms, "dual_norm"),
        (theory.attacks.norms, "norm"),
        (theory.attacks.norms, "best_perturbation"),
    ],
)
def test_a_falsified_norm_fails_visibly(monkeypatch, module, name):
    true = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **named: 1.1 * true(*args, **named))
    assert first_failing(sampled("p=2")) == 3


def test_falsified_weights_fail_visibly(monkeypatch):
    true = simulations.small_samples.one_neuron.draw_weights
    monkeypatch.setattr(
        simulations.small_samples.one_neuron,
        "draw_weights",
        lambda *args, **named: 2 * true(*args, **named),
    )
    state = start(LESSON)
    for _ in range(8):
        state = apply(state, Event("more"))
    assert first_failing(state) == 1


def test_a_falsified_threshold_fails_visibly(monkeypatch):
    monkeypatch.setattr(theory.attacks.attack_growth, "threshold", lambda p, d: d ** (1.2 / p))
    state = from_address(LESSON, "p=2")
    for _ in range(8):
        state = apply(state, Event("more"))
    assert first_failing(state) == 5


@pytest.mark.parametrize(
    ("module", "name", "line"),
    [
        (evidence.moments, "moment_interval", 1),
        (evidence.means, "mean_interval", 2),
        (evidence.moments, "moment_exponent_interval", 5),
    ],
)
def test_a_falsified_interval_fails_visibly(monkeypatch, module, name, line):
    true = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: true(*args).scaled(1.0, shift=1.0))
    assert first_failing(sampled("")) == line


@settings(deadline=None, max_examples=60)
@given(
    st.builds(
        Settings,
        fours=st.integers(FEWEST, 5),
        law=st.sampled_from(["gaussian", "uniform", "laplace"]),
        variance=st.sampled_from(["inverse", "one", "square"]),
        same=st.booleans(),
        p=st.sampled_from(["inf", "2", "1"]),
        sample=st.integers(0, 999),
    )
)
def test_chance_never_beats_the_attacker(chosen):
    attacked, random = drawn(chosen), drawn(replace(chosen, chance=True))
    assert np.array_equal(attacked.w, random.w)
    assert abs(random.gain) <= attacked.gain * (1 + 1e-12)
    assert attacked.gain == pytest.approx(attacked.epsilon * attacked.dual)
    assert theory.attacks.norms.norm(random.delta, chosen.exponent) == pytest.approx(random.epsilon)


def test_another_sample_is_another_neuron_and_another_crowd():
    other = after(("sample", "1")).settings
    assert not np.array_equal(drawn(Settings()).w, drawn(other).w)
    assert LESSON.sampling(other).key != LESSON.sampling(Settings()).key


def test_the_crowd_is_kept_while_only_the_view_changes():
    state = apply(start(LESSON), Event("more"))
    for name, text in (("fours", "7"), ("p", "1"), ("chance", "1")):
        state = apply(state, Event(name, text))
        assert len(state.pieces) == 1
    assert not apply(state, Event("same", "1")).pieces


def test_the_picture_shows_one_d_before_the_answer_and_all_after():
    state = sampled("")
    hidden, shown = (fragments(state)["figure"], fragments(sampled("answer=2"))["figure"])
    assert "Answer the question" in hidden
    assert "Answer the question" not in shown
    assert hidden.count("dot moves") < shown.count("dot moves")


@pytest.mark.parametrize("p", ["inf", "2", "1"])
def test_the_picture_shows_the_pixel_that_is_changed_most(p):
    # Its bar has the full length, whichever pixel it is.
    for neuron in range(5):
        page = fragments(from_address(LESSON, f"p={p}&sample={neuron}"))["figure"]
        assert 'width="88.0"' in page


@pytest.mark.parametrize("query", ["", "fours=2&p=1", "fours=7&chance=1&law=laplace", "same=1&p=2"])
@pytest.mark.parametrize("variance", ["inverse", "one", "square"])
def test_every_picture_is_drawn(query, variance):
    state = from_address(LESSON, f"answer=0&variance={variance}&{query}".rstrip("&"))
    page = fragments(apply(state, Event("more")))
    assert "nan" not in page["figure"]


def test_the_puzzle_is_solved_by_typing_the_number():
    exact = math.ceil((1 / (0.01 * math.sqrt(2 / math.pi))) ** 2)
    assert exact == 15_708
    page = fragments(after(("guess", str(exact)), ("judged", "1")))["puzzle"]
    assert "Solved" in page


@pytest.mark.parametrize(
    ("guess", "why"),
    [("1", "Too small"), ("100", "0.079788 only. Too small"), ("15707", "0.999969 only. Too small"),
     ("15709", "at 15,708 it is still 1.000001. Too large"), ("999999", "Too large")],
)  # fmt: skip
def test_a_wrong_number_is_told_why(guess, why):
    page = fragments(after(("guess", guess), ("judged", "1")))["puzzle"]
    assert "Not yet" in page
    assert why in page


@pytest.mark.parametrize("text", ["", "0", "1000000", "1e4", "15,708", "-5"])
def test_what_is_no_number_of_inputs_is_refused_in_words(text):
    state = apply(start(LESSON), Event("guess", text))
    assert state.message
    assert state.settings.guess == 100
