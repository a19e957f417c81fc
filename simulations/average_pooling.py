"""One strided convolution against stride 1 plus average pooling: Theorem 6."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from simulations.equivalence import Equivalence
from simulations.gradients import input_gradients
from simulations.initialization import he_initialize_
from simulations.intervals import Interval, Samples, log_ratio_interval, mean_interval
from simulations.networks import IndependentKilling, averaged, strided
from simulations.plots import interval_plot
from simulations.randomness import stream
from simulations.sequential import Findings, sample_until_decided
from theory.evidence import Evidence, Progress, Table, silent

SIDE, CHANNELS, LOGITS, STRIDE = 9, 16, 10, 3
N = STRIDE**2

MARGIN = 0.05
"""With n = 9 this is 12 % of a size, room for one filter being seen at n overlapping positions; the
false neighbours are 1/2 away."""

EXACT_MARGIN = 0.02
"""Under H1 as printed the second moment of a logit gradient is divided by n exactly."""

ACTIVATIONS = {"ReLU": "with ReLUs", "H1": "under H1 as printed"}
MEAN_SQUARES = {"rms ∂_x f_k": 0, "rms ∂_x L": 1, "rms ∂_x L at equal q": 2}
LOGARITHMS = {"typical |∂_x f_k|": 3, "typical |∂_x L|": 4}
"""Columns of the samples, which have shape (networks, activations, twins, columns). The first are
averages of squares, the last of log(mean |coordinate|), over all logits or labels."""


def check_theorem_6(
    *,
    seed: int,
    error: float,
    budget: float = 1.0,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Evidence:
    """Test by which n^γ averaging over n, instead of keeping 1 of n, divides gradients (Theorem 6).

    Printed is γ = 1. The proof (Appendix A.2) divides the variance by n, hence the size by √n:
    γ = 1/2. For the second moment of logit gradients under H1 as printed, killings independent of
    the weights, that is exact. ReLUs that meet one filter at several positions depend on it, which
    moves γ a little. Loss gradients also carry the probabilities q_k, which the proof holds fixed
    and averaging changes, since it shrinks the logits. Therefore they are measured twice, as they
    are and "at equal q": their squares over (1 - q_c)² + Σ_{k≠c} q_k², from Theorem 3's proof.
    """

    def measure(index: int) -> Samples:
        return np.array(
            [
                [_measure(twin, activation, seed, index, device) for twin in (strided, averaged)]
                for activation in ACTIVATIONS
            ]
        )

    sampled = sample_until_decided(
        measure,
        _judge,
        first=250,
        most=2000,
        budget=budget,
        error=error,
        progress=progress,
        activity="strided and averaged twins",
    )
    findings = sampled.findings
    rows: list[list[str | int | float]] = [
        [
            words,
            quantity,
            *_sizes(sampled.samples, activation, quantity),
            gamma.estimate,
            gamma.low,
            gamma.high,
        ]
        for activation, words in ACTIVATIONS.items()
        for quantity in (*MEAN_SQUARES, *LOGARITHMS)
        for gamma in [_gamma(sampled.samples, activation, quantity, sampled.error)]
    ]
    return Evidence(
        method=f"He-initialized pairs of CNNs (3 x {SIDE} x {SIDE} inputs of standard normal "
        f"noise, two 3 x 3 convolutions of {CHANNELS} channels with circular padding, {LOGITS} "
        f"logits) share their weights; the second convolution has stride {STRIDE} in one twin, and "
        f"stride 1 and an average over n = {N} neurons in the other. γ is the logarithm of the "
        "ratio of gradient sizes over log n. H1 as printed, killings that are independent of the "
        "weights, is run literally beside ReLUs; there the logits shrink most, so that the loss "
        "gradient as it is, which holds the q_k, departs furthest from 1/2 (see the table).",
        printed=findings.printed,
        corrected=findings.corrected,
        controls=findings.controls,
        tables=[
            Table(
                title=f"sizes of gradient coordinates over {len(sampled.samples):,} pairs of "
                f"networks, and γ with its confidence interval at error {sampled.error:.1g}",
                columns=["", "size", "strided", "averaged", "γ", "low", "high"],
                rows=rows,
            )
        ],
        plots={
            "theorem-6": interval_plot(
                {
                    finding.statement.split(" is divided")[0]: finding
                    for finding in findings.corrected
                },
                x_label=f"γ: averaging over n = {N} divides the size by n^γ",
                bars=f"bars: confidence intervals at error {sampled.error:.1g} each; "
                "shaded: counts as 1/2",
                predictions={"no effect": 0, "as proved: √n": 1 / 2, "as printed: n": 1},
            )
        },
    )


def _measure(
    twin: Callable[..., nn.Module],
    activation: str,
    seed: int,
    index: int,
    device: torch.device | str,
) -> list[float]:
    """Measure one twin of pair `index`; both share their weights and inputs."""
    killings = stream(seed, "theorem-6", "killings", index, device=device)
    network = twin(
        SIDE,
        CHANNELS,
        LOGITS,
        stride=STRIDE,
        activation=nn.ReLU if activation == "ReLU" else lambda: IndependentKilling(killings),
    ).to(device)
    generator = stream(seed, "theorem-6", index, device=device)
    inputs = torch.randn(1, 3, SIDE, SIDE, generator=generator, device=device)
    he_initialize_(network, generator)
    gradients = input_gradients(network, inputs)
    of_logits = gradients.logit_gradients.flatten(1)
    of_losses = gradients.loss_gradients.flatten(1)
    q = gradients.logits.softmax(0)
    factor = (1 - q) ** 2 + q.square().sum() - q**2
    loss_squares = of_losses.square().mean(1)
    columns = (
        of_logits.square().mean(1),
        loss_squares,
        loss_squares / factor,
        of_logits.abs().mean(1).log(),
        of_losses.abs().mean(1).log(),
    )
    return [float(column.mean()) for column in columns]


def _judge(samples: Samples, error: float) -> Findings:
    def finding(
        activation: str, quantity: str, predicted: float, margin: float = MARGIN
    ) -> Equivalence:
        return _gamma(samples, activation, quantity, error).against(
            f"{quantity} {ACTIVATIONS[activation]} is divided by n^γ with γ = {predicted:g}",
            predicted=predicted,
            margin=margin,
        )

    logit, loss = "rms ∂_x f_k", "rms ∂_x L"
    return Findings(
        printed=[finding("H1", logit, 1), finding("ReLU", logit, 1), finding("ReLU", loss, 1)],
        corrected=[
            finding("H1", logit, 1 / 2, EXACT_MARGIN),
            finding("H1", f"{loss} at equal q", 1 / 2),
            *(finding("ReLU", quantity, 1 / 2) for quantity in (*MEAN_SQUARES, *LOGARITHMS)),
        ],
        controls=[
            finding(activation, logit, false) for activation in ACTIVATIONS for false in (0, 1)
        ],
    )


def _gamma(samples: Samples, activation: str, quantity: str, error: float) -> Interval:
    """Interval for log(size strided / size averaged) / log n."""
    pairs = samples[:, list(ACTIVATIONS).index(activation)]
    if quantity in MEAN_SQUARES:
        before, after = pairs[:, :, MEAN_SQUARES[quantity]].T
        return log_ratio_interval(before, after, error).scaled(1 / (2 * math.log(N)))
    before, after = pairs[:, :, LOGARITHMS[quantity]].T
    return mean_interval(before - after, error).scaled(1 / math.log(N))


def _sizes(samples: Samples, activation: str, quantity: str) -> list[float]:
    """Sizes of a coordinate in both twins: roots of mean squares, or geometric means."""
    means = samples[:, list(ACTIVATIONS).index(activation)].mean(0)
    if quantity in MEAN_SQUARES:
        return [float(x) for x in np.sqrt(means[:, MEAN_SQUARES[quantity]])]
    return [float(x) for x in np.exp(means[:, LOGARITHMS[quantity]])]
