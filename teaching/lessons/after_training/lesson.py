"""The lesson on trained networks, Section 4."""

from collections.abc import Sequence

from htpy import p

from empirical.checks import growth
from evidence.levels import FIGURE_ERROR
from teaching.lesson import Lesson, Question, Reader, Sampling, View
from teaching.lessons.after_training.claims import SENTENCES
from teaching.lessons.after_training.controls import choices, chosen_kinds
from teaching.lessons.after_training.figure import picture
from teaching.lessons.after_training.proof import Piece, counterexample, draw, steps, untested
from teaching.lessons.after_training.puzzle import puzzle
from teaching.lessons.after_training.settings import EVENTS, Settings
from teaching.lessons.after_training.shown import Shown, find

OPTIONS = {
    0.0: "nothing: they no longer grow with d",
    0.5: "growth, nearer to √d than to none or to d",
    1.0: "more than before: growth like d",
}
"""The answers to choose from, by the exponent of d that each stands for."""


def _question() -> Question:
    right, because = _growth()
    return Question(
        text="At initialization, the l1-norm of the gradient grows like √d. Training changes all "
        "weights, and nothing is proved of what comes out. What is left of the growth in trained "
        "networks (Figure 1)?",
        options=list(OPTIONS.values()),
        right=list(OPTIONS).index(right),
        because=because,
    )


def _growth() -> tuple[float, str]:
    """Return the option that is nearest to the measured exponent, and the figures."""
    record = find("1")
    try:
        exponents = {} if isinstance(record, str) else growth.exponents(record.sweep, FIGURE_ERROR)
    except ValueError as error:
        record, exponents = f"The networks recorded for Figure 1 do not show it: {error}.", {}
    if not exponents:
        return 0.5, f"{record} The paper's own Figure 1 shows about √d."
    said = [
        f"{name} grows like d to the power {found.estimate:.2f} (95 % interval {found.low:.2f} to "
        f"{found.high:.2f})"
        for name, found in exponents.items()
    ]
    norm, *_ = exponents.values()
    right = min(OPTIONS, key=lambda exponent: abs(norm.estimate - exponent))
    return right, f"In the networks that we trained, {'; '.join(said)}. At initialization: 0.5."


def _view(settings: Settings, reader: Reader, pieces: Sequence[Piece]) -> View:  # noqa: ARG001
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
        counterexample=counterexample(settings, pieces),
        steps=steps(shown, pieces),
        puzzle=puzzle(shown),
    )


def _sampling(settings: Settings) -> Sampling[Piece] | None:
    figure = settings.figure
    if isinstance(find(figure), str):
        return None
    return Sampling(
        key=figure, wanted=len(SENTENCES[figure]), draw=lambda piece: draw(figure, piece)
    )


LESSON = Lesson(
    title="After training",
    place="Section 4, Figures 1 to 3",
    lead="All that was proved is about random weights. What is left of it in networks that have "
    "learned something? Here are ours, with what they say of each of the paper's sentences: some "
    "hold, some fail, and of many the networks are too few to tell.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
    sampling=_sampling,
)
