"""Where the words beside the edges of a picture stand, so that they can be told apart."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

LINE = 20.0
"""Units that a line of words is high."""

POINTS = 24
"""Points of each curve at which words may stand."""

ROUNDS = 3


def width(words: str) -> float:
    """Return the units across that words in small letters take, with some air."""
    return 9.0 * len(words) + 7


def sampled(points: Sequence[tuple[float, float]], apart: float) -> Points:
    """Return points along the curve through some places, shape (n, 2).

    Parameters
    ----------
    points : two or more places; between two of them the curve starts and ends level.
    apart : units that the middle of each piece is lowered by.
    """
    t = np.linspace(0, 1, POINTS)[:, None]
    pieces = []
    for one, other in pairwise(points):
        (x1, y1), (x2, y2) = one, other
        first = np.array([(x1 + x2) / 2, y1 + apart])
        second = np.array([(x1 + x2) / 2, y2 + apart])
        near = (1 - t) ** 3 * np.array(one) + 3 * t * (1 - t) ** 2 * first
        pieces.append(near + 3 * t**2 * (1 - t) * second + t**3 * np.array(other))
    return np.concatenate(pieces)


def word_places(
    curves: Sequence[Points], words: Sequence[str], taken: Sequence[tuple[float, float, float]]
) -> list[tuple[float, float]]:
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
    obstacles = np.array(taken).reshape(-1, 3)
    options = [_options(curve) for curve in curves]
    halves = np.array([width(one) / 2 for one in words])
    points = np.concatenate(curves)
    owners = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    places = np.array([spots[len(spots) // 2] for spots in options])
    shown = [number for number, one in enumerate(words) if one]
    fixed = {
        number: _near_nodes(options[number], halves[number], obstacles)
        + _on_curves(options[number], halves[number], points[owners != number])
        + 6 * np.abs(np.linspace(-1, 1, len(options[number])))
        for number in shown
    }
    for _ in range(ROUNDS):
        for number in shown:
            others = [other for other in shown if other != number]
            dx, dy = _away(options[number], places[others])
            close = (dx < halves[number] + halves[others]) & (dy < LINE)
            cost = fixed[number] + 60 * np.count_nonzero(close, axis=1)
            places[number] = options[number][int(np.argmin(cost))]
    return [(float(x), float(y)) for x, y in places]


def _options(curve: Points) -> Points:
    """Return the places on a curve that leave its ends free."""
    cut = len(curve) // 6
    return curve[cut : len(curve) - cut]


def _near_nodes(spots: Points, half: float, obstacles: Points) -> Points:
    dx, dy = _away(spots, obstacles)
    close = (dx < half + obstacles[:, 2]) & (dy < LINE / 2 + obstacles[:, 2])
    cost: Points = 60.0 * np.count_nonzero(close, axis=1)
    return cost


def _on_curves(spots: Points, half: float, points: Points) -> Points:
    dx, dy = _away(spots, points)
    cost: Points = 4.0 * np.count_nonzero((dx < half) & (dy < LINE / 2), axis=1)
    return cost


def _away(spots: Points, points: Points) -> tuple[Points, Points]:
    """Return how far each spot is from each point, across and down, shapes (spots, points)."""
    dx = np.abs(spots[:, :1] - points[:, 0])
    dy = np.abs(spots[:, 1:2] - points[:, 1])
    return dx, dy
