"""The l1- and l2-norms of one gradient are proportional: Figure 2e, at initialization."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from evidence.decisions import decide
from evidence.findings import Evidence, Progress, Table, silent
from evidence.intervals import Equivalence, Interval
from evidence.levels import error_of_each
from evidence.means import Samples, mean_interval
from evidence.moments import moment_interval
from running.plots import typeset
from simulations.checks.network_check import bars, estimate_and_ends, neighbours
from simulations.checks.section_3.dense_scaling import DENSE_ENSEMBLES, FIRST, METHOD, MOST
from simulations.checks.section_3.feedforward import KINDS, PERIODIC, STRIDED
from simulations.checks.section_3.scaling_evidence import log_norm
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Findings, Sampled, sample_until_decided
from simulations.reports.scaling_plots import Series, scaling_plot

QUOTIENT_MARGIN = 0.02
"""2 % of ‖g‖_1 / (‖g‖_2 √d). If one coordinate of 13 were 0, it would change by 4 %."""

OF_NORMALS = math.sqrt(2 / math.pi)
"""‖g‖_1 / (‖g‖_2 √d) of many independent normal coordinates."""

CORRELATION_MARGIN = 0.02
SLOPE_MARGIN = 0.05


def check_figure_2e_initialization(
    sampler: Sampler, *, error: float, budget: float = 1.0, progress: Progress = silent
) -> Evidence:
    """Test that ‖∂_x L‖_1 and ‖∂_x L‖_2 are proportional at initialization (text on Figure 2e).

    Nearly normal and nearly independent coordinates of equal variance make them so, with
    ‖g‖_1 / ‖g‖_2 near √(2 d / π). Where the variances differ, as below strides without (S), the
    quotient is smaller.
    """
    sampled = sample_until_decided(
        sampler,
        DENSE_ENSEMBLES,
        _judge,
        first=FIRST,
        most=MOST,
        budget=budget,
        error=error_of_each(error, 2),
        progress=progress,
        activity="dense networks",
    )
    periodic, uneven = sampler.sample([KINDS[PERIODIC][1], KINDS[STRIDED][1]], sampled.networks)
    findings = sampled.findings
    beyond = decide(
        lambda level: Findings(
            stated=[_quotient(periodic, f"convolutions, {PERIODIC}", OF_NORMALS, level)],
            literal=[_quotient(uneven, f"convolutions, {STRIDED}", OF_NORMALS, level)],
        ),
        error_of_each(error, 2),
    )
    return Evidence(
        method="What the sentence concludes, on sampled networks: the quotient of the two norms "
        "with (S) and, to the letter, without it; the slope of their logarithms across networks, "
        "and their correlation. " + METHOD,
        stated=[*findings.stated, *beyond.stated],
        literal=beyond.literal,
        controls=findings.controls,
        tables=[
            _table(
                sampled,
                {
                    **{f"dense, d = {sample.d:,}": sample for sample in sampled.samples},
                    f"convolutions, {PERIODIC}, d = {periodic.d}": periodic,
                    f"convolutions, {STRIDED}, d = {uneven.d}": uneven,
                },
            )
        ],
        plots={"figure-2e-initialization": _plot(sampled)},
    )


def _judge(samples: Sequence[Sample], error: float) -> Findings:
    by_name = {f"dense networks, d = {sample.d:,}": sample for sample in (samples[0], samples[-1])}

    def quotients(predicted: float) -> list[Equivalence]:
        return [_quotient(sample, where, predicted, error) for where, sample in by_name.items()]

    def slopes(predicted: float) -> list[Equivalence]:
        return [
            _slope(sample, error).against(
                "across networks, log ‖∂_x L‖_2 rises with log ‖∂_x L‖_1 at the slope "
                f"{predicted:g}: {where}",
                predicted=predicted,
                margin=SLOPE_MARGIN,
            )
            for where, sample in by_name.items()
        ]

    return Findings(
        stated=[
            *quotients(OF_NORMALS),
            *slopes(1),
            *(
                _correlation(sample, error).against(
                    f"across networks, the two logarithms have the correlation 1: {where}",
                    predicted=1,
                    margin=CORRELATION_MARGIN,
                )
                for where, sample in by_name.items()
            ),
        ],
        controls=[
            *(
                finding
                for log_quotient in neighbours(math.log(OF_NORMALS), QUOTIENT_MARGIN)
                for finding in quotients(math.exp(log_quotient))
            ),
            *(finding for false in neighbours(1, SLOPE_MARGIN) for finding in slopes(false)),
        ],
    )


def _quotient(sample: Sample, where: str, predicted: float, error: float) -> Equivalence:
    return mean_interval(_log_quotient(sample), error).against(
        f"log(‖∂_x L‖_1 / (‖∂_x L‖_2 √d)) = log {predicted:.3f}: {where}",
        predicted=math.log(predicted),
        margin=QUOTIENT_MARGIN,
    )


def _table(sampled: Sampled, samples: dict[str, Sample]) -> Table:
    rows: list[list[str | float]] = []
    for name, sample in samples.items():
        logs = _log_quotient(sample)
        typical = mean_interval(logs, sampled.error).exponential()
        spreads = [float(x.std(ddof=1)) for x in (logs, log_norm(1.0, loss=True)(sample))]
        rows.append([name, *estimate_and_ends(typical), *spreads])
    return Table(
        title=f"‖∂_x L‖_1 / (‖∂_x L‖_2 √d) over {sampled.networks:,} networks (√(2/π) = 0.798), "
        "and the standard deviations of its logarithm and of log ‖∂_x L‖_1",
        columns=["networks", "quotient", "low", "high", "its spread", "spread of ‖∂_x L‖_1"],
        rows=rows,
    )


def _plot(sampled: Sampled) -> Figure:
    intervals = [
        mean_interval(_log_quotient(sample), sampled.error).exponential()
        for sample in sampled.samples
    ]
    return scaling_plot(
        [
            Series(
                typeset("‖∂_x L‖_1 / (‖∂_x L‖_2 √d)"),
                [sample.d for sample in sampled.samples],
                intervals,
                [OF_NORMALS] * len(intervals),
            )
        ],
        x_label="input dimension d",
        y_label="geometric mean over networks",
        bars=bars(sampled.error),
    )


def _log_quotient(sample: Sample) -> Samples:
    norms = log_norm(1.0, loss=True)(sample) - log_norm(2.0, loss=True)(sample)
    return np.asarray(norms - math.log(sample.d) / 2)


def _standardized(sample: Sample) -> tuple[Samples, Samples, float]:
    """Return both log-norms, centred and over their spreads, and the quotient of the spreads."""
    logs = [log_norm(q, loss=True)(sample) for q in (1.0, 2.0)]
    spreads = [float(values.std()) for values in logs]
    x, y = ((v - v.mean()) / s for v, s in zip(logs, spreads, strict=True))
    return x, y, spreads[1] / spreads[0]


def _slope(sample: Sample, error: float) -> Interval:
    """Interval for the regression slope of log ‖∂_x L‖_2 on log ‖∂_x L‖_1.

    The least-squares slope is, to the first order, the mean of its influence function (delta
    method; Huber & Ronchetti 2009, *Robust Statistics*, section 1.3), whatever the joint law.
    """
    x, y, quotient = _standardized(sample)
    correlation = float((x * y).mean())
    return mean_interval(quotient * (correlation + x * (y - correlation * x)), error)


def _correlation(sample: Sample, error: float) -> Interval:
    """Interval for the correlation ρ of the two logarithms, which is near 1.

    Of standardized x and y, 1 − ρ = E[(x − y)²] / 2: the mean of positive samples with a heavy
    tail. What the standardization adds is of the order (1 − ρ) times smaller.
    """
    x, y, _ = _standardized(sample)
    return moment_interval((x - y) ** 2 / 2, error).scaled(-1.0, shift=1.0)
