"""What a lesson answers, worked out beforehand for whoever has no Python: a table of fragments.

The table holds the lesson's start and everything that is one change of a handle away from it, each
with all answers to the question, all lines and all hints, and with its sample drawn to the end.
`alone.js` puts a page together from it, as `fragments_of` does here.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import unescape
from re import findall
from typing import Any

from htpy import Node, div, fragment
from markupsafe import Markup

from teaching.fields import to_query
from teaching.lesson import AnyLesson, Reader, Step, View
from teaching.serving.page import fragments
from teaching.state import NOT_ANSWERED, Event, Progress, State, apply, start

MOST_STOPS = 25
"""Stops of one slider that are recorded: all, or so many of them."""

ON_STEP = ("figure", "handles", "counterexample", "steps")
"""Fragments that can depend on the settings, on whether the question is answered, and on the lines
that are shown. The others: the question, on the answer; the puzzle, on the hints and the verdict;
the bar, on whether there is something to undo, and on the page's looks."""


@dataclass
class Recording:
    """A lesson's table.

    Attributes
    ----------
    parts : the distinct fragments.
    at : by a fragment's key, its number in `parts`.
    after : by the query of some settings and "event text", the query of the settings it leads to;
        an event that the table has no answer to is left out.
    samples : the queries of settings that want a sample.
    progress : how far the answers, lines and hints go.
    """

    parts: list[str] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    after: dict[str, dict[str, str]] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)
    progress: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def put(self, key: str, part: str) -> None:
        """Keep a fragment."""
        if part not in self._numbers:
            self._numbers[part] = len(self.parts)
            self.parts.append(part)
        self.at[key] = self._numbers[part]

    def as_json(self) -> dict[str, Any]:
        """Return the table as `alone.js` reads it."""
        return {
            "parts": self.parts,
            "at": self.at,
            "after": self.after,
            "samples": self.samples,
            "progress": self.progress,
        }


def keys_of(query: str, progress: Progress, *, undo: bool) -> dict[str, str]:
    """Return the key of each fragment of a page but its message.

    Parameters
    ----------
    query : of the settings, with "!" behind it once their sample is drawn.
    progress : what all lessons have.
    undo : whether there is something to undo.
    """
    answered = int(progress.answer != NOT_ANSWERED)
    return {
        "bar": f"bar {int(undo)} {int(progress.large)} {progress.theme}",
        "question": f"question {progress.answer}",
        "puzzle": f"puzzle {query} {answered} {progress.hint} {int(progress.judged)}",
        **{name: f"{name} {query} {answered} {progress.step}" for name in ON_STEP},
    }


def record(lesson: AnyLesson) -> Recording:
    """Work out a lesson's table."""
    lesson = _remembering(lesson)
    first = start(lesson)
    recording = Recording()
    view = lesson.view(first.settings, Reader(answered=True, steps=99), ())
    progress = recording.progress
    progress["answer"] = len(lesson.question().options)
    progress["step"], progress["hint"] = len(view.steps), len(view.puzzle.hints)
    _record_common(first, recording)
    drawn: dict[Hashable, list[Any]] = {}
    around = {"": first}
    for event in _changes(first, progress):
        state = apply(first, event)
        if not state.message:
            around.setdefault(to_query(state.settings), state)
    for query, state in around.items():
        _record_page(state, query, recording)
        sampling = lesson.sampling(state.settings)
        if sampling is not None and sampling.wanted:
            recording.samples.append(query)
            pieces = drawn.setdefault(sampling.key, [])
            pieces += map(sampling.draw, range(len(pieces), sampling.wanted))
            whole = replace(state, pieces=tuple(pieces[: sampling.wanted]))
            _record_page(whole, f"{query}!", recording)
        recording.after[query] = {
            f"{event.name} {event.text}": to_query(after.settings)
            for event in _changes(state, progress)
            for after in [apply(state, event)]
            if not after.message and to_query(after.settings) in around
        }
    return recording


