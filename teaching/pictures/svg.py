"""Elements of SVG, and the canvas they stand on.

A picture is some 420 units wide, so that letters of 16 units can be read on a narrow screen.
Colours and widths come from classes (`serving/static/lessons.css`), which know dark and light.
"""

from collections.abc import Iterable

from htpy import Attribute, Element, Node

svg, g, path, line, circle, rect, text, tspan, title, polygon, polyline, defs = (
    Element(name)
    for name in (
        "svg", "g", "path", "line", "circle", "rect", "text", "tspan", "title", "polygon",
        "polyline", "defs",
    )
)  # fmt: skip

WIDTH = 420.0
"""Units across a picture."""


def canvas(
    *contents: Node, label: str, height: float, width: float = WIDTH, name: str = ""
) -> Element:
    """Return a picture that grows and shrinks with its column.

    Parameters
    ----------
    contents : elements of this module.
    label : says in words what is to be seen.
    height, width : in units.
    name : id of the element, where events need one.
    """
    return svg(
        ".picture",
        id=name or None,
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


def polygonal(points: Iterable[tuple[float, float]], **attributes: Attribute) -> Element:
    """Return the open line through some points."""
    return path(d="M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points), **attributes)
