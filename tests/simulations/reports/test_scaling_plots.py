"""Figures hold what they are given."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from evidence.intervals import Equivalence, Interval
from running.plots import COLOURS
from simulations.reports.scaling_plots import Series, interval_plot, scaling_plot, through_centre

SERIES = Series(
    label="a norm",
    x=[8, 16, 32],
    intervals=[
        Interval(estimate=estimate, low=low, high=high, error=0.01, samples=9)
        for estimate, low, high in ((1.0, 0.9, 1.2), (2.1, 2.0, 2.3), (3.9, 3.5, 4.1))
    ],
    predicted=[1.0, 2.0, 4.0],
)


@given(
    st.lists(st.tuples(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3)), min_size=1, max_size=8),
    st.floats(1e-3, 1e3),
)
def test_residuals_sum_to_zero_whatever_the_constant(pairs, constant):
    law, estimate = (list(column) for column in zip(*pairs, strict=True))
    predicted = through_centre([constant * value for value in law], estimate)
    assert np.sum(np.log(np.array(estimate) / predicted)) == pytest.approx(0, abs=1e-9)
    assert predicted == pytest.approx(through_centre(law, estimate))


def test_a_scaling_plot_has_measured_and_residual_bars():
    figure = scaling_plot([SERIES, SERIES], x_label="d", y_label="size", bars="bars: all")
    assert isinstance(figure, Figure)
    upper, lower = figure.axes
    assert (lower.get_xlabel(), upper.get_ylabel()) == ("d", "size")
    assert upper.get_xscale() == upper.get_yscale() == "log"
    assert [len(axes.containers) for axes in (upper, lower)] == [2, 2]
    residuals = lower.containers[0].lines[0].get_ydata()
    assert residuals == pytest.approx([1.0, 1.05, 0.975])
    (segments,) = lower.containers[0].lines[2]
    assert segments.get_segments()[0][:, 1] == pytest.approx([0.9, 1.2])
    figure.canvas.draw()
    assert [tick.get_text() for tick in lower.get_xticklabels()] == ["8", "16", "32"]


def _arrows(axes):
    """Of each arrow, where it begins, and the edge of the axes where it ends."""
    return [(text.xyann, text.xy) for text in axes.texts if text.arrow_patch]


def test_an_interval_without_an_end_is_an_arrow_to_the_edge():
    endless = replace(SERIES.intervals[0], high=math.inf)
    to_zero = replace(SERIES.intervals[1], low=0.0)
    series = replace(SERIES, intervals=[endless, to_zero, SERIES.intervals[2]])
    figure = scaling_plot([series], x_label="d", y_label="size", bars="bars: all")
    for axes, units in zip(figure.axes, ([1, 1], [1.0, 2.0]), strict=True):
        assert _arrows(axes) == [
            ((8, 1.0 / units[0]), (8, 1)),
            ((16, pytest.approx(2.1 / units[1])), (16, 0)),
        ]
    (segments,) = figure.axes[0].containers[0].lines[2]
    assert segments.get_segments()[0][:, 1] == pytest.approx([0.9, 1.0])
    figure.canvas.draw()
    (legend,) = figure.legends
    assert legend.get_title().get_text() == "bars: all; an arrow: no end on that side"
    without = scaling_plot([SERIES], x_label="d", y_label="size", bars="bars: all")
    assert not any(map(_arrows, without.axes))
    assert without.legends[0].get_title().get_text() == "bars: all"


@pytest.mark.parametrize("number", [0, len(COLOURS) + 1])
def test_a_plot_takes_as_many_series_as_there_are_colours(number):
    with pytest.raises(ValueError, match="1 to 6 series"):
        scaling_plot([SERIES] * number, x_label="d", y_label="size", bars="")


def test_an_interval_plot_has_a_row_for_each_finding():
    finding = Equivalence(
        statement="γ",
        predicted=0.5,
        margin=0.1,
        estimate=0.52,
        low=0.5,
        high=0.55,
        error=0.01,
        samples=9,
    )
    endless = replace(finding, low=-math.inf, high=math.inf)
    figure = interval_plot(
        {"first": finding, "second": endless},
        x_label="γ",
        bars="bars: all",
        predictions={"proved": 0.5, "printed": 1.0},
    )
    figure.canvas.draw()
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["first", "second"]
    assert axes.get_xlabel() == "γ"
    assert _arrows(axes) == [((0.52, 1), (0, 1)), ((0.52, 1), (1, 1))]
