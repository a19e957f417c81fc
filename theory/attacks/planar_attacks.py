"""Attacks on a loss of two pixels, found by searching the whole ball instead of by a formula.

What a student sees of Lemma 1 is held against this search, which knows nothing of dual norms. Only
the standard library is used.
"""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from theory.attacks.plain_norms import norm

Point: TypeAlias = tuple[float, float]

DIRECTIONS = 360
"""Directions of a search, a degree apart: for exponents that are not extreme (1, infinity, and
1.1 <= p <= 11) and any gradient, the best of them reaches 99.9 % of the maximum."""

READOUT = (3.0, 2.0)
BIAS = 0.3


def unit_circle(p: float) -> list[Point]:
    """Return the points with ‖δ‖_p = 1 in `DIRECTIONS` directions.

    The first one lies on the first axis, and they go around counterclockwise.

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    points = []
    for n in range(DIRECTIONS):
        angle = math.radians(n * 360 / DIRECTIONS)
        x, y = math.cos(angle), math.sin(angle)
        length = norm((x, y), p)
        points.append((x / length, y / length))
    return points


def curved_loss(gradient: Point) -> Callable[[Point], float]:
    """Build the loss of a small tanh network with a given input gradient at the origin.

    Each of its two hidden units sees one pixel, f_2 - f_1 is 3 tanh(w_1 x_1 + b) + 2 tanh(w_2 x_2
    + b), and the loss is the cross-entropy of class 1. It bends soon: it cannot grow forever.
    """
    (first, second), slope = READOUT, 1 - math.tanh(BIAS) ** 2
    chance = 1 / (1 + math.exp(-(first + second) * math.tanh(BIAS)))
    w, v = (g / (chance * r * slope) for g, r in zip(gradient, READOUT, strict=True))

    def loss(x: Point) -> float:
        apart = first * math.tanh(w * x[0] + BIAS) + second * math.tanh(v * x[1] + BIAS)
        return math.log1p(math.exp(apart))

    return loss


def search(change: Callable[[Point], float], p: float, sizes: Sequence[float]) -> list[float]:
    """Search the balls ‖δ‖_p <= ε of growing size for the largest rise of a loss.

    Parameters
    ----------
    change : L(x + δ) - L(x), of a perturbation δ.
    p : exponent of the balls' norm, in [1, infinity].
    sizes : the ε, ascending; inside a ball only the smaller ones are searched.

    Returns
    -------
    The largest rise found in each ball; at least 0, as every ball holds δ = 0.

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    circle = unit_circle(p)
    found, most = [], 0.0
    for size in sizes:
        # A larger ball holds all that the smaller ones hold.
        most = max(most, *(change((size * x, size * y)) for x, y in circle))
        found.append(most)
    return found
