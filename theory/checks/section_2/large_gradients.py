"""Section 2: where the loss surface has large gradients, an attack does much damage."""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from evidence.findings import Evidence, Progress, compare, silent
from theory.checks.exact_checks import refuted_by
from theory.checks.subjects.ridge_classifiers import Classifier, Ridge, ridge_classifiers

Case: TypeAlias = tuple[Classifier, Ridge, Fraction]
"""The loss is minus the margin of a ridge; the last entry is the size of the attack."""

SIZES = tuple(Fraction(1, n) for n in (1, 2, 4, 8, 16))


def check_large_gradients(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 2: if the loss surface has large gradients, the net is vulnerable."""
    classifiers = ridge_classifiers(np.random.default_rng([seed, 21]), progress)
    cases = [(c, ridge, size) for c in classifiers for ridge in c.rivals for size in SIZES]
    return Evidence(
        method=(
            "Losses that are polynomials of degree 1 to 3 of one linear function of the input, in "
            "up to 8 dimensions, attacked in l_p-balls for p in {1, 3/2, 2, 3, ∞}. Gradients over "
            "a ball, their dual norms and the rise at the better end of the ball are exact "
            "fractions. “The loss surface has large gradients” is read as: all over the ball that "
            "the attack can reach. Whoever follows the gradient then climbs all the way; the dual "
            "norm comes from Hölder's inequality, without Eq. 2's first order. To the letter of "
            "Eq. 2 it is the gradient at the image."
        ),
        stated=[
            compare(
                "an attack of size ε raises the loss by ε times the smallest ‖∂_x L‖_q in its ball "
                "at least",
                cases,
                lambda case: _rises_less(case, lambda r, e: r.flattest(e)),
            )
        ],
        literal=[
            refuted_by(
                "the larger the gradient at the image, the more an attack raises the loss",
                "d = 1, ε = 1, L(t) = a sin(t/a²) at t = 0: the gradient is 1/a, and no attack "
                "raises L by more than a; a = 1/2 has gradient 2 and rise 1/2, a = 1/10 has "
                "gradient 10 and rise 1/10",
            )
        ],
        controls=[
            compare(
                "false neighbour: by 1.05 times that at least",
                cases,
                lambda case: _rises_less(case, lambda r, e: Fraction(105, 100) * r.flattest(e)),
            ),
            compare(
                "false neighbour: by ε times ‖∂_x L‖_q at the image at least",
                cases,
                lambda case: _rises_less(case, lambda r, _: abs(r.slope(Fraction(0)))),
            ),
        ],
    )


def _rises_less(case: Case, slope: Callable[[Ridge, Fraction], Fraction]) -> str:
    """Say where the loss rises by less than ε times a slope times the dual norm of the ridge."""
    classifier, ridge, size = case
    reach = size * ridge.dual_norm
    rise = max(Fraction(0), -ridge.change(reach), -ridge.change(-reach))
    predicted = slope(ridge, size) * reach
    if rise >= predicted:
        return ""
    return f"{classifier.name}, ε = {size}: the loss rises by {rise}, predicted {predicted}"
