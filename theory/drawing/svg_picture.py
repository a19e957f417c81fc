"""Marks and curves as SVG, on a panel of its own: it reads on dark and light pages alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from theory.drawing.layered_layout import Edge, layered_layout

MARGIN = 24.0
LETTER = 6.2
"""Width of a letter, at most, in the font, in pixels."""

PANEL, INK, LINE = "#fcfcfa", "#1c2126", "#66717c"
INPUT, NEURON, OUTPUT, FIXED = "#cfe3f5", "#ffffff", "#fbdcae", "#e2d9f3"


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
    lowest = min([*layout.heights, *(y for bends in layout.bends.values() for y in bends)])
    highest = max([*layout.heights, *(y for bends in layout.bends.values() for y in bends)])
    left = max(names, *(mark.width for mark in marks)) / 2 + MARGIN
    top = MARGIN + 18 + max(mark.height for mark in marks) / 2

    def at(level: int, height: float) -> tuple[float, float]:
        return left + level * column, top + (height - lowest) * row

    drawn = 2 * left + max(levels) * column
    width = max(drawn, len(caption) * LETTER + 2 * MARGIN)
    left += (width - drawn) / 2
    height = at(0, highest)[1] + max(mark.height for mark in marks) / 2 + 20 + MARGIN + 10
    grouped = not marks[0].name
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" font-size="11" text-anchor="middle" '
        'font-family="Helvetica, Arial, sans-serif">',
        f"<title>{_safe(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{PANEL}"/>',
        _text(width / 2, MARGIN - 4, title),
    ]
    for (tail, head), number in sorted(edges.items()):
        bends = layout.bends[tail, head]
        heights = [layout.heights[tail], *bends, layout.heights[head]]
        points = [at(levels[tail] + step, y) for step, y in enumerate(heights)]
        points[0] = points[0][0] + marks[tail].width / 2, points[0][1]
        points[-1] = points[-1][0] - marks[head].width / 2 - 7, points[-1][1]
        parts += _connection(points, 1 if grouped else number, row)
        if grouped:
            (x1, y1), (x2, y2) = points[:2]
            parts.append(_text((x1 + x2) / 2, (y1 + y2) / 2 - 4, f"{number:,}"))
    heads = {head for _, head in edges}
    for node, mark in enumerate(marks):
        parts += _node(mark, *at(levels[node], layout.heights[node]), has_edges=node in heads)
    parts += [_text(width / 2, height - 9, caption, colour=LINE), "</svg>"]
    return "\n".join(parts) + "\n"


def _connection(points: Sequence[tuple[float, float]], parallel: int, row: float) -> list[str]:
    """Smooth curves through the points, as many as there are parallel edges, drawn apart."""
    curves = []
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
        curves.append(f'<path d="{path}" fill="none" stroke="{LINE}" stroke-width="1.4"/>')
    return curves


def _node(mark: Mark, x: float, y: float, *, has_edges: bool) -> list[str]:
    wide, high = mark.width / 2, mark.height / 2
    parts = [f"<g><title>{_safe(mark.title)}</title>"]
    if has_edges:
        tip = x - wide - 1
        parts.append(f'<path d="M{tip:.1f},{y:.1f} l-8,-4 v8 z" fill="{LINE}"/>')
    rims = [(0.0, mark.fill if not mark.is_output else OUTPUT)]
    rims += [(3.0, "none")] if mark.is_output else []
    for inset, fill in rims:
        style = f'fill="{fill}" stroke="{INK}" stroke-width="1.2"'
        if mark.is_box:
            parts.append(
                f'<rect x="{x - wide + inset:.1f}" y="{y - high + inset:.1f}" '
                f'width="{2 * (wide - inset):.1f}" height="{2 * (high - inset):.1f}" rx="4" '
                f"{style}/>"
            )
        else:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{wide - inset:.1f}" {style}/>')
    first = y + 4 - 7 * (len(mark.lines) - 1)
    parts += [_text(x, first + 14 * n, line) for n, line in enumerate(mark.lines)]
    if mark.name:
        parts.append(_text(x, y + high + 12, mark.name))
    return [*parts, "</g>"]


def _text(x: float, y: float, words: str, *, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{_safe(words)}</text>'


def _safe(words: str) -> str:
    """Escape for XML, and replace the characters that XML cannot hold."""
    return escape(
        re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", words)
    )
