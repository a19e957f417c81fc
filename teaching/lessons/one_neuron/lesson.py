"""The lesson on one neuron with many inputs, the paper's core idea."""

import math
from collections.abc import Sequence

import numpy as np
from htpy import Node, p

from simulations.small_samples import one_neuron
from simulations.small_samples.one_neuron import Neurons
from teaching.lesson import Lesson, Question, Reader, View
from teaching.lessons.one_neuron.figure import handles, picture
from teaching.lessons.one_neuron.proof import steps
from teaching.lessons.one_neuron.puzzle import puzzle
from teaching.lessons.one_neuron.sample import Crowd, crowd, drawn, sampling, spread
from teaching.lessons.one_neuron.settings import EPSILON, EVENTS, SIZES, Settings
from teaching.pictures.numbers import number

ASKED = (1024, 4096)
"""Numbers of inputs in the question."""

OPTIONS = (
    ("a quarter as large; the damage stays the same", 1 / 4, 1.0),
    ("half as large; the damage stays the same", 1 / 2, 1.0),
    ("half as large; the damage doubles", 1 / 2, 2.0),
    ("as large as before; the damage is four times as large", 1.0, 4.0),
)


def _question() -> Question:
    law, size = one_neuron.LAWS["gaussian"], SIZES["inverse"]
    sizes = [one_neuron.expected_size(law, size, d) for d in ASKED]
    gains = [EPSILON * one_neuron.expected_gain(law, size, d) for d in ASKED]
    found = sizes[1] / sizes[0], gains[1] / gains[0]
    return Question(
        text="A neuron sums d pixels with random weights of variance 1/d. An attacker may change "
        f"each pixel by ε = {EPSILON:g}; the damage is what that adds to the sum. The image gets "
        f"four times as many pixels, d = {ASKED[1]:,} instead of {ASKED[0]:,}. The mean |w| "
        "becomes ...",
        options=[words for words, _, _ in OPTIONS],
        right=min(
            range(len(OPTIONS)), key=lambda n: math.dist(np.log(OPTIONS[n][1:]), np.log(found))
        ),
        because=f"Mean |w| goes from {number(sizes[0])} to {number(sizes[1])}, the damage from "
        f"{number(gains[0])} to {number(gains[1])}: each weight is half as large, but there are "
        "four times as many, and the attacker uses them all.",
    )  # fmt: skip


def _view(settings: Settings, reader: Reader, pieces: Sequence[Neurons]) -> View:
    one, found = drawn(settings), crowd(settings, pieces)
    return View(
        figure=picture(settings, reader, one, found),
        handles=handles(settings, pieces),
        counterexample=_counterexample(settings, found),
        steps=steps(settings, one, found),
        puzzle=puzzle(settings),
    )


def _counterexample(settings: Settings, found: Crowd | None) -> Node:
    if found is None:
        return None
    d, told = settings.d, list[str]()
    if settings.variance != "inverse" or settings.same:
        square = found.square()
        told.append(
            f"On an image of ones, o² is {number(square.estimate)} on the average at d = {d:,} "
            f"(99 % interval {spread(square)}), not 1: {_fate(settings)}"
        )
    # Uniform weights are bounded: the largest is not much above the typical one.
    heavy = settings.exponent == 1 and settings.law != "uniform"
    if settings.chance or (heavy and settings.variance == "inverse"):
        growth = found.growth()
        told.append(
            f"{_cause(settings)} The exponent of d is {number(growth.estimate)} "
            f"(99 % interval {spread(growth)})."
        )
    return [p[words] for words in told]


def _fate(settings: Settings) -> str:
    if settings.same and settings.variance != "inverse":
        return "two assumptions are dropped at once."
    if settings.variance == "one":
        return (
            "activations grow from layer to layer, and an attacker's damage grows at least like d."
        )
    if settings.variance == "square":
        return "the damage hardly grows with d any more, but the signal dies from layer to layer."
    return (
        "the mean of positive weights is not 0, so the mixed terms of o² remain. An attacker's "
        "damage is as before, but it takes no attacker: making the image brighter is the attack."
    )


def _cause(settings: Settings) -> str:
    if settings.chance:
        return (
            "With random signs the terms cancel, as many up as down: what remains is like ε‖w‖₂, "
            "and with p = ∞ an attacker gets some √d times as much, ε‖w‖₁."
        )
    return (
        "With p = 1 all goes into one pixel, that of the largest weight, and the largest of many "
        "outgrows the typical one."
    )


LESSON = Lesson(
    title="One neuron with many inputs",
    place="Section 3.1",
    lead="Weights are drawn smaller where a neuron has more inputs, so that its output keeps its "
    "size. They shrink enough for images, but not enough for an attacker.",
    settings=Settings,
    question=_question,
    view=_view,
    events=EVENTS,
    sampling=sampling,
)
