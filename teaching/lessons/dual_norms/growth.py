"""The pictures of growth: how far first order reaches as ε grows, and Equation 6 as d grows."""

import math
from collections.abc import Sequence

from htpy import Node, figcaption, figure, p, sub

from teaching.lessons.dual_norms.attack import many_pixels, named, reach
from teaching.lessons.dual_norms.settings import DOUBLINGS, Settings
from teaching.pictures import svg
from teaching.pictures.handles import rows
from teaching.pictures.numbers import number
from teaching.pictures.plot import Axis, Plot
from teaching.words import Words

TEXT = Words.beside(__name__)
INFINITY = sub["∞"]
LARGEST = 2.0
"""The largest ε."""

SHOWN = ((1.0, "one", 8.0), (2.0, "two", 5.5), (math.inf, "three", 3.0))
"""Norms of the attacks on many pixels, with the colours and radii of their dots."""


def growing_size(settings: Settings) -> Node:
    """Draw what an attack on two pixels does to the loss, against ε."""
    whole, curved = reach(settings, LARGEST), settings.loss == "curved"
    now, half = (reach(settings, size) for size in (settings.epsilon, settings.epsilon / 2))
    line = list(zip(whole.sizes, whole.first_order, strict=True))
    rise = list(zip(whole.sizes, whole.rise, strict=True))
    highest = 1.05 * max(whole.first_order[-1], whole.rise[-1])
    plot = Plot(
        x=Axis(label=TEXT("caption.epsilon"), low=0, high=LARGEST),
        y=Axis(label=TEXT("caption.change"), low=0, high=highest),
        height=320,
    )
    return figure[
        plot.canvas(
            plot.upright(settings.epsilon),
            plot.curve([(0, 0), *line], kind="two", link="best"),
            plot.curve([(0, 0), *rise], kind="one", link="loss"),
            plot.dots([(settings.epsilon, now.first_order[-1])], kind="two"),
            plot.dots([(settings.epsilon, now.rise[-1])], kind="one"),
            _legend(
                [("two", 5, TEXT("caption.first")), ("one", 5, TEXT("caption.rise"))], 178, 120
            ),
            label=TEXT("caption.growing"),
        ),
        figcaption[TEXT("caption.curved" if curved else "caption.linear")],
        rows(
            ["ε", *(TEXT(f"caption.{name}") for name in ("first", "rise", "apart"))],
            [
                [
                    number(one.sizes[-1]),
                    number(one.first_order[-1]),
                    number(one.rise[-1]),
                    number(one.gap),
                ]
                for one in (half, now)
            ],
            title=TEXT("caption.halves"),
        ),
    ]  # fmt: skip


def growing_dimension(settings: Settings) -> Node:
    """Draw what attacks on d pixels gain, against d."""
    dimensions = [2**n for n in range(1, DOUBLINGS + 1)]
    d = 2**settings.doublings
    found = {q: [many_pixels(settings, n, q) for n in dimensions] for q, _, _ in SHOWN}
    wanted = [(n, many.wanted) for n, many in zip(dimensions, found[math.inf], strict=True)]
    plot = Plot(
        x=Axis(label=TEXT("caption.d"), low=1.5, high=6000, log=True, ticks=[2, 16, 128, 1024]),
        y=Axis(label=TEXT("caption.gains"), low=0.05, high=2e4, log=True),
        height=320,
    )
    return figure[
        plot.canvas(
            plot.upright(d),
            plot.curve(wanted, kind="four", dashed=True, link="wanted"),
            [
                plot.dots(
                    [(n, many.gain) for n, many in zip(dimensions, found[q], strict=True)],
                    kind=kind, link="gain", size=size,
                )
                for q, kind, size in SHOWN
            ],
            _legend([(kind, size, f"p = {named(q)}") for q, kind, size in SHOWN], 208, 72),
            label=TEXT("caption.many"),
        ),
        figcaption[TEXT("caption.pixels", infinity=INFINITY)],
        rows(
            ["p", *(TEXT(f"caption.{name}") for name in ("size", "norm", "gain"))],
            [
                [named(q), number(many.size), number(many.norm), number(many.gain)]
                for q in (norm for norm, _, _ in SHOWN)
                for many in [many_pixels(settings, d, q)]
            ],
            title=TEXT("caption.at", d=d, infinity=INFINITY, epsilon=number(settings.epsilon)),
        ),
        p[TEXT("caption.wanted", infinity=INFINITY, wanted=number(dict(wanted)[d]))],
    ]  # fmt: skip


def _legend(entries: Sequence[tuple[str, float, str]], start: float, apart: float) -> Node:
    """Name colours above the frame, where no data is: class, radius and words of each."""
    return [
        svg.g(class_=kind)[
            svg.circle(".dot", cx=f"{start + n * apart:g}", cy="10", r=f"{size:g}"),
            svg.words(start + n * apart + 12, 15, words, anchor="start"),
        ]
        for n, (kind, size, words) in enumerate(entries)
    ]
