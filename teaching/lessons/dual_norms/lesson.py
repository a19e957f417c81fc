"""The lesson on Lemma 1: what an attack gains is a dual norm of the gradient."""

import math
from collections.abc import Sequence

import numpy as np
from htpy import Node, p

from teaching.lesson import Lesson, Question, Reader, View, nearest
from teaching.lessons.dual_norms.attack import attack, in_norms, listed, named, reach
from teaching.lessons.dual_norms.figure import handles, picture
from teaching.lessons.dual_norms.proof import steps
from teaching.lessons.dual_norms.puzzle import puzzle
from teaching.lessons.dual_norms.settings import EVENTS, Settings
from teaching.pictures.numbers import number
from theory.attacks import norms

ASKED = np.array([3.0, -1.0])
SIZE = 0.5


def _question() -> Question:
    best = norms.best_perturbation(ASKED, math.inf, size=SIZE)
    options = [
        (SIZE * float(norms.norm(ASKED, math.inf)), "put all into pixel 1"),
        (float(ASKED @ np.full(2, SIZE)), "raise both pixels by 0.5"),
        (float(ASKED @ best), "raise pixel 1 by 0.5, lower pixel 2 by 0.5"),
        (SIZE * float(norms.norm(ASKED, 2)), "step along the gradient"),
    ]
    right = SIZE * float(norms.dual_norm(ASKED, math.inf))
    return Question(
        text="The gradient of a loss is (3, −1). An attacker may change each of the two pixels by "
        "at most 0.5. By how much can the attack raise the loss, at first order?",
        options=[f"{value:.3g}: {words}" for value, words in options],
        right=nearest([value for value, _ in options], right),
        because=f"Each pixel may move by 0.5 on its own, so each moves with its sign in the "
        f"gradient. The gain is 0.5 · (3 + 1) = {right:g}: the size times the 1-norm. A step along "
        "the gradient is best for p = 2 only.",
    )


def _view(settings: Settings, reader: Reader, pieces: Sequence[None]) -> View:  # noqa: ARG001
    return View(
        figure=picture(settings),
        handles=handles(settings),
        counterexample=_counterexample(settings),
        steps=steps(settings),
        puzzle=puzzle(settings),
    )


def _counterexample(settings: Settings) -> Node:
    found: list[str] = []
    if settings.loss == "curved":
        found.append(_curved(settings))
    best = attack(settings)
    if settings.dual == "p" and not math.isclose(best.gain, best.predicted):
        more = "No attack gains as much." if best.gain < best.predicted else "An attack gains more."
        found.append(
            f"With p = {named(settings.exponent)} for both, ε‖g‖ is {number(best.predicted)}, but "
            f"the best perturbation gains {number(best.gain)}. {more}"
        )
    if settings.fixed or settings.pixels == "one":
        found.append(_many(settings))
    return [p[words] for words in found]


def _many(settings: Settings) -> str:
    many = in_norms(settings)
    gains = listed({p: one.gain for p, one in many.items()})
    told = f"attacks at d = {2**settings.doublings:,} gain {gains}"
    if settings.fixed and settings.pixels == "one":
        return f"With one ε for all d and one coordinate only, {told}, and as much at any d."
    if settings.fixed:
        return f"With one ε for all d, {told}: how the gain grows with d depends on p."
    return (
        f"With one coordinate only, {told}, and d times its mean size times ε is "
        f"{number(many[1.0].wanted)}: no one size |g| stands for such a gradient."
    )


def _curved(settings: Settings) -> str:
    now, half = (reach(settings, size) for size in (settings.epsilon, settings.epsilon / 2))
    words = (
        f"The curved loss rises by {number(float(now.rise[-1]))} at most; first order says "
        f"{number(float(now.first_order[-1]))}. At ε/2 the two are {number(half.gap)} apart, at ε "
        f"{number(now.gap)}"
    )
    if now.is_near:
        return f"{words}: for so small an ε, first order is near."
    return f"{words}: make ε small, and the difference vanishes faster than the gain."


LESSON = Lesson(
    title="An attack is a dual norm",
    place="Lemma 1, Equations 2, 5 and 6",
    lead="An attacker moves an image a little, in the direction that hurts most. How much that "
    "gains depends on the gradient alone: it is the gradient's size, in another norm.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
)
