"""Exponents of d that the text of Section 3 and Appendix A.1 states beside its equations."""

import math

import numpy as np

from evidence.findings import Evidence, Progress, compare, silent
from theory.attacks.norms import ROUNDING, dual_exponent, norm
from theory.checks.subjects.sized_vectors import (
    SizedVector,
    of_size_one,
    scales,
    sized_vectors,
)


def check_section_3_condition(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 3: robustness at any d needs coordinates of ∂_x L that do not outgrow 1/d."""
    progress(0.0, "vulnerability at given growth")
    rng = np.random.default_rng([seed, 36])
    cases = [
        (p, d) for d in (2, 10, 100, 1000) for p in (1.0, 2.0, math.inf, *1 / rng.uniform(size=5))
    ]
    return Evidence(
        method="ε_p ‖∂_x L‖_q for gradients of d equal coordinates, with ε_∞ = 1, to 1e-12.",
        stated=[
            compare(
                "if the coordinates are 1/d, ε_p ‖∂_x L‖_q does not grow with d",
                cases,
                lambda case: _grows(*case, -1.0),
            ),
            compare(
                "if they shrink more slowly, like d^(−0.99), it grows",
                cases,
                lambda case: _does_not_grow(*case, -0.99),
            ),
        ],
        literal=[
            compare(
                "if they are 1/d, and so do not grow slower than 1/d, it grows with d",
                cases,
                lambda case: _does_not_grow(*case, -1.0),
            )
        ],
        controls=[
            compare(
                "false neighbour: if they are d^(−0.99), it does not grow",
                cases,
                lambda case: _grows(*case, -0.99),
            ),
            compare(
                "false neighbour: if they are d^(−1.01), it grows",
                cases,
                lambda case: _does_not_grow(*case, -1.01),
            ),
        ],
    )


def check_appendix_a1_exponent(*, seed: int, progress: Progress = silent) -> Evidence:
    """Appendix A.1: coordinates of size 1/√d make ‖∂_x o‖_q scale like d^(1/2 - 1/q)."""
    progress(0.0, "norms of coordinates of size 1/√d")
    vectors = [
        SizedVector(exponent=v.exponent, coordinates=v.coordinates * v.d**-0.5)
        for v in of_size_one(sized_vectors(np.random.default_rng([seed, 13])))
    ]
    return Evidence(
        method="Vectors of d equal coordinates ±1/√d, to 1e-12.",
        stated=[
            scales(
                "‖∂_x o‖_q = d^(1/2 − 1/q)", vectors, 1.0, lambda v: v.d ** (0.5 - 1 / v.exponent)
            )
        ],
        corrected=[
            scales(
                "‖∂_x o‖_q = d^(1/q − 1/2)", vectors, 1.0, lambda v: v.d ** (1 / v.exponent - 0.5)
            )
        ],
        controls=[
            scales(
                "false neighbour: d^(1/q − 0.49)",
                vectors,
                1.0,
                lambda v: v.d ** (1 / v.exponent - 0.49),
            )
        ],
    )


def _does_not_grow(p: float, d: int, power: float) -> str:
    return _described(p, d, power) if _vulnerability(p, d, power) <= 1 + ROUNDING else ""


def _grows(p: float, d: int, power: float) -> str:
    return _described(p, d, power) if _vulnerability(p, d, power) > 1 + ROUNDING else ""


def _vulnerability(p: float, d: int, power: float) -> float:
    """Compute ε_p ‖g‖_q at d, where ε_∞ is 1; at d = 1 it is 1."""
    gradient = np.full(d, float(d) ** power)
    return float(d ** (1 / p)) * float(norm(gradient, dual_exponent(p)))


def _described(p: float, d: int, power: float) -> str:
    value = _vulnerability(p, d, power)
    return f"d = {d}, p = {p:g}, every coordinate d^({power:g}): ε_p ‖∂_x L‖_q = {value:.4g} ε_∞"
