"""Elements of SVG, and the canvas they stand on.

A picture is some 420 units wide, so that letters of 16 units can be read on a narrow screen.
Colours and widths come from classes (`serving/static/lessons.css`), which know dark and light.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from htpy import Attribute, Element, Node

svg, g, path, circle, rect, text, polygon = (
    Element(name) for name in ("svg", "g", "path", "circle", "rect", "text", "polygon")
)

link = Element("a")
"""A link inside a picture."""

WIDTH = 420.0
"""Units across a picture."""


def canvas(*contents: Node, label: str, height: float, width: float = WIDTH) -> Element:
    """Return a picture that grows and shrinks with its column.

    Parameters
    ----------
    contents : elements of this module.
    label : says in words what is to be seen.
    height, width : in units.
    """
    return svg(
        ".picture",
        viewBox=f"0 0 {width:g} {height:g}",
        role="group",
        aria_label=label,
    )[contents]


def words(x: float, y: float, content: Node, *, kind: str = "", anchor: str = "middle") -> Element:
    """Return text at a point.

    Parameters
    ----------
    x, y : of the baseline's anchor.
    kind : further classes: "small", "strong", "faint".
    anchor : "start", "middle" or "end".
    """
    return text(class_=kind or None, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)[content]


def smooth(points: Sequence[tuple[float, float]], *, apart: float = 0.0) -> str:
    """Return the path data of the curve through some points that is level at each of them.

    Parameters
    ----------
    points : two or more.
    apart : units that the middle of each piece is lowered by, to tell parallel curves apart.
    """
    d = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        d += f" C{middle:.1f},{y1 + apart:.1f} {middle:.1f},{y2 + apart:.1f} {x2:.1f},{y2:.1f}"
    return d


def corners(points: Iterable[tuple[float, float]]) -> str:
    """Write points as a polygon takes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def square(x: float, y: float, half: float, *, rx: str = "3", **attributes: Attribute) -> Element:
    """Return a square around a point, with rounded corners; `half` is half its side."""
    size = f"{2 * half:g}"
    return rect(
        **attributes, x=f"{x - half:.1f}", y=f"{y - half:.1f}", width=size, height=size, rx=rx
    )


def disc(x: float, y: float, radius: float, **attributes: Attribute) -> Element:
    """Return a circle around a point."""
    return circle(**attributes, cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:g}")


def polygonal(points: Iterable[tuple[float, float]], **attributes: Attribute) -> Element:
    """Return the open line through some points."""
    return path(d="M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points), **attributes)
