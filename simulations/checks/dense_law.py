"""Dense layers drawn without their weights, against ones drawn with them: one law, ours to show."""

import math

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from simulations.checks.equation_7 import name_of
from simulations.draws import Draws
from simulations.ensemble import LEAST_ISOTROPIC, Ensemble
from simulations.equivalence import Equivalence
from simulations.initialization import he_variance
from simulations.intervals import Samples, log_ratio_interval, mean_interval
from simulations.plots import interval_plot
from simulations.sampler import Sampler
from simulations.sequential import MINIMUM
from theory.evidence import Evidence, Progress, Table, silent

WIDTHS, LOGITS = (32, 32), 20

NETWORKS = {48: 4096, LEAST_ISOTROPIC: 2048}
"""By input dimension: from the second one on, the engine does not draw inputs either."""

BATCH = 512
QS = (1.0, 2.0, float("inf"))

MARGIN = 0.1
"""Of a logarithm: 10 % of a size, where a factor 2 of one layer's variance is 35 %."""


def check_oracle_dense_law(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test that dense layers drawn without their weights have the law of those drawn with them."""
    pairs = {
        f"{name}, d = {d}": pair
        for d, networks in NETWORKS.items()
        for name, pair in _pairs(sampler, d, max(MINIMUM, round(networks * budget))).items()
    }
    progress(1.0, "both ways")
    intervals = {
        f"typical {name}": mean_interval(np.log(a) - np.log(b), error)
        for name, (a, b) in pairs.items()
    } | {
        f"rms {name}": log_ratio_interval(a * a, b * b, error).scaled(1 / 2)
        for name, (a, b) in pairs.items()
        if "_2" in name
    }

    def held(predicted: float) -> list[Equivalence]:
        return [
            interval.against(
                f"{name}: log(without weights / with weights) = {predicted:.3g}",
                predicted=predicted,
                margin=MARGIN,
            )
            for name, interval in intervals.items()
        ]

    printed = held(0)
    return Evidence(
        method=f"Dense ReLU networks of hidden widths {', '.join(map(str, WIDTHS))} and {LOGITS} "
        "logits: norms of gradients from the engine, which draws W h and Wᵀ v without W, against "
        "a few lines that draw every W and multiply. Networks of the two are independent.",
        printed=printed,
        controls=held(math.log(2) / 2),
        tables=[
            Table(
                title="norms with and without drawing the weights, and the Kolmogorov-Smirnov "
                "distance of their laws",
                columns=["", "networks", "mean, without", "mean, with", "distance", "p-value"],
                rows=[
                    [
                        name,
                        len(a),
                        float(a.mean()),
                        float(b.mean()),
                        float(test.statistic),
                        float(test.pvalue),
                    ]
                    for name, (a, b) in pairs.items()
                    for test in [stats.ks_2samp(a, b, method="asymp")]
                ],
            )
        ],
        plots={
            "oracle-dense-law": interval_plot(
                {finding.statement.partition(":")[0]: finding for finding in printed},
                x_label="log(without weights / with weights)",
                bars=f"bars: confidence intervals at error {error:.1g} each; shaded: counts as "
                "equal",
                predictions={"equal": 0, "a variance of one layer off by 2": math.log(2) / 2},
            )
        },
    )


def naive_rows(d: int, draws: Draws) -> Tensor:
    """Differentiate dense networks the slow way, drawing every weight.

    Returns
    -------
    ∂_x f_0 and ∂_x L(x, 0), shape (networks, 2, d).
    """
    h = draws.normal(d)[:, :, None]
    layers = []
    for neurons in (*WIDTHS, LOGITS):
        weights = draws.normal(neurons, h.shape[1]) * math.sqrt(he_variance(h.shape[1]))
        z = weights @ h
        layers.append((weights, (z > 0).float()))
        h = z.relu()
    q = z.squeeze(2).softmax(1)
    first = torch.zeros_like(q)
    first[:, 0] = 1
    rows = torch.stack([first, q - first], dim=1) @ layers[-1][0]
    for weights, gates in reversed(layers[:-1]):
        rows = (rows * gates.transpose(1, 2)) @ weights
    return rows


def _pairs(sampler: Sampler, d: int, networks: int) -> dict[str, tuple[Samples, Samples]]:
    """Measure norms of networks drawn without, and of others drawn with their weights."""
    ensemble = Ensemble(network="dense", size=d, options=(("logits", LOGITS), ("widths", WIDTHS)))
    (fast,) = sampler.sample([ensemble], networks)
    parts = []
    for start in range(0, networks, BATCH):
        indices = range(start, min(start + BATCH, networks))
        rows = naive_rows(d, Draws(sampler.seed, f"naive, d = {d}", indices, device=sampler.device))
        parts.append(torch.stack([rows.norm(q, dim=2) for q in QS], dim=2).double().cpu().numpy())
    naive = np.concatenate(parts)
    return {
        f"‖{name}‖_{name_of(q)}": (fast.norm(q, loss=bool(row)), naive[:, row, column])
        for row, name in enumerate(("∂_x f_k", "∂_x L"))
        for column, q in enumerate(QS)
    }
