"""Evidence on sizes that follow a law of the input dimension d: its table and its plot."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from simulations.intervals import mean_interval
from simulations.plots import Series, scaling_plot, through_centre
from simulations.sequential import Sampled
from theory.evidence import Evidence, Table

Law: TypeAlias = Callable[[float], float]
"""A predicted size at d, up to a constant."""


def power_law(exponent: float) -> Law:
    """Return the law d -> d^exponent."""
    return lambda d: float(d) ** exponent


def scaling_evidence(
    claim: str,
    method: str,
    dimensions: Sequence[int],
    sampled: Sampled,
    laws: Mapping[str, tuple[int, Law]],
) -> Evidence:
    """Lay out sampled logarithms beside their laws, one table column and one series for each.

    Parameters
    ----------
    claim : names the plot.
    method : how the claim was tested.
    dimensions : the d of the samples' second axis.
    sampled : logarithms of sizes, shape (networks, dimensions, columns).
    laws : by name of a quantity, its column and its law.
    """
    series = []
    for label, (column, law) in laws.items():
        intervals = [
            mean_interval(sampled.samples[:, row, column], sampled.error).exponential()
            for row in range(len(dimensions))
        ]
        estimate = [interval.estimate for interval in intervals]
        series.append(
            Series(
                label=label,
                x=dimensions,
                estimate=estimate,
                low=[interval.low for interval in intervals],
                high=[interval.high for interval in intervals],
                predicted=through_centre([law(d) for d in dimensions], estimate),
            )
        )
    return Evidence(
        method=method,
        printed=sampled.findings.printed,
        corrected=sampled.findings.corrected,
        controls=sampled.findings.controls,
        tables=[
            Table(
                title=f"geometric means over {len(sampled.samples):,} networks at each d, and "
                "what the law gives through their centre",
                columns=["d", *(x for one in series for x in (one.label, "law"))],
                rows=[
                    [d, *(x for one in series for x in (one.estimate[row], one.predicted[row]))]
                    for row, d in enumerate(dimensions)
                ],
            )
        ],
        plots={
            claim: scaling_plot(
                series,
                x_label="input dimension d",
                y_label="geometric mean over networks",
                bars=f"bars: confidence intervals at error {sampled.error:.1g} each",
            )
        },
    )
