"""Falsified norms, probabilities and regularizers of the exact checks."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from evidence.means import Samples
from sqrtd.falsified.falsification import Falsification
from theory.checks.subjects.exact_points import Point, Vector

Norm = Callable[[Samples, float], Samples]


def _other_l1_norm(factor: Callable[[int], float]) -> Callable[[Norm], Norm]:
    """Put the l2-norm times a factor of d in the place of the l1-norm."""

    def change(true: Norm) -> Norm:
        def false(vectors: Samples, p: float) -> Samples:
            if p != 1:
                return true(vectors, p)
            return factor(vectors.shape[-1]) * true(vectors, 2.0)

        return false

    return change


def _own_exponent(true: Callable[[float], float]) -> Callable[[float], float]:
    def false(p: float) -> float:
        true(p)  # which raises for a p below 1
        return p

    return false


def _without_last_sign(true: Callable[..., Samples]) -> Callable[..., Samples]:
    """Leave the last coordinate alone where there is another one."""

    def false(gradient: Samples, p: float, *, size: float = 1.0) -> Samples:
        kept = np.ones(gradient.shape[-1])
        kept[1:][-1:] = 0
        return true(gradient, p, size=size) * kept

    return false


def _at_temperature_2(_: object) -> property:
    def q(point: Point) -> Vector:
        # Of logits log w, half of them: the square roots of the weights, rounded to fractions.
        roots = [_root(weight) for weight in point.weights]
        return [root / sum(roots) for root in roots]

    return property(q)


def _root(weight: Any) -> Any:  # noqa: ANN401  (a whole number or a symbol)
    return Fraction(math.sqrt(weight)) if isinstance(weight, int) else weight ** Fraction(1, 2)


def _opposite_sign(true: Callable[..., Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    def false(classes: int, target: int) -> Callable[..., Any]:
        derivative = true(classes, target)
        return lambda *values: -derivative(*values)

    return false


def _without_last_pair(true: Callable[..., Fraction]) -> Callable[..., Fraction]:
    def false(gradients: list[list[Fraction]]) -> Fraction:
        square = sum(
            ((a - b) ** 2 for a, b in zip(gradients[0], gradients[-1], strict=True)), Fraction(0)
        )
        return true(gradients) - 2 * square / len(gradients) ** 2

    return false


def _leading_order(_: object) -> Callable[[int], float]:
    return lambda d: math.log(math.sqrt(2 * math.log(2 * d)))


def _open_from_minus_1(_: object) -> Callable[[Fraction], int]:
    return lambda value: int(value > -1)


NORM = "theory.attacks.norms:norm"

EXACT_THEORY = [
    Falsification(
        name="dual-exponent-is-p",
        says="the dual of the l_p-norm is the l_p-norm itself",
        changes={"theory.attacks.norms:dual_exponent": _own_exponent},
        rows=("eq-2", "lemma-1", "eq-3", "proposition-2", "section-3-condition"),
    ),
    Falsification(
        name="exact-l1-norm-is-root-d-l2",
        says="in exact checks ‖g‖_1 is computed as √d ‖g‖_2",
        changes={NORM: _other_l1_norm(lambda d: d**0.5)},
        rows=("eq-2", "lemma-1", "eq-5", "eq-6", "proposition-2"),
    ),
    Falsification(
        name="exact-l1-norm-is-l2",
        says="in exact checks ‖g‖_1 is computed as ‖g‖_2",
        changes={NORM: _other_l1_norm(lambda _: 1.0)},
        rows=("eq-2", "lemma-1", "eq-5", "eq-6", "proposition-2"),
    ),
    Falsification(
        name="attack-spares-a-coordinate",
        says="the best perturbation leaves the last coordinate as it is",
        changes={"theory.attacks.norms:best_perturbation": _without_last_sign},
        rows=("eq-2", "lemma-1", "eq-5"),
    ),
    Falsification(
        name="softmax-at-temperature-2",
        says="the probabilities q_k of the exact points are those at temperature 2",
        changes={"theory.checks.subjects.exact_points:Point.q": _at_temperature_2},
        rows=("eq-9", "eq-10", "eq-16", "remark-1"),
    ),
    Falsification(
        name="loss-gradient-of-opposite-sign",
        says="∂_x L of the exact points is the gradient of −L",
        changes={"theory.checks.subjects.exact_points:_loss_derivative": _opposite_sign},
        rows=("eq-9", "eq-10"),
    ),
    Falsification(
        name="cross-lipschitz-without-a-pair",
        says="the cross-Lipschitz regularizer leaves out the pair of the first and last class",
        changes={"theory.checks.appendices.cross_lipschitz:cross_lipschitz": _without_last_pair},
        rows=("eq-15",),
    ),
    Falsification(
        name="largest-normal-at-leading-order",
        says="the largest of d half-normals is taken as √(2 log 2d), its leading order",
        changes={"theory.attacks.normal_norms:expected_log_maximum": _leading_order},
        rows=("eq-6",),
    ),
    Falsification(
        name="relu-opens-early",
        says="in the exact networks a ReLU is open from −1 on, not from 0",
        changes={"theory.checks.section_2.scaled_weights:relu_gate": _open_from_minus_1},
        rows=("weight-size",),
    ),
]
