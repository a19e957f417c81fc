"""Vectors whose coordinates have one order of magnitude, and how their norms scale with d."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sympy as sp

from evidence.findings import Exact, compare
from theory.attacks.norms import ROUNDING, dual_exponent, norm
from theory.attacks.smooth_networks import Array

EXPONENTS = (1.0, 1.25, 1.5, 2.0, 3.0, 10.0, math.inf)
DIMENSIONS = (1, 2, 3, 10, 100)
SPREAD = 2.0
"""Coordinates of one order of magnitude: between 1/SPREAD and SPREAD times it."""


@dataclass(frozen=True, kw_only=True)
class SizedVector:
    """Coordinates of the order of magnitude 1, and an exponent.

    Attributes
    ----------
    exponent : of a norm; p for perturbations, q for gradients.
    coordinates : shape (d,).
    """

    exponent: float
    coordinates: Array

    @property
    def d(self) -> int:
        """The number of coordinates."""
        return len(self.coordinates)

    @property
    def name(self) -> str:
        """Dimension, exponent, and the coordinates where they are few."""
        return f"d = {self.d}, exponent {self.exponent:g}, coordinates {listed(self.coordinates)}"


def listed(coordinates: Array) -> str:
    """The first four coordinates in parentheses, and dots for others."""
    first = ", ".join(f"{value:.3g}" for value in coordinates[:4])
    return f"({first}{', ...' if len(coordinates) > 4 else ''})"


def sized_vectors(rng: np.random.Generator) -> list[SizedVector]:
    """Equal coordinates first, small dimensions first."""
    vectors = []
    for d in DIMENSIONS:
        shapes = [np.ones(d), rng.choice([-1.0, 1.0], size=d)]
        shapes += [SPREAD ** rng.uniform(-1, 1, size=d) for _ in range(10)]
        exponents = (*EXPONENTS, *(1 / rng.uniform(0.05, 1, size=3)))
        vectors += [
            SizedVector(exponent=float(p), coordinates=x) for x in shapes for p in exponents
        ]
    return vectors


def of_size_one(vectors: list[SizedVector]) -> list[SizedVector]:
    """Those whose coordinates are all 1 or -1."""
    return [v for v in vectors if (np.abs(v.coordinates) == 1).all()]


def spikes(vectors: list[SizedVector]) -> list[SizedVector]:
    """Vectors of the same dimensions and exponents, zero but for their first coordinate."""
    return [SizedVector(exponent=v.exponent, coordinates=np.eye(v.d)[0]) for v in vectors]


def d_to_one_over_p(vector: SizedVector) -> float:
    """What Eq. 5 predicts of the norm, d^(1/p)."""
    return float(vector.d ** (1 / vector.exponent))


def d_to_one_over_q(vector: SizedVector) -> float:
    """The same with the dual exponent, d^(1/q)."""
    return float(vector.d ** (1 / dual_exponent(vector.exponent)))


def identity_in_symbols(statement: str, difference: sp.Expr) -> Exact:
    """Test that the difference of an identity's sides is 0."""
    return compare(
        f"in symbols: {statement}",
        [sp.simplify(difference)],
        lambda remains: "" if remains == 0 else f"the sides differ by {remains}",
    )


def scales(
    statement: str,
    vectors: list[SizedVector],
    factor: float,
    predicted: Callable[[SizedVector], float],
) -> Exact:
    """Test that each norm lies within a factor of the predicted one."""

    def wrong(vector: SizedVector) -> str:
        value, expected = float(norm(vector.coordinates, vector.exponent)), predicted(vector)
        if 1 / factor - ROUNDING <= value / expected <= factor + ROUNDING:
            return ""
        return f"{vector.name}: the norm is {value:.4g}, predicted {expected:.4g}"

    return compare(statement, vectors, wrong)
