"""Hypothesis H1: how far real ReLUs are from masks that are independent of the weights."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evidence.decisions import decide
from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import Equivalence, Interval
from evidence.known_values import LEVEL, miss_too_often
from evidence.levels import error_of_each
from evidence.means import Samples, mean_interval
from evidence.moments import moment_ratio_interval
from evidence.shares import share_interval
from simulations.checks.network_check import (
    all_of,
    bars,
    by_kind,
    ensemble_of,
    estimate_and_ends,
    neighbours,
)
from simulations.checks.section_3 import gates
from simulations.checks.section_3.dense_scaling import DIMENSIONS
from simulations.checks.section_3.second_moment import dense_ensemble
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Findings, sample_until_decided, single_round
from simulations.reports.scaling_plots import interval_plot

SHARE_MARGIN = 0.02
CORRELATION_MARGIN = 0.1
"""A squared correlation is a share of variance: 0.1 is one percent."""

LOG_RATIO_MARGIN = 0.1
"""As of Eq. 8: 10 % of a second moment."""

LARGEST_LOG_RATIO = 0.4
"""By averages: half as much again."""

SIZE, WIDTHS, WINDOW = 8, (4, 8), 8
HALVED_WIDTHS = (16, 16, 16)
GATE_NETWORKS = 1024

SECOND_MOMENT = "E[(∂_x f_k)²]"
VARIANCE = "variance of ‖∂_x f_k‖_2²"

DENSE = f"dense, d = {DIMENSIONS[0]}"
CONVOLUTIONS = {inputs: f"convolutions, {inputs} inputs" for inputs in ("noise", "smooth")}
POOLED = f"convolutions, noise inputs, averages over {WINDOW} x {WINDOW}"
HALVED = f"convolutions, noise inputs, {len(HALVED_WIDTHS)} times averages over 2 x 2"
RESIDUAL = "residual blocks with identity shortcuts, noise inputs"
AGREE = [(SECOND_MOMENT, family) for family in (DENSE, *CONVOLUTIONS.values())]
AVERAGED = [(SECOND_MOMENT, family) for family in (POOLED, HALVED)]
DIFFER = [(SECOND_MOMENT, RESIDUAL)] + [(VARIANCE, family) for family in CONVOLUTIONS.values()]


REAL = {
    DENSE: dense_ensemble(DIMENSIONS[0], relu_on_logits=False),
    **{
        name: ensemble_of("conv", SIZE, inputs=inputs, logits=1, widths=WIDTHS)
        for inputs, name in CONVOLUTIONS.items()
    },
    POOLED: ensemble_of("average-pool", SIZE, logits=1, stride=(1, WINDOW), widths=WIDTHS),
    HALVED: ensemble_of("average-pool", SIZE, logits=1, stride=2, widths=HALVED_WIDTHS),
    RESIDUAL: ensemble_of("residual", SIZE, logits=1, widths=WIDTHS[-1:] * 2),
}
PAIRS = {family: (real, replace(real, relu="masks")) for family, real in REAL.items()}
"""Each family with real ReLUs, and with masks."""


def check_h1(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test that ReLUs kill half of the neurons, as if independently of the weights (H1).

    To the letter that is false: a gate is the sign of its own neuron's weighted sum. A very good
    approximation it is for what the theorems take from it, second moments of gradients. With
    symmetric weights half are killed, and the square of a path-product times its gates has the
    expectation that independent masks give it: flipping the sign of a neuron's weights flips the
    gate and keeps the square. So second moments agree in successions of layers without average
    pooling. With it, different paths share their weights, and whether their gates are open at once
    matters; so it does for the variance of ‖∂_x f_k‖_2². An identity shortcut brings what a ReLU
    let through, which is never negative: it keeps neurons alive, and has no weights whose sign
    could be flipped.
    """
    part = error_of_each(error, 2)  # gates, and networks
    look = single_round(GATE_NETWORKS, budget=budget, error=part)
    networks = look.networks
    measured = gates.measure_gates(sampler.seed, networks, sampler.device)
    direct = decide(lambda level: _judge_gates(measured, level), look.error)

    def judge(samples: Sequence[Sample], error: float) -> Findings:
        agreeing = [_compared(samples, *case, error) for case in AGREE]
        return Findings(
            stated=[*agreeing, *(_compared(samples, *case, error) for case in AVERAGED)],
            corrected=[*agreeing, *(_larger(samples, *case, error) for case in AVERAGED)],
            controls=[_compared(samples, *case, error) for case in DIFFER],
        )

    sampled = sample_until_decided(
        sampler,
        all_of(PAIRS),
        judge,
        first=4096,
        most=16384,
        budget=budget,
        error=part,
        progress=progress,
        activity="real ReLUs and masks",
    )
    ratios = {
        f"{quantity}, {family}": _compared(sampled.samples, quantity, family, sampled.error)
        for quantity, family in (*AGREE, *AVERAGED, *DIFFER, (VARIANCE, DENSE), (VARIANCE, POOLED))
    }
    return Evidence(
        method=f"The gates of single layers are measured directly: {gates.WIDTH} dense neurons, "
        f"and {gates.CHANNELS} filters in each of two convolutions on {gates.SIDE} x "
        f"{gates.SIDE} pixels. Then networks with real ReLUs are held against networks whose "
        "ReLUs are replaced by independent masks of probability 1/2, H1 taken literally, with "
        f"linear logits; the convolutions have {' and '.join(map(str, WIDTHS))} channels on {SIZE} "
        f"x {SIZE} pixels, those with averages over 2 x 2 {HALVED_WIDTHS[0]} in each layer. "
        "Identity shortcuts, which the theorems do not cover (H3 has no fixed weights), are among "
        "the false neighbours.",
        stated=[*direct.stated, *sampled.findings.stated],
        literal=direct.literal,
        corrected=[*direct.corrected, *sampled.findings.corrected],
        controls=[*direct.controls, *sampled.findings.controls],
        tables=[
            Table(
                title=f"gates of real ReLUs over {networks:,} networks; H1 has 0 for every "
                f"correlation; with the ends of the confidence intervals at error {error:.1g}",
                columns=["", "measured", "low", "high"],
                rows=[
                    [name, *estimate_and_ends(mean_interval(values, error))]
                    for name, values in measured.items()
                ],
            ),
            Table(
                title=f"real ReLUs over H1's masks, {sampled.networks:,} networks of each, with "
                f"the ends of the confidence intervals at error {sampled.error:.1g}",
                columns=["", "ratio", "low", "high"],
                rows=[
                    [name, *map(math.exp, estimate_and_ends(ratio))]
                    for name, ratio in ratios.items()
                ],
            ),
        ],
        plots={
            "h1": interval_plot(
                {name.replace(", ", "\n", 1): ratio for name, ratio in ratios.items()},
                x_label="log(with real ReLUs / with H1's masks)",
                bars=bars(sampled.error, shaded="equal"),
                predictions={"H1": 0},
            )
        },
    )


