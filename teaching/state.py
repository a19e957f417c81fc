"""From one state of a page to the next: `apply(state, event)`, without a browser.

Everything that a student does is an `Event` with a name and a text. The events of all lessons are
`answer`, `step`, `hint`, `judged`, `undo`, `reset`, `more` (draw the next piece of the sample),
`large` and `theme`; any other one writes the lesson's field of that name, or is one of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from teaching.fields import AddressError, changed, choice, flag, from_query, to_query, whole
from teaching.lesson import AnyLesson, Reader

NOT_ANSWERED = -1
MOST_UNDONE = 100
"""States that undo can go back to."""


@dataclass(frozen=True)
class Progress:
    """What all lessons have in the address.

    Attributes
    ----------
    answer : index of the chosen answer, counted past the options for "show me"; `NOT_ANSWERED`.
    step : steps of the proof that are shown.
    hint : hints that are shown.
    judged : whether the library's verdict on the puzzle is shown.
    large : presenter mode.
    theme : light or dark; as the system wants it if "auto".
    """

    answer: int = whole(NOT_ANSWERED, low=0, high=9)
    step: int = whole(0, low=0, high=30)
    hint: int = whole(0, low=0, high=9)
    judged: bool = flag()
    large: bool = flag()
    theme: str = choice("auto", "light", "dark")


@dataclass(frozen=True)
class Event:
    """What a student did.

    Attributes
    ----------
    name, text : what is set, and to what.
    moving : part of a slider's move or a drag, but not its end; undo takes them back as a whole.
    """

    name: str
    text: str = ""
    moving: bool = False


@dataclass(frozen=True, kw_only=True)
class State:
    """A page as a student sees it.

    Attributes
    ----------
    lesson : whose page.
    settings : the lesson's own, an instance of `lesson.settings`.
    progress : what all lessons have.
    pieces : of the sample that the settings want, drawn so far.
    message : one line on what could not be done; else empty.
    past : earlier settings and progress, the last one last.
    moved : name of the slider whose move came last, with nothing after it; else empty.
    """

    lesson: AnyLesson
    settings: Any
    progress: Progress = Progress()
    pieces: tuple[Any, ...] = ()
    message: str = ""
    past: tuple[tuple[Any, Progress], ...] = ()
    moved: str = ""

    @property
    def query(self) -> str:
        """The address, without the lesson's name: it brings back settings and progress."""
        return to_query(self.settings, self.progress)

    @property
    def wants_more(self) -> bool:
        """Whether pieces of the sample are still to be drawn."""
        sampling = self.lesson.sampling(self.settings)
        return sampling is not None and len(self.pieces) < sampling.wanted

    @property
    def reader(self) -> Reader:
        """What a view may know of the student."""
        return Reader(
            answered=self.progress.answer != NOT_ANSWERED,
            steps=self.progress.step,
        )


def start(lesson: AnyLesson) -> State:
    """Return a lesson's start."""
    return State(lesson=lesson, settings=lesson.settings())


def from_address(lesson: AnyLesson, query: str) -> State:
    """Return the state of an address; the lesson's start and a message if it is not one of ours."""
    try:
        settings, progress = from_query(query, lesson.settings, Progress)
        lesson.check(settings)
    except AddressError as error:
        return replace(
            start(lesson),
            message=f"This address cannot be read, so the lesson starts anew: {error}",
        )
    return State(lesson=lesson, settings=settings, progress=progress)


def apply(state: State, event: Event) -> State:
    """Return the state after an event.

    What cannot be done leaves the state as it was, with a message that says why.
    """
    try:
        if event.name == "more":
            return _more(state)
        if event.name == "undo":
            return _undo(state)
        settings, progress = _after(state, event)
    except AddressError as error:
        # A move that ends where nothing can be has ended all the same.
        return replace(state, message=str(error), moved=state.moved if event.moving else "")
    return _moved_on(state, settings, progress, event)


def _after(state: State, event: Event) -> tuple[Any, Progress]:
    settings, progress = state.settings, state.progress
    if event.name == "reset":
        kept = Progress(large=progress.large, theme=progress.theme)
        return type(settings)(), kept
    if event.name == "answer" and progress.answer != NOT_ANSWERED:
        if event.text == str(progress.answer):  # pressed twice
            return settings, progress
        raise AddressError("the question has been answered; reset starts the lesson anew")
    if event.name in ("answer", "step", "hint", "judged", "large", "theme"):
        return settings, changed(progress, event.name, event.text)
    own: Mapping[str, Any] = state.lesson.events
    if event.name in own:
        settings = own[event.name](settings, event.text)
    else:
        settings = changed(settings, event.name, event.text)
    state.lesson.check(settings)
    # A verdict is on the answer that was judged, not on the one it became.
    return settings, replace(progress, judged=False)


def _moved_on(state: State, settings: Any, progress: Progress, event: Event) -> State:  # noqa: ANN401
    # The event that ends a move still belongs to it.
    goes_on = event.name == state.moved
    # The page's looks are no part of the work, which alone can be undone.
    looks = event.name in ("large", "theme")
    same = (settings, progress) == (state.settings, state.progress)
    past = (
        state.past if goes_on or looks or same else (*state.past, (state.settings, state.progress))
    )
    reached = _at(state, settings, progress)
    return replace(reached, past=past[-MOST_UNDONE:], moved=event.name if event.moving else "")


def _at(state: State, settings: Any, progress: Progress) -> State:  # noqa: ANN401
    """Return the state with other settings, and those pieces of the sample that still fit."""
    before, after = state.lesson.sampling(state.settings), state.lesson.sampling(settings)
    fits = before and after and before.key == after.key
    pieces = state.pieces[: after.wanted] if after and fits else ()
    return replace(state, settings=settings, progress=progress, pieces=pieces, message="", moved="")


def _more(state: State) -> State:
    sampling = state.lesson.sampling(state.settings)
    if sampling is None or len(state.pieces) >= sampling.wanted:
        return state
    return replace(state, pieces=(*state.pieces, sampling.draw(len(state.pieces))))


def _undo(state: State) -> State:
    if not state.past:
        raise AddressError("there is nothing to undo")
    settings, progress = state.past[-1]
    progress = replace(progress, large=state.progress.large, theme=state.progress.theme)
    return replace(_at(state, settings, progress), past=state.past[:-1])
