"""Every handle does something at the start of its lesson."""

import re

import pytest

from teaching.contents import CONTENTS, load
from teaching.serving.page import fragments
from teaching.state import Event, apply, start

SLUGS = [entry.slug for entry in CONTENTS]
PARTS = ("figure", "counterexample", "steps")
WITHOUT_SAMPLE = {
    "averages": {"relu", "networks", "sample"},
    "after-training": {"corrected", "unscaled"},
    "one-neuron": {"crowd", "sample"},
    "the-law": {"kind", "networks", "sample"},
    "random-walk": {"crowd"},
    "square-root": {"networks", "gates", "sample"},
}
"""Handles of a sample, which show what they do when it has been drawn."""


def seen(slug, *events):
    state = start(load(slug))
    for name, text in [("answer", "0"), ("step", "8"), *events]:
        state = apply(state, Event(name, text))
        assert not state.message, state.message
    return fragments(state)


def handles(slug):
    """Name and text of what each button, box and slider sends that is not where it stands."""
    for tag in re.findall(r"<(?:input|button)[^>]*data-send[^>]*>", seen(slug)["handles"]):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("type") == "range":
            step = 1 if found["value"] != found["max"] else -1
            yield found["data-send"], str(int(found["value"]) + step)
        elif " checked" not in tag or found["type"] == "checkbox":
            yield found["data-send"], found["data-text"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_handle_does_something_at_the_start(slug):
    before, of_sample = seen(slug), WITHOUT_SAMPLE.get(slug, ())
    for name, text in handles(slug):
        after = seen(slug, (name, text))
        assert name in of_sample or any(before[part] != after[part] for part in PARTS), (name, text)
