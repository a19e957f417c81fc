"""Remark 1 on lowering the classification error as a protection against attacks."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.exact_checks import refuted_by
from theory.checks.subjects.exact_points import Point, exact_points


def check_remark_1_error(*, seed: int, progress: Progress = silent) -> Evidence:
    """Remark 1: decreasing the classification error is a valid strategy against attacks."""
    points = [
        point
        for point in exact_points(np.random.default_rng([seed, 103]), progress)
        if _worst(point) > 0
    ]
    cancelling = (Point(weights=w, slopes=[[0], [1], [-1]], target=0) for w in _CANCELLING)
    before, after = (abs(point.gradient[0]) for point in cancelling)
    return Evidence(
        method=(
            "Points with exact probabilities and logit gradients, as for Eq. 9, whose target class "
            "is made more probable while the logit gradients stay as they are. How the error is "
            "shared among the wrong classes is left open: ‖∂_x L‖_1 is largest where it is all on "
            "one of them, since a norm is convex in the probabilities. To the letter, a lower "
            "error would have to lower ‖∂_x L‖, or vulnerability, in each case."
        ),
        stated=[
            compare(
                "at given logit gradients, the largest possible ‖∂_x L‖_1 falls in proportion to "
                "the error probability 1 − q_c",
                points,
                lambda point: _falls_otherwise(point, 1),
            ),
            compare(
                "no sharing of the error among the wrong classes has a larger one",
                points,
                lambda point: (
                    ""
                    if _l_1(point.gradient) <= point.error_probability * _worst(point)
                    else point.name
                ),
            ),
        ],
        literal=[
            refuted_by(
                "a lower error probability lowers ‖∂_x L‖ at given logit gradients",
                "d = 1, K = 3, ∂_x f_k = 0, 1, −1, c = 1: with q = (1/2, 1/4, 1/4) |∂_x L| is "
                f"{before}, with (6/10, 3/10, 1/10) it is {after}",
            ),
            refuted_by(
                "a lower error probability lowers vulnerability",
                "d = 1, K = 2, logits (s x, 0), P all on x = 1: 1 − q_c is "
                f"{_error_at(1):.2g} at s = 1 and {_error_at(2):.2g} at s = 2, and the class "
                "changes at ε = 1 for both",
            ),
        ],
        controls=[
            compare(
                "false neighbour: it falls in proportion to (1 − q_c)^1.1",
                points,
                lambda point: _falls_otherwise(point, 1.1),
            ),
            compare(
                "false neighbour: no sharing of the error has one above 0.95 times the largest",
                points,
                lambda point: (
                    ""
                    if _l_1(point.gradient)
                    <= Fraction(95, 100) * point.error_probability * _worst(point)
                    else point.name
                ),
            ),
        ],
        tables=[
            Table(
                title="Logits (s x, 0) at x = 1: the class changes at ε = 1 for every s > 0",
                columns=["s", "error probability", "|∂_x L|"],
                rows=[[s, _error_at(s), s * _error_at(s)] for s in (0.5, 1.0, 2.0, 4.0)],
            )
        ],
    )


_CANCELLING = ((2, 1, 1), (6, 3, 1))


def _l_1(vector: list[Fraction]) -> Fraction:
    return sum(map(abs, vector), Fraction(0))


def _worst(point: Point) -> Fraction:
    """The largest ‖∂_x f_c − ∂_x f_k‖_1."""
    return max(_l_1(point.difference(k)) for k in point.rivals)


def _largest_gradient(point: Point, factor: int) -> Fraction:
    """The largest ‖∂_x L‖_1, the target's weight multiplied and all error on one other class."""
    target = point.weights[point.target]
    wrong = sum(point.weights) - target
    return max(
        _l_1(
            replace(
                point,
                weights=[
                    target * factor if j == point.target else wrong if j == k else 0
                    for j in range(len(point.weights))
                ],
            ).gradient
        )
        for k in point.rivals
    )


def _falls_otherwise(point: Point, power: float) -> str:
    """Say where the largest gradient over a power of the error probability changes with it."""
    target, wrong = point.weights[point.target], sum(point.weights) - point.weights[point.target]
    quotients = [
        float(_largest_gradient(point, factor))
        / float(Fraction(wrong, wrong + factor * target)) ** power
        for factor in (1, 2, 10)
    ]
    if max(quotients) <= min(quotients) * (1 + 1e-12):
        return ""
    return f"{point.name}: the quotient goes from {min(quotients):.4g} to {max(quotients):.4g}"


def _error_at(s: float) -> float:
    return 1 / (1 + math.exp(s))
