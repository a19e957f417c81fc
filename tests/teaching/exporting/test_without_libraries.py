"""The exact lessons on the standard library alone, against the same with numpy and the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import without_libraries
from events import on_the_page, own_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teaching.contents import load
from teaching.exporting.export import EXACT
from teaching.serving.page import fragments
from teaching.state import apply, start

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def blocked():
    """A process without libraries: `blocked(slug, events)` returns its pages."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, without_libraries.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:

        def play(slug, events):
            listed = [[event.name, event.text, event.moving] for event in events]
            process.stdin.write(json.dumps({"slug": slug, "events": listed}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield play
        process.stdin.close()


@pytest.mark.parametrize("slug", sorted(EXACT))
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_a_lesson_is_the_same_without_libraries(slug, blocked, data):
    lesson = load(slug)
    state = start(lesson)
    pages, events = [fragments(state)], []
    for _ in range(data.draw(st.integers(1, 6))):
        pressed = st.sampled_from(on_the_page(pages[-1]))
        event = data.draw(pressed | pressed | own_events(lesson))
        if event.name == "more":
            continue  # samples need more than a browser has
        events.append(event)
        state = apply(state, event)
        pages.append(fragments(state))
    assert blocked(slug, events) == pages


def test_a_sampled_lesson_is_refused(blocked):
    assert blocked("one-neuron", []) == ["numpy"]
