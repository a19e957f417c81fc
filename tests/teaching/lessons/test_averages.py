"""The lesson on averages: its answer, its lines, what breaks them, and the student's sample."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from evidence import moments
from evidence.findings import Outcome
from simulations.small_samples import twin_gradients
from teaching.lessons.averages import sample
from teaching.lessons.averages.instance import Instance
from teaching.lessons.averages.lesson import LESSON
from teaching.lessons.averages.settings import REPLACED, Settings
from teaching.serving.page import fragments
from teaching.state import Event, apply, from_address, start
from theory.checks.subjects.moment_comparisons import moments as second_moments
from theory.checks.subjects.path_networks import averaged, strided
from theory.dag import Dag
from theory.networks import strided_twins
from theory.networks.sequential_networks import with_logit
from theory.paths import path_pairs, path_polynomial, weighted_paths

STRIDES, PATHS, VARIANCES, LEMMA_10, TOGETHER, SIZE, EACH, SAMPLE, ONE_PIXEL = range(1, 10)


def at(query):
    state = from_address(LESSON, query)
    assert not state.message
    return state


def view(state):
    return LESSON.view(state.settings, state.reader, state.pieces)


def outcomes(state):
    return {number: step.check.outcome for number, step in enumerate(view(state).steps, 1)}


def failing(state):
    return [number for number, found in outcomes(state).items() if found is Outcome.FAILS]


def after(state, *events):
    for name, text in events:
        state = apply(state, Event(name, text))
        assert not state.message
    return state


def drawn(query):
    state = at(query)
    while state.wants_more:
        state = apply(state, Event("more"))
    return state


def plain(html):
    return re.sub(r"<[^>]*>", "", str(html))


def test_the_answer_is_that_of_torchs_layers():
    before, pooled = (
        sum(second_moments(with_logit([*build(4, 4), *strided(4, 4)], (1, 16))))
        for build in (strided, averaged)
    )
    question = LESSON.question()
    assert before / pooled == int(question.options[question.right]) ** 2 == 4


def test_where_nothing_is_padded_the_padding_plays_no_part():
    for padding in ("zeros", "reflect", "replicate"):
        state = at(f"padding={padding}&replaced=none")
        assert failing(state) == [ONE_PIXEL]
        assert "the last line replaces both" in plain(fragments(state)["counterexample"])
    said = plain(fragments(at("padding=zeros&replaced=none&wider=1"))["counterexample"])
    assert "5 paths are missing" in said
    assert "sure to be divided" not in said


def test_at_the_start_all_lines_hold_but_the_sample_is_to_be_drawn():
    found = outcomes(start(LESSON))
    assert found.pop(SAMPLE) is Outcome.UNDECIDED
    assert set(found.values()) == {Outcome.HOLDS}


@given(n=st.integers(2, 4), replaced=st.sampled_from(list(REPLACED)), wider=st.booleans())
@hypothesis_settings(deadline=None, max_examples=15)
def test_with_periodic_padding_mean_squares_are_divided_by_n_for_each(n, replaced, wider):
    instance = Instance(Settings(n=n, replaced=replaced, wider=wider))
    times = n ** len(REPLACED[replaced])
    assert sum(instance.before.moments) == 1
    assert sum(instance.after.moments) == Fraction(1, times)
    assert len(instance.after.paths) == times * len(instance.before.paths)
    assert (len({*instance.before.moments}) == 1) is not wider


@pytest.mark.parametrize(
    ("query", "line", "words"),
    [
        ("padding=zeros", PATHS, "2 paths are missing"),
        ("padding=zeros&wider=1", STRIDES, "missing"),
        ("padding=reflect", LEMMA_10, "two paths from pixel 2"),
        ("padding=replicate", LEMMA_10, "two paths from pixel 1"),
        ("padding=replicate&replaced=both&n=4", LEMMA_10, "take the same weights"),
        ("padding=reflect&n=2", EACH, "Lemma 10 holds. The mean square goes from 1 to 1/2"),
        ("wider=1", EACH, "the pixels are not alike: E[(∂ₓf)²] goes from 1/16 to 3/16"),
        ("pooling=maximum", VARIANCES, "which neuron a maximum takes depends on all weights"),
    ],
)
def test_without_an_assumption_its_own_line_fails_first(query, line, words):
    state = at(f"{query}&step=9")
    assert failing(state)[0] == line
    parts = fragments(state)
    assert words in plain(parts["counterexample"])
    assert f"line {line} is the first that fails" in plain(parts["steps"])


def test_real_relus_are_named_as_what_moves_the_sample():
    assert "A real ReLU knows the weights" in plain(fragments(at("relu=real"))["counterexample"])
    assert not fragments(start(LESSON))["counterexample"]


def test_two_paths_over_the_same_weights_are_drawn():
    dashed = 'class="curve dashed"'
    assert dashed in fragments(at("padding=reflect"))["figure"]
    assert dashed not in fragments(at("padding=reflect&shown=strided"))["figure"]
    assert dashed not in fragments(start(LESSON))["figure"]


@pytest.mark.parametrize(
    ("query", "is_dropped"),
    [
        ("padding=reflect", True),
        ("padding=replicate", True),
        ("padding=reflect&n=2", False),
        ("padding=zeros", False),
        ("wider=1", False),
        ("padding=reflect&pooling=maximum", False),
    ],
)
def test_lemma_10s_premise_is_dropped_where_the_padding_copies_a_weight(query, is_dropped):
    assert ("leaving weights" in view(at(query)).dropped) == is_dropped


def doubled(sums):
    return {x: 2 * value for x, value in sums.items()}


def falsified_second_moments(dag, o, right=Dag.second_moments):
    return doubled(right(dag, o))


def falsified_path_sums(dag, o, right=Dag.path_sums):
    return doubled(right(dag, o))


def falsified_pair_sums(dag, o, right=path_pairs.path_pair_sums):
    return {x: (every, 2 * same) for x, (every, same) in right(dag, o).items()}


def falsified_counts(dag, o, t, right=path_polynomial.path_polynomials_at):
    return doubled(right(dag, o, t))


def falsified_paths(dag, o, right=weighted_paths.weighted_paths):
    return right(dag, o)[1:]


def falsified_listing(paths, right=weighted_paths.enumerated_pair_sums, *, gates):
    return {x: (2 * every, same) for x, (every, same) in right(paths, gates=gates).items()}


def falsified_pair(paths):
    return paths[0], paths[1]


def falsified_twin(n, kernel, right=strided_twins.strided_twin, *, replaced, **options):
    return right(n, kernel, replaced=() if len(replaced) == 1 else (0,), **options)


@pytest.mark.parametrize(
    ("where", "name", "false"),
    [
        (Dag, "second_moments", falsified_second_moments),
        (Dag, "path_sums", falsified_path_sums),
        (path_pairs, "path_pair_sums", falsified_pair_sums),
        (path_polynomial, "path_polynomials_at", falsified_counts),
        (weighted_paths, "weighted_paths", falsified_paths),
        (weighted_paths, "enumerated_pair_sums", falsified_listing),
        (weighted_paths, "correlated_pair", falsified_pair),
        (strided_twins, "strided_twin", falsified_twin),
    ],
)
def test_a_false_library_is_seen(monkeypatch, where, name, false):
    monkeypatch.setattr(where, name, false)
    state = at("step=9")
    assert failing(state)
    assert "fails here" in plain(fragments(state)["steps"])


CONFIRMED = ["✗ refuted", "✓ confirmed", "✗ refuted"]


def verdicts(state):
    table = plain(fragments(state)["figure"])
    return re.findall(r"✓ confirmed|✗ refuted|\? not decided yet", table)


def test_the_students_sample_decides_between_the_print_and_the_proof():
    few, many = drawn("n=4&answer=0&networks=1"), drawn("n=4&answer=0&replaced=both&networks=5")
    assert "? not decided yet" in verdicts(few)
    assert verdicts(many) == CONFIRMED
    assert outcomes(many)[SAMPLE] is Outcome.HOLDS
    assert "From 320 pairs" in plain(fragments(many)["figure"])


def test_maxima_do_not_help():
    state = drawn("n=4&answer=0&replaced=both&pooling=maximum&networks=4&relu=real")
    assert verdicts(state)[1:] == ["✗ refuted", "✗ refuted"]
    assert outcomes(state)[SAMPLE] is Outcome.FAILS


def test_a_false_sample_or_interval_is_seen(monkeypatch):
    true = drawn("n=4&replaced=both&networks=5")
    right = moments.moment_ratio_interval
    monkeypatch.setattr(moments, "moment_ratio_interval", lambda *args: right(*args).scaled(2))
    assert failing(true) == [SAMPLE]
    monkeypatch.undo()
    measure = twin_gradients.twin_squares

    def not_averaged(*args, replaced, **options):
        return measure(*args, replaced=(0,), **options)

    monkeypatch.setattr(twin_gradients, "twin_squares", not_averaged)
    assert failing(drawn("n=4&replaced=both&networks=5")) == [SAMPLE]


def test_other_settings_and_other_draws_are_other_samples():
    state = drawn("networks=1")
    (first,) = state.pieces
    other = apply(state, Event("sample", "1"))
    assert other.pieces == ()
    (second,) = apply(other, Event("more")).pieces
    assert first.shape == second.shape == (2, sample.PAIRS)
    assert not np.array_equal(first, second)
    assert apply(state, Event("padding", "zeros")).pieces == ()
    assert apply(state, Event("shown", "strided")).pieces == state.pieces
    again = drawn("networks=2").pieces
    assert np.array_equal(again[0], first)
    assert not np.array_equal(again[1], first)


def test_nothing_is_sampled_where_nothing_is_replaced():
    state = at("replaced=none&networks=9&answer=0")
    assert not state.wants_more
    assert "Nothing is replaced" in plain(fragments(state)["figure"])
    assert outcomes(state)[SAMPLE] is Outcome.UNDECIDED


def test_the_answer_is_not_drawn_before_the_question_is_answered():
    before = plain(fragments(drawn("networks=1"))["figure"])
    since = plain(fragments(drawn("networks=1&answer=0"))["figure"])
    for words in ("refuted", "confirmed", "E[(∂ₓf)²]", "1/27"):
        assert words not in before
    assert "E[(∂ₓf)²]1/91/27÷ 3" in since
    assert "your sample says" in since


def test_the_books_on_one_pixel():
    books = plain(fragments(at("n=4&replaced=both"))["figure"])
    assert "paths116× 16" in books
    assert "variance1/161/4096÷ 256" in books
    assert "undefined" in plain(fragments(at("pooling=maximum"))["figure"])
    assert "undefined" not in plain(fragments(at("pooling=maximum&replaced=none"))["figure"])


def test_down_to_one_pixel_the_size_does_not_depend_on_the_resolution():
    for n in (2, 3, 4):
        (line,) = view(at(f"n={n}")).steps[ONE_PIXEL - 1 :]
        assert line.check.outcome is Outcome.HOLDS
        assert "averaged: 1; path by path: 1; strided, over d: 1" in plain(line.check.says)


def test_a_path_and_its_product_are_linked():
    parts = fragments(at("replaced=both&path=4&step=9"))
    for number in range(5):
        link = f'data-link="factor-{number}"'
        assert link in parts["figure"]
        assert link in parts["steps"]
    assert 'data-link="paths average"' in parts["figure"]
    assert "pixel 5 has 9 paths" in parts["figure"]


def test_a_pressed_pixel_starts_with_its_first_path():
    state = after(start(LESSON), ("path", "3"), ("x", "7"))
    assert (state.settings.x, state.settings.path) == (7, 1)
    assert 'aria-pressed="true"' in fragments(state)["figure"]


@pytest.mark.parametrize("shown", ["strided", "averaged"])
def test_a_smaller_network_shows_its_last_pixel_and_path(shown):
    instance = Instance(at(f"n=2&x=16&path=99&shown={shown}").settings)
    assert instance.x == 3
    assert instance.chosen_path == len(instance.chosen_paths) - 1
    assert "pixel 4 has" in fragments(at(f"n=2&x=16&path=99&shown={shown}"))["figure"]


def test_the_puzzle_is_solved():
    state = after(start(LESSON), ("n", "4"), ("replaced", "both"), ("judged", "1"))
    assert "Solved." in plain(fragments(state)["puzzle"])
    assert "from 1 to 1/16" in plain(fragments(state)["puzzle"])


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("n=4", "divided by 4, so the size by √4 = 2. 4 is what Theorem 6 prints"),
        ("n=2&replaced=both", "4 is what Theorem 6 prints, and forgets the root"),
        ("n=3&replaced=both", "Both replaced with n = 3: that gives √9"),
        ("replaced=none", "Nothing is replaced"),
        ("n=4&replaced=both&padding=reflect", "The padding breaks the proof"),
        ("n=4&replaced=both&pooling=maximum", "A maximum has no second moment"),
    ],
)
def test_a_wrong_answer_is_told_why(query, why):
    said = plain(fragments(at(f"{query}&judged=1"))["puzzle"])
    assert "Not yet." in said
    assert why in said


def test_hints_lead_to_the_answer():
    assert "16 = n · n" in plain(fragments(at("hint=3"))["puzzle"])
