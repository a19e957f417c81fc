"""Pages put together from a lesson's table, against the lesson itself."""

from dataclasses import replace

import pytest
from events import on_the_page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teaching.contents import load
from teaching.exporting.recording import keys_of, record
from teaching.fields import to_query
from teaching.serving.page import fragments
from teaching.state import Event, apply, start

COMMON = {"answer", "step", "hint", "judged", "large", "theme", "reset"}


@pytest.fixture(scope="module")
def tables():
    made = {}

    def table(slug):
        if slug not in made:
            made[slug] = record(load(slug))
        return made[slug]

    return table


def from_table(table, state):
    query = to_query(state.settings)
    drawn = query in table.samples and not state.wants_more
    keys = keys_of(query + "!" * drawn, state.progress, undo=bool(state.past))
    return {name: table.parts[table.at[key]] for name, key in keys.items()}


def is_recorded(table, state, event):
    if event.name in COMMON:
        return True
    return f"{event.name} {event.text}" in table.after[to_query(state.settings)]


@pytest.mark.parametrize("slug", ["path-degrees", "random-walk"])
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_the_table_answers_as_the_lesson_does(slug, tables, data):
    table, state = tables(slug), start(load(slug))
    seen = 0
    for _ in range(data.draw(st.integers(1, 8))):
        found = [replace(event, moving=False) for event in on_the_page(fragments(state))]
        possible = [event for event in found if is_recorded(table, state, event)]
        event = data.draw(st.sampled_from(possible))
        state = apply(state, event)
        query = to_query(state.settings)
        if event.name not in COMMON:
            assert query in table.after
        while state.wants_more:
            state = apply(state, Event("more"))
        parts = fragments(state)
        del parts["message"]
        assert from_table(table, state) == parts
        seen += 1
    assert seen


def test_one_change_of_a_handle_is_recorded(tables):
    after = tables("random-walk").after
    assert len(after) > 20
    assert "bias=1" in after
    assert after[""]["bias 1"] == "bias=1"
    assert after["bias=1"]["bias "] == ""
    assert tables("random-walk").samples
