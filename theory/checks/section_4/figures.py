"""The figures and exponents that Section 4 quotes from the theory."""

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.exact_checks import refuted_by

CLASSES = 12
EPSILON = Fraction(6, 1000)


def check_section_4_1_range(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 4.1: the loss ranges from 0 to log 12, and ε E‖∂_x L‖_1 = 2.7 exceeds that."""
    progress(0.0, "the range of the cross-entropy")
    rng = np.random.default_rng([seed, 41])
    target = [0.0, -1.0, -3.0, *rng.normal(scale=20, size=200).tolist()]
    return Evidence(
        method=(
            "The cross-entropy of 12 classes, one logit at many values and the others 0, against "
            "log 12; in symbols its limits; and the printed product in exact fractions: .006 "
            "times the printed 100 is 0.6, and 2.7 would need a mean norm of 450. Which of the "
            "two figures is the slip cannot be told from the text."
        ),
        stated=[
            compare(
                "the cross-entropy of 12 classes is at most log 12",
                target,
                lambda f: _above(f, math.log(CLASSES)),
            ),
            compare(
                "log 12 ≈ 2.5",
                [math.log(CLASSES)],
                lambda value: "" if round(value, 1) == 2.5 else f"log 12 = {value}",
            ),
            refuted_by(".006 × 100 ≈ 2.7", ".006 × 100 = 0.6"),
        ],
        corrected=[
            compare(
                "the cross-entropy is positive and has no upper bound; log 12 is its value where "
                "all classes are equally likely",
                _limits(),
                lambda pair: "" if sp.simplify(pair[0] - pair[1]) == 0 else str(pair),
            ),
            compare(
                ".006 × 100 = 0.6, and .006 × 450 = 2.7",
                [(100, Fraction(6, 10)), (450, Fraction(27, 10))],
                lambda pair: "" if EPSILON * pair[0] == pair[1] else str(pair),
            ),
        ],
        controls=[
            compare(
                "false neighbour: the cross-entropy is at most 2 log 12",
                target,
                lambda f: _above(f, 2 * math.log(CLASSES)),
            ),
            refuted_by("false neighbour: .006 × 100 exceeds log 12", "0.6 < log 12"),
        ],
        tables=[
            Table(
                title="The cross-entropy of 12 classes, all other logits 0",
                columns=["logit of the target class", "loss"],
                rows=[[f, _loss(f)] for f in (5.0, 0.0, -1.0, -10.0)],
            )
        ],
    )


def check_section_4_2_exponents(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 4.2: the dual exponent is q = 1 - 1/p, and ε d^(1/p) aligns the curves."""
    progress(0.0, "exponents")
    drawn = np.random.default_rng([seed, 42]).integers(1, 30, size=(40, 2)).tolist()
    inverses = [Fraction(1, 1), Fraction(1, 2), Fraction(0)]
    inverses += sorted({Fraction(min(pair), max(pair)) for pair in drawn})
    return Evidence(
        method=(
            "Exact fractions. Hölder's relation 1/p + 1/q = 1 for q = 1 − 1/p; and, with the "
            "thresholds ε_p = ε_∞ d^(1/p) of Eq. 5, the exponent of d that is left on the axis: "
            "attacks of equal strength in different norms share a point of the axis only if none "
            "is."
        ),
        stated=[
            compare(
                "q = 1 − 1/p is the dual exponent",
                inverses,
                lambda inverse: _is_not_dual(inverse, 1 - inverse),
            ),
            compare(
                "ε d^(1/p) is the same for attacks of equal strength in all norms",
                inverses,
                lambda inverse: _depends_on_d(inverse, inverse),
            ),
        ],
        corrected=[
            compare(
                "1/q = 1 − 1/p",
                [inverse for inverse in inverses if inverse < 1],
                lambda inverse: _is_not_dual(inverse, 1 / (1 - inverse)),
            ),
            compare(
                "ε d^(−1/p) is",
                inverses,
                lambda inverse: _depends_on_d(inverse, -inverse),
            ),
        ],
        controls=[
            compare(
                "false neighbour: q = p",
                [inverse for inverse in inverses if inverse],
                lambda inverse: _is_not_dual(inverse, 1 / inverse),
            ),
            compare(
                "false neighbour: ε d^(−1/q) is",
                inverses,
                lambda inverse: _depends_on_d(inverse, inverse - 1),
            ),
        ],
    )


def _loss(f: float) -> float:
    return math.log1p((CLASSES - 1) * math.exp(-f))


def _above(f: float, bound: float) -> str:
    if _loss(f) <= bound * (1 + 1e-12):
        return ""
    return f"K = 12, f_c = {f:.3g}, all other logits 0: L = {_loss(f):.4g} > {bound:.4g}"


def _limits() -> list[tuple[sp.Expr, sp.Expr]]:
    f = sp.Symbol("f", real=True)
    loss = sp.log(1 + (CLASSES - 1) * sp.exp(-f))
    return [
        (sp.limit(loss, f, sp.oo), sp.Integer(0)),
        (sp.limit(loss / -f, f, -sp.oo), sp.Integer(1)),
        (loss.subs(f, 0), sp.log(CLASSES)),
    ]


def _is_not_dual(inverse: Fraction, q: Fraction) -> str:
    if q and inverse + 1 / q == 1:
        return ""
    p = "∞" if not inverse else str(1 / inverse)
    total = "∞" if not q else str(inverse + 1 / q)
    return f"p = {p}: q = {q} gives 1/p + 1/q = {total}"


def _depends_on_d(inverse: Fraction, rescaling: Fraction) -> str:
    left = inverse + rescaling
    if left == 0:
        return ""
    p = str(1 / inverse) if inverse else "∞"
    return f"p = {p}: the axis reads ε_∞ d^({left})"
