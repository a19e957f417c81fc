"""Eq. 9, Eq. 10, Eq. 16 and Remark 1: the input gradient of the cross-entropy."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.attacks.norms import ROUNDING, norm
from theory.checks.subjects.exact_points import (
    SYMBOLIC,
    Point,
    Vector,
    combined,
    dot,
    exact_points,
    gradient_equals,
    gradient_identity,
    square_equals,
)

METHOD = (
    "The derivative of −log q_c, taken by sympy from the definition of the softmax, is compared "
    "with the formula: as an identity in symbols for 2, 3 and 4 classes, and in exact fractions "
    "at points with up to 6 classes and 3 inputs, at which the probabilities are fractions "
    "because the logits are logarithms of whole numbers. "
)


def check_equation_9(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 9: the gradient of the loss in the logits, and in the inputs."""
    points = exact_points(np.random.default_rng([seed, 9]), progress)
    unit_slopes = [_with_unit_slopes(point) for point in points]
    return Evidence(
        method=METHOD + "∂_k L is the case of inputs that are the logits themselves.",
        stated=[
            gradient_equals(
                "∂_k L is −q_k for k ≠ c and 1 − q_c for k = c", unit_slopes, _equation_9
            ),
            *gradient_identity(
                "∂_x L = (1 − q_c) ∂_x f_c − Σ_{k≠c} q_k ∂_x f_k", points, _equation_9
            ),
        ],
        corrected=[
            gradient_equals(
                "∂_k L is q_k for k ≠ c and −(1 − q_c) for k = c",
                unit_slopes,
                lambda point: [-value for value in _equation_9(point)],
            ),
            *gradient_identity(
                "∂_x L = −(1 − q_c) ∂_x f_c + Σ_{k≠c} q_k ∂_x f_k",
                points,
                lambda point: [-value for value in _equation_9(point)],
            ),
        ],
        controls=[
            gradient_equals(
                "false neighbour: with plus signs throughout",
                points,
                lambda point: point.weighted([abs(factor) for factor in _factors(point)]),
            ),
            gradient_equals(
                "false neighbour: with q_c for 1 − q_c",
                points,
                lambda point: point.weighted(
                    [-q if k == point.target else q for k, q in enumerate(point.q)]
                ),
            ),
            gradient_equals("false neighbour: Σ_k q_k ∂_x f_k", points, lambda p: p.weighted(p.q)),
        ],
    )


