"""The lesson on 1/√d: its answers, its lines and their first failures, and what falsifies them."""

import re
from dataclasses import asdict, replace
from fractions import Fraction

import hypothesis
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence.findings import Outcome
from simulations.networks import initialization
from simulations.small_samples import growth, module_samples
from teaching.contents import load
from teaching.fields import AddressError, fields_of
from teaching.lesson import Reader
from teaching.lessons.square_root import network, sample
from teaching.lessons.square_root.network import Instance
from teaching.lessons.square_root.settings import Settings
from teaching.serving.page import fragments
from teaching.state import Event, apply, from_address, start
from theory.dag import Dag
from theory.modules import predictions
from theory.networks import dense_logit
from theory.networks.sequential_networks import dense
from theory.paths import (
    dag_patterns,
    enumerated_paths,
    moment_terms,
    path_polynomial,
    symmetry,
    weighted_paths,
)

LESSON = load("square-root")
HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED

CONV = Settings(kind="conv")
TINY = Settings(inputs=2, first=2, second=0)
ROUNDS = 32
"""Pieces at each d that decide the sampled lines of dense networks."""


def view(settings, pieces=(), *, answered=True):
    return LESSON.view(settings, Reader(answered=answered, steps=0), pieces)


def outcomes(settings, pieces=()):
    return [step.check and step.check.outcome for step in view(settings, pieces).steps]


def draw(settings, rounds=ROUNDS):
    sampling = LESSON.sampling(replace(settings, networks=rounds))
    return [sampling.draw(number) for number in range(sampling.wanted)]


def first_failing(settings, pieces=()):
    return 1 + outcomes(settings, pieces).index(FAILS)


@pytest.fixture(scope="module")
def drawn():
    return draw(Settings())


def test_the_question_has_the_answer_of_another_sweep():
    question = LESSON.question()
    asked = dense(8, 4, 3, 1)
    swept = predictions.predict_second_moments(asked.module, asked.shape)
    said = Fraction(question.options[question.right])
    assert swept == pytest.approx(float(said), abs=1e-12)
    assert "1/8" in question.because
    assert len(set(question.options)) == 4


def test_nothing_gives_the_answer_away_before_it_is_given(drawn):
    state = start(LESSON)
    state = replace(state, settings=replace(state.settings, networks=ROUNDS), pieces=tuple(drawn))
    before = fragments(state)["figure"]
    assert ">?</text>" in before
    assert "1/4" not in before
    assert "predicted −" not in before
    after = fragments(apply(state, Event("answer", "0")))["figure"]
    assert after.count(">1/4</text>") == 4
    assert "measured / predicted − 1" in after


@pytest.mark.parametrize(
    "settings", [Settings(), TINY, CONV, replace(CONV, depth=2, kernel=2, stride=2)]
)
def test_the_exact_lines_hold_at_the_start_and_the_others_wait(settings):
    assert outcomes(settings) == [HOLDS] * 5 + [UNDECIDED] * 5


@pytest.mark.parametrize("gates", ["masks", "real"])
def test_all_lines_hold_on_enough_dense_networks(gates, drawn):
    settings = Settings(gates=gates)
    pieces = drawn if gates == "masks" else draw(settings)
    assert set(outcomes(settings, pieces)[:9]) == {HOLDS}
    assert outcomes(settings, pieces)[9] in (HOLDS, UNDECIDED)


def test_the_lines_hold_on_convolutions_too():
    settings = replace(CONV, kernel=2, stride=2)
    found = outcomes(settings, draw(settings, 14))
    assert set(found) <= {HOLDS, UNDECIDED}
    assert found[6] is found[7] is found[8] is HOLDS


def test_a_single_logit_has_no_loss():
    assert outcomes(Settings(logits=1))[7:] == [None] * 3


@pytest.mark.parametrize(
    ("settings", "line", "says"),
    [
        (Settings(linear=True), 3, "x1 has 1/2, with one 1/4: half as much"),
        (Settings(printed=True), 4, "counts 12 paths from an input to f1; there are 6"),
        (replace(CONV, linear=True), 3, "with one 1/4: half as much"),
        (replace(CONV, padding="zeros", variance="he"), 3, "‖²] = 5/6"),
        (replace(CONV, padding="zeros"), 4, "x1 has 5/24, x2 has 7/24; 1/d = 1/4. All together: 1"),
        (replace(CONV, padding="none"), 4, "All together: 1"),
        (replace(CONV, padding="reflect"), 4, "All together: 1"),
        (replace(CONV, kernel=1, stride=2), 4, "x1 has 1/2, x2 has 0"),
    ],
)  # fmt: skip
def test_each_dropped_assumption_has_its_first_failing_line_and_counterexample(
    settings, line, says
):
    assert first_failing(settings) == line
    assert says in fragments(replace(start(LESSON), settings=settings))["counterexample"]
    assert not any(view(Settings()).counterexample)


