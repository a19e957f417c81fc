"""Section 5: which changes of the predicted class the gradient penalty is about."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from evidence.findings import Evidence, Progress, compare, silent
from theory.checks.appendices.cross_lipschitz import cross_lipschitz
from theory.checks.subjects.exact_points import Point, exact_points


def check_class_switches(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 5: the penalty ignores switches between wrong classes, and penalizes other ones."""
    points = exact_points(np.random.default_rng([seed, 52]), progress)
    several = [point for point in points if len(point.weights) > 2]
    pairs = [point for point in points if len(point.weights) == 2 and _has_slope(point)]
    wrong = [point for point in pairs if point.error_probability > Fraction(1, 2)]
    right = [point for point in pairs if point.error_probability < Fraction(1, 2)]
    return Evidence(
        method=(
            "Points with exact probabilities and logit gradients, as for Eq. 9. Two wrong classes "
            "are driven apart: their logits' gradients are moved in opposite directions, each in "
            "inverse proportion to its probability. An attack can then switch between the two more "
            "easily, and no more easily to the target class at first order. Where the predicted "
            "class is wrong already, no attack can reduce the accuracy, so a penalty on switches "
            "that do would be 0."
        ),
        stated=[
            compare(
                "driving two wrong classes apart leaves ∂_x L, and so the penalty, as it is",
                several,
                lambda point: _changes(point, point.rivals[:2]),
            ),
            compare(
                "where the predicted class is wrong, the penalty is 0",
                wrong,
                lambda point: "" if not any(point.gradient) else _described(point),
            ),
        ],
        corrected=[
            compare(
                "driving two wrong classes apart leaves ∂_x L, and so the penalty, as it is",
                several,
                lambda point: _changes(point, point.rivals[:2]),
            ),
            compare(
                "with two classes it is ‖∂_x f_c − ∂_x f_k‖ times less than 1/2 where the "
                "predicted class is right",
                right,
                lambda point: "" if 0 < _weight(point) < Fraction(1, 2) else _described(point),
            ),
            compare(
                "and times more than 1/2 where it is wrong: the switch to the true class, which "
                "raises the accuracy, is penalized most",
                wrong,
                lambda point: "" if _weight(point) > Fraction(1, 2) else _described(point),
            ),
        ],
        controls=[
            compare(
                "false neighbour: the same if a wrong class and the target are driven apart",
                several,
                lambda point: _changes(point, [point.target, point.rivals[0]]),
            ),
            compare(
                "false neighbour: driving two wrong classes apart leaves cross-Lipschitz as it is",
                several,
                lambda point: (
                    ""
                    if cross_lipschitz(_as_fractions(point))
                    == cross_lipschitz(_as_fractions(_driven_apart(point, point.rivals[:2])))
                    else point.name
                ),
            ),
        ],
    )


def _driven_apart(point: Point, classes: Sequence[int]) -> Point:
    """Move the logit gradients of two classes apart, each by the weight of the other."""
    first, second = classes
    slopes = [list(slope) for slope in point.slopes]
    slopes[first][0] += point.weights[second]
    slopes[second][0] -= point.weights[first]
    return replace(point, slopes=slopes)


def _changes(point: Point, classes: Sequence[int]) -> str:
    moved = _driven_apart(point, classes)
    return "" if moved.gradient == point.gradient else point.name


def _weight(point: Point) -> Fraction:
    """The factor of the difference of the two logit gradients in ∂_x L."""
    difference = point.difference(point.rivals[0])
    place = next(i for i, value in enumerate(difference) if value)
    return abs(point.gradient[place] / difference[place])


def _has_slope(point: Point) -> bool:
    return any(point.difference(point.rivals[0]))


def _as_fractions(point: Point) -> list[list[Fraction]]:
    return [[Fraction(value) for value in slope] for slope in point.slopes]


def _described(point: Point) -> str:
    gradient = ", ".join(str(value) for value in point.gradient)
    return f"{point.name}: ∂_x L = ({gradient})"
