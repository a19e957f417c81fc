"""Lemma 1 after training: the first-order damage beside the real one."""

from dataclasses import replace
from functools import partial

import numpy as np

from empirical.measures.contrasts import average
from empirical.measures.quantities import accuracies, damage_ratios
from empirical.measures.trained import Cell, Sweep
from evidence.errors import LackingRecordsError
from evidence.findings import Evidence, Finding, Table
from evidence.known_values import LEVEL, miss_too_often, signs_drawn
from evidence.two_level import two_level_interval

MARGIN = 0.1
"""Half-way from the ratio 1 to √(2/π) = 0.80, which √d ‖∂_x L‖_2 in place of ‖∂_x L‖_1 gives for
coordinates that are nearly normal. So it tells the l1-norm from a multiple of another norm."""

LEARNED = 0.25
"""Accuracy of networks that have learned something of ten or twelve classes, of which guessing gets
a tenth right."""

DRAWS = 512
"""Intervals that are held against a known mean."""


def check_lemma_1_trained(sweep: Sweep, *, error: float) -> Evidence:
    """Test Lemma 1 on trained networks, at the size of the measuring attack.

    Lemma 1 is on the limit of small ε. The estimand is, for each architecture and size, the ratio
    E[L(x + δ) - L(x)] / (ε E‖∂_x L‖_1) at a finite ε, with FGSM's δ: of means over the images of
    each network, in the mean over networks, and over the ways of training where there are several,
    all of equal weight. The false neighbours have another norm in place of the l1-norm.
    """
    kinds = _by_architecture(sweep)
    if not kinds:
        raise LackingRecordsError("wanted are trained networks, not none at all")
    stated: list[Finding] = []
    controls: list[Finding] = []
    for kind, cells in kinds:
        ratio, of_l2 = (
            average(sweep, cells, partial(damage_ratios, norm=norm), error)
            for norm in ("gradient_norm", "gradient_norm_l2")
        )
        stated.append(
            ratio.against(f"the real damage is ε E‖∂_x L‖_1: {kind}", predicted=1, margin=MARGIN)
        )
        controls += [
            of_l2.scaled(factor).against(
                f"false neighbour: it is ε {name}: {kind}", predicted=1, margin=MARGIN
            )
            for name, factor in (
                ("E‖∂_x L‖_2", 1.0),
                ("√d E‖∂_x L‖_2", sweep.of(cells[0])[0].d ** -0.5),
            )
        ]
    learned, too_narrow = _learned(sweep, error), _too_narrow(sweep, error)
    return Evidence(
        method=(
            "How much FGSM's attack raises the loss of held-out images, over what the first order "
            "predicts, in the mean over the images of each network and over the ways of training; "
            "intervals are over networks and images. The attack has "
            f"ε = {sweep.epsilon:.3g} pixel standard deviations and is not cut off at the range of "
            "the pixels, of which Lemma 1 knows nothing. The margin of a tenth is half-way from a "
            "ratio of 1 to √(2/π), the ratio of √d E‖∂_x L‖_2 for nearly normal coordinates. "
            f"{DRAWS} intervals of the same kind, with random signs for the effects of networks "
            "and of images, show how often they miss a mean that is known, 0."
        ),
        stated=[*stated, learned],
        controls=[*controls, too_narrow],
        tables=[damage_table(sweep, error)],
        data=sweep.data,
    )


def _learned(sweep: Sweep, error: float) -> Finding:
    """Hold the accuracy of the networks, all cells together, against that of guessing."""
    return average(sweep, sweep.cells(), accuracies, error).at_least(
        "the networks have learned: their mean accuracy on held-out images is above a quarter",
        LEARNED,
    )


def _too_narrow(sweep: Sweep, error: float) -> Finding:
    """Hold intervals over networks and images against a mean that is known."""
    cell = max(sweep.cells(), key=lambda cell: len(sweep.of(cell)))
    norms, rng = sweep.array(cell, "gradient_norm"), np.random.default_rng(0)
    return miss_too_often(
        "the mean 0 of ‖∂_x L‖_1, whose deviations by network and by image get random signs",
        [two_level_interval(signs_drawn(norms, rng), LEVEL) for _ in range(DRAWS)],
        0,
        error,
    )


def _by_architecture(sweep: Sweep) -> list[tuple[str, list[Cell]]]:
    """Return the cells that differ in training alone, with a name of what they have in common."""
    kinds: dict[Cell, list[Cell]] = {}
    for cell in sweep.cells():
        kinds.setdefault(replace(cell, method="", epsilon=0.0), []).append(cell)
    return [
        (
            str(cells[0])
            if len(cells) == 1
            else f"{kind.network}, {kind.size} px, mean over {len(cells)} ways of training",
            cells,
        )
        for kind, cells in kinds.items()
    ]


def damage_table(sweep: Sweep, error: float) -> Table:
    """Lay out first-order and real damage of each cell, with an interval for their ratio."""
    rows = []
    for cell, networks in sweep.groups():
        ratio = two_level_interval(damage_ratios(sweep, cell), error)
        rows.append(
            (
                str(cell),
                len(networks),
                sweep.epsilon * float(sweep.array(cell, "gradient_norm").mean()),
                float(sweep.array(cell, "increase").mean()),
                ratio.estimate,
                ratio.low,
                ratio.high,
            )
        )
    return Table(
        title="First-order and real damage (nats), and their ratio in the mean over networks",
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
