"""Places of the claims in the picture of what rests on what, and the ways of its arrows.

Sections stand in columns, in the source's order, with their claims below each other. An arrow that
passes a column runs between two of its boxes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqrtd.verdicts.claims import Claim

WIDTH = 1280.0
MARGIN = 20.0
LETTER = 6.0
"""Width of a letter, on average and at most, at the font's size of 11 pixels."""

GAP = 80.0
"""Between two columns, at least: room for arrows."""

BULGE = 64.0
"""Of an arrow within a column, at most."""

BOX, PITCH, HEADING = 19.0, 27.0, 34.0
"""Height of a box, from one box to the next, and of a section's name with the space above it."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where everything stands, in pixels.

    Attributes
    ----------
    boxes : by claim, its column, and the middle of its left side.
    names : of the sections, each with the left end of its baseline.
    width : of a box.
    bottom : lower end of the lowest box.
    """

    boxes: Mapping[str, tuple[int, float, float]]
    names: Mapping[str, tuple[float, float]]
    width: float
    bottom: float

    def way(self, tail: str, head: str) -> str:
        """Return the path of an arrow from the side of one box to the side of another."""
        (start, x1, y1), (end, x2, y2) = self.boxes[tail], self.boxes[head]
        if start == end:
            x, out = x1 + self.width, min(BULGE, 14 + abs(y2 - y1) / 8)
            return (
                f"M{x:.1f},{y1:.1f} C{x + out:.1f},{y1:.1f} {x + out:.1f},{y2:.1f} {x:.1f},{y2:.1f}"
            )
        forth = start < end
        points = [(x1 + self.width * forth, y1)]
        step = 1 if forth else -1
        for column in range(start + step, end, step):
            height = y1 + (y2 - y1) * (column - start) / (end - start)
            left = next(x for place, x, _ in self.boxes.values() if place == column)
            lane = self._lane(column, height)
            sides = (left, left + self.width)
            points += [(x, lane) for x in (sides if forth else sides[::-1])]
        points.append((x2 + self.width * (not forth), y2))
        return f"M{points[0][0]:.1f},{points[0][1]:.1f}" + "".join(
            f" C{(a + b) / 2:.1f},{c:.1f} {(a + b) / 2:.1f},{d:.1f} {b:.1f},{d:.1f}"
            for (a, c), (b, d) in pairwise(points)
        )

    def _lane(self, column: int, height: float) -> float:
        """Return the height between two boxes of a column, or below it, that is nearest."""
        below = [y + PITCH / 2 for place, _, y in self.boxes.values() if place == column]
        return height if height > max(below) else min(below, key=lambda y: abs(y - height))


def columns(sections: Mapping[str, Sequence[Claim]], top: float) -> Columns:
    """Place all claims.

    Parameters
    ----------
    sections : the claims of each, in order.
    top : upper end of the columns, in pixels.
    """
    ids = [claim.id for claims in sections.values() for claim in claims]
    width = max(map(len, ids)) * LETTER + 14
    drawn = WIDTH - 2 * MARGIN - BULGE
    filled = _filled(sections, int((drawn + GAP) // (width + GAP)))
    gap = (drawn - len(filled) * width) / max(1, len(filled) - 1)
    height = max(sum(_height(sections[name]) for name in held) for held in filled)
    boxes: dict[str, tuple[int, float, float]] = {}
    names = {}
    for column, held in enumerate(filled):
        x, y = MARGIN + column * (width + gap), top
        for name in held:
            names[name] = x, y + HEADING - 12
            for place, claim in enumerate(sections[name]):
                boxes[claim.id] = column, x, y + HEADING + BOX / 2 + place * PITCH
            y += _height(sections[name])
    return Columns(boxes=boxes, names=names, width=width, bottom=top + height)


def _filled(sections: Mapping[str, Sequence[Claim]], most: int) -> list[list[str]]:
    """Fill at most so many columns with the sections, in order; the tallest is as low as can be."""
    heights = [_height(claims) for claims in sections.values()]
    runs = {sum(heights[a:b]) for b in range(len(heights) + 1) for a in range(b)}
    for limit in sorted(height for height in runs if height >= max(heights)):
        filled: list[list[str]] = []
        free = 0.0
        for name, height in zip(sections, heights, strict=True):
            if not filled or height > free:
                filled.append([])
                free = limit
            filled[-1].append(name)
            free -= height
        if len(filled) <= max(1, most):
            break
    return filled


def _height(claims: Sequence[Claim]) -> float:
    return HEADING + len(claims) * PITCH
