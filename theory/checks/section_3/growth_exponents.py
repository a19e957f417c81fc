"""Exponents of d that the text of Section 3 and Appendix A.1 states beside its equations."""

import math

import numpy as np

from evidence.findings import Evidence, Progress, compare, silent
from theory.attacks.norms import ROUNDING, dual_exponent, norm
from theory.checks.subjects.sized_vectors import (
    SizedVector,
    d_to_one_over_p,
    of_size_one,
    scales,
    sized_vectors,
)


def check_section_3_condition(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 3: to be robust, the coordinates of ∂_x L must grow slower than 1/d."""
    progress(0.0, "vulnerability at given growth")
    rng = np.random.default_rng([seed, 36])
    cases = [
        (p, d) for d in (2, 10, 100, 1000) for p in (1.0, 2.0, math.inf, *1 / rng.uniform(size=5))
    ]
    return Evidence(
        method="ε_p ‖∂_x L‖_q for gradients of d equal coordinates, with ε_∞ = 1, to 1e-12.",
        stated=[
            compare(
                "if the coordinates are 1/d, and so do not grow slower than 1/d, ε_p ‖∂_x L‖_q "
                "grows with d",
                cases,
                lambda case: _does_not_grow(*case, -1.0),
            )
        ],
        corrected=[
            compare(
                "if they are 1/d, it is the same for every d and p",
                cases,
                lambda case: "" if _does_not_grow(*case, -1.0) else f"p = {case[0]:g}",
            ),
            compare(
                "if they grow faster, like d^(−0.9), it grows",
                cases,
                lambda case: _does_not_grow(*case, -0.9),
            ),
        ],
        controls=[
            compare(
                "false neighbour: it grows if they are d^(−1.1)",
                cases,
                lambda case: _does_not_grow(*case, -1.1),
            )
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
        controls=[scales("false neighbour: d^(1/q)", vectors, 1.0, d_to_one_over_p)],
    )


def _does_not_grow(p: float, d: int, power: float) -> str:
    """Compare ε_p ‖g‖_q at d and at 1, where it is 1."""
    value = d ** (1 / p) * float(norm(np.full(d, float(d) ** power), dual_exponent(p)))
    if value > 1 + ROUNDING:
        return ""
    return f"d = {d}, p = {p:g}, every coordinate d^({power:g}): ε_p ‖∂_x L‖_q = {value:.4g} ε_∞"
