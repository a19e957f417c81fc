"""The picture of the plane: ball, gradient, best perturbation, and the student's own."""

import math

from htpy import Element, Node, figcaption, figure, p, span, strong, sub

from teaching.lessons.dual_norms.attack import Attack, attack, named
from teaching.lessons.dual_norms.settings import CENTRE, UNIT, Settings
from teaching.pictures import svg
from teaching.pictures.handles import knob, rows
from teaching.pictures.numbers import number
from teaching.words import Words
from theory.attacks import norms, plain_norms, planar_attacks
from theory.attacks.planar_attacks import Point

HEIGHT = svg.WIDTH
TEXT = Words.beside(__name__)
EDGE = 6.0
"""Units from the frame at which lines end."""


def ball(settings: Settings) -> Node:
    """Draw the plane of two pixels, and list both perturbations."""
    found = attack(settings)
    return figure[
        svg.canvas(
            _axes(),
            _ball(settings),
            _level(settings, found),
            _best(settings, found),
            _gradient(settings),
            _own(settings, found),
            label=TEXT("caption.plane"),
            height=HEIGHT,
        ),
        figcaption[TEXT("caption.ball", p=sub["p"])],
        _facts(settings, found),
    ]


def _facts(settings: Settings, found: Attack) -> Node:
    exponent = settings.exponent
    both = (("best", found.best, found.gain), ("yours", found.own, found.own_gain))
    return [
        rows(
            ["", "δ", TEXT("caption.size"), TEXT("caption.gain")],
            [
                [
                    span(data_link={"yours": "own"}.get(name, name))[TEXT(f"caption.{name}")],
                    _point(delta),
                    number(plain_norms.norm(delta, exponent)),
                    number(gain),
                ]
                for name, delta, gain in both
            ],
            title=TEXT("caption.table", p=sub["p"]),
        ),
        p[
            TEXT(
                "caption.norms", p=named(exponent), q=named(norms.dual_exponent(exponent)),
                measure=named(found.measure), predicted=number(found.predicted),
                size=number(plain_norms.norm(settings.gradient, found.measure)),
            ),
            strong[_compared(found)],
        ],
    ]  # fmt: skip


def _compared(found: Attack) -> str:
    """Say how far the student's perturbation gets."""
    share = found.own_gain / found.gain
    if share < -0.0005:
        return TEXT("caption.lowers")
    if share > 0.9995:
        return TEXT("caption.equals")
    return TEXT("caption.share", share=100 * abs(share))


def _axes() -> Node:
    line = f"M{EDGE},{CENTRE} H{svg.WIDTH - EDGE} M{CENTRE},{EDGE} V{HEIGHT - EDGE}"
    return [
        svg.path(".grid", d=line),
        svg.words(
            svg.WIDTH - EDGE, CENTRE + 18, TEXT("caption.pixel", number=1), kind="small faint",
            anchor="end",
        ),
        svg.words(
            CENTRE + 6, EDGE + 12, TEXT("caption.pixel", number=2), kind="small faint",
            anchor="start",
        ),
    ]  # fmt: skip


def _ball(settings: Settings) -> Node:
    epsilon, circle = settings.epsilon, planar_attacks.unit_circle(settings.exponent)
    points = svg.corners(_place((epsilon * x, epsilon * y)) for x, y in circle)
    return svg.g(".two", data_link="ball")[
        svg.polygon(".band", points=points), svg.polygon(".curve", points=points)
    ]


def _level(settings: Settings, found: Attack) -> Node:
    """Draw the line of all δ that gain as much as the best one."""
    x, y = _place(found.best)
    across, up = settings.gradient
    length = math.hypot(across, up)
    # Perpendicular to the gradient; the picture's second axis points down.
    along = (up / length, across / length)
    ends = [
        (x + t * along[0], y + t * along[1]) for t in _inside((x, y), along, EDGE, HEIGHT - EDGE)
    ]
    return svg.g(".two", data_link="level")[svg.polygonal(ends, class_="curve dashed")]


def _inside(
    point: tuple[float, float], along: tuple[float, float], low: float, high: float
) -> tuple[float, float]:
    """Return the multiples of a direction between which a line stays in a square."""
    first, last = -math.inf, math.inf
    for start, slope in zip(point, along, strict=True):
        if abs(slope) > 1e-9:
            ends = sorted(((low - start) / slope, (high - start) / slope))
            first, last = max(first, ends[0]), min(last, ends[1])
    return first, last


def _gradient(settings: Settings) -> Element:
    x, y = _place(settings.gradient)
    return svg.g(".one", data_link="gradient")[
        _shaft(x, y),
        knob(
            [
                svg.disc(x, y, 16, class_="hit"),
                _head(x, y),
                _beside(x, y, "g"),
            ],
            "tip",
            label=TEXT("caption.tip"),
            value=_point(settings.gradient),
        ),
    ]


def _own(settings: Settings, found: Attack) -> Element:
    x, y = _place(found.own)
    return svg.g(".three", data_link="own")[
        _shaft(x, y),
        knob(
            [
                svg.disc(x, y, 16, class_="hit"),
                svg.disc(x, y, 8, class_="dot"),
            ],
            "turn",
            label=TEXT("caption.turn"),
            value=TEXT("caption.turned", degrees=settings.own, gain=number(found.own_gain)),
        ),
    ]


def _best(settings: Settings, found: Attack) -> Element:
    x, y = _place(found.best)
    across, down = _outwards(x, y)
    # Beside the shaft, on the side where the gradient is not.
    turn = found.best[0] * settings.gradient[1] - found.best[1] * settings.gradient[0]
    side = 12 if turn >= -1e-9 else -12
    left, low = (x + CENTRE) / 2 - side * down, (y + CENTRE) / 2 + side * across
    return svg.g(".two", data_link="best")[
        _shaft(x, y), _head(x, y), svg.words(left, low + 5, "δ", kind="strong")
    ]


def _shaft(x: float, y: float) -> Element:
    return svg.path(".curve", d=f"M{CENTRE},{CENTRE} L{x:.1f},{y:.1f}")


def _head(x: float, y: float) -> Element:
    across, down = _outwards(x, y)
    back = (x - 12 * across, y - 12 * down)
    sides = [(back[0] - s * 5 * down, back[1] + s * 5 * across) for s in (1, -1)]
    return svg.polygon(".dot", points=svg.corners([(x, y), *sides]))


def _beside(x: float, y: float, words: str) -> Element:
    """Put a letter beyond an arrow's tip, to its left as one looks outwards."""
    across, down = _outwards(x, y)
    left, low = x + 8 * across + 13 * down, y + 8 * down - 13 * across
    inside = (min(max(left, 10), svg.WIDTH - 10), min(max(low, 12), HEIGHT - 12))
    return svg.words(inside[0], inside[1] + 5, words, kind="strong")


def _outwards(x: float, y: float) -> tuple[float, float]:
    length = math.hypot(x - CENTRE, y - CENTRE) or 1.0
    return (x - CENTRE) / length, (y - CENTRE) / length


def _place(point: Point) -> tuple[float, float]:
    return CENTRE + UNIT * point[0], CENTRE - UNIT * point[1]


def _point(point: Point) -> str:
    return ", ".join(f"{value:.2f}" for value in point).replace("-", "−")
