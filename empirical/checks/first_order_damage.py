"""Lemma 1 after training: the first-order damage beside the real one."""

from empirical.checks.quantities import damage_ratio
from empirical.trained import Sweep
from empirical.two_level import two_level_interval
from theory.evidence import Evidence, Finding, Table

MARGIN = 0.25
"""Half-way from the ratio 1 to 1/2. What the paper concludes from Lemma 1 are factors of 2 (of a
resolution doubled in both directions), which a first order that is off by less does not hide."""


def check_lemma_1_trained(sweep: Sweep, *, error: float) -> Evidence:
    """Test Lemma 1 on trained networks, at the size of the measuring attack.

    Lemma 1 is on the limit of small ε. The estimand is, for each kind of network, the ratio
    E[L(x + δ) - L(x)] / (ε E‖∂_x L‖_1) at a finite ε, with FGSM's δ: means over the images of each
    network, and of their ratios over networks. The correction claims less, a ratio of 1/2 to 2.

    Parameters
    ----------
    sweep : of any networks.
    error : error level of each interval.

    Raises
    ------
    ValueError : no networks, gradients that are all 0, or an error level not in (0, 1).
    """
    cells = sweep.cells()
    if not cells:
        raise ValueError("wanted are trained networks, not none at all")
    printed: list[Finding] = []
    corrected: list[Finding] = []
    controls: list[Finding] = []
    rows = []
    for cell in cells:
        ratio = two_level_interval(damage_ratio(sweep, cell), error)
        of_l2 = two_level_interval(damage_ratio(sweep, cell, norm="gradient_norm_l2"), error)
        printed.append(
            ratio.against(f"the real damage is ε E‖∂_x L‖_1: {cell}", predicted=1, margin=MARGIN)
        )
        corrected += [
            ratio.at_least(f"the real damage is half of ε E‖∂_x L‖_1 at least: {cell}", 0.5),
            ratio.at_most(f"the real damage is twice ε E‖∂_x L‖_1 at most: {cell}", 2.0),
        ]
        controls += [
            ratio.at_most(f"false neighbour: it is ε E‖∂_x L‖_1 / 2, or less: {cell}", 0.5),
            ratio.at_least(f"false neighbour: it is 2 ε E‖∂_x L‖_1, or more: {cell}", 2.0),
            of_l2.against(
                f"false neighbour: it is ε E‖∂_x L‖_2: {cell}", predicted=1, margin=MARGIN
            ),
        ]
        rows.append(
            (
                str(cell),
                len(sweep.of(cell)),
                sweep.epsilon * float(sweep.array(cell, "gradient_norm").mean()),
                float(sweep.array(cell, "increase").mean()),
                ratio.estimate,
                ratio.low,
                ratio.high,
            )
        )
    return Evidence(
        method=(
            "How much FGSM's attack raises the loss of held-out images, over what the first order "
            "predicts, in the mean over the images of each network; intervals are over networks "
            f"and images. The attack has ε = {sweep.epsilon:.3g} pixel standard deviations and is "
            "not cut off at the range of the pixels, of which Lemma 1 knows nothing. The margin of "
            "1/4 is half-way from a ratio of 1 to one of 1/2."
        ),
        printed=printed,
        corrected=corrected,
        controls=controls,
        tables=[
            Table(
                title="First-order and real damage (nats), and their ratio in the mean over "
                "networks",
                columns=(
                    "networks",
                    "number",
                    "ε E‖∂_x L‖_1",
                    "E[L(x + δ) − L(x)]",
                    "ratio",
                    "low",
                    "high",
                ),
                rows=rows,
            )
        ],
        data=sweep.data,
    )
