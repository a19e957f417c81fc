"""The lesson on trained networks, Section 4."""

from collections.abc import Sequence

from htpy import p

from teaching.lesson import Question, Reader, View
from teaching.lessons.after_training.picture import chosen_kinds, handles, picture
from teaching.lessons.after_training.proof import UNSEEN, counterexample, steps, untested
from teaching.lessons.after_training.puzzle import judge
from teaching.lessons.after_training.settings import EVENTS, Settings
from teaching.lessons.after_training.shown import Shown, find
from teaching.lessons.after_training.verdicts import judged
from teaching.words import Words

TEXT = Words.beside(__name__)
ROOT = 0.5
CLAIM = "figure-1-natural-images"
"""The claim of the ledger that has both exponents of d."""


def question() -> Question:
    """Ask what training leaves of the growth."""
    right, because = _growth()
    return TEXT.question(right=right, because=because)


def _growth() -> tuple[int, str]:
    """Return the option on whose side both intervals of the exponent of d are, and why."""
    record = find("1")
    if isinstance(record, str):
        return 2, TEXT("says.papers_own", why=record)
    found = judged(record, CLAIM)
    if found is None or not found.stated:
        return 2, TEXT("says.papers_own", why=f"{UNSEEN[0].upper()}{UNSEEN[1:]}.")
    low, high = (
        end(getattr(one, name) for one in found.stated)
        for end, name in ((min, "low"), (max, "high"))
    )
    right = 0 if low <= 0 else 1 if high < ROOT else 2 if low <= ROOT else 3
    norm, share = (
        TEXT("says.power", estimate=one.estimate, low=one.low, high=one.high)
        for one in found.stated
    )
    return right, TEXT("says.grown", norm=norm, share=share, root=ROOT)


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show the networks of the figure at hand."""
    record = find(settings.figure)
    if isinstance(record, str):
        return View(
            figure=p(".verdict")[record],
            handles=handles(settings),
            counterexample=None,
            steps=untested(settings, record),
            puzzle=TEXT.puzzle(lambda: judge(None)),
        )
    shown = Shown(settings, record)
    return View(
        figure=picture(shown),
        handles=[handles(settings), chosen_kinds(shown)],
        counterexample=counterexample(shown),
        steps=steps(shown),
        puzzle=TEXT.puzzle(lambda: judge(shown)),
    )


LESSON = TEXT.lesson(settings=Settings, question=question, view=view, events=EVENTS)
