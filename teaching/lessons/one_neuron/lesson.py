"""Section 3.1, line by line, on the neuron in the picture and on those drawn so far."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from htpy import Node, label, p
from htpy import input as input_element

from evidence.findings import Outcome
from evidence.intervals import Equivalence, Interval
from evidence.levels import LESSON_ERROR
from simulations.small_samples import one_neuron
from simulations.small_samples.one_neuron import Neurons
from teaching.lesson import Check, Puzzle, Question, Reader, Step, Verdict, View
from teaching.lessons.one_neuron.picture import handles, picture
from teaching.lessons.one_neuron.sample import (
    Crowd,
    OneNeuron,
    crowd,
    drawn,
    near,
    sampling,
    spread,
)
from teaching.lessons.one_neuron.settings import EPSILON, SIZES, Settings
from teaching.pictures.handles import identity
from teaching.pictures.mathml import formula, fraction, root, row, sub, subsup, sup, total
from teaching.pictures.numbers import number
from teaching.words import Words
from theory.attacks import norms
from theory.attacks.norms import ROUNDING

TEXT = Words.beside(__name__)
ASKED = (1024, 4096)
"""Numbers of inputs in the question."""

OFFERED = ((1 / 4, 1.0), (1 / 2, 1.0), (1 / 2, 2.0), (1.0, 4.0))
"""What the mean |w| and the damage are multiplied by, in each answer."""

CLOSE, ABOUT = 0.05, 0.5
"""Margins, as shares of the predicted value, of average sizes and of the output's mean square."""

EXPONENT_MARGIN = 0.02
WANTED = 1.0
"""The output's standard deviation, over images of pixels of mean square 1."""


def question() -> Question:
    """Ask what four times as many inputs do to a weight and to the damage."""
    sizes = [one_neuron.expected_size(_law(), SIZES["inverse"], d) for d in ASKED]
    gains = [_gain(d) for d in ASKED]
    found = np.log([sizes[1] / sizes[0], gains[1] / gains[0]])
    return TEXT.question(
        right=min(range(len(OFFERED)), key=lambda n: math.dist(np.log(OFFERED[n]), found)),
        epsilon=EPSILON, few=ASKED[0], more=ASKED[1],
        size_before=number(sizes[0]), size_after=number(sizes[1]),
        gain_before=number(gains[0]), gain_after=number(gains[1]),
    )  # fmt: skip


def view(settings: Settings, reader: Reader, pieces: Sequence[Neurons]) -> View:
    """Show the neuron, and the crowd drawn so far."""
    one, found = drawn(settings), crowd(settings, pieces)
    dropped = {
        "variance 1/d": settings.variance != "inverse",
        "mean 0": settings.same,
        "an attacker's signs": settings.chance,
        "weights of one size": _has_large_one(settings),
    }
    return View(
        figure=picture(settings, reader, one, found),
        handles=handles(settings, found),
        counterexample=_counterexample(settings, found) if found else None,
        steps=_steps(settings, one, found),
        puzzle=_puzzle(settings),
        dropped=[name for name, is_dropped in dropped.items() if is_dropped],
    )


def _has_large_one(settings: Settings) -> bool:
    """Whether one weight counts alone that is larger than a typical one; uniform are bounded."""
    return settings.exponent == 1 and settings.law != "uniform"


def _counterexample(settings: Settings, found: Crowd) -> Node:
    told = list[str]()
    if settings.variance != "inverse" or settings.same:
        square = found.square()
        kinds = {"inverse": "same", "one": "one", "square": "small"}
        fate = (
            "two" if settings.same and settings.variance != "inverse" else kinds[settings.variance]
        )
        told.append(
            TEXT(
                "counterexample.square", square=number(square.estimate), d=settings.d,
                spread=spread(square), fate=TEXT(f"counterexample.{fate}"),
            )
        )  # fmt: skip
    if settings.chance or (_has_large_one(settings) and settings.variance == "inverse"):
        growth = found.growth()
        cause = TEXT(f"counterexample.{'chance' if settings.chance else 'largest'}")
        told.append(
            TEXT(
                "counterexample.growth", cause=cause, growth=number(growth.estimate),
                spread=spread(growth),
            )
        )  # fmt: skip
    return [p[words] for words in told]