def test_without_symmetry_the_norm_keeps_its_length_only_under_h3():
    padded = replace(CONV, padding="zeros")
    assert outcomes(padded)[4] is HOLDS
    assert outcomes(replace(padded, variance="he"))[4] is FAILS


def test_as_printed_the_largest_coordinate_is_refuted_at_the_start(drawn):
    assert outcomes(Settings(printed=True), drawn)[9] is FAILS
    assert outcomes(Settings(), drawn)[9] is HOLDS


def times(factor):
    def falsified(original):
        def function(*args, **kwargs):
            found = original(*args, **kwargs)
            if isinstance(found, dict):
                return {key: factor * value for key, value in found.items()}
            if isinstance(found, list):
                return [factor * value for value in found]
            return found * factor

        return function

    return falsified


def negated(original):
    return lambda *args, **kwargs: not original(*args, **kwargs)


def decided_otherwise(original):
    def function(*args, **kwargs):
        return replace(original(*args, **kwargs), holds=False, witnesses=None)

    return function


@pytest.mark.parametrize(
    ("settings", "owner", "name", "falsified", "line"),
    [
        (Settings(), Dag, "second_moments", times(2), 1),
        (CONV, Dag, "second_moments", times(2), 1),
        (TINY, dag_patterns.DagPatterns, "mean_squares", times(2), 1),
        (CONV, weighted_paths, "weighted_paths", lambda original: (
            lambda *args: original(*args)[1:]
        ), 1),
        (CONV, weighted_paths, "enumerated_pair_sums", lambda original: (
            lambda *args, **options: dict.fromkeys(original(*args, **options), (0, 0))
        ), 1),
        (Settings(), moment_terms, "path_variances", times(2), 2),
        (Settings(), enumerated_paths, "edge_paths", lambda original: (
            lambda *args: list(original(*args))[::-1][1:]
        ), 2),
        (Settings(), Dag, "in_degree", lambda original: (
            lambda *args: original(*args) + 1
        ), 3),
        (Settings(), dense_logit.DenseLogit, "by_layer_sizes", times(2), 3),
        (Settings(), Dag, "path_sums", times(2), 5),
        (CONV, Dag, "path_sums", times(2), 3),
        (CONV, moment_terms, "sum_over_paths", times(2), 3),
        (replace(CONV, padding="zeros"), moment_terms, "with_h3_variances", lambda original: (
            lambda dag: dag
        ), 3),
        (CONV, path_polynomial, "same_path_degrees", negated, 4),
        (CONV, Dag, "is_symmetric", decided_otherwise, 4),
        (CONV, symmetry, "path_polynomials_modulo", lambda original: (
            lambda *args: range(len(original(*args)))
        ), 4),
    ],
)  # fmt: skip
def test_a_falsified_function_of_theory_fails_its_line(
    settings, owner, name, falsified, line, monkeypatch
):
    monkeypatch.setattr(owner, name, falsified(getattr(owner, name)))
    assert first_failing(settings) == line


@pytest.mark.parametrize("name", ["paths", "size_of_hidden_layers"])
def test_a_falsified_count_of_paths_fails_the_third_equality(name, monkeypatch):
    original = getattr(dense_logit.DenseLogit, name).fget
    monkeypatch.setattr(dense_logit.DenseLogit, name, property(lambda case: 1 + original(case)))
    assert outcomes(Settings())[3] is FAILS


@pytest.mark.parametrize(
    ("owner", "name", "factor", "lines"),
    [
        (predictions, "predict_second_moments", 2, [6, 8]),
        (initialization, "he_variance", 2, [6]),
        (module_samples, "norm", 2, [6]),
    ],
)
def test_a_falsified_prediction_or_sample_fails(owner, name, factor, lines, monkeypatch):
    monkeypatch.setattr(owner, name, times(factor)(getattr(owner, name)))
    settings = Settings(sample=1)  # the sample of the start is recorded
    found = outcomes(settings, draw(settings, 4))
    assert [found[line - 1] for line in lines] == [FAILS] * len(lines)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("moment_interval", [6, 8]),
        ("moment_exponent_interval", [7]),
        ("exponent_interval", [9, 10]),
    ],
)
def test_a_falsified_interval_fails(name, lines, drawn, monkeypatch):
    original = getattr(growth, name)
    monkeypatch.setattr(growth, name, lambda *args: original(*args).scaled(1.0, shift=1.0))
    found = outcomes(Settings(), drawn)
    assert [found[line - 1] for line in lines] == [FAILS] * len(lines)


