"""Moments that we can compute exactly, and that sampled networks must have.

They are not statements of the paper: they test the sampling that all other checks rest on.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence
from evidence.means import Samples
from evidence.moments import moment_interval
from simulations.checks.network_check import (
    bars,
    ensemble_of,
    estimate_and_ends,
    neighbours,
    network_check,
)
from simulations.checks.section_3.convolutional_scaling import predicted_moments
from simulations.checks.section_3.feedforward import KINDS
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled
from simulations.reports.scaling_plots import interval_plot

D = 48
SHAPES: tuple[tuple[int, ...], ...] = ((8,), (16,), (16, 16))
"""Hidden widths: narrow, because there the factors (1 + 5/n) are large."""

MARGIN = 0.1
"""Relative. A layer's factor 1 + 5/n left out is 24 % or more."""


def fourth_moment_factor(widths: Sequence[int]) -> float:
    """Compute E[(∂_x f_k)⁴] / (3 E[(∂_x f_k)²]²) = Π (1 + 5/n) of a dense Gaussian ReLU network.

    Derived here: a column of a hidden layer's Jacobian has |J_l e_x|² = |J_{l-1} e_x|² X with
    X = (2/n) Σ_i s_i g_i², s_i fair coins and g_i standard normal, independent. So E[X] = 1, and
    E[X²] = 1 + Var(2 s g²)/n = 1 + (4 · 3/2 - 1)/n. The linear logit adds a last normal factor.

    Parameters
    ----------
    widths : hidden widths n.
    """
    return math.prod(1 + 5 / n for n in widths)


narrow_network_check = partial(
    network_check,
    [ensemble_of("dense", D, logits=1, widths=widths) for widths in SHAPES],
    first=16384,
    most=65536,
    activity="narrow dense networks",
)

SECOND_MOMENT, FOURTH_MOMENT = "d E[(∂_x f_k)²]", "d² E[(∂_x f_k)⁴]"


def _judge_second_moment(samples: Sequence[Sample], error: float) -> Findings:
    by_shape = dict(zip(SHAPES, samples, strict=True))

    def held(predicted: float) -> list[Equivalence]:
        return _held(SECOND_MOMENT, by_shape, _second, lambda _: predicted, error)

    low, high = neighbours(2, 2 * MARGIN)
    return Findings(stated=held(2), controls=[*held(low), *held(high)])


@narrow_network_check(_judge_second_moment)
def check_oracle_second_moment(sampled: Sampled) -> Evidence:
    """Test E[(∂_x f_k)²] = 2/d with linear logits and real ReLUs, exact at every width."""
    return _moment_evidence(
        "oracle-second-moment",
        SECOND_MOMENT,
        sampled,
        "flipping the sign of a neuron's weights flips its ReLU and keeps the square of its "
        "contribution, so that 2/d needs neither H1 nor large widths.",
        {"closed form": 2},
    )


def _judge_fourth_moment(samples: Sequence[Sample], error: float) -> Findings:
    by_shape = dict(zip(SHAPES, samples, strict=True))

    def held(factor: float) -> list[Equivalence]:
        return _held(
            FOURTH_MOMENT,
            by_shape,
            _fourth,
            lambda widths: factor * 12 * fourth_moment_factor(widths),
            error,
        )

    low, high = neighbours(1, MARGIN)
    return Findings(stated=held(1), controls=[*held(low), *held(high)])


@narrow_network_check(_judge_fourth_moment)
def check_oracle_fourth_moment(sampled: Sampled) -> Evidence:
    """Test d² E[(∂_x f_k)⁴] = 12 Π (1 + 5/n) (see `fourth_moment_factor`)."""
    return _moment_evidence(
        "oracle-fourth-moment",
        FOURTH_MOMENT,
        sampled,
        "12 is the fourth moment of a normal variable of variance 2, and each hidden layer of n "
        "neurons multiplies it by 1 + 5/n.",
        {"a normal variable": 12},
    )


def _judge_convolutions(samples: Sequence[Sample], error: float) -> Findings:
    intervals = [moment_interval(sample.norm(2) ** 2, error) for sample in samples]
    predicted = [float(predicted_moments(sample).sum()) for sample in samples]

    def held(factor: float) -> list[Equivalence]:
        return [
            interval.against(
                f"E‖∂_x f_k‖_2² = {factor * value:.4g}: {name}, {sample.d} inputs",
                predicted=factor * value,
                margin=MARGIN * factor * value,
            )
            for name, value, interval, sample in zip(
                KINDS, predicted, intervals, samples, strict=True
            )
        ]

    low, high = neighbours(1, MARGIN)
    return Findings(stated=held(1), controls=[*held(low), *held(high)])


@network_check(
    [ensembles[0] for ensembles in KINDS.values()],
    _judge_convolutions,
    first=1024,
    most=4096,
    activity="convolutions without pooling",
)
def check_oracle_convolution(sampled: Sampled) -> Evidence:
    """Test E‖∂_x f_k‖_2² of convolutions without pooling against `theory`'s exact prediction."""
    return sampled.evidence(
        method="The mean of ‖∂_x f_k‖_2² over sampled networks with real ReLUs and linear logits, "
        "against the exact second moments of the same module's paths, computed without sampling. "
        "Without pooling they need no hypothesis H1.",
        plots={
            "oracle-convolution": interval_plot(
                dict(zip(KINDS, sampled.findings.stated, strict=True)),
                x_label="E‖∂_x f_k‖_2²",
                bars=bars(sampled.error, shaded="the prediction"),
                predictions={"2, as with in-degrees equal to the fan-in": 2},
            )
        },
    )


def _second(sample: Sample) -> Samples:
    return sample.d * sample.mean_square()


def _fourth(sample: Sample) -> Samples:
    return sample.d * sample.norm(4) ** 4


def _held(
    name: str,
    samples: Mapping[tuple[int, ...], Sample],
    moment: Callable[[Sample], Samples],
    predicted: Callable[[Sequence[int]], float],
    error: float,
) -> list[Equivalence]:
    """Hold a moment against a prediction from the hidden widths."""
    return [
        moment_interval(moment(sample), error).against(
            f"{name} = {predicted(widths):.4g}, hidden widths {_listed(widths)}",
            predicted=predicted(widths),
            margin=MARGIN * predicted(widths),
        )
        for widths, sample in samples.items()
    ]


def _listed(widths: Sequence[int]) -> str:
    return ", ".join(map(str, widths))


def _moment_evidence(
    claim: str, name: str, sampled: Sampled, law: str, mark: Mapping[str, float]
) -> Evidence:
    findings = {
        _listed(widths): finding
        for widths, finding in zip(SHAPES, sampled.findings.stated, strict=True)
    }
    return sampled.evidence(
        method=f"Dense ReLU networks with hidden widths {'; '.join(map(_listed, SHAPES))}, one "
        f"linear logit and d = {D} inputs of standard normal noise: {law}",
        tables=[
            Table(
                title=f"{name} over {sampled.networks:,} networks of each shape, with the ends of "
                f"the confidence intervals at error {sampled.error:.1g}",
                columns=["hidden widths", "closed form", "measured", "low", "high"],
                rows=[
                    [widths, finding.predicted, *estimate_and_ends(finding)]
                    for widths, finding in findings.items()
                ],
            )
        ],
        plots={
            claim: interval_plot(
                {f"hidden widths {widths}": finding for widths, finding in findings.items()},
                x_label=name,
                bars=bars(sampled.error, shaded="the closed form"),
                predictions=mark,
            )
        },
    )
