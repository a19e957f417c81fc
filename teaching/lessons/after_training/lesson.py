"""The lesson on trained networks, Section 4."""

from collections.abc import Sequence

from htpy import p

from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.after_training.controls import choices, chosen_kinds
from teaching.lessons.after_training.figure import picture
from teaching.lessons.after_training.proof import UNSEEN, counterexample, steps, untested
from teaching.lessons.after_training.puzzle import puzzle
from teaching.lessons.after_training.settings import EVENTS, Settings
from teaching.lessons.after_training.shown import Shown, find
from teaching.lessons.after_training.verdicts import judged

OPTIONS = (
    "nothing: they no longer grow with d",
    "growth, but slower than √d",
    "growth like √d, as at initialization",
    "more than before: growth like d",
)
ROOT = 0.5
CLAIM = "figure-1-natural-images"
"""The claim of the ledger that has both exponents of d."""


def _question() -> Question:
    right, because = _growth()
    return Question(
        text="At initialization, the l1-norm of the gradient grows like √d. Training changes all "
        "weights, and nothing is proved of what comes out. What is left of the growth in trained "
        "networks (Figure 1)?",
        options=OPTIONS,
        right=right,
        because=because,
    )


def _growth() -> tuple[int, str]:
    """Return the option on whose side both intervals of the exponent of d are, and why."""
    record = find("1")
    if isinstance(record, str):
        return 2, f"{record} The paper's own Figure 1 shows about √d."
    found = judged(record, CLAIM)
    if found is None or not found.stated:
        return 2, f"{UNSEEN[0].upper()}{UNSEEN[1:]}. The paper's own Figure 1 shows about √d."
    low, high = (
        end(getattr(one, name) for one in found.stated)
        for end, name in ((min, "low"), (max, "high"))
    )
    right = 0 if low <= 0 else 1 if high < ROOT else 2 if low <= ROOT else 3
    said = "; ".join(
        f"{name} like d to the power {one.estimate:.2f} (interval {one.low:.2f} to {one.high:.2f})"
        for name, one in zip(("the norm grows", "vulnerability"), found.stated, strict=True)
    )
    return right, f"In the networks that we trained, {said}. At initialization: {ROOT}."


def _view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    record = find(settings.figure)
    if isinstance(record, str):
        return View(
            figure=p(".verdict")[record],
            handles=choices(settings),
            counterexample=None,
            steps=untested(settings, record),
            puzzle=puzzle(None),
        )
    shown = Shown(settings, record)
    return View(
        figure=picture(shown),
        handles=[choices(settings), chosen_kinds(shown)],
        counterexample=counterexample(shown),
        steps=steps(shown),
        puzzle=puzzle(shown),
    )


LESSON: Lesson[Settings, None] = Lesson(
    title="After training",
    place="Section 4, Figures 1 to 3",
    lead="All that was proved is about random weights. What is left of it in networks that have "
    "learned something? Here are ours, with the ledger's verdict on each of the paper's sentences: "
    "some hold, and of many the networks are too few to tell.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
)
