"""Scaling laws with their residuals, and intervals beside predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from evidence.intervals import Equivalence, Interval
from running.plots import (
    COLOURS,
    MARKERS,
    PlainLogFormatter,
    bar_style,
    legend_outside,
    new_figure,
    readable,
    slanted_where_close,
    typeset,
    with_separators,
)
from simulations.reports.interval_bars import ARROWS, error_bars

LINES = {"predicted": "--", "fitted power law": ":"}
"""What is drawn beside the measured values, and how."""


@dataclass(frozen=True)
class Series:
    """One measured quantity at growing sizes, with its prediction.

    Attributes
    ----------
    label : the legend's entry, such as "l1-norm of the loss gradient", shown as it is.
    x : the sizes, positive.
    intervals : the measured values, positive, with their ends, one a size.
    predicted : the predicted value at each size, positive (see `through_centre`).
    line : what `predicted` is, one of `LINES`.
    """

    label: str
    x: Sequence[float]
    intervals: Sequence[Interval]
    predicted: Sequence[float]
    line: str = "predicted"


def through_centre(law: Sequence[float], estimate: Sequence[float]) -> list[float]:
    """Scale a law, such as √d at each d, to pass through the geometric centre of the estimates.

    A statement of proportionality predicts no constant; this one makes the residuals sum to 0 on
    the logarithmic scale.
    """
    shape = np.asarray(law, dtype=np.float64)
    return [float(x) for x in shape * np.exp(np.mean(np.log(np.asarray(estimate) / shape)))]


def scaling_plot(series: Sequence[Series], *, x_label: str, y_label: str, bars: str) -> Figure:
    """Measured against predicted on two logarithmic axes, their ratio underneath.

    Parameters
    ----------
    series : what to draw, six at most.
    x_label, y_label : axis labels, with units where there are any.
    bars : what the error bars are, such as "bars: 99.99 % confidence intervals".

    Raises
    ------
    ValueError : no series, or more than there are colours.
    """
    if not 1 <= len(series) <= len(COLOURS):
        raise ValueError(f"a plot takes 1 to {len(COLOURS)} series, not {len(series)}")
    sizes = sorted({x for one in series for x in one.x})
    spread = (sizes[-1] / sizes[0]) ** 0.012
    figure = new_figure(0.7, narrow=0.9 + 0.05 * len(series))  # each has a line of the legend
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.4])
    has_arrows = False
    for index, one in enumerate(series):
        # Set apart sideways, or the series' bars would cover each other.
        apart = (np.asarray(one.x) * spread ** (index - (len(series) - 1) / 2)).tolist()
        style = {"color": COLOURS[index], "marker": MARKERS[index], **bar_style()}
        upper.plot(one.x, one.predicted, color=COLOURS[index], linestyle=LINES[one.line])
        residuals = [
            interval.scaled(1 / value)
            for interval, value in zip(one.intervals, one.predicted, strict=True)
        ]
        has_arrows |= error_bars(
            upper, apart, one.intervals, upright=True, label=one.label, **style
        )
        error_bars(lower, apart, residuals, upright=True, **style)
    lines = [name for name in LINES if any(one.line == name for one in series)]
    for name in lines:
        upper.plot([], [], color="0.3", linestyle=LINES[name], label=name)
    lower.axhline(1, color="0.3", linestyle=LINES[lines[0]])
    upper.set_xscale("log")
    upper.set_yscale("log")
    lower.xaxis.set_major_locator(FixedLocator(sizes))
    lower.xaxis.set_minor_locator(NullLocator())
    lower.xaxis.set_major_formatter(FuncFormatter(lambda x, _: with_separators(x)))
    upper.yaxis.set_major_formatter(PlainLogFormatter())
    upper.yaxis.set_minor_formatter(
        PlainLogFormatter(labelOnlyBase=False, minor_thresholds=(1, 0.4))
    )
    readable(upper, y_label=typeset(y_label))
    readable(
        lower,
        x_label=typeset(x_label),
        y_label=f"measured /\n{lines[0] if len(lines) == 1 else 'line'}",
    )
    slanted_where_close(figure, lower, sizes)
    title = bars + ARROWS * has_arrows
    legend_outside(figure, "upper", *upper.get_legend_handles_labels(), columns=2, title=title)
    return figure


def interval_plot(
    findings: Mapping[str, Equivalence],
    *,
    x_label: str,
    bars: str,
    predictions: Mapping[str, float],
) -> Figure:
    """Draw intervals one below the other, with predictions as vertical lines.

    Parameters
    ----------
    findings : by row label, from top to bottom; the values inside the margin are shaded.
    x_label : what the intervals are of.
    bars : what the error bars are, as in `scaling_plot`.
    predictions : values by name, drawn through all rows.
    """
    figure = new_figure(0.2 + 0.0625 * len(findings))
    axes = figure.subplots()
    axes.use_sticky_edges = False  # or a margin that is outermost would end at the frame
    for style, (name, value) in zip(("-", "--", ":", "-."), predictions.items(), strict=False):
        axes.axvline(value, color="0.3", linestyle=style, label=name)
    for row, finding in enumerate(findings.values()):
        axes.barh(row, 2 * finding.margin, 0.7, finding.predicted - finding.margin, color="0.88")
    bars += ARROWS * error_bars(
        axes,
        range(len(findings)),
        list(findings.values()),
        upright=False,
        color=COLOURS[0],
        marker=MARKERS[0],
        markersize=4,
        **bar_style(),
    )
    axes.set_yticks(range(len(findings)), [typeset(name) for name in findings])
    axes.set_ylim(len(findings) - 0.4, -0.6)
    axes.set_xlabel(typeset(x_label))
    handles, labels = axes.get_legend_handles_labels()
    legend_outside(figure, "upper", handles, labels, columns=len(predictions), title=bars)
    return figure
