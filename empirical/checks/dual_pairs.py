"""Proposition 2 after training: adversarial augmentation against its dual gradient penalty."""

from empirical.measures.curves import pairs, small
from empirical.measures.superposition import (
    displaced,
    side_by_side,
    superposed_at_small,
    superposed_throughout,
)
from empirical.measures.trained import Sweep
from evidence.findings import Evidence

DUALS = (("linf-augmentation", "l1-penalty"), ("l2-augmentation", "l2-penalty"))


def check_dual_pairs(sweep: Sweep, *, error: float) -> Evidence:
    """Test that the curves of dual pairs match (Section 4.2, Proposition 2).

    Proposition 2 speaks of small ε: the curves of p = ∞ with q = 1, and of p = 2 with q = 2,
    coincide in norm, vulnerability and accuracy on the average over the small strengths. To the
    letter of Section 4.2, which has an excellent match of whole curves, they coincide over all
    strengths and over the stronger half, too.
    """
    compared = {f"{one} and {other}": pairs(sweep, one, other) for one, other in DUALS}
    stated, literal, controls = [], [], []
    for name, cells in compared.items():
        stated += superposed_at_small(sweep, cells, name, error)
        literal += superposed_throughout(sweep, cells, name, error)
        controls += displaced(sweep, small(sweep, cells), cells, name, error)
    return Evidence(
        method="At equal ε, networks trained with adversarial augmentation beside networks with "
        "the penalty on the dual norm. Small are strengths with ε E‖∂_x L‖_1 of at most half a nat "
        "on plain networks. Curves coincide when norms and vulnerabilities differ by less "
        "than a factor of 1.25 and accuracies by less than 3 points, on the average over the "
        "strengths; intervals are over networks and images. The false neighbour is the partner "
        "at three times the strength or more; its accuracy is not held, which a plateau keeps "
        "equal.",
        stated=stated,
        literal=literal,
        controls=controls,
        tables=[side_by_side(sweep, compared)],
        data=sweep.data,
    )
