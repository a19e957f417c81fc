"""Exponents of sizes over the input dimension d, and the table and plot that go with them."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from evidence.findings import Evidence, Table
from evidence.intervals import Equivalence, Interval
from evidence.means import Samples, exponent_interval, mean_interval
from running.plots import typeset
from simulations.checks.network_check import bars, neighbours
from simulations.engine.sampler import Sample
from simulations.engine.sequential import Sampled
from simulations.reports.scaling_plots import Series, scaling_plot, through_centre

Law: TypeAlias = Callable[[float], float]
"""A predicted size at d, up to a constant."""

LogSize: TypeAlias = Callable[[Sample], Samples]
"""The logarithm of a size, one a network."""

EXPONENT_MARGIN = 0.02
"""Over a factor of 256 in d this is a drift of 12 %."""


def power_law(exponent: float) -> Law:
    """Return the law d -> d^exponent."""
    return lambda d: float(d) ** exponent


def log_norm(q: float, *, loss: bool = False) -> LogSize:
    """Return log ‖∂_x f_0‖_q, or log ‖∂_x L‖_q."""
    return lambda sample: np.log(sample.norm(q, loss=loss))


def log_coordinate(*, loss: bool = False) -> LogSize:
    """Return the logarithm of the mean |coordinate| of ∂_x f_0, or of ∂_x L."""
    return lambda sample: np.log(sample.mean_absolute(loss=loss))


def exponent(samples: Sequence[Sample], log_size: LogSize, error: float) -> Interval:
    """Interval for γ in size ∝ d^γ, the slope of the mean logarithms over log d.

    Parameters
    ----------
    samples : of two dimensions d or more.
    log_size : what scales.
    error : probability of a miss.
    """
    return exponent_interval(
        [sample.d for sample in samples], [log_size(sample) for sample in samples], error
    )


def power(
    quantity: str, measured: Interval, predicted: float, *, margin: float = EXPONENT_MARGIN
) -> Equivalence:
    """Hold an exponent against a predicted one."""
    fraction = Fraction(predicted).limit_denominator(12)
    name = str(fraction) if abs(fraction - predicted) < 1e-9 else f"{predicted:.3g}"
    return measured.against(f"{quantity} ∝ d^γ with γ = {name}", predicted=predicted, margin=margin)


def beside(
    quantity: str, measured: Interval, predicted: float, *, margin: float = EXPONENT_MARGIN
) -> list[Equivalence]:
    """Hold an exponent against the false neighbours of a predicted one."""
    return [
        power(quantity, measured, false, margin=margin) for false in neighbours(predicted, margin)
    ]


def scaling_evidence(
    claim: str, method: str, sampled: Sampled, laws: Mapping[str, tuple[LogSize, Law]]
) -> Evidence:
    """Lay out measured sizes beside their laws, one table column and one series for each.

    Parameters
    ----------
    claim : names the plot.
    method : how the claim was tested.
    sampled : one sample a dimension d.
    laws : by name of a quantity, its logarithm and its law.
    """
    dimensions = [sample.d for sample in sampled.samples]
    series = []
    for label, (log_size, law) in laws.items():
        intervals = [
            mean_interval(log_size(sample), sampled.error).exponential()
            for sample in sampled.samples
        ]
        centred = through_centre(
            [law(d) for d in dimensions], [interval.estimate for interval in intervals]
        )
        series.append(Series(typeset(label), dimensions, intervals, centred))
    return sampled.evidence(
        method=method,
        tables=[
            Table(
                title=f"geometric means over {sampled.networks:,} networks at each d, and "
                "what the law gives through their centre",
                columns=["d", *(x for one in series for x in (one.label, "law"))],
                rows=[
                    [
                        d,
                        *(
                            x
                            for one in series
                            for x in (one.intervals[row].estimate, one.predicted[row])
                        ),
                    ]
                    for row, d in enumerate(dimensions)
                ],
            )
        ],
        plots={
            claim: scaling_plot(
                series,
                x_label="input dimension d",
                y_label="geometric mean over networks",
                bars=bars(sampled.error),
            )
        },
    )
