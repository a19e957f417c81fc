"""Appendix B: which classes and which points Eq. 16 regularizes."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.exact_points import Point, exact_points


def check_regularized_points(*, seed: int, progress: Progress = silent) -> Evidence:
    """Appendix B: only probable classes, and only points near the margin, are regularized."""
    points = exact_points(np.random.default_rng([seed, 53]), progress)
    points += [_pushed(point, 100) for point in points]
    right = [point for point in points if _odds(point) <= 1]
    several = [point for point in right if len(point.weights) > 2]
    return Evidence(
        method=(
            "Points with exact probabilities and logit gradients, as for Eq. 9, and the same with "
            "the target's probability raised. The margin m is f_c less the largest other logit, so "
            "that e^(−m) is a fraction. “Only points near the margin” says that the weight of the "
            "logit gradients in ∂_x L falls with the distance |m| from it. If m ≥ 0, the "
            "probability of all K − 1 wrong classes is at most r/(1 + r) with r = (K − 1) e^(−m), "
            "which bounds it; the largest coordinates of the gradients are compared."
        ),
        stated=[
            compare(
                "the gradient of another class than the target counts by that class's "
                "probability: a change of it by v changes ∂_x L by q_k v",
                points,
                lambda point: _counts_otherwise(point, point.rivals[0]),
            ),
            compare(
                "‖∂_x L‖_∞ is at most r/(1 + r) max_k ‖∂_x f_c − ∂_x f_k‖_∞, r = (K − 1) e^(−|m|)",
                points,
                lambda point: _exceeds(point, _on_either_side(point)),
            ),
        ],
        corrected=[
            compare(
                "the same with r = (K − 1) e^(−m), for images that are classified right (m ≥ 0)",
                right,
                lambda point: _exceeds(point, _weight_bound(point, len(point.weights) - 1)),
            ),
            compare(
                "the gradient of another class than the target counts by that class's probability",
                points,
                lambda point: _counts_otherwise(point, point.rivals[0]),
            ),
        ],
        controls=[
            compare(
                "false neighbour: with 0.95 times that bound",
                right,
                lambda point: _exceeds(
                    point, Fraction(95, 100) * _weight_bound(point, len(point.weights) - 1)
                ),
            ),
            compare(
                "false neighbour: with r = e^(−m) for more than two classes",
                several,
                lambda point: _exceeds(point, _weight_bound(point, 1)),
            ),
            compare(
                "false neighbour: the target's own gradient counts by its probability, too",
                points,
                lambda point: _counts_otherwise(point, point.target),
            ),
        ],
        tables=[
            Table(
                title="Largest weight of the logit gradients in ∂_x L, two classes",
                columns=["margin m", "weight 1 − q_c"],
                rows=[[m, float(1 / (1 + np.exp(m)))] for m in (-5.0, -2.0, 0.0, 2.0, 5.0)],
            )
        ],
    )


def _pushed(point: Point, factor: int) -> Point:
    """The same point with the target's weight multiplied."""
    weights = list(point.weights)
    weights[point.target] *= factor
    return replace(point, weights=weights)


def _odds(point: Point) -> Fraction:
    """e^(−m): the weight of the most probable other class over the target's."""
    return Fraction(max(point.weights[k] for k in point.rivals), point.weights[point.target])


def _weight_bound(point: Point, rivals: int) -> Fraction:
    ratio = rivals * _odds(point)
    return ratio / (1 + ratio)


def _on_either_side(point: Point) -> Fraction:
    odds = min(_odds(point), 1 / _odds(point))
    ratio = (len(point.weights) - 1) * odds
    return ratio / (1 + ratio)


def _exceeds(point: Point, bound: Fraction) -> str:
    largest = max(abs(value) for k in point.rivals for value in point.difference(k))
    norm = max(map(abs, point.gradient))
    if norm <= bound * largest:
        return ""
    return f"{point.name}: ‖∂_x L‖_∞ = {norm} > {bound * largest}"


def _counts_otherwise(point: Point, k: int) -> str:
    """Say where a change of one logit gradient does not change ∂_x L by its probability."""
    slopes = [list(slope) for slope in point.slopes]
    slopes[k][0] += 1
    moved = replace(point, slopes=slopes)
    change = moved.gradient[0] - point.gradient[0]
    if abs(change) == point.q[k]:
        return ""
    return f"{point.name}: class {k + 1} of probability {point.q[k]} counts {abs(change)}"
