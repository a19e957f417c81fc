"""Where the words beside the edges of a picture stand, so that they can be told apart."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]

LINE = 20.0
"""Units that a line of words is high."""

POINTS = 24
"""Points of each curve at which words may stand."""

ROUNDS = 3


def width(words: str) -> float:
    """Return the units across that words in small letters take, with some air."""
    return 9.0 * len(words) + 7


def sampled(points: Sequence[Point], apart: float) -> list[Point]:
    """Return points along the curve through some places.

    Parameters
    ----------
    points : two or more places; between two of them the curve starts and ends level.
    apart : units that the middle of each piece is lowered by.
    """
    curve = []
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        for n in range(POINTS):
            t = n / (POINTS - 1)
            ends, inner = ((1 - t) ** 3, t**3), (3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t))
            x = ends[0] * x1 + sum(inner) * middle + ends[1] * x2
            y = ends[0] * y1 + inner[0] * (y1 + apart) + inner[1] * (y2 + apart) + ends[1] * y2
            curve.append((x, y))
    return curve


def word_places(
    curves: Sequence[Sequence[Point]],
    words: Sequence[str],
    taken: Sequence[tuple[float, float, float]],
) -> list[Point]:
    """Place words on their curves, away from each other, from nodes and from other curves.

    Each looks in turn for the best place on its own curve while the others stay.

    Parameters
    ----------
    curves : from `sampled`.
    words : one a curve; those that are empty take no room.
    taken : x, y and radius of what else stands in the picture.

    Returns
    -------
    The middle of each.
    """
    options = [_options(curve) for curve in curves]
    halves = [width(one) / 2 for one in words]
    by_height = sorted((y, x, owner) for owner, curve in enumerate(curves) for x, y in curve)
    heights = [y for y, _, _ in by_height]
    places = [spots[len(spots) // 2] for spots in options]
    shown = [number for number, one in enumerate(words) if one]

    def fixed(number: int, place: int) -> float:
        """What stays in the way of a word at one of its places: nodes, and other curves."""
        (x, y), half = options[number][place], halves[number]
        nodes = sum(
            abs(x - left) < half + radius and abs(y - top) < LINE / 2 + radius
            for left, top, radius in taken
        )
        level = slice(bisect_right(heights, y - LINE / 2), bisect_left(heights, y + LINE / 2))
        points = sum(
            owner != number and abs(x - left) < half for _, left, owner in by_height[level]
        )
        from_middle = abs(2 * place / (len(options[number]) - 1) - 1)
        return 60 * nodes + 4 * points + 6 * from_middle

    costs = {number: [fixed(number, n) for n in range(len(options[number]))] for number in shown}
    for _ in range(ROUNDS):
        for number in shown:

            def cost(place: int, number: int = number) -> float:
                x, y = options[number][place]
                close = sum(
                    abs(x - places[other][0]) < halves[number] + halves[other]
                    and abs(y - places[other][1]) < LINE
                    for other in shown
                    if other != number
                )
                return costs[number][place] + 60 * close

            places[number] = options[number][min(range(len(options[number])), key=cost)]
    return places


def _options(curve: Sequence[Point]) -> Sequence[Point]:
    """Return the places on a curve that leave its ends free."""
    cut = len(curve) // 6
    return curve[cut : len(curve) - cut]
