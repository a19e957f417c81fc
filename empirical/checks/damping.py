"""Figure 1's caption: vulnerability is dampened at high d, where the first order fails."""

from empirical.checks.first_order_damage import damage_table
from empirical.checks.growth import exponents_table
from empirical.measures.contrasts import contrast, local_exponent
from empirical.measures.figure_cells import cells_by_size, how_trained
from empirical.measures.quantities import damage_ratios, log_norms, log_vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Evidence
from evidence.intervals import Interval
from evidence.means import Samples

STAYS = 0.01
"""Of a ratio of damages: a change that passes for none."""

REAL_RATIO = "real over first-order damage, E[L(x + δ) − L(x)] / (ε E‖∂_x L‖_1),"


def check_figure_1_damping(sweep: Sweep, *, error: float) -> Evidence:
    """Test that vulnerability gets dampened at the highest d (caption of Figure 1).

    The estimand is the exponent of the vulnerability minus that of the mean l1-norm, between the
    last two sizes, within each network. It is negative where vulnerability falls behind the norm,
    which it would follow at first order. That the vulnerability's own curve bends down is no sign
    of it where the norm's does, too; both stand in the table.
    """
    cells = cells_by_size(sweep, least=3)
    before, last = list(cells)[-2:]
    statement = (
        f"from d = {before:,} to {last:,}, the vulnerability's exponent minus that of the mean "
        "l1-norm is"
    )
    behind = _behind(sweep, cells, error)
    return Evidence(
        method=(
            f"Exponents in d between the last two of {len(cells)} resolutions, of networks "
            f"trained {how_trained(sweep)} and measured on the same held-out images; "
            f"intervals are over networks and images, ε = {sweep.epsilon:.3g} pixel standard "
            "deviations. The false neighbour is that vulnerability outgrows the norm."
        ),
        stated=[behind.at_most(f"{statement} below 0", 0.0)],
        controls=[behind.at_least(f"{statement} above 0", 0.0)],
        tables=[exponents_table(sweep, cells), damage_table(sweep, error)],
        data=sweep.data,
    )


def check_figure_1_first_order(sweep: Sweep, *, error: float) -> Evidence:
    """Test that the first order becomes less and less valid with growing d (caption of Figure 1).

    The estimand is the real damage over the first-order one, E[L(x + δ) - L(x)] / (ε E‖∂_x L‖_1)
    with FGSM's δ. As a reason for damping it falls with d, and it moves away from 1: the mean of
    its first and last value is below 1. It can also rise and move away from 1, since the
    cross-entropy bends up; the correction says that it does. Whether vulnerability is
    dampened at all is `check_figure_1_damping`'s question.

    The false neighbour is a first order that is as good at the largest size as at the smallest.
    """
    cells = cells_by_size(sweep, least=2)
    (d_first, first), *_, (d_last, last) = cells.items()
    change = contrast(sweep, {first: -1.0, last: 1.0}, damage_ratios, error)
    both = contrast(sweep, {first: 0.5, last: 0.5}, damage_ratios, error)
    between = f"from d = {d_first:,} to {d_last:,}"
    away = f"{REAL_RATIO} moves away from 1: the mean of its values at both d"
    return Evidence(
        method=(
            "How much FGSM's attack raises the loss of held-out images, over what the first order "
            "predicts, in the mean over the images of each network. Where this ratio falls and the "
            "mean of its first and its last value is below 1, it ends below 1 and farther from it "
            "than it began. Intervals are over networks "
            f"and images, ε = {sweep.epsilon:.3g} pixel standard deviations. The attack is not cut "
            "off at the range of the pixels, of which Lemma 1 knows nothing."
        ),
        stated=[
            change.at_most(f"{REAL_RATIO} falls {between}: its change is below 0", 0.0),
            both.at_most(f"{away} is below 1", 1.0),
        ],
        corrected=[
            change.at_least(f"{REAL_RATIO} rises {between}: its change is above 0", 0.0),
            both.at_least(f"{away} is above 1", 1.0),
        ],
        controls=[
            change.against(
                f"{REAL_RATIO} stays the same {between}, within {STAYS:g}",
                predicted=0,
                margin=STAYS,
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
