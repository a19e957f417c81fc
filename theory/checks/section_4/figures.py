"""The figures and exponents that Section 4 quotes from the theory."""

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.attacks.norms import norm
from theory.checks.exact_checks import refuted_by
from theory.checks.subjects.linear_attacks import LinearAttack, linear_attacks, unequal
from theory.checks.subjects.sized_vectors import (
    d_to_one_over_p,
    d_to_one_over_q,
    of_size_one,
    scales,
    sized_vectors,
)

CLASSES = 12
EPSILON = Fraction(6, 1000)
RISE = 2.7
"""The first-order rise of the loss that the paper holds against its range."""


def check_section_4_1_range(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 4.1: the loss ranges from 0 to log 12, and ε E‖∂_x L‖_1 = 2.7 exceeds that."""
    progress(0.0, "the range of the cross-entropy")
    rng = np.random.default_rng([seed, 41])
    target = [0.0, -1.0, -3.0, *rng.normal(scale=20, size=200).tolist()]
    return Evidence(
        method=(
            "The cross-entropy of 12 classes, one logit at many values and the others 0, against "
            "log 12, and its limits in symbols. Where the logits are linear in the input, the "
            "first-order rise of 2.7 is held against the real one. The printed product is "
            "computed; the text here was read by a machine from the printed page, and with a mean "
            "norm of 450 for the printed 100 the product would be the printed 2.7 exactly, so one "
            "of the figures may have been misread."
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
            compare(
                "where the first order predicts a rise of 2.7, the real rise is another, by 5 % at "
                "least",
                [0.0, -1.0, -2.0, -3.0],
                lambda f: (
                    ""
                    if abs(_real_rise(f) - RISE) >= 0.05 * RISE
                    else f"K = 12, f_c = {f:g} falling, others 0: the rise is {_real_rise(f):.3g}"
                ),
            ),
        ],
        literal=[refuted_by(".006 × 100 ≈ 2.7", f".006 × 100 = {float(EPSILON * 100):g}")],
        corrected=[
            compare(
                "the cross-entropy is positive and has no upper bound; log 12 is its value where "
                "all classes are equally likely",
                _limits(),
                lambda pair: "" if sp.simplify(pair[0] - pair[1]) == 0 else str(pair),
            )
        ],
        controls=[
            compare(
                "false neighbour: the cross-entropy is at most 2 log 12",
                target,
                lambda f: _above(f, 2 * math.log(CLASSES)),
            )
        ],
        tables=[
            Table(
                title="The cross-entropy of 12 classes, all other logits 0",
                columns=["logit of the target class", "loss", "rise where first order says 2.7"],
                rows=[[f, _loss(f), _real_rise(f)] for f in (5.0, 0.0, -1.0, -3.0, -10.0)],
            )
        ],
    )


def check_section_4_2_exponents(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 4.2: which exponents are dual, and which rescaling makes thresholds comparable."""
    progress(0.0, "exponents")
    rng = np.random.default_rng([seed, 42])
    equal = of_size_one(sized_vectors(rng))
    linear = linear_attacks(rng)
    return Evidence(
        method=(
            "Perturbations of up to 100 pixels that all change by the same amount are attacks of "
            "equal strength in Eq. 5's sense: the axis that brings the norms together has to give "
            "them one place, whatever p and d. Which penalty belongs to which attack is decided "
            "by the largest change of linear losses. Both to 1e-12. To the letter, the text that "
            "we have writes the axis as ε d^(1/p) and the dual exponent as q = 1 − 1/p. It was "
            "read by a machine from the printed page, and that sentence is garbled, so that a "
            "reading error is likelier than one of the paper's."
        ),
        stated=[
            scales(
                "the thresholds' axis in units of d^(1/p), as Eq. 5 suggests, gives attacks of "
                "equal strength one place",
                equal,
                1.0,
                d_to_one_over_p,
            ),
            compare(
                "attacks with p = ∞ belong to the penalty with q = 1, and p = 2 to q = 2",
                [attack for attack in linear if attack.p in (2.0, math.inf)],
                lambda attack: _is_not_dual(attack, 2.0 if attack.p == 2 else 1.0),
            ),
        ],
        literal=[
            scales(
                "the axis ε d^(1/p) gives attacks of equal strength one place",
                equal,
                1.0,
                lambda v: float(v.d ** (-1 / v.exponent)),
            ),
            compare(
                "q = 1 − 1/p is an exponent of a norm",
                [2.0, 3.0, 10.0],
                lambda p: "" if 1 - 1 / p >= 1 else f"p = {p:g}: q = {1 - 1 / p:.3g} is below 1",
            ),
        ],
        controls=[
            scales(
                "false neighbour: the axis in units of d^(1.02/p)",
                equal,
                1.0,
                lambda v: float(v.d ** (1.02 / v.exponent)),
            ),
            scales(
                "false neighbour: the axis in units of d^(1/q)",
                equal,
                1.0,
                d_to_one_over_q,
            ),
            compare(
                "false neighbour: q = 1.02 belongs to p = ∞",
                [attack for attack in linear if math.isinf(attack.p)],
                lambda attack: _is_not_dual(attack, 1.02),
            ),
        ],
    )


def _loss(f: float) -> float:
    return math.log1p((CLASSES - 1) * math.exp(-f))


def _real_rise(f: float) -> float:
    """The rise of the loss where the target's logit falls by what, at first order, gives RISE."""
    slope = (CLASSES - 1) * math.exp(-f) / (1 + (CLASSES - 1) * math.exp(-f))
    return _loss(f - RISE / slope) - _loss(f)


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


def _is_not_dual(attack: LinearAttack, q: float) -> str:
    return unequal(attack, attack.value, norm(attack.gradient, q))