def check_equation_10(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 10: ∂_x L as a mean of differences of logit gradients."""
    points = exact_points(np.random.default_rng([seed, 10]), progress)
    return Evidence(
        method=METHOD + "Eq. 10 is a right rewriting of Eq. 9 as printed, and so has its sign.",
        stated=[
            *gradient_identity("∂_x L = Σ_k q_k (∂_x f_c − ∂_x f_k)", points, _equation_10),
            compare(
                "Eq. 9 as printed can be rewritten as Eq. 10",
                points,
                lambda point: "" if _equation_9(point) == _equation_10(point) else point.name,
            ),
        ],
        corrected=gradient_identity(
            "∂_x L = Σ_k q_k (∂_x f_k − ∂_x f_c)",
            points,
            lambda point: [-value for value in _equation_10(point)],
        ),
        controls=[
            gradient_equals(
                "false neighbour: Σ_k (∂_x f_k − ∂_x f_c), without the probabilities",
                points,
                lambda point: _mean_difference(point, [Fraction(-1)] * len(point.q)),
            ),
            gradient_equals(
                "false neighbour: with 1 − q_k for q_k",
                points,
                lambda point: _mean_difference(point, [q - 1 for q in point.q]),
            ),
        ],
    )


def check_remark_1(*, seed: int, progress: Progress = silent) -> Evidence:
    """Remark 1: the norm of ∂_x L is controlled by the total error probability 1 - q_c."""
    points = exact_points(np.random.default_rng([seed, 101]), progress)
    return Evidence(
        method=(
            "Points as for Eq. 9, with the exact gradient. The bound is the triangle inequality in "
            "Eq. 10, whatever its sign; norms are compared for p from 1 to ∞, to 1e-12. The error "
            "probability alone bounds nothing: logits s x and 0 have the error probability ½ at "
            "x = 0 for every s, and |∂_x L| = |s|/2."
        ),
        stated=[
            compare(
                "‖∂_x L‖ ≤ (1 − q_c) max_{k≠c} ‖∂_x f_c − ∂_x f_k‖ in every l_p-norm",
                points,
                lambda point: _above_bound(point, float(point.error_probability), max),
            ),
            compare(
                "with two classes the two sides are equal",
                [point for point in points if len(point.weights) == 2],
                lambda point: _below_bound(point, float(point.error_probability)),
            ),
        ],
        controls=[
            compare(
                "false neighbour: with the smallest difference for the largest",
                points,
                lambda point: _above_bound(point, float(point.error_probability), min),
            ),
            compare(
                "false neighbour: with the error probability to the power 1.05",
                points,
                lambda point: _above_bound(point, float(point.error_probability) ** 1.05, max),
            ),
            compare(
                "false neighbour: without the logits' own gradients, ‖∂_x L‖ ≤ 1 − q_c",
                points,
                _exceeds_error_probability,
            ),
            compare(
                "false neighbour: with the probability q_c of the target class",
                points,
                lambda point: _above_bound(point, 1 - float(point.error_probability), max),
            ),
        ],
    )


def check_equation_16(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 16: the squared l_2-norm of ∂_x L as a sum over pairs of classes."""
    points = exact_points(np.random.default_rng([seed, 16]), progress)
    statement = "‖∂_x L‖_2² = Σ_{k,h} q_k q_h (∂_x f_c − ∂_x f_k) · (∂_x f_c − ∂_x f_h)"
    return Evidence(
        method=METHOD + "The wrong sign of Eq. 10 cancels in the square.",
        stated=[
            square_equals(statement, points, _equation_16),
            square_equals(f"{statement}, as an identity in symbols", SYMBOLIC, _equation_16),
        ],
        controls=[
            square_equals(
                "false neighbour: without the cross terms k ≠ h",
                points,
                _without_cross_terms,
            ),
            square_equals(
                "false neighbour: with ‖∂_x f_k − ∂_x f_h‖_2² / 2, as in the cross-Lipschitz "
                "regularizer, for the product",
                points,
                _cross_lipschitz,
            ),
            square_equals(
                "false neighbour: the sum is ‖∂_x L‖_2² / 2",
                points,
                lambda point: 2 * _equation_16(point),
            ),
        ],
        tables=[
            Table(
                title="Terms of the K² that are not zero for every network",
                columns=["K", "in Eq. 15", "in Eq. 16"],
                rows=[[k, k * (k - 1), (k - 1) ** 2] for k in (2, 3, 10)],
            )
        ],
    )


def _factors(point: Point) -> Vector:
    """The factors of the logit gradients in Eq. 9 as printed."""
    return [1 - q if k == point.target else -q for k, q in enumerate(point.q)]


def _equation_9(point: Point) -> Vector:
    return point.weighted(_factors(point))


def _equation_10(point: Point) -> Vector:
    return _mean_difference(point, point.q)


def _mean_difference(point: Point, factors: Sequence[Fraction]) -> Vector:
    """The sum over k of factors times ∂_x f_c - ∂_x f_k."""
    return combined(factors, [point.difference(k) for k in range(len(point.q))])


def _equation_16(point: Point) -> Fraction:
    terms = list(zip(point.q, map(point.difference, range(len(point.q))), strict=True))
    return sum((q * r * dot(a, b) for (q, a), (r, b) in product(terms, terms)), Fraction(0))


def _without_cross_terms(point: Point) -> Fraction:
    apart = [point.difference(k) for k in range(len(point.q))]
    return sum((q**2 * dot(a, a) for q, a in zip(point.q, apart, strict=True)), Fraction(0))


def _cross_lipschitz(point: Point) -> Fraction:
    """Eq. 16 with half the squared distance of two logit gradients for the product."""
    terms = list(zip(point.q, point.slopes, strict=True))
    total = Fraction(0)
    for (q, a), (r, b) in product(terms, terms):
        apart = [Fraction(1) * (first - second) for first, second in zip(a, b, strict=True)]
        total += q * r * dot(apart, apart) / 2
    return total


def _with_unit_slopes(point: Point) -> Point:
    classes = range(len(point.weights))
    return Point(
        weights=point.weights,
        slopes=[[int(k == i) for i in classes] for k in classes],
        target=point.target,
    )


def _exceeds_error_probability(point: Point) -> str:
    value, bound = _norms(point, 2.0)[0], float(point.error_probability)
    if value <= bound * (1 + ROUNDING):
        return ""
    return f"{point.name}: ‖∂_x L‖_2 = {value:.4g} > {bound:.4g}"


def _above_bound(point: Point, factor: float, choose: Callable[[Sequence[float]], float]) -> str:
    for p in (1.0, 1.5, 2.0, 3.0, math.inf):
        value, differences = _norms(point, p)
        bound = factor * choose(differences)
        if value > bound * (1 + ROUNDING):
            return f"{point.name}, p = {p:g}: ‖∂_x L‖ = {value:.4g} > {bound:.4g}"
    return ""


def _below_bound(point: Point, factor: float) -> str:
    value, differences = _norms(point, 2.0)
    bound = factor * max(differences)
    return "" if value >= bound * (1 - ROUNDING) else f"{point.name}: {value:.4g} < {bound:.4g}"


def _norms(point: Point, p: float) -> tuple[float, list[float]]:
    differences = [np.array(point.difference(k), dtype=float) for k in point.rivals]
    gradient = np.array(point.gradient, dtype=float)
    return float(norm(gradient, p)), [float(norm(apart, p)) for apart in differences]
