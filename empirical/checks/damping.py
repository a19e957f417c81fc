"""Figure 1's caption: vulnerability is dampened at high d, where the first order fails."""

from functools import partial

from empirical.checks.first_order_damage import damage_table
from empirical.measures.contrasts import contrast, local_exponent, total
from empirical.measures.figure_cells import cells_by_size, how_trained
from empirical.measures.quantities import damage_ratios, log_norms, log_vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence
from evidence.intervals import Interval
from evidence.means import Samples
from evidence.two_level import two_level_interval

REAL_RATIO = "real over first-order damage, E[L(x + δ) − L(x)] / (ε E‖∂_x L‖_1),"


def check_figure_1_damping(sweep: Sweep, *, error: float) -> Evidence:
    """Test that vulnerability gets dampened at the highest d (caption of Figure 1).

    The estimands are two differences of exponents between neighbouring sizes: (a) that of the
    vulnerability at the last two sizes minus that at the first two; (b) at the last two sizes, that
    of the vulnerability minus that of the mean l1-norm, within each network. Both are negative
    where the curve of the vulnerability bends down, and bends away from that of the norm.
    """
    cells = cells_by_size(sweep, least=3)
    dimensions = list(cells)
    first, last = local_exponent(cells, 0), local_exponent(cells, len(cells) - 2)
    bend = contrast(sweep, total([(-1, first), (1, last)]), log_vulnerabilities, error)
    behind = _behind(sweep, cells, error)
    to_last = f"from d = {dimensions[-2]:,} to {dimensions[-1]:,}"
    return Evidence(
        method=(
            f"Exponents in d between neighbouring ones of {len(cells)} resolutions, of networks "
            f"trained {how_trained(sweep)} and measured on the same held-out images; "
            f"intervals are over networks and images, ε = {sweep.epsilon:.3g} pixel standard "
            "deviations. A false neighbour here is the same interval against the other sign."
        ),
        stated=[
            bend.at_most(
                f"the vulnerability's exponent {to_last} is smaller than from "
                f"{dimensions[0]:,} to {dimensions[1]:,}: their difference is below 0",
                0.0,
            ),
            behind.at_most(
                f"{to_last}, the vulnerability's exponent is smaller than that of the mean "
                "l1-norm: their difference is below 0",
                0.0,
            ),
        ],
        controls=[
            bend.at_least("false neighbour: the vulnerability's exponent rises", 0.0),
            behind.at_least(
                f"false neighbour: {to_last}, the vulnerability grows faster than the norm", 0.0
            ),
        ],
        data=sweep.data,
    )


def check_figure_1_first_order(sweep: Sweep, *, error: float) -> Evidence:
    """Test that the first order fails at high d, as the reason for the damping (Figure 1).

    The estimand is the real damage over the first-order one, E[L(x + δ) - L(x)] / (ε E‖∂_x L‖_1)
    with FGSM's δ. It dampens what the norm predicts where it falls with d, to below 1. It can also
    rise above 1, since the cross-entropy bends up; the correction says that it does. The paper
    gives it as a reason, so that what it explains is part of the print: at the last two sizes,
    vulnerability grows more slowly than the norm.

    The false neighbour has the l2-norm in place of the l1-norm. Its ratio rises with d, by a factor
    near √d, unless the real damage hardly grows at all.
    """
    cells = cells_by_size(sweep, least=2)
    (d_first, first), *_, (d_last, last) = cells.items()
    change, wrong_change = (
        contrast(sweep, {first: -1.0, last: 1.0}, partial(damage_ratios, norm=norm), error)
        for norm in ("gradient_norm", "gradient_norm_l2")
    )
    at_last = two_level_interval(damage_ratios(sweep, last), error)
    between = f"from d = {d_first:,} to {d_last:,}"
    return Evidence(
        method=(
            "How much FGSM's attack raises the loss of held-out images, over what the first order "
            "predicts, in the mean over the images of each network; intervals are over networks "
            f"and images, ε = {sweep.epsilon:.3g} pixel standard deviations. The attack is not cut "
            "off at the range of the pixels, of which Lemma 1 knows nothing."
        ),
        stated=[
            change.at_most(f"{REAL_RATIO} falls {between}: its change is below 0", 0.0),
            at_last.at_most(f"{REAL_RATIO} is below 1 at d = {d_last:,}", 1.0),
            _behind(sweep, cells, error).at_most(
                "there is damping to explain: at the last two sizes, the vulnerability's exponent "
                "minus that of the mean l1-norm is below 0",
                0.0,
            ),
        ],
        corrected=[
            change.at_least(f"{REAL_RATIO} rises {between}: its change is above 0", 0.0),
            at_last.at_least(f"{REAL_RATIO} is above 1 at d = {d_last:,}", 1.0),
        ],
        controls=[
            wrong_change.at_most(
                "false neighbour: with the l2-norm in place of the l1-norm, the ratio falls "
                f"{between}, too",
                0.0,
            )
        ],
        tables=[damage_table(sweep, error)],
        data=sweep.data,
    )


def _behind(sweep: Sweep, cells: dict[int, Cell], error: float) -> Interval:
    """Interval for the exponent of the vulnerability minus that of the norm, at the last sizes."""

    def log_vulnerability_per_norm(sweep: Sweep, cell: Cell) -> Samples:
        ratio: Samples = log_vulnerabilities(sweep, cell) - log_norms(sweep, cell)
        return ratio

    return contrast(sweep, local_exponent(cells, len(cells) - 2), log_vulnerability_per_norm, error)
