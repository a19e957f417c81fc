"""The question, the lines of the proof, and the puzzle."""

from collections.abc import Sequence
from fractions import Fraction

from htpy import Node, p

from teaching.lesson import Question, Reader, Step, Verdict, View
from teaching.pictures.mathml import Term, formula, fraction, rational, row
from teaching.skeleton.picture import handles, picture, shares
from teaching.skeleton.settings import Settings
from teaching.words import Words

TEXT = Words.beside(__name__)
WANTED = Fraction(1, 7)


def question() -> Question:
    """Ask before anything is shown; `right` is what the library computes."""
    values = shares(Settings())
    return TEXT.question(right=1, d=len(values), share=values[0])


def view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    """Show what the settings say."""
    return View(
        figure=picture(settings),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=_steps(settings),
        puzzle=TEXT.puzzle(lambda: _judge(settings)),
        dropped=["equal shares"] * settings.unequal,
    )


def _counterexample(settings: Settings) -> Node:
    return settings.unequal and p[TEXT("counterexample.sum", total=sum(shares(settings)))]


def _steps(settings: Settings) -> list[Step]:
    values, d = shares(settings), settings.inputs
    terms: list[Term] = []
    for n, value in enumerate(values):
        terms += ["+"] * bool(n) + [row(rational(value), link=f"input-{n}")]
    share = fraction(1, "d")
    return [
        TEXT.step(
            "share", formula("s", "=", share), all(each == Fraction(1, d) for each in values)
        ),
        TEXT.step("sum", formula(*terms, "=", "d", "·", share), [sum(values), d * values[-1]], d=d),
        TEXT.step("one", formula("d", "·", share, "=", 1), [d * values[-1], 1]),
    ]


def _judge(settings: Settings) -> Verdict:
    value = shares(settings)[-1]
    return TEXT.solved() if value == WANTED else TEXT.unsolved("share", share=value)


LESSON = TEXT.lesson(settings=Settings, question=question, view=view)
