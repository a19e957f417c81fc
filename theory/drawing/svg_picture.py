"""Marks and curves as SVG, on a panel of its own: it reads on dark and light pages alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from htpy import Element, Node

from theory.drawing.layered_layout import Edge, layered_layout

MARGIN = 24.0
LETTER = 6.2
"""Width of a letter, at most, in the font, in pixels."""

PANEL, INK, LINE = "#fcfcfa", "#1c2126", "#66717c"
INPUT, NEURON, OUTPUT, FIXED = "#cfe3f5", "#ffffff", "#fbdcae", "#e2d9f3"


_svg, _g, _title, _rect, _circle, _path, _text = (
    Element(name) for name in ("svg", "g", "title", "rect", "circle", "path", "text")
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One drawn node: `lines` inside, `name` below; width and height in pixels."""

    lines: Sequence[str]
    name: str
    title: str
    fill: str
    is_box: bool
    width: float
    height: float
    is_output: bool = False


def picture(
    marks: Sequence[Mark],
    levels: Sequence[int],
    edges: dict[Edge, int],
    row: float,
    title: str,
    caption: str,
) -> str:
    """Compose the whole document.

    Parameters
    ----------
    marks : the nodes. If they have no names, each edge shows its number instead of its parallels.
    levels : the column of each node.
    edges : how many parallel edges there are between two nodes.
    row : distance between rows, in pixels.
    title, caption : above and below the drawing.
    """
    layout = layered_layout(levels, edges)
    names = max((len(mark.name) for mark in marks), default=0) * LETTER
    column = max(names, *(mark.width for mark in marks)) + 62
    lowest, highest = layout.ends
    left = max(names, *(mark.width for mark in marks)) / 2 + MARGIN
    top = MARGIN + 18 + max(mark.height for mark in marks) / 2

    def at(level: int, height: float) -> tuple[float, float]:
        return left + level * column, top + (height - lowest) * row

    drawn = 2 * left + max(levels) * column
    width = max(drawn, len(caption) * LETTER + 2 * MARGIN)
    left += (width - drawn) / 2
    height = at(0, highest)[1] + max(mark.height for mark in marks) / 2 + 20 + MARGIN + 10
    grouped = not marks[0].name
    parts: list[Node] = []
    for (tail, head), number in sorted(edges.items()):
        points = [at(levels[tail] + step, y) for step, y in enumerate(layout.way(tail, head))]
        points[0] = points[0][0] + marks[tail].width / 2, points[0][1]
        points[-1] = points[-1][0] - marks[head].width / 2 - 7, points[-1][1]
        parts += _connection(points, 1 if grouped else number, row)
        if grouped:
            (x1, y1), (x2, y2) = points[:2]
            parts.append(_words((x1 + x2) / 2, (y1 + y2) / 2 - 4, f"{number:,}"))
    heads = {head for _, head in edges}
    parts += [
        _node(mark, *at(levels[node], layout.heights[node]), has_edges=node in heads)
        for node, mark in enumerate(marks)
    ]
    document = _svg(
        xmlns="http://www.w3.org/2000/svg",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        role="img",
        font_size="11",
        text_anchor="middle",
        font_family="Helvetica, Arial, sans-serif",
    )[
        _title[_legal(title)],
        _rect(width="100%", height="100%", rx="8", fill=PANEL),
        _words(width / 2, MARGIN - 4, title),
        parts,
        _words(width / 2, height - 9, caption, colour=LINE),
    ]
    return f"{document}\n"


def _connection(points: Sequence[tuple[float, float]], parallel: int, row: float) -> list[Node]:
    """Smooth curves through the points, as many as there are parallel edges, drawn apart."""
    curves: list[Node] = []
    for number in range(parallel):
        apart = (number - (parallel - 1) / 2) * min(12.0, 0.9 * row / parallel)
        path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        for step, ((x1, y1), (x2, y2)) in enumerate(pairwise(points)):
            # Steep curves move apart sideways too.
            middle = (x1 + x2) / 2 - apart * min(1.0, max(-1.0, (y2 - y1) / (x2 - x1)))
            # The ends of a curve stay at the nodes; all that is between moves apart.
            end = y2 if step == len(points) - 2 else y2 + apart
            path += (
                f" C{middle:.1f},{y1 + apart:.1f} {middle:.1f},{y2 + apart:.1f} {x2:.1f},{end:.1f}"
            )
        curves.append(_path(d=path, fill="none", stroke=LINE, stroke_width="1.4"))
    return curves


def _node(mark: Mark, x: float, y: float, *, has_edges: bool) -> Element:
    tip = x - mark.width / 2 - 1
    first = y + 4 - 7 * (len(mark.lines) - 1)
    return _g[
        _title[_legal(mark.title)],
        has_edges and _path(d=f"M{tip:.1f},{y:.1f} l-8,-4 v8 z", fill=LINE),
        _rim(mark, x, y, inset=0, fill=OUTPUT if mark.is_output else mark.fill),
        mark.is_output and _rim(mark, x, y, inset=3, fill="none"),
        [_words(x, first + 14 * n, line) for n, line in enumerate(mark.lines)],
        mark.name and _words(x, y + mark.height / 2 + 12, mark.name),
    ]


def _rim(mark: Mark, x: float, y: float, *, inset: float, fill: str) -> Element:
    wide, high = mark.width / 2 - inset, mark.height / 2 - inset
    style = {"fill": fill, "stroke": INK, "stroke-width": "1.2"}
    if not mark.is_box:
        return _circle(style, cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{wide:.1f}")
    return _rect(
        style,
        x=f"{x - wide:.1f}",
        y=f"{y - high:.1f}",
        width=f"{2 * wide:.1f}",
        height=f"{2 * high:.1f}",
        rx="4",
    )


def _words(x: float, y: float, words: str, *, colour: str = INK) -> Element:
    return _text(x=f"{x:.1f}", y=f"{y:.1f}", fill=colour)[_legal(words)]


def _legal(words: str) -> str:
    """Replace the characters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", words)
