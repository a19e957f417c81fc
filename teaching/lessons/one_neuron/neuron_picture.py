"""One neuron with some inputs, their weights, and the perturbation of each."""

import numpy as np
from htpy import Element, Node

from teaching.lessons.one_neuron.sample import OneNeuron
from teaching.pictures import svg
from teaching.pictures.numbers import number
from teaching.words import Words

TEXT = Words.beside(__name__)
SHOWN = 10
"""Inputs that are drawn."""

ROW, TOP, INPUT, OUTPUT = 20.0, 38.0, 122.0, 290.0
THICK, LONG = 9.0, 88.0
"""Units of the largest weight's width, and of the largest perturbation's length."""


def neuron_picture(one: OneNeuron) -> Element:
    """Draw a neuron; blue is positive, orange negative."""
    d = len(one.w)
    middle = TOP + ROW * (SHOWN - 1) / 2
    bottom = TOP + ROW * SHOWN
    # The first inputs, and the one that is changed most: with p = 1 it is the only one.
    most = int(np.abs(one.delta).argmax())
    inputs = [*range(SHOWN - 1), max(most, SHOWN - 1)]
    w, delta = one.w[inputs], one.delta[inputs]
    widths = THICK * np.abs(w) / np.abs(w).max()
    lengths = LONG * np.abs(delta) / np.abs(delta).max()
    rows: list[Node] = []
    for n in range(SHOWN):
        y = TOP + ROW * n
        rows += [
            _weight(y, middle, float(widths[n]), float(w[n])),
            _perturbation(y, float(lengths[n]), float(delta[n])),
            svg.circle(".node", cx=f"{INPUT:g}", cy=f"{y:g}", r="7"),
        ]
    return svg.canvas(
        svg.words(INPUT - 14, 18, TEXT("caption.delta"), kind="small", anchor="end"),
        svg.words((INPUT + OUTPUT) / 2, 18, TEXT("caption.weights"), kind="small"),
        rows,
        svg.g(data_link="output")[
            svg.circle(".node", cx=f"{OUTPUT:g}", cy=f"{middle:g}", r="19"),
            svg.words(OUTPUT, middle + 5, "o"),
        ],
        svg.words(OUTPUT + 24, middle - 10, TEXT("caption.gain"), kind="small", anchor="start"),
        svg.words(OUTPUT + 24, middle + 12, number(one.gain), kind="strong", anchor="start"),
        svg.words(INPUT, bottom + 6, TEXT("caption.more", more=d - SHOWN), kind="small faint"),
        label=TEXT("caption.label", d=d, shown=SHOWN),
        height=bottom + 16,
    )  # fmt: skip


def _weight(y: float, middle: float, width: float, weight: float) -> Node:
    half = max(width, 0.6) / 2
    points = (
        f"{INPUT:g},{y - half:.1f} {OUTPUT:g},{middle - half:.1f} "
        f"{OUTPUT:g},{middle + half:.1f} {INPUT:g},{y + half:.1f}"
    )
    return svg.g(class_=_colour(weight), data_link="size")[svg.polygon(".dot", points=points)]


def _perturbation(y: float, length: float, delta: float) -> Node:
    return svg.g(class_=_colour(delta), data_link="damage")[
        svg.rect(
            ".dot", x=f"{INPUT - 12 - length:.1f}", y=f"{y - 5:g}", width=f"{length:.1f}",
            height="10",
        )
    ]  # fmt: skip


def _colour(value: float) -> str:
    return "one" if value >= 0 else "two"
