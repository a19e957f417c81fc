"""Equation 15, the cross-Lipschitz regularizer of Hein and Andriushchenko, in exact fractions."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations
from typing import TypeAlias

import numpy as np

from evidence.findings import Evidence, Progress, compare, silent

Gradients: TypeAlias = list[list[Fraction]]
"""One logit gradient a class, shape (K, d)."""

POINTS = 60


def cross_lipschitz(gradients: Gradients) -> Fraction:
    """Mean over all K^2 pairs of classes of the squared l_2-norm of their difference (Eq. 15)."""
    pairs = [_squared(_less(g, h)) for g in gradients for h in gradients]
    return sum(pairs, Fraction(0)) / len(gradients) ** 2


def check_equation_15(*, seed: int, progress: Progress = silent) -> Evidence:
    """Equation 15: in the cross-Lipschitz regularizer all classes play the same role."""
    rng = np.random.default_rng([seed, 15])
    points = sorted((_draw(rng) for _ in range(POINTS)), key=lambda g: (len(g), len(g[0])))
    progress(0.5, "cross-Lipschitz regularizers")
    return Evidence(
        method=(
            f"{POINTS} sets of logit gradients with small whole coordinates, 2 to 4 classes in 1 "
            "to 3 dimensions, in exact fractions. A definition has no truth of its own; what the "
            "text says of it has."
        ),
        stated=[
            compare(
                "all classes play exactly the same role: no permutation of them changes it",
                points,
                lambda g: _changed(g, lambda order: cross_lipschitz([g[k] for k in order])),
            ),
            compare(
                "it vanishes exactly if all logit gradients are equal",
                [*points, *([g[0]] * len(g) for g in points)],
                lambda g: (
                    ""
                    if (cross_lipschitz(g) == 0) == all(one == g[0] for one in g)
                    else f"{_described(g)}: {cross_lipschitz(g)}"
                ),
            ),
            compare(
                "it is 2/K Σ_k ‖∂_x f_k‖² − 2/K² ‖Σ_k ∂_x f_k‖², and so takes K backward passes",
                points,
                lambda g: _differs(g, Fraction(2, len(g) ** 2)),
            ),
        ],
        controls=[
            compare(
                "false neighbour: the same with 1/K² before the norm of the sum",
                points,
                lambda g: _differs(g, Fraction(1, len(g) ** 2)),
            ),
            compare(
                "false neighbour: all classes play the same role in the differences to class c, "
                "as in Eq. 16",
                points,
                lambda g: _changed(
                    g,
                    lambda order: sum(
                        (_squared(_less(g[k], g[order[0]])) for k in order), Fraction(0)
                    ),
                ),
            ),
        ],
    )


def _draw(rng: np.random.Generator) -> Gradients:
    classes, d = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    return [[Fraction(x) for x in row] for row in rng.integers(-2, 3, size=(classes, d)).tolist()]


def _less(one: Sequence[Fraction], other: Sequence[Fraction]) -> list[Fraction]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _squared(vector: Sequence[Fraction]) -> Fraction:
    return sum((x * x for x in vector), Fraction(0))


def _differs(gradients: Gradients, factor: Fraction) -> str:
    total = [sum(column, Fraction(0)) for column in zip(*gradients, strict=True)]
    norms = sum((_squared(g) for g in gradients), Fraction(0))
    short = Fraction(2, len(gradients)) * norms - factor * _squared(total)
    regularizer = cross_lipschitz(gradients)
    return "" if short == regularizer else f"{_described(gradients)}: {short}, not {regularizer}"


def _changed(gradients: Gradients, value: Callable[[Sequence[int]], Fraction]) -> str:
    """Show a permutation of the classes that changes a value, which gets their order."""
    classes = range(len(gradients))
    usual = value(classes)
    for order in permutations(classes):
        if value(order) != usual:
            return f"{_described(gradients)}, in the order {order}: {value(order)}, not {usual}"
    return ""


def _described(gradients: Gradients) -> str:
    vectors = ", ".join("(" + ", ".join(map(str, g)) + ")" for g in gradients)
    return f"K = {len(gradients)}, ∂_x f_k = {vectors}"
