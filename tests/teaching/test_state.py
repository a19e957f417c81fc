"""`apply` on every lesson: whatever a student does, the page lives and is true to its address."""

import re

import pytest
from events import on_the_page, own_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.findings import Outcome
from teaching.contents import CONTENTS, load
from teaching.course import hypotheses
from teaching.fields import fields_of
from teaching.lesson import Mark
from teaching.serving.page import document, fragments
from teaching.state import MOST_UNDONE, Event, Progress, apply, from_address, start

SLUGS = [entry.slug for entry in CONTENTS]
FRAGMENTS = {
    "bar", "message", "question", "figure", "handles", "counterexample", "steps", "puzzle",
}  # fmt: skip
UNKNOWN = st.builds(Event, st.text(max_size=8), st.text(max_size=12), st.booleans())


def whole_page(slug):
    state = start(load(slug))
    return document(slug, state, fragments(state), "session")


def assert_true_to_its_address(state):
    back = from_address(state.lesson, state.query)
    assert not back.message
    assert (back.settings, back.progress) == (state.settings, state.progress)


def play(lesson, data, most):
    state = start(lesson)
    parts = fragments(state)
    for _ in range(data.draw(st.integers(1, most))):
        pressed = st.sampled_from(on_the_page(parts))
        event = data.draw(pressed | pressed | own_events(lesson) | UNKNOWN)
        before, state = state, apply(state, event)
        assert_true_to_its_address(state)
        assert len(state.past) <= MOST_UNDONE
        sampling = lesson.sampling(state.settings)
        assert len(state.pieces) <= (sampling.wanted if sampling else 0)
        if state.message:
            assert "\n" not in state.message
            assert (state.settings, state.progress) == (before.settings, before.progress)
        parts = fragments(state)
        assert parts.keys() == FRAGMENTS
        assert_what_is_proved_holds(state)


def assert_what_is_proved_holds(state):
    """A line that is called proved fails nowhere: its assumptions hold, or it is not licensed."""
    if not state.lesson.serves:  # its words still stand in its code
        return
    view = state.lesson.view(state.settings, state.reader, state.pieces)
    known = {*hypotheses(), *state.lesson.assumptions}
    assert set(view.dropped) <= known
    for step in view.steps:
        if step.mark is Mark.PROVED and not set(step.uses) & set(view.dropped):
            assert not (step.check and step.check.outcome is Outcome.FAILS), step


@pytest.mark.parametrize("slug", SLUGS)
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_any_sequence_of_events_keeps_the_page_alive(slug, data):
    play(load(slug), data, most=6)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
@given(data=st.data())
@settings(max_examples=1112, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_ten_thousand_sequences_of_events(slug, data):
    play(load(slug), data, most=8)


@pytest.mark.parametrize("slug", SLUGS)
@given(queries=st.lists(st.text(max_size=30), min_size=1, max_size=1), data=st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_malformed_addresses_give_the_start_and_a_message(slug, queries, data):
    lesson = load(slug)
    (noise,) = queries
    name = data.draw(st.sampled_from([*fields_of(lesson.settings), *fields_of(Progress), noise]))
    query = data.draw(st.sampled_from([noise, f"{name}={noise}", f"{name}={noise}&{name}=1"]))
    state = from_address(lesson, query)
    if state.message:
        assert "cannot be read" in state.message
        assert "\n" not in state.message
        assert (state.settings, state.progress) == (lesson.settings(), Progress())
    else:
        assert_true_to_its_address(state)
        fragments(state)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_has_content_and_no_id_twice(slug):
    page = whole_page(slug)
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    assert load(slug).title in page
    assert not re.search(r"\sstyle=|<style|javascript:|https?://", page)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_has_all_that_every_lesson_has(slug):
    lesson = load(slug)
    state = start(lesson)
    question = lesson.question()
    view = lesson.view(state.settings, state.reader, ())
    assert 0 <= question.right < len(question.options)
    assert len(view.steps) >= 3
    assert len(view.puzzle.hints) >= 2
    assert any(step.check for step in view.steps)
    verdict = view.puzzle.judge()
    assert not verdict.solved
    assert str(verdict.why)
    assert not set(fields_of(lesson.settings)) & {*fields_of(Progress), "more", "undo", "reset"}
    assert not set(lesson.events) & {*fields_of(Progress), "more", "undo", "reset"}
    page = fragments(apply(apply(state, Event("answer", "0")), Event("step", str(len(view.steps)))))
    said, drawn = (
        {one for part in parts for one in _links(page[part])}
        for parts in (["steps"], ["figure", "handles"])
    )
    assert said & drawn, "nothing lights up"


def _links(html):
    return " ".join(re.findall(r'data-link="([^"]*)"', html)).split()


@pytest.mark.parametrize("slug", SLUGS)
def test_undo_takes_back_one_thing_at_a_time_and_reset_can_be_undone(slug):
    lesson = load(slug)
    states = [start(lesson)]
    for event in (Event("answer", "0"), Event("step", "1"), Event("hint", "1"), Event("reset")):
        states.append(apply(states[-1], event))
    state = states[-1]
    assert state.query == ""
    for wanted in reversed(states[:-1]):
        state = apply(state, Event("undo"))
        assert (state.settings, state.progress) == (wanted.settings, wanted.progress)
    assert "nothing to undo" in apply(state, Event("undo")).message


def test_an_answer_is_kept():
    state = apply(start(load("random-walk")), Event("answer", "2"))
    again = apply(state, Event("answer", "1"))
    assert again.progress.answer == 2
    assert again.message


def test_looks_are_not_undone():
    state = start(load("random-walk"))
    for event in (Event("step", "1"), Event("theme", "dark"), Event("large", "1"), Event("undo")):
        state = apply(state, event)
    assert (state.progress.step, state.progress.theme, state.progress.large) == (0, "dark", True)


def test_a_sliders_move_is_undone_as_a_whole():
    state = start(load("random-walk"))
    for value in range(1, 9):
        state = apply(state, Event("crowd", str(value), moving=True))
    assert len(state.past) == 1
    state = apply(apply(state, Event("step", "1")), Event("crowd", "3", moving=True))
    assert len(state.past) == 3


def test_a_move_that_ends_where_nothing_can_be_is_undone_apart_from_the_next_one():
    state = start(load("random-walk"))
    state = apply(state, Event("crowd", "5", moving=True))
    state = apply(state, Event("crowd", "-1", moving=True))
    assert len(apply(state, Event("crowd", "6", moving=True)).past) == 1  # it still goes on
    state = apply(state, Event("crowd", "-1"))
    assert state.message
    state = apply(apply(state, Event("crowd", "7", moving=True)), Event("undo"))
    assert state.settings.crowd == 5


def test_a_verdict_is_on_the_answer_that_was_judged():
    state = apply(start(load("random-walk")), Event("judged", "1"))
    assert state.progress.judged
    assert not apply(state, Event("bias", "1")).progress.judged


def test_pieces_are_drawn_one_at_a_time_and_dropped_with_what_they_were_drawn_for():
    state = apply(start(load("random-walk")), Event("crowd", "3"))
    for drawn in (1, 2, 3, 3):
        assert state.wants_more == (len(state.pieces) < 3)
        state = apply(state, Event("more"))
        assert len(state.pieces) == drawn
    assert len(apply(state, Event("step", "1")).pieces) == 3
    assert len(apply(state, Event("crowd", "2")).pieces) == 2
    assert apply(state, Event("bias", "1")).pieces == ()