def _judge_gates(measured: Mapping[str, Samples], error: float) -> Findings:
    def correlation(name: str, predicted: float) -> Equivalence:
        return mean_interval(measured[name], error).against(
            f"{name} = {predicted:.3g}", predicted=predicted, margin=CORRELATION_MARGIN
        )

    def killed(predicted: float) -> Equivalence:
        return mean_interval(measured[gates.KILLED], error).against(
            f"{gates.KILLED} = {predicted:.3g}", predicted=predicted, margin=SHARE_MARGIN
        )

    correlations = {
        gates.OWN_WEIGHTS: math.sqrt(2 / math.pi),
        gates.TWO_NEURONS: 0,
        gates.neighbours(2, "noise"): gates.wide_layer_correlation(),
    }
    killings = np.rint(gates.WIDTH * measured[gates.KILLED]).astype(int).tolist()
    return Findings(
        stated=[killed(1 / 2)],
        literal=[correlation(gates.OWN_WEIGHTS, 0)],
        corrected=[
            killed(1 / 2),
            *(correlation(name, predicted) for name, predicted in correlations.items()),
        ],
        controls=[
            *(killed(false) for false in neighbours(1 / 2, SHARE_MARGIN)),
            *(
                correlation(name, false)
                for name, predicted in correlations.items()
                for false in neighbours(predicted, CORRELATION_MARGIN)
            ),
            miss_too_often(
                f"the share 1/2 of {gates.WIDTH} neurons that are killed",
                [share_interval(count, gates.WIDTH, LEVEL) for count in killings],
                1 / 2,
                error,
            ),
        ],
    )


def _compared(samples: Sequence[Sample], quantity: str, family: str, error: float) -> Equivalence:
    """Hold the log-ratio of a quantity, real ReLUs over masks, against 0."""
    real, masks = by_kind(PAIRS, samples)[family]
    return _log_ratio(real, masks, quantity, error).against(
        f"{quantity} is as with H1's masks (log-ratio 0): {family}",
        predicted=0,
        margin=LOG_RATIO_MARGIN,
    )


def _larger(samples: Sequence[Sample], quantity: str, family: str, error: float) -> Equivalence:
    """Hold that real ReLUs make a quantity larger, by more than the margin of the statement."""
    real, masks = by_kind(PAIRS, samples)[family]
    low, high = LOG_RATIO_MARGIN, LARGEST_LOG_RATIO
    return _log_ratio(real, masks, quantity, error).against(
        f"{quantity} is larger than with H1's masks (log-ratio {low:g} to {high:g}): {family}",
        predicted=(low + high) / 2,
        margin=(high - low) / 2,
    )


def _log_ratio(real: Sample, masks: Sample, quantity: str, error: float) -> Interval:
    squares = [sample.d * sample.mean_square() for sample in (real, masks)]
    if quantity == SECOND_MOMENT:
        return moment_ratio_interval(squares[0], squares[1], error)
    deviations = [np.square(values - values.mean()) for values in squares]
    return moment_ratio_interval(deviations[0], deviations[1], error)
