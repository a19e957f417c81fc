"""Equation 6 on sampled networks: the norms of one gradient over its mean coordinate."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence
from evidence.means import Samples, mean_interval
from simulations.checks.network_check import neighbours
from simulations.checks.section_3.dense_scaling import METHOD, dense_network_check
from simulations.checks.section_3.equation_7 import QS, largest_half_normal, name_of
from simulations.checks.section_3.scaling_evidence import (
    EXPONENT_MARGIN,
    exponent,
    log_coordinate,
    log_norm,
    power,
)
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Findings, Sampled
from theory.attacks.norms import dual_exponent

SUP = float("inf")
FINITE = [q for q in QS if 1 < q < SUP]

LARGEST_MARGIN = 0.04
"""Of the logarithm of the largest coordinate; its leading order, √(2 log 2d), is 9 % off at the
largest d, and more below."""


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    def finding(q: float, predicted: float) -> Equivalence:
        p = dual_exponent(q)
        return power(
            f"ε_p ‖∂_x L‖_{name_of(q)} / mean |∂_x L|, p = {name_of(p)},",
            exponent(samples, partial(_log_over_mean, q), error).scaled(1, shift=1 / p),
            predicted,
        )

    def largest(predicted: float) -> list[Equivalence]:
        return [
            mean_interval(_over_the_largest(sample), error).against(
                "log(‖∂_x L‖_∞ / mean |∂_x L|), less that of d half-normals: "
                f"{predicted:g} at d = {sample.d:,}",
                predicted=predicted,
                margin=LARGEST_MARGIN,
            )
            for sample in samples
        ]

    return Findings(
        stated=[
            *(finding(q, 1) for q in FINITE),
            *largest(0),
        ],
        literal=[finding(SUP, 1)],
        controls=[
            *(finding(q, false) for q in FINITE for false in neighbours(1, EXPONENT_MARGIN)),
            *(one for false in neighbours(0, LARGEST_MARGIN) for one in largest(false)),
        ],
    )


@dense_network_check(_judge)
def check_equation_6(sampled: Sampled) -> Evidence:
    """Test ε_p ‖∂_x L‖_q ∝ ε_p d^(1/q) |∂_x L| ∝ d |∂_x L| on sampled networks (Equation 6).

    With ε_p = ε_∞ d^(1/p), both say that ‖∂_x L‖_q over the mean |coordinate| grows like
    d^(1/q). For q = 1 that is an identity. At q = ∞ the largest of d half-normals grows beside
    their mean, and is held as that; to the letter there is no such factor.
    """

    def mean_ratio(q: float, sample: Sample) -> float:
        return math.exp(float(_log_over_mean(q, sample).mean())) / math.pow(sample.d, 1 / q)

    return sampled.evidence(
        method="On sampled networks, the norms of each ∂_x L over the mean of its own |∂_x L|. "
        + METHOD,
        tables=[
            Table(
                title="geometric means of ‖∂_x L‖_q / (d^(1/q) · mean |∂_x L|) over "
                f"{sampled.networks:,} dense networks at each d",
                columns=[
                    "d",
                    *(f"q = {name_of(q)}" for q in (*FINITE, SUP)),
                    "half-normals, q = ∞",
                ],
                rows=[
                    [
                        sample.d,
                        *(mean_ratio(q, sample) for q in (*FINITE, SUP)),
                        largest_half_normal(sample.d) / math.sqrt(2 / math.pi),
                    ]
                    for sample in sampled.samples
                ],
            )
        ],
    )


def _log_over_mean(q: float, sample: Sample) -> Samples:
    """Return log(‖∂_x L‖_q / mean |∂_x L|) of each network."""
    return np.asarray(log_norm(q, loss=True)(sample) - log_coordinate(loss=True)(sample))


def _over_the_largest(sample: Sample) -> Samples:
    of_normals = math.log(largest_half_normal(sample.d) / math.sqrt(2 / math.pi))
    return np.asarray(_log_over_mean(SUP, sample) - of_normals)
