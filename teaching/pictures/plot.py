"""Plots: two axes, and dots, bars, lines and bands in their coordinates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Element, Node

from evidence.intervals import Interval
from teaching.pictures import svg
from teaching.pictures.numbers import number

LEFT, RIGHT, TOP, BOTTOM = 66.0, 12.0, 26.0, 48.0

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis.

    Attributes
    ----------
    label : quantity and unit.
    low, high : its ends; positive on a logarithmic axis.
    log : whether equal factors take equal lengths.
    ticks : values that are marked; round ones between the ends if None.
    """

    label: str
    low: float
    high: float
    log: bool = False
    ticks: Sequence[float] | None = None

    def share(self, value: float) -> float:
        """Return where a value stands, 0 at `low` and 1 at `high`."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def marked(self) -> Sequence[float]:
        """Return the values that are marked."""
        if self.ticks is not None:
            return self.ticks
        if self.log:
            return _powers(self.low, self.high)
        step = _step((self.high - self.low) / 5)
        first = math.ceil(self.low / step - 1e-9)
        return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A frame with two axes; its methods return elements to be put on `canvas`.

    Attributes
    ----------
    x, y : the axes.
    height : of the canvas, in units.
    width : of the canvas.
    """

    x: Axis
    y: Axis
    height: float = 340.0
    width: float = svg.WIDTH

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point on the canvas; beyond an axis it stays just outside."""
        across = min(max(self.x.share(x), -0.02), 1.02)
        up = min(max(self.y.share(y), -0.02), 1.02)
        return (
            LEFT + across * (self.width - LEFT - RIGHT),
            self.height - BOTTOM - up * (self.height - TOP - BOTTOM),
        )

    def canvas(self, *contents: Node, label: str) -> Element:
        """Return the picture: axes, and contents on top of them.

        Parameters
        ----------
        contents : from the other methods, or any SVG.
        label : says in words what is to be seen.
        """
        return svg.canvas(self._axes(), contents, label=label, height=self.height, width=self.width)

    def dots(self, points: Points, *, kind: str = "one", link: str = "", size: float = 5) -> Node:
        """Return a dot at each point."""
        return svg.g(class_=kind, data_link=link or None)[
            [svg.disc(*self.at(*point), size, class_="dot moves") for point in points]
        ]

    def bars(self, ends: Sequence[tuple[float, float, float]], *, kind: str = "one") -> Node:
        """Return error bars, each of x and the interval's two ends, which may be infinite."""
        return svg.g(class_=kind)[[self._bar(*bar) for bar in ends]]

    def intervals(self, found: Sequence[tuple[float, Interval]], *, kind: str = "one") -> Node:
        """Return an error bar and a dot for each x and its interval."""
        return [
            self.bars([(x, one.low, one.high) for x, one in found], kind=kind),
            self.dots([(x, one.estimate) for x, one in found], kind=kind),
        ]

    def curve(
        self, points: Points, *, kind: str = "one", dashed: bool = False, link: str = ""
    ) -> Node:
        """Return the line through some points."""
        return svg.g(class_=kind, data_link=link or None)[
            svg.polygonal(
                [self.at(*point) for point in points],
                class_="curve dashed" if dashed else "curve",
            )
        ]

    def band(self, low: Points, high: Points, *, kind: str = "one") -> Node:
        """Return the area between two lines."""
        edge = [self.at(*point) for point in [*low, *reversed(high)]]
        return svg.g(class_=kind)[svg.polygon(".band", points=svg.corners(edge))]

    def upright(self, x: float) -> Node:
        """Return a dashed line from bottom to top, such as where a handle stands."""
        (across, low), (_, high) = self.at(x, self.y.low), self.at(x, self.y.high)
        return svg.path(".axis.dashed", d=f"M{across:.1f},{low:.1f} V{high:.1f}")

    def note(
        self, x: float, y: float, words: Node, *, kind: str = "", anchor: str = "start",
        up: float = 8,
    ) -> Node:  # fmt: skip
        """Return words beside a point."""
        across, down = self.at(x, y)
        return svg.g(class_=kind)[svg.words(across, down - up, words, anchor=anchor)]

    def _bar(self, x: float, low: float, high: float) -> Node:
        inside = self.y.low if self.y.log else -math.inf
        (across, below) = self.at(x, max(low, inside))
        (_, above) = self.at(x, high)
        d = f"M{across:.1f},{below:.1f} V{above:.1f}"
        d += "".join(f" M{across - 5:.1f},{end:.1f} h10" for end in (below, above))
        return svg.path(".curve", d=d)

    def _axes(self) -> Node:
        left, bottom = LEFT, self.height - BOTTOM
        right, top = self.width - RIGHT, TOP
        parts: list[Node] = []
        for value in self.x.marked():
            across, _ = self.at(value, self.y.low)
            parts += [
                svg.path(".grid", d=f"M{across:.1f},{bottom:.1f} V{top:.1f}"),
                svg.words(across, bottom + 18, number(value, digits=4), kind="small"),
            ]
        for value in self.y.marked():
            _, down = self.at(self.x.low, value)
            parts += [
                svg.path(".grid", d=f"M{left:.1f},{down:.1f} H{right:.1f}"),
                svg.words(left - 6, down + 5, number(value, digits=4), kind="small", anchor="end"),
            ]
        return svg.g[
            parts,
            svg.path(".axis", d=f"M{left:.1f},{top:.1f} V{bottom:.1f} H{right:.1f}"),
            svg.words((left + right) / 2, self.height - 8, self.x.label),
            svg.words(4, 15, self.y.label, anchor="start"),
        ]


def _powers(low: float, high: float) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    tens = [10.0**n for n in range(first, last + 1)]
    if len(tens) > 2:
        return tens
    return [
        factor * 10.0**n
        for n in range(first - 1, last + 1)
        for factor in (1, 2, 5)
        if low * (1 - 1e-9) <= factor * 10.0**n <= high * (1 + 1e-9)
    ]


def _step(rough: float) -> float:
    ten = 10.0 ** math.floor(math.log10(rough))
    return next(factor * ten for factor in (1, 2, 5, 10) if factor * ten >= rough)
