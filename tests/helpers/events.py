"""What a student can do on a page, for random play."""

import re
from html import unescape

from hypothesis import strategies as st

from teaching.fields import fields_of
from teaching.state import Event, Progress


def on_the_page(parts):
    """Every event that some element of the page sends."""
    found = []
    for part in parts.values():
        for tag in re.findall(r"<[^>]*data-(?:send|drag)=[^>]*>", part):
            given = {
                name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)
            }
            if "data-drag" in given:
                found += [Event(given["data-drag"], "left"), Event(given["data-drag"], "up")]
                found.append(Event(given["data-drag"], "180.5,77.0", moving=True))
            elif given.get("type") == "range":
                for end in ("min", "max", "value"):
                    found.append(Event(given["data-send"], given[end], moving=True))
            else:
                found.append(Event(given["data-send"], given.get("data-text", "")))
    return found


def own_events(lesson):
    names = [*fields_of(lesson.settings), *lesson.events, *fields_of(Progress), "more", "undo"]
    texts = st.text(max_size=12) | st.integers(-3, 40).map(str) | st.sampled_from(["", "1", "left"])
    return st.builds(Event, st.sampled_from(names), texts, st.booleans())
