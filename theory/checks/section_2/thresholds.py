"""Eq. 5 and Eq. 6 put to the test: how attack-sizes and norms scale with d."""

import math

import numpy as np
import sympy as sp

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.attacks.normal_norms import normal_norm
from theory.attacks.norms import ROUNDING, best_perturbation
from theory.checks.subjects.sized_vectors import (
    EXPONENTS,
    SPREAD,
    SizedVector,
    d_to_one_over_p,
    d_to_one_over_q,
    identity_in_symbols,
    of_size_one,
    scales,
    sized_vectors,
    spikes,
)


def check_equation_5(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 5: at a given size of perturbation per pixel, the l_p-norm scales like d^(1/p)."""
    progress(0.0, "norms of vectors of equal coordinates")
    vectors = sized_vectors(np.random.default_rng([seed, 5]))
    d, p, s = sp.symbols("d p s", positive=True)
    equal = of_size_one(vectors)
    return Evidence(
        method=(
            "In symbols for coordinates of equal size; on vectors of up to 100 coordinates of "
            "equal size, to 1e-12; and on random vectors whose coordinates lie within a factor 2 "
            "of that size, whose norm must then lie within a factor 2 of s d^(1/p). Coordinates "
            "without such a bound are Eq. 6's."
        ),
        stated=[
            identity_in_symbols(
                "(d s^p)^(1/p) = s d^(1/p)", (d * s**p) ** (1 / p) - s * d ** (1 / p)
            ),
            scales("if all |δ_i| are s, ‖δ‖_p = s d^(1/p)", equal, 1.0, d_to_one_over_p),
            scales(
                "if all |δ_i| lie within a factor 2 of s, so does ‖δ‖_p of s d^(1/p)",
                vectors,
                SPREAD,
                d_to_one_over_p,
            ),
        ],
        controls=[
            scales(
                "false neighbour: s d^(1/q)",
                equal,
                1.0,
                d_to_one_over_q,
            ),
            scales(
                "false neighbour: s d^(1.02/p)",
                equal,
                1.0,
                lambda v: float(v.d ** (1.02 / v.exponent)),
            ),
            scales(
                "false neighbour: also if one pixel alone is perturbed",
                spikes(equal),
                1.0,
                d_to_one_over_p,
            ),
            compare(
                "false neighbour: the attack of size ε_∞ d^(1/p) that raises a loss most changes "
                "every pixel by ε_∞",
                equal,
                _changes_other_pixels,
            ),
        ],
    )


def check_equation_6(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 6: ε_p ‖∂_x L‖_q ∝ ε_p d^(1/q) |∂_x L| ∝ d |∂_x L|, whatever the norm."""
    progress(0.0, "norms of gradients")
    vectors = sized_vectors(np.random.default_rng([seed, 6]))
    d, p, s = sp.symbols("d p s", positive=True)
    normal = [(q, 4**n) for q in EXPONENTS for n in range(1, 11)]
    return Evidence(
        method=(
            "The “typical magnitude” of the coordinates is read in two ways. As sizes within a "
            "factor 2 of each other: random vectors of up to 100 coordinates, with the norms "
            "within that factor of the prediction. As independent normal coordinates, which is "
            "how Section 3 uses it: the size (E‖g‖_q^q)^(1/q) = d^(1/q) (E|g_i|^q)^(1/q) in "
            "closed form for q < ∞, and E max |g_i| by quadrature of the exact distribution (to "
            "1e-6) for q = ∞, from d = 4 to 10^6; proportional means within 10 %."
        ),
        stated=[
            identity_in_symbols(
                "ε_∞ d^(1/p) · d^(1/q) = ε_∞ d", s * d ** (1 / p) * d ** (1 - 1 / p) - s * d
            ),
            scales(
                "for coordinates within a factor 2 of s, ‖g‖_q is within it of d^(1/q) s",
                vectors,
                SPREAD,
                d_to_one_over_p,
            ),
            compare(
                "for independent normal coordinates the size of ‖g‖_q is proportional to d^(1/q), "
                "for 1 ≤ q < ∞",
                [case for case in normal if math.isfinite(case[0])],
                _is_not_proportional,
            ),
            compare(
                "at q = ∞ (l_1-attacks) it lies between 0.6 and 1 times √(2 log 2d)",
                [d for q, d in normal if math.isinf(q)],
                _is_off_log,
            ),
        ],
        literal=[
            compare(
                "for independent normal coordinates it is proportional to d^(1/q) at q = ∞, too",
                [case for case in normal if math.isinf(case[0])],
                _is_not_proportional,
            )
        ],
        controls=[
            scales(
                "false neighbour: ‖g‖_q ∝ d^(1/p)",
                vectors,
                SPREAD,
                d_to_one_over_q,
            ),
            scales(
                "false neighbour: also for a gradient that is zero but for one coordinate, with "
                "|∂_x L| the mean of its coordinates' sizes",
                spikes(vectors),
                SPREAD,
                lambda v: v.d ** (1 / v.exponent) / v.d,
            ),
            compare(
                "false neighbour: for independent normal coordinates, to d^(1/q + 0.02)",
                [case for case in normal if math.isfinite(case[0])],
                lambda case: _is_not_proportional(case, beyond=0.02),
            ),
        ],
        tables=[
            Table(
                title="Size of ‖g‖_q over d^(1/q), for independent standard normal coordinates",
                columns=["d", "q = 1", "q = 2", "q = ∞"],
                rows=[
                    [d, *(normal_norm(q, d) / d ** (1 / q) for q in (1.0, 2.0, math.inf))]
                    for d in (4, 256, 4**10)
                ],
            )
        ],
    )


def _changes_other_pixels(vector: SizedVector) -> str:
    gradient = np.arange(vector.d, 0.0, -1.0)
    attack = best_perturbation(gradient, vector.exponent, size=d_to_one_over_p(vector))
    if np.abs(np.abs(attack) - 1).max() <= ROUNDING:
        return ""
    listed = ", ".join(f"{value:.3g}" for value in attack[:4])
    return f"d = {vector.d}, p = {vector.exponent:g}, ε_∞ = 1, g = {gradient}: δ = ({listed})"


def _is_not_proportional(case: tuple[float, int], *, beyond: float = 0.0) -> str:
    """Compare the size over d^(1/q + beyond) at d and at 4."""
    q, d = case
    ratio = normal_norm(q, d) / d ** (1 / q + beyond)
    reference = normal_norm(q, 4) / 4 ** (1 / q + beyond)
    if abs(ratio / reference - 1) <= 0.1:
        return ""
    power = f"1/q + {beyond:g}" if beyond else "1/q"
    return f"q = {q:g}: size over d^({power}) is {reference:.3f} at d = 4, {ratio:.3f} at d = {d}"


def _is_off_log(d: int) -> str:
    ratio = normal_norm(math.inf, d) / math.sqrt(2 * math.log(2 * d))
    return "" if 0.6 <= ratio <= 1 else f"d = {d}: {ratio:.3f} times √(2 log 2d)"
