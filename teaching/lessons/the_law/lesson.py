"""The lesson on the law itself. Its first page needs neither torch nor scipy."""

import math
from collections.abc import Sequence

from htpy import Node, p

from teaching.lesson import Lesson, Question, Reader, Sampling, View, nearest
from teaching.lessons.the_law.figure import EIGHTHS, handles, picture
from teaching.lessons.the_law.measured import Piece, Shown, number, power
from teaching.lessons.the_law.proof import steps
from teaching.lessons.the_law.puzzle import puzzle
from teaching.lessons.the_law.settings import DIMENSIONS, HE, SIDES, Settings, dimension, in_degrees
from theory.attacks import attack_growth

ASKED = (32, 224)
"""Pixels along an edge: CIFAR-10, and the usual crops of ImageNet."""

OPTIONS = {
    1: "the same: ε has not changed",
    7: "7 times",
    49: "49 times: each pixel adds its share",
    2401: "2,401 times",
}


def _question() -> Question:
    d = [dimension(side) for side in ASKED]
    gains = [
        attack_growth.predicted_gain(math.inf, dimension(side), attack_growth.HE, degrees)
        for side, degrees in ((side, in_degrees("dense", side)) for side in ASKED)
    ]
    times, pixels = gains[1] / gains[0], d[1] / d[0]
    return Question(
        text=f"One network is initialized for images of {ASKED[0]} × {ASKED[0]} pixels, another "
        f"for {ASKED[1]} × {ASKED[1]}, {pixels:g} times as many. An attack may change every pixel "
        "by the same small ε. How many times as far can it push the larger network's output?",
        options=list(OPTIONS.values()),
        right=nearest(list(OPTIONS), times),
        because=f"The law gives {gains[0]:.4g} ε and {gains[1]:.4g} ε: {times:.3g} times as far, "
        f"√{pixels:g}. {pixels:g} times as many small changes push the same way, but each counts "
        f"{pixels / times:.3g} times less.",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[Piece]) -> View:  # noqa: ARG001
    shown = Shown(settings, pieces)
    return View(
        figure=picture(shown),
        handles=handles(shown),
        counterexample=_counterexample(shown),
        steps=steps(shown),
        puzzle=puzzle(shown),
    )


def _counterexample(shown: Shown) -> Node:
    settings, found = shown.settings, []
    if settings.eighths != HE:
        first, *_, last = shown.expected.values()
        found.append(
            f"Weights that shrink like in-degree^(−{EIGHTHS[settings.eighths]}) are no longer "
            f"He's: the gain goes like d to the power {power(shown.expected_exponent)}, from "
            f"{number(first)} at d = {DIMENSIONS[0]} to {number(last)} at d = {DIMENSIONS[-1]:,} "
            "(dashed line)."
        )
    if settings.p == "1":
        found.append(
            "With p = 1 an attack spends all on the one pixel that counts most, and the largest of "
            "many coordinates stands out more: by about √(log d). Even with He's weights the gain "
            "grows like √(d log d), a bit faster than Equation 7 says."
        )
    return [p[words] for words in found]


def _sampling(settings: Settings) -> Sampling[Piece]:
    def draw(piece: int) -> Piece:
        from teaching.lessons.the_law import draws  # torch, which the first page does without

        return draws.draw(settings.kind, piece)

    return Sampling(key=settings.kind, wanted=len(SIDES) * settings.networks, draw=draw)


LESSON = Lesson(
    title="The law in one minute",
    place="Sections 3.1 and 3.2, Equation 7",
    lead="The more pixels a network sees, the easier it is to fool: even a random one, before it "
    "has learned anything. How far an attack can push its output grows like √d.",
    settings=Settings,
    question=_question,
    view=_view,
    sampling=_sampling,
)