def _steps(settings: Settings, one: OneNeuron, found: Crowd | None) -> Sequence[Step]:
    size = row("|", "w", "|", link="size")
    c = number(settings.weights.mean_size)
    length = float(norms.norm(one.delta, settings.exponent))
    is_dual = np.allclose(
        [one.gain, length], [one.epsilon * one.dual, one.epsilon], rtol=ROUNDING, atol=0
    )
    checks = _checks(settings, found) if found else {}
    return [
        TEXT.step(
            "variance",
            [
                formula(
                    "E", row("[", sup(row("o", link="output"), 2), "]"), "=", total("∑", "i"),
                    row("E", "[", row(subsup("w", "i", 2), link="size"), "]", subsup("x", "i", 2)),
                ),
                formula("=", "d", "·", fraction(1, "d"), "=", 1, block=True),
            ],
            checks.get("variance"),
        ),
        TEXT.step(
            "size",
            formula("E", size, "=", fraction(row("c"), root("d")), ",", "c", "=", c),
            checks.get("size"),
            c=c,
        ),
        TEXT.step(
            "dual",
            formula(
                total("max", row("‖", "δ", "‖", "≤", sub("ε", "p"))),
                row("w", "·", "δ", link="damage"), "=",
                sub("ε", "p"), sub(row("‖", row("w", link="size"), "‖"), "q"),
            ),
            bool(is_dual),
            length=number(length), epsilon=number(one.epsilon), gain=number(one.gain),
            dual=number(one.epsilon * one.dual),
        ),
        TEXT.step(
            "damage",
            formula(
                "E", row("ε", sub(row("‖", "w", "‖"), 1), link="damage"), "=",
                "ε", "d", "E", size, "=", "c", "ε", root("d"),
            ),
            checks.get("damage"),
        ),
        TEXT.step(
            "growth",
            formula(
                row(sub("ε", "p"), sub(row("‖", "w", "‖"), "q"), link="damage"), "∝", root("d")
            ),
            checks.get("growth"),
        ),
    ]  # fmt: skip


def _checks(settings: Settings, found: Crowd) -> Mapping[str, Check]:
    """Check the lines on averages."""
    squares = settings.d * settings.size.at(settings.d) ** 2
    square = near(found.square(), 1.0, ABOUT)
    is_exact = bool(np.isclose(squares, 1, rtol=ROUNDING, atol=0))
    size = one_neuron.expected_size(settings.weights, SIZES["inverse"], settings.d)
    gain = EPSILON * one_neuron.expected_gain(settings.weights, SIZES["inverse"], settings.d)
    growth = found.growth().against("", predicted=0.5, margin=EXPONENT_MARGIN)
    return {
        "variance": Check(
            outcome=square.outcome if is_exact else Outcome.FAILS,
            says=TEXT("says.variance", squares=number(squares), sampled=_sampled(square)),
        ),
        "size": _close("size", found.here(found.neurons.size), size),
        "damage": _close("damage", found.here(found.sup_damage), gain),
        "growth": Check(
            outcome=growth.outcome,
            says=TEXT("says.growth", sampled=_sampled(growth), margin=EXPONENT_MARGIN),
        ),
    }


def _close(name: str, found: Interval, wanted: float) -> Check:
    held = near(found, wanted, CLOSE)
    says = TEXT(f"says.{name}", wanted=number(wanted), sampled=_sampled(held))
    return Check(outcome=held.outcome, says=says)


def _sampled(found: Equivalence) -> str:
    return TEXT(
        "says.sampled", estimate=number(found.estimate), certainty=100 * (1 - LESSON_ERROR),
        spread=spread(found), samples=found.samples, note=f" ({found.note})" if found.note else "",
    )  # fmt: skip


def _puzzle(settings: Settings) -> Puzzle:
    return TEXT.puzzle(
        lambda: _judge(settings.guess),
        handles=label(for_=identity("guess"))[
            TEXT("caption.guess"),
            input_element(
                id=identity("guess"), type="number", min="1", max="999999", step="1",
                value=str(settings.guess), data_send="guess", inputmode="numeric",
            ),
        ],
        epsilon=EPSILON,
    )  # fmt: skip


def _judge(d: int) -> Verdict:
    here, before = _gain(d), _gain(d - 1)
    if here < WANTED:
        return TEXT.unsolved("small", d=d, here=here)
    if before >= WANTED:
        return TEXT.unsolved("large", d=d, here=here, fewer=d - 1, before=before)
    return TEXT.solved(d=d, here=here, fewer=d - 1, before=before)


def _gain(d: int) -> float:
    return EPSILON * one_neuron.expected_gain(_law(), SIZES["inverse"], d) if d else 0.0


def _law() -> one_neuron.WeightLaw:
    return one_neuron.LAWS["gaussian"]


LESSON = TEXT.lesson(settings=Settings, question=question, view=view, sampling=sampling)