def test_the_terms_of_the_sum_light_their_paths():
    parts = fragments(replace(start(LESSON), settings=CONV, progress=shown(2)))
    terms = re.findall(r'data-link="(path-\d+)"', parts["steps"])
    assert terms == ["path-0", "path-1", "path-2"]
    edges = re.findall(r'data-link="((?:path-\d+ ?)+)"', parts["figure"])
    assert set(" ".join(edges).split()) == set(terms)
    # Three paths of two edges each, on a network in which they share none.
    assert len(" ".join(edges).split()) == 6


def shown(steps):
    return replace(start(LESSON).progress, step=steps)


def played(*events):
    state = start(LESSON)
    for event in events:
        state = apply(state, Event(*event))
        assert not state.message, state.message
    return fragments(apply(state, Event("judged", "1")))["puzzle"]


CONVOLUTION = [("kind", "conv"), ("inputs", "6"), ("depth", "2")]


def test_the_puzzle_is_solved():
    assert "Solved" in played(*CONVOLUTION, ("padding", "none"))


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "(S) holds, so every input has 1/d = 1/4"),
        (CONVOLUTION, "(S) holds, so every input has 1/d = 1/6"),
        ([*CONVOLUTION, ("padding", "none"), ("linear", "1")], "all is doubled"),
        ([*CONVOLUTION, ("padding", "zeros"), ("variance", "he")], "not 1: beside the zeros"),
        ([*CONVOLUTION, ("padding", "none"), ("kernel", "2")], "none has 5/18"),
    ],
)
def test_a_wrong_answer_to_the_puzzle_is_told_why(events, why):
    judged = played(*events)
    assert "Not yet" in judged
    assert why in judged


def test_a_convolution_that_does_not_fit_is_refused_in_words():
    settings = replace(CONV, inputs=4, depth=2, padding="none")
    with pytest.raises(AddressError, match="kernel of 3 does not fit into 2 neurons: take more"):
        network.check(settings)
    state = from_address(LESSON, "kind=conv&padding=none&depth=2")
    assert "starts anew" in state.message


ANY = st.builds(
    Settings,
    kind=st.sampled_from(["dense", "conv"]),
    inputs=st.integers(1, 7),
    logits=st.integers(1, 3),
    first=st.integers(1, 4),
    second=st.integers(0, 4),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    depth=st.integers(1, 2),
    padding=st.sampled_from(["circular", "zeros", "reflect", "none"]),
    linear=st.booleans(),
    variance=st.sampled_from(["h3", "he"]),
    printed=st.booleans(),
    x=st.integers(0, 6),
)


def fits(settings):
    try:
        network.check(settings)
    except AddressError:
        return False
    return True


@hypothesis.settings(max_examples=40, deadline=None)
@given(ANY)
def test_lengths_are_1_unless_h1_or_h3_is_dropped_and_pages_are_rendered(settings):
    assume(fits(settings))
    moments = list(Instance(settings).moments.values())
    if not Instance(settings).lacks_edges:
        assert sum(moments) == (2 if settings.linear else 1)
    if settings.is_dense:
        assert len(set(moments)) == 1
    # The first two lines are what is proved of any network of the lesson.
    assert outcomes(settings)[:2] == [HOLDS, HOLDS]
    state = replace(start(LESSON), settings=settings, progress=shown(10))
    assert "holds here" in fragments(apply(state, Event("judged", "1")))["steps"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(second=0, linear=True),
        replace(CONV, padding="zeros", depth=2),
        replace(CONV, padding="reflect", linear=True),
        replace(CONV, padding="none", logits=1),
        replace(CONV, inputs=5, stride=2, kernel=2),
    ],
)
def test_what_is_sampled_is_what_is_drawn_but_larger(settings, monkeypatch):
    monkeypatch.setattr(sample, "WIDER", 1)
    monkeypatch.setattr(sample, "CHANNELS", 1)
    module = sample.sampled(settings, settings.inputs)
    drawn = Instance(settings).he
    assert np.array_equal(module.dag.tails, drawn.tails)
    assert np.array_equal(module.dag.heads, drawn.heads)
    moments = [drawn.second_moments(drawn.outputs[0]), module.dag.second_moments(
        module.dag.outputs[0])]  # fmt: skip
    assert list(moments[0].values()) == list(moments[1].values())


def test_a_sample_is_kept_while_only_the_picture_changes():
    key = LESSON.sampling(CONV).key
    assert key == LESSON.sampling(replace(CONV, inputs=7, x=2, printed=True, variance="he")).key
    for other in ({"kernel": 2}, {"padding": "zeros"}, {"gates": "real"}, {"linear": True}):
        assert key != LESSON.sampling(replace(CONV, **other)).key
    assert LESSON.sampling(Settings()).key != LESSON.sampling(Settings(first=4)).key


def test_every_field_of_the_settings_is_in_the_address():
    changed = Settings(kind="conv", inputs=6, x=3, linear=True, networks=2)
    for name, field in fields_of(Settings).items():
        assert field.parse(field.write(getattr(changed, name))) == asdict(changed)[name]
