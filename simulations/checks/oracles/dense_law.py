"""Dense layers drawn without their weights have the law of layers drawn with them."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from evidence.decisions import decide
from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import Equivalence
from evidence.means import Samples, mean_interval
from running.draws import Draws
from simulations.checks.network_check import bars, ensemble_of
from simulations.checks.section_3.equation_7 import name_of
from simulations.engine.ensemble import LEAST_ISOTROPIC
from simulations.engine.sampler import Sampler
from simulations.engine.sequential import Findings, single_round
from simulations.reports.scaling_plots import interval_plot

WIDTHS, LOGITS = (32, 32), 20

DIMENSIONS = (48, LEAST_ISOTROPIC)
"""From the second one on, the engine does not draw inputs either."""

NETWORKS, BATCH = 4096, 512
QS = (1.0, 2.0, float("inf"))

MARGIN = 0.15
"""A Kolmogorov-Smirnov distance up to this counts as 0; a factor 5/3 in one layer's variance makes
it about 0.3."""

SIZE_MARGIN = 0.05
"""In the mean logarithm of a norm: a tenth of one layer's variance."""

NEIGHBOUR = 2.5 * SIZE_MARGIN
"""Of a false neighbour, in the same unit: one variance 1.28 or 0.78 times.

It is refuted if the interval lies beyond the margin. At error 3e-4 the widest interval, of
‖∂_x L‖_∞, is ±0.032, which is 3.6 standard errors of 0.0088. The estimate then has to be more than
0.05 + 0.032 from 0, and is within 0.043 of its expectation, 4.9 standard errors, but for a
probability of 5e-7. (With twice the margin it was spared with probability 0.02.)
"""


def check_oracle_dense_law(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test that dense layers drawn without their weights have the law of those drawn with them."""
    look = single_round(NETWORKS, budget=budget, error=error)
    networks, error = look.networks, look.error
    pairs = {
        f"{name}, d = {d}": pair
        for d in DIMENSIONS
        for name, pair in _pairs(sampler, d, networks).items()
    }
    progress(1.0, "both ways")
    findings = decide(lambda level: _judge(pairs, level), error)
    distances = findings.stated[: len(pairs)]
    return Evidence(
        method=f"Dense ReLU networks of hidden widths {', '.join(map(str, WIDTHS))} and {LOGITS} "
        "logits: norms of gradients from the engine, which draws W h and Wᵀ v without W, against "
        "a few lines that draw every W, of variance 2/fan-in, and multiply; the two share neither "
        "code nor networks. The Kolmogorov-Smirnov distance of the two laws has the interval of "
        "Massart's inequality, which holds for every law and number of networks. The mean "
        "logarithms of the norms are held against each other more narrowly. For the controls, the "
        "engine's norms are those of networks with another variance in one layer.",
        stated=findings.stated,
        controls=findings.controls,
        tables=[
            Table(
                title=f"norms with and without drawing the weights, {networks:,} networks of each",
                columns=["", "mean, without", "mean, with", "distance of the laws"],
                rows=[
                    [name, float(a.mean()), float(b.mean()), finding.estimate]
                    for (name, (a, b)), finding in zip(pairs.items(), distances, strict=True)
                ],
            )
        ],
        plots={
            "oracle-dense-law": interval_plot(
                dict(zip(pairs, distances, strict=True)),
                x_label="Kolmogorov-Smirnov distance, with and without drawing the weights",
                bars=bars(error, shaded="equal"),
                predictions={"one law": 0},
            )
        },
    )


def _judge(pairs: Mapping[str, tuple[Samples, Samples]], error: float) -> Findings:
    return Findings(
        stated=[
            *(_distance(name, a, b, error) for name, (a, b) in pairs.items()),
            *(_size(name, a, b, error) for name, (a, b) in pairs.items()),
        ],
        controls=[
            *(
                _distance(f"{name}, one variance 5/3 times", a * math.sqrt(5 / 3), b, error)
                for name, (a, b) in pairs.items()
            ),
            *(
                _size(
                    f"{name}, one variance {math.exp(2 * shift):.2g} times",
                    a * math.exp(shift),
                    b,
                    error,
                )
                for name, (a, b) in pairs.items()
                for shift in (-NEIGHBOUR, NEIGHBOUR)
            ),
        ],
    )


def _distance(name: str, one: Samples, other: Samples, error: float) -> Equivalence:
    """Hold the distance sup |F - G| of two laws against 0.

    By Massart (1990, Annals of Probability 18), N samples miss their F by more than r anywhere with
    probability 2 exp(-2 N r²) at most. Only the upper end can decide, so it has half of the error;
    each of the two samples has half of that.
    """
    distance = float(stats.ks_2samp(one, other, method="asymp").statistic)
    radius = sum(math.sqrt(math.log(8 / error) / (2 * len(each))) for each in (one, other))
    return Equivalence(
        statement=f"distance of the laws of {name} = 0",
        predicted=0,
        margin=MARGIN,
        estimate=distance,
        low=max(0.0, distance - radius),
        high=min(1.0, distance + radius),
        error=error,
        samples=len(one) + len(other),
    )


def _size(name: str, one: Samples, other: Samples, error: float) -> Equivalence:
    """Hold the mean logarithms of independent norms against each other."""
    return mean_interval(np.log(one) - np.log(other), error).against(
        f"mean logarithm of {name}: the same",
        predicted=0,
        margin=SIZE_MARGIN,
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
        weights = draws.normal(neurons, h.shape[1]) * math.sqrt(2 / h.shape[1])
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
    ensemble = ensemble_of("dense", d, logits=LOGITS, widths=WIDTHS)
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
