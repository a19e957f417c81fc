"""The student's own sample: the n^γ by which averages divide the gradient's size."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from htpy import Node

from evidence.intervals import Equivalence, Interval
from evidence.levels import STRICT_LESSON_ERROR
from teaching.lesson import Sampling
from teaching.lessons.averages.settings import REPLACED, Settings
from teaching.pictures import svg
from teaching.words import Words
from theory.networks.strided_twins import Padding, Pooling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Piece: TypeAlias = "NDArray[np.float64]"
"""Mean squares of the coordinates of ∂_x f of pairs of twins, shape (2, `PAIRS`)."""

PAIRS = 64
"""Pairs of networks in a piece of the sample."""

MARGIN = 0.1
"""How far γ may be from a candidate. Candidates are 1/2 apart; the margin leaves room for real
ReLUs, which depend on the weights."""

TEXT = Words.beside(__name__)
CANDIDATES = {TEXT("says.nothing"): 0.0, TEXT("says.root"): 0.5, TEXT("says.all"): 1.0}
"""γ, by what the size is divided by."""

LOW, HIGH, LEFT, RIGHT = -0.4, 1.3, 8.0, svg.WIDTH - 8


def draw(settings: Settings, number: int) -> Piece:
    """Measure pairs of twins that share their weights."""
    from simulations.small_samples import (
        twin_gradients,  # torch takes a second to load: not before a sample
    )

    return twin_gradients.twin_squares(
        settings.n,
        settings.n + settings.wider,
        replaced=REPLACED[settings.replaced],
        padding=cast(Padding, settings.padding),
        pooling=cast(Pooling, settings.pooling),
        relu="masks" if settings.relu == "masks" else "real",
        seed=settings.sample,
        networks=range(number * PAIRS, (number + 1) * PAIRS),
    )


def sampling(settings: Settings) -> Sampling[Piece] | None:
    """Return what is to be drawn; nothing where no convolution is replaced."""
    if not REPLACED[settings.replaced]:
        return None
    key = (
        settings.n, settings.wider, settings.padding, settings.pooling, settings.replaced,
        settings.relu, settings.sample,
    )  # fmt: skip
    return Sampling(key=key, wanted=settings.networks, draw=lambda number: draw(settings, number))


def gamma(settings: Settings, pieces: Sequence[Piece]) -> Interval | None:
    """Return the interval for γ; None where nothing is drawn or replaced."""
    layers = len(REPLACED[settings.replaced])
    if not pieces or not layers:
        return None
    import numpy as np

    from evidence import moments  # scipy.stats takes as long

    strided, pooled = np.concatenate(pieces, axis=1)
    found = moments.moment_ratio_interval(strided, pooled, STRICT_LESSON_ERROR)
    return found.scaled(1 / (2 * layers * math.log(settings.n)))


def against(interval: Interval, divisor: str) -> Equivalence:
    """Hold the interval against a candidate."""
    return interval.against(divisor, predicted=CANDIDATES[divisor], margin=MARGIN)


def line(interval: Interval) -> Node:
    """Draw the interval on a line with the candidates."""

    def across(value: float) -> float:
        return LEFT + (min(max(value, LOW), HIGH) - LOW) / (HIGH - LOW) * (RIGHT - LEFT)

    candidates: list[Node] = []
    for words, value in CANDIDATES.items():
        low, high = against(interval, words).edges
        x = across(value)
        candidates += [
            svg.g(".three")[
                svg.rect(
                    ".band", x=f"{across(low):.1f}", y="24", height="32",
                    width=f"{across(high) - across(low):.1f}",
                )
            ],
            svg.path(".axis", d=f"M{x:.1f},24 v38"),
            svg.words(x, 80, f"{value:g}", kind="small"),
            svg.words(x, 16, words, kind="small"),
        ]  # fmt: skip
    low, middle, high = (across(v) for v in (interval.low, interval.estimate, interval.high))
    return svg.canvas(
        candidates,
        svg.path(".axis", d=f"M{LEFT:g},62 H{RIGHT:g}"),
        svg.g(".one")[
            svg.path(".curve", d=f"M{low:.1f},40 H{high:.1f} M{low:.1f},33 v14 M{high:.1f},33 v14"),
            svg.circle(".dot.moves", cx=f"{middle:.1f}", cy="40", r="5"),
        ],
        svg.words(svg.WIDTH - 8, 100, TEXT("says.gamma"), kind="small", anchor="end"),
        label=TEXT("caption.gamma", low=interval.low, high=interval.high),
        height=106,
    )
