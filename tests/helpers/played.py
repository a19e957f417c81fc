"""A lesson played by events, and its page as a student reads it."""

import re
from html import unescape

from evidence.findings import Outcome
from teaching.contents import load
from teaching.serving.page import fragments
from teaching.state import Event, apply, from_address, start


def played(slug, *events, query=""):
    """Return the state after events, written "name" or "name text"; none may be refused."""
    state = from_address(load(slug), query) if query else start(load(slug))
    assert not state.message, state.message
    for event in events:
        state = refused_or_played(state, event)
        assert not state.message, (event, state.message)
    return state


def refused_or_played(state, event):
    name, _, text = event.partition(" ")
    return apply(state, Event(name, text))


def sampled(state):
    """Draw all that the sample wants."""
    while state.wants_more:
        state = apply(state, Event("more"))
    return state


def outcomes(state):
    view = state.lesson.view(state.settings, state.reader, state.pieces)
    return [step.check.outcome for step in view.steps]


def first_failing(state):
    """The number of the first line that fails, from 1; 0 where none does."""
    found = outcomes(state)
    return found.index(Outcome.FAILS) + 1 if Outcome.FAILS in found else 0


def read(state, part):
    """What a part of the page says, without tags."""
    html = re.sub(r"<[^>]+>", " ", fragments(state)[part])
    return re.sub(r"\s+", " ", unescape(html)).strip()


def links(state, part):
    """All links of a part of the page."""
    found = re.findall(r'data-link="([^"]*)"', fragments(state)[part])
    return {one for each in found for one in each.split()}
