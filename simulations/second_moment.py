"""The second moment of a dense network's gradient coordinates: Equation 8."""

import numpy as np
import torch
from torch import nn

from simulations.dense_scaling import DIMENSIONS, LOGITS, WIDTHS, draw_network
from simulations.equivalence import Equivalence
from simulations.gradients import input_gradients
from simulations.intervals import Samples, mean_interval
from simulations.plots import Series, scaling_plot
from simulations.sequential import Findings, sample_until_decided
from theory.evidence import Evidence, Progress, Table, silent

MARGIN = 0.1
"""Relative: 10 % of a second moment is 5 % of a size; the false neighbours are a factor 2 away."""

KINDS = ("a ReLU on the logits", "linear logits")
PREDICTED = (1, 2)


def check_equation_8(
    *,
    seed: int,
    error: float,
    budget: float = 1.0,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Evidence:
    """Test E[(∂_x f_k)²] = 1/d with a ReLU after each non-input neuron, logits included (Eq. 8).

    With symmetric weights it is exact at every width, without H1: the opposite sign of a neuron's
    weights turns its ReLU on instead of off and keeps the square of its contribution. Linear
    logits, the usual ones, miss one factor 1/2: that reading, 2/d, is tested as well.
    """
    dimensions = DIMENSIONS[:3]

    def measure(index: int) -> Samples:
        rows = []
        for d in dimensions:
            network, inputs = draw_network(seed, d, index, device)
            kinds = (nn.Sequential(network, nn.ReLU()), network)
            gradients = (input_gradients(kind, inputs).logit_gradients for kind in kinds)
            rows.append([float(of_logits.square().sum(1).mean()) for of_logits in gradients])
        return np.array(rows)

    def judge(samples: Samples, error: float) -> Findings:
        def moments(column: int, predicted: float) -> list[Equivalence]:
            return [
                mean_interval(samples[:, row, column], error).against(
                    f"d E[(∂_x f_k)²] = {predicted:g} with {KINDS[column]}, d = {d}",
                    predicted=predicted,
                    margin=MARGIN * predicted,
                )
                for row, d in enumerate(dimensions)
            ]

        return Findings(
            printed=moments(0, 1),
            corrected=moments(1, 2),
            controls=[*moments(0, 2), *moments(0, 1 / 2), *moments(1, 1)],
        )

    sampled = sample_until_decided(
        measure,
        judge,
        first=1000,
        most=8000,
        budget=budget,
        error=error,
        progress=progress,
        activity="second moments",
    )
    rows = []
    for row, d in enumerate(dimensions):
        intervals = [
            mean_interval(sampled.samples[:, row, column], sampled.error) for column in range(2)
        ]
        rows.append([d, *(x for i in intervals for x in (i.estimate, i.low, i.high))])
    return Evidence(
        method=f"In He-initialized dense ReLU networks ({', '.join(map(str, WIDTHS))} hidden "
        f"neurons, {LOGITS} logits, inputs of standard normal noise) the squares of all gradient "
        "coordinates of all logits are averaged, each network once with a ReLU on the logits, as "
        "H1 is printed, and once with linear logits. The expectation is exact at every width.",
        printed=sampled.findings.printed,
        corrected=sampled.findings.corrected,
        controls=sampled.findings.controls,
        tables=[
            Table(
                title=f"d E[(∂_x f_k)²] over {len(sampled.samples):,} networks, with the ends of "
                f"the confidence intervals at error {sampled.error:.1g}",
                columns=["d"] + [x for kind in KINDS for x in (f"with {kind}", "low", "high")],
                rows=rows,
            )
        ],
        plots={
            "eq-8": scaling_plot(
                [
                    Series(
                        label=f"{kind}: {predicted}/d",
                        x=dimensions,
                        estimate=[row[3 * column + 1] / row[0] for row in rows],
                        low=[row[3 * column + 2] / row[0] for row in rows],
                        high=[row[3 * column + 3] / row[0] for row in rows],
                        predicted=[predicted / d for d in dimensions],
                    )
                    for column, (kind, predicted) in enumerate(zip(KINDS, PREDICTED, strict=True))
                ],
                x_label="input dimension d",
                y_label="E[(∂_x f_k)²]",
                bars=f"bars: confidence intervals at error {sampled.error:.1g} each",
            )
        },
    )
