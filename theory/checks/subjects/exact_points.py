"""Points with exact probabilities, at which formulas for the cross-entropy are compared.

Logits log w_k + a_k · x, with whole w_k and a_k, have at x = 0 the probabilities w_k / sum of all:
fractions, so that everything about their gradients is exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import TypeAlias

import numpy as np
import sympy as sp

from evidence.findings import Exact, Progress, compare

Vector: TypeAlias = list[Fraction]


@dataclass(frozen=True, kw_only=True)
class Point:
    """Logits f_k(x) = log w_k + a_k · x, seen at x = 0.

    Attributes
    ----------
    weights : the w_k, whole numbers for which q_k = w_k / sum of all.
    slopes : the gradients a_k of the logits, K sequences of length d.
    target : the class c, counted from 0.
    """

    weights: Sequence[int]
    slopes: Sequence[Sequence[int]]
    target: int

    @property
    def q(self) -> Vector:
        """The probabilities q_k."""
        # Times a fraction, for whole numbers and sympy's symbols alike.
        return [Fraction(1) * weight / sum(self.weights) for weight in self.weights]

    @property
    def error_probability(self) -> Fraction:
        """The probability 1 - q_c of all wrong classes."""
        return 1 - self.q[self.target]

    @property
    def gradient(self) -> Vector:
        """∂_x L, from the definition of the loss."""
        derivative = _loss_derivative(len(self.weights), self.target)
        return [
            derivative(*self.weights, *(Fraction(1) * slope[i] for slope in self.slopes))
            for i in range(len(self.slopes[0]))
        ]

    def weighted(self, factors: Sequence[Fraction]) -> Vector:
        """The sum of factors times logit gradients."""
        return combined(factors, self.slopes)

    def difference(self, k: int) -> Vector:
        """∂_x f_c - ∂_x f_k."""
        return [
            Fraction(1) * c - a
            for c, a in zip(self.slopes[self.target], self.slopes[k], strict=True)
        ]

    @property
    def rivals(self) -> list[int]:
        """All classes but the target."""
        return [k for k in range(len(self.weights)) if k != self.target]

    @property
    def name(self) -> str:
        """The logits in words."""
        weights = ", ".join(str(weight) for weight in self.weights)
        slopes = ", ".join(f"({', '.join(map(str, slope))})" for slope in self.slopes)
        return (
            f"K = {len(self.weights)}, d = {len(self.slopes[0])}, c = {self.target + 1}, "
            f"q ∝ ({weights}), ∂_x f_k = {slopes}"
        )


@cache
def _loss_derivative(classes: int, target: int) -> Callable[..., Fraction]:
    """The derivative at t = 0 of -log q_c, for logits log w_k + a_k t + (k + 1) t².

    The squares stand for everything of higher order, which the derivative must not depend on.
    """
    t = sp.Symbol("t", real=True)
    weights = sp.symbols(f"w:{classes}", positive=True)
    slopes = sp.symbols(f"a:{classes}", real=True)
    logits = [
        sp.log(w) + a * t + (k + 1) * t**2
        for k, (w, a) in enumerate(zip(weights, slopes, strict=True))
    ]
    total = sum(sp.exp(logit) for logit in logits)
    loss = -sp.log(sp.exp(logits[target]) / total)
    derivative = sp.cancel(sp.together(sp.diff(loss, t).subs(t, 0)))
    function: Callable[..., Fraction] = sp.lambdify((*weights, *slopes), derivative)
    return function


def exact_points(rng: np.random.Generator, progress: Progress) -> list[Point]:
    """All smallest points, then random ones with up to 6 classes and 3 inputs."""
    smallest = [
        Point(weights=weights, slopes=[[a], [b]], target=0)
        for weights in product((1, 2, 3), repeat=2)
        for a, b in sorted(product(range(4), repeat=2), key=lambda pair: pair[0] + pair[1])
    ]
    smallest += [
        Point(weights=(1, 1, 1), slopes=[[a], [b], [c]], target=0)
        for a, b, c in sorted(product(range(3), repeat=3), key=sum)
    ]
    drawn = []
    for number in range(300):
        progress(number / 300, "exact gradients of the cross-entropy")
        classes, inputs = int(rng.integers(2, 7)), int(rng.integers(1, 4))
        drawn.append(
            Point(
                weights=rng.integers(1, 10, size=classes).tolist(),
                slopes=rng.integers(-5, 6, size=(classes, inputs)).tolist(),
                target=int(rng.integers(classes)),
            )
        )
    return smallest + sorted(drawn, key=lambda point: len(point.weights) * len(point.slopes[0]))


SYMBOLIC = [
    # More inputs would be more of the same coordinate.
    Point(
        weights=sp.symbols(f"w:{classes}", positive=True),
        slopes=[[slope] for slope in sp.symbols(f"a:{classes}", real=True)],
        target=target,
    )
    for classes in (2, 3, 4)
    for target in range(classes)
]
"""Together all points with one input and 2 to 4 classes, in symbols."""


def gradient_identity(
    statement: str, points: Sequence[Point], formula: Callable[[Point], Vector]
) -> list[Exact]:
    """Test a formula for ∂_x L at points, and as an identity in symbols."""
    return [
        gradient_equals(statement, points, formula),
        compare(
            f"{statement}, as an identity in symbols",
            SYMBOLIC,
            lambda point: (
                ""
                if sp.cancel(point.gradient[0] - formula(point)[0]) == 0
                else f"K = {len(point.weights)}: ∂_x L = {sp.factor(point.gradient[0])}"
            ),
        ),
    ]


def gradient_equals(
    statement: str, points: Sequence[Point], formula: Callable[[Point], Vector]
) -> Exact:
    """Test a formula for ∂_x L at points."""

    def wrong(point: Point) -> str:
        gradient, predicted = point.gradient, formula(point)
        if gradient == predicted:
            return ""
        return f"{point.name}: ({_listed(gradient)}), not ({_listed(predicted)})"

    return compare(statement, points, wrong)


def square_equals(
    statement: str, points: Sequence[Point], formula: Callable[[Point], Fraction]
) -> Exact:
    """Test a formula for ‖∂_x L‖_2² at points, in fractions or in symbols."""

    def wrong(point: Point) -> str:
        square, predicted = dot(point.gradient, point.gradient), formula(point)
        if sp.cancel(square - predicted) == 0:
            return ""
        return f"{point.name}: {square}, not {predicted}"

    return compare(statement, points, wrong)


def dot(first: Vector, second: Vector) -> Fraction:
    """The scalar product."""
    return sum((a * b for a, b in zip(first, second, strict=True)), Fraction(0))


def combined(factors: Sequence[Fraction], vectors: Sequence[Sequence[Fraction | int]]) -> Vector:
    """The sum of factors times vectors."""
    columns = zip(*vectors, strict=True)
    return [
        sum((f * a for f, a in zip(factors, column, strict=True)), Fraction(0))
        for column in columns
    ]


def _listed(values: Vector) -> str:
    return ", ".join(str(value) for value in values)
