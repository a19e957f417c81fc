"""How gradients of convolutional networks of several kinds grow with d: findings, table, plot."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evidence.findings import Table
from evidence.intervals import Equivalence
from evidence.means import mean_interval
from evidence.moments import moment_interval
from simulations.checks.network_check import bars, estimate_and_ends
from simulations.checks.section_3.equation_7 import QS, both_halves, name_of
from simulations.checks.section_3.scaling_evidence import (
    beside,
    exponent,
    log_coordinate,
    log_norm,
    power,
)
from simulations.engine.ensemble import plan
from simulations.engine.sampler import Sample
from simulations.reports.scaling_plots import Series, scaling_plot, through_centre
from theory.modules.predictions import predict_second_moments

SIZES = (8, 16, 32)
"""Pixels along an edge."""

EXPONENT_MARGIN = 0.03
"""Over a factor of 16 in d this is a drift of 9 %."""

MOMENT_MARGIN = 0.1
"""Relative: 10 % of a second moment is 5 % of a size."""


def coordinate_power(
    kind: str, samples: Sequence[Sample], predicted: float, error: float
) -> Equivalence:
    """Hold mean |∂_x f_k| ∝ d^γ against γ = `predicted`."""
    return power(
        f"{kind}: mean |∂_x f_k|",
        exponent(samples, log_coordinate(), error),
        predicted,
        margin=EXPONENT_MARGIN,
    )


def beside_equation_7(
    kind: str, samples: Sequence[Sample], q: float, error: float
) -> list[Equivalence]:
    """Hold ‖∂_x L‖_q against the false neighbours of Equation 7."""
    return beside(
        f"{kind}: ‖∂_x L‖_{name_of(q)}",
        exponent(samples, log_norm(q, loss=True), error),
        1 / q - 1 / 2,
        margin=EXPONENT_MARGIN,
    )


def equation_7(kind: str, samples: Sequence[Sample], q: float, error: float) -> list[Equivalence]:
    """Hold both halves of Equation 7 against samples of growing d."""
    return both_halves(
        q,
        exponent(samples, log_norm(q, loss=True), error),
        margin=EXPONENT_MARGIN,
        networks=f"{kind}: ",
    )


def predicted_moments(sample: Sample) -> NDArray[np.float64]:
    """Return E[(∂_x f_k)²] for each coordinate as theory computes it for the module, shape (d,)."""
    planned = plan(sample.ensemble)
    return predict_second_moments(planned.module, planned.shape).ravel()


def squared_norm(kind: str, sample: Sample, predicted: float, error: float) -> Equivalence:
    """Hold E[‖∂_x f_k‖_2²] against a predicted value."""
    return moment_interval(np.square(sample.norm(2)), error).against(
        f"{kind}, d = {sample.d}: E[‖∂_x f_k‖_2²] = {predicted:.4g}",
        predicted=predicted,
        margin=MOMENT_MARGIN * predicted,
    )


def exponents_table(kinds: Mapping[str, Sequence[Sample]], error: float) -> Table:
    """Return the exponents of coordinates and norms for each kind of networks."""
    quantities = {
        "mean |∂_x f_k|": log_coordinate(),
        **{f"‖∂_x L‖_{name_of(q)}": log_norm(q, loss=True) for q in QS},
    }
    return Table(
        title=f"γ in size ∝ d^γ (typical sizes, geometric means), over "
        f"{len(next(iter(kinds.values()))[0].norms):,} networks of each size, with confidence "
        f"intervals at error {error:.1g}",
        columns=["networks", "d", "size", "γ", "low", "high"],
        rows=[
            [
                kind,
                ", ".join(f"{sample.d:,}" for sample in samples),
                quantity,
                *estimate_and_ends(exponent(samples, log_size, error)),
            ]
            for kind, samples in kinds.items()
            for quantity, log_size in quantities.items()
        ],
    )


def loss_plot(
    kinds: Mapping[str, Sequence[Sample]],
    exponents: Mapping[str, float],
    error: float,
    *,
    mean: bool = False,
) -> Figure:
    """Draw ‖∂_x L‖_1 over d for each kind, with the law d^γ that is predicted.

    Parameters
    ----------
    kinds : samples of growing d, by kind.
    exponents : the γ, by kind.
    error : of each interval.
    mean : draw E[‖∂_x L‖_1]; else the typical size, the geometric mean.
    """
    series = []
    for kind, samples in kinds.items():
        intervals = [
            moment_interval(sample.norm(1.0, loss=True), error)
            if mean
            else mean_interval(log_norm(1.0, loss=True)(sample), error).exponential()
            for sample in samples
        ]
        estimate = [interval.estimate for interval in intervals]
        law = [float(sample.d) ** exponents[kind] for sample in samples]
        series.append(
            Series(kind, [sample.d for sample in samples], intervals, through_centre(law, estimate))
        )
    return scaling_plot(
        series,
        x_label="input dimension d",
        y_label="E[‖∂_x L‖_1]" if mean else "‖∂_x L‖_1,\ngeometric mean over networks",
        bars=bars(error),
    )
