"""Dense networks at growing input dimension d: Section 3.1, Theorem 3, Equation 7."""

import math
from collections.abc import Sequence
from functools import partial

from scipy import special

from evidence.findings import Evidence
from evidence.intervals import Inequality
from evidence.known_values import LEVEL, miss_too_often, parts
from evidence.means import exponent_interval, mean_interval
from simulations.checks.network_check import ensemble_of, network_check
from simulations.checks.section_3.equation_7 import equation_7_laws, judge_equation_7
from simulations.checks.section_3.scaling_evidence import (
    beside,
    exponent,
    log_coordinate,
    log_norm,
    power,
    power_law,
    scaling_evidence,
)
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled

DIMENSIONS = tuple(3 * side**2 for side in (8, 16, 32, 64, 128))
"""RGB images of 8 to 128 pixels along an edge, flattened."""

WIDTHS = (64, 64)
LOGITS = 10

METHOD = (
    f"He-initialized dense ReLU networks ({', '.join(map(str, WIDTHS))} hidden neurons, {LOGITS} "
    "linear logits, inputs of standard normal noise) are sampled, exactly in law and without "
    f"drawing their weights, at d = {', '.join(f'{d:,}' for d in DIMENSIONS)}; the exponents are "
    "slopes over log d of the mean logarithms of mean |∂_x f_k| and ‖∂_x L‖_q. All logits, and "
    "all labels, are alike in law: one of each is measured."
)


DENSE_ENSEMBLES = [ensemble_of("dense", d, logits=LOGITS, widths=WIDTHS) for d in DIMENSIONS]
"""What all claims on dense networks of growing d share."""

FIRST, MOST = 1024, 4096
"""Networks of the first round, and at most, of each dimension."""

dense_network_check = partial(
    network_check, DENSE_ENSEMBLES, first=FIRST, most=MOST, activity="dense networks"
)


def _judge_single_neurons(samples: Sequence[Sample], error: float) -> Findings:
    size = exponent(samples, log_coordinate(), error)
    norm = exponent(samples, log_norm(1.0), error)
    return Findings(
        stated=[
            power("mean |∂_x o|", size, -1 / 2),
            power("ε ‖∂_x o‖_1, ε constant,", norm, 1 / 2),
        ],
        controls=[
            *beside("mean |∂_x o|", size, -1 / 2),
            *beside("ε ‖∂_x o‖_1, ε constant,", norm, 1 / 2),
            *_known(samples, error),
        ],
    )


PART = 8
"""Networks behind each interval that is held against a known value: 512 of them at each d."""


def _known(samples: Sequence[Sample], error: float) -> list[Inequality]:
    """Hold intervals for typical sizes and exponents against those of normal vectors.

    The neuron's gradient is normal with the variance 2/d, so that (d/2) ‖∂_x o‖_2² is chi-square
    and E log ‖∂_x o‖_2 = (ψ(d/2) + log(4/d)) / 2, with ψ the digamma function.
    """
    centred = [
        log_norm(2.0)(one) - (special.digamma(one.d / 2) + math.log(4 / one.d)) / 2
        for one in samples
    ]
    split = [parts(values, PART) for values in centred]
    return [
        miss_too_often(
            "a typical size, log ‖∂_x o‖_2",
            [mean_interval(part, LEVEL) for one in split for part in one],
            0,
            error,
        ),
        miss_too_often(
            "the exponent of a typical size in d, ‖∂_x o‖_2",
            [
                exponent_interval([one.d for one in samples], of_each_d, LEVEL)
                for of_each_d in zip(*split, strict=True)
            ],
            0,
            error,
        ),
    ]


@network_check(
    [ensemble_of("dense", d, logits=1, widths=()) for d in DIMENSIONS],
    _judge_single_neurons,
    first=4096,
    most=8192,
    activity="single neurons",
)
def check_section_3_1(sampled: Sampled) -> Evidence:
    """Test one linear neuron with weights of variance 1/d (Section 3.1).

    The typical coordinate of its gradient falls like 1/√d, so that an l_∞-attack gains like √d.
    """
    return scaling_evidence(
        "section-3-1",
        "One linear neuron with Gaussian weights is differentiated at d = "
        f"{', '.join(f'{d:,}' for d in DIMENSIONS)}; the exponents are slopes of mean logarithms "
        "over log d. Its weights have the variance 2/d of He initialization: the paper's 1/d "
        "would divide all sizes by √2, and change no exponent. Attacks with p < ∞ are held under "
        "Equation 7.",
        sampled,
        {
            "mean |∂_x o|": (log_coordinate(), power_law(-1 / 2)),
            "‖∂_x o‖_1": (log_norm(1.0), power_law(1 / 2)),
        },
    )


def _judge_theorem_3(samples: Sequence[Sample], error: float) -> Findings:
    size = exponent(samples, log_coordinate(), error)
    equation = judge_equation_7(samples, error)
    return Findings(
        stated=[power("mean |∂_x f_k|", size, -1 / 2), *equation.stated],
        literal=equation.literal,
        controls=[*beside("mean |∂_x f_k|", size, -1 / 2), *equation.controls],
    )


@dense_network_check(_judge_theorem_3)
def check_theorem_3(sampled: Sampled) -> Evidence:
    """Test that logit gradients have size 1/√d and loss gradients follow Equation 7 (Theorem 3).

    The theorem stands or falls with the findings of `check_equation_7`.
    """
    return scaling_evidence(
        "theorem-3",
        METHOD,
        sampled,
        {
            "mean |∂_x f_k|": (log_coordinate(), power_law(-1 / 2)),
            "‖∂_x L‖_1": (log_norm(1.0, loss=True), power_law(1 / 2)),
        },
    )


@dense_network_check(judge_equation_7)
def check_equation_7(sampled: Sampled) -> Evidence:
    """Test ‖∂_x L‖_q ∝ d^(1/q - 1/2) and ε_p ‖∂_x L‖_q ∝ √d with ε_p ∝ d^(1/p) (Equation 7)."""
    return scaling_evidence("eq-7", METHOD, sampled, equation_7_laws())