def _record_common(state: State, recording: Recording) -> None:
    """Record what no settings change: the question, and the bar."""
    for undo in (False, True):
        for large in (False, True):
            for theme in ("auto", "light", "dark"):
                progress = Progress(large=large, theme=theme)
                past = ((state.settings, progress),) if undo else ()
                page = replace(state, progress=progress, past=past)
                key = keys_of("", progress, undo=undo)["bar"]
                recording.put(key, fragments(page)["bar"])
    for answer in range(NOT_ANSWERED, recording.progress["answer"] + 1):
        progress = Progress(answer=answer)
        key = keys_of("", progress, undo=False)["question"]
        recording.put(key, fragments(replace(state, progress=progress))["question"])


def _record_page(state: State, query: str, recording: Recording) -> None:
    """Record the fragments of some settings, with all lines, hints and verdicts."""
    for answer in (NOT_ANSWERED, 0):
        for step in range(recording.progress["step"] + 1):
            progress = Progress(answer=answer, step=step)
            keys, parts = keys_of(query, progress, undo=False), _parts(state, progress)
            for name in ON_STEP:
                recording.put(keys[name], parts[name])
        for hint in range(recording.progress["hint"] + 1):
            for judged in (False, True):
                progress = Progress(answer=answer, hint=hint, judged=judged)
                key = keys_of(query, progress, undo=False)["puzzle"]
                recording.put(key, _parts(state, progress)["puzzle"])


def _parts(state: State, progress: Progress) -> Mapping[str, str]:
    return fragments(replace(state, progress=progress))


def _changes(state: State, progress: Mapping[str, int]) -> list[Event]:
    """Return what can be pressed or set on a page whose question is answered."""
    shown = replace(state, progress=Progress(answer=0, step=progress["step"]))
    events = []
    parts = fragments(shown)
    for tag in findall(r"<[^>]*data-send=[^>]*>", "".join(parts[name] for name in CHANGING)):
        said = {name: unescape(value) for name, value in findall(r'([\w-]+)="([^"]*)"', tag)}
        name = said["data-send"]
        if said.get("type") == "range":
            low, high = int(said["min"]), int(said["max"])
            stride = -(-(high - low) // MOST_STOPS) or 1
            events += [Event(name, str(n)) for n in range(low, high + 1, stride)]
        elif name not in ("judged", "hint"):
            events.append(Event(name, said.get("data-text", "")))
    return events


CHANGING = ("figure", "handles", "puzzle")


def _remembering(lesson: AnyLesson) -> AnyLesson:
    """Return a lesson that works out no view twice."""
    views: dict[Hashable, View] = {}
    first = start(lesson)

    def figure(steps: int) -> str:
        view = lesson.view(first.settings, Reader(answered=True, steps=steps), ())
        return str(div[view.figure, view.handles])

    shows_steps = len({figure(steps) for steps in range(10)}) > 1

    def view(settings: Any, reader: Reader, pieces: Sequence[Any]) -> View:  # noqa: ANN401
        if not shows_steps:
            reader = replace(reader, steps=0)
        key = settings, reader, len(pieces)
        if key not in views:
            views[key] = _rendered(lesson.view(settings, reader, pieces))
        return views[key]

    return replace(lesson, view=view, question=cache(lesson.question))


def _rendered(view: View) -> View:
    """Return a view whose parts are text already: they come again with every line and hint."""
    puzzle = view.puzzle
    return replace(
        view,
        figure=_text(view.figure),
        handles=_text(view.handles),
        counterexample=_text(view.counterexample),
        steps=[_rendered_step(step) for step in view.steps],
        puzzle=replace(
            puzzle,
            task=_text(puzzle.task),
            judge=cache(puzzle.judge),
            hints=[_text(hint) for hint in puzzle.hints],
            handles=_text(puzzle.handles),
        ),
    )


def _rendered_step(step: Step) -> Step:
    check = step.check and replace(step.check, says=_text(step.check.says))
    return replace(step, formula=_text(step.formula), reason=_text(step.reason), check=check)


def _text(node: Node) -> Markup:
    return Markup(fragment[node])  # noqa: S704  (made by htpy, which escapes)
