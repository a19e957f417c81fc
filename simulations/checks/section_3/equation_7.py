"""Equation 7 for sampled networks: how ‖∂_x L‖_q and ε_p ‖∂_x L‖_q grow with d."""

from collections.abc import Sequence

import numpy as np

from evidence.intervals import Equivalence, Interval
from evidence.means import Samples
from simulations.checks.section_3.scaling_evidence import (
    EXPONENT_MARGIN,
    Law,
    LogSize,
    beside,
    exponent,
    log_norm,
    power,
    power_law,
)
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings
from theory.attacks.normal_norms import expected_log_maximum
from theory.attacks.norms import dual_exponent

QS = (1.0, 2.0, 4.0, float("inf"))
"""d^(-1/q) ‖g‖_q grows with q (Jensen), so a law at q = 1 and q = 4 is pinned in between."""


FINITE = QS[:-1]

LARGEST = "‖∂_x L‖_∞ over the largest of d half-normals / √d"


def judge_equation_7(samples: Sequence[Sample], error: float) -> Findings:
    """Hold ‖∂_x L‖_q ∝ d^(1/q - 1/2) and ε_p ‖∂_x L‖_q ∝ √d against samples of growing d.

    That is for fixed 1 <= q < ∞. At q = ∞ the largest of d coordinates outgrows their typical size
    by about √(2 log d): it is held against the largest of d independent half-normals. To the
    letter, Equation 7 has no such factor.

    Parameters
    ----------
    samples : one a dimension d.
    error : of each interval.
    """
    norms = {q: exponent(samples, log_norm(q, loss=True), error) for q in QS}
    over_the_largest = exponent(samples, _over_the_largest, error)
    return Findings(
        stated=[
            *(finding for q in FINITE for finding in both_halves(q, norms[q])),
            power(LARGEST, over_the_largest, 0),
        ],
        literal=both_halves(QS[-1], norms[QS[-1]]),
        controls=[
            *(
                finding
                for q in FINITE
                for finding in beside(f"‖∂_x L‖_{name_of(q)}", norms[q], 1 / q - 1 / 2)
            ),
            *beside(LARGEST, over_the_largest, 0),
        ],
    )


def equation_7_laws() -> dict[str, tuple[LogSize, Law]]:
    """Return the table and plot columns of Equation 7, for `scaling_evidence`."""
    sup = log_norm(float("inf"), loss=True)
    return {
        "‖∂_x L‖_1": (log_norm(1.0, loss=True), power_law(1 / 2)),
        "‖∂_x L‖_2": (log_norm(2.0, loss=True), power_law(0)),
        "‖∂_x L‖_4": (log_norm(4.0, loss=True), power_law(-1 / 4)),
        "‖∂_x L‖_∞, to the letter": (sup, power_law(-1 / 2)),
        "‖∂_x L‖_∞, as a maximum": (sup, lambda d: largest_half_normal(d) / d**0.5),
    }


def name_of(exponent_of_a_norm: float) -> str:
    """Write p or q in three digits."""
    return "∞" if exponent_of_a_norm == float("inf") else f"{exponent_of_a_norm:.3g}"


def largest_half_normal(d: float) -> float:
    """Return the geometric mean of the largest of d half-normals."""
    return float(np.exp(expected_log_maximum(int(d))))


def _over_the_largest(sample: Sample) -> Samples:
    norm = log_norm(float("inf"), loss=True)(sample)
    return np.asarray(norm - np.log(largest_half_normal(sample.d) / sample.d**0.5))


def both_halves(
    q: float, norm: Interval, *, margin: float = EXPONENT_MARGIN, networks: str = ""
) -> list[Equivalence]:
    """Hold the exponent of ‖∂_x L‖_q against both halves of Equation 7.

    Parameters
    ----------
    q : of the norm.
    norm : its exponent.
    margin : of the findings.
    networks : starts the statements, where they have to name the networks.
    """
    p = dual_exponent(q)
    return [
        power(f"{networks}‖∂_x L‖_{name_of(q)}", norm, 1 / q - 1 / 2, margin=margin),
        # ε_p = ε_∞ d^(1/p) is no random number: it shifts the exponent by 1/p.
        power(
            f"{networks}ε_p ‖∂_x L‖_{name_of(q)}, p = {name_of(p)},",
            norm.scaled(1, shift=1 / p),
            1 / 2,
            margin=margin,
        ),
    ]
