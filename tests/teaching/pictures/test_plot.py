"""Points stand where their axes say."""

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teaching.pictures.plot import BOTTOM, LEFT, RIGHT, TOP, Axis, Plot

LOG = Plot(
    x=Axis(label="d", low=1, high=1e4, log=True), y=Axis(label="size", low=0.01, high=1, log=True)
)
LINEAR = Plot(x=Axis(label="x", low=-1, high=1), y=Axis(label="y", low=0, high=10))


@pytest.mark.parametrize("plot", [LOG, LINEAR])
def test_corners(plot):
    assert plot.at(plot.x.low, plot.y.low) == pytest.approx((LEFT, plot.height - BOTTOM))
    assert plot.at(plot.x.high, plot.y.high) == pytest.approx((plot.width - RIGHT, TOP))


@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(1.0, 10.0))
def test_equal_factors_take_equal_lengths(one, other, factor):
    def length(x):
        return LOG.at(x * factor, 0.1)[0] - LOG.at(x, 0.1)[0]

    if max(one, other) * factor <= 1e4:
        assert length(one) == pytest.approx(length(other), abs=1e-6)


@given(st.floats(0, 10), st.floats(0, 10))
def test_larger_values_stand_higher(low, high):
    if low <= high:
        assert LINEAR.at(0, high)[1] <= LINEAR.at(0, low)[1]


@given(st.floats(0.001, 1e3), st.floats(1.5, 1e6))
def test_ticks_lie_on_the_axis_and_are_a_few(low, factor):
    for log in (False, True):
        axis = Axis(label="", low=low, high=low * factor, log=log)
        ticks = list(axis.marked())
        assert len(ticks) <= 12
        assert all(axis.low * (1 - 1e-6) <= t <= axis.high * (1 + 1e-6) for t in ticks)


def test_what_lies_outside_stays_beside_the_frame():
    x, y = LOG.at(1e9, 1e-9)
    assert x < LOG.width
    assert y < LOG.height
    assert LINEAR.at(0, math.inf)[1] > 0


def test_the_picture_names_both_axes_and_says_what_it_shows():
    drawn = LOG.canvas(
        LOG.dots([(10, 0.1)], link="a"),
        LOG.bars([(10, 0.0, math.inf)]),
        LOG.curve([(1, 1), (1e4, 0.01)], dashed=True),
        LOG.band([(1, 0.1)], [(1, 0.2)]),
        LOG.note(10, 0.1, "here"),
        label="a falling line",
    )
    root = ET.fromstring(str(drawn))
    words = [part.text for part in root.iter("text")]
    assert {"d", "size", "here", "100", "0.1"} <= set(words)
    assert root.attrib["aria-label"] == "a falling line"
    (bar,) = (p.attrib["d"] for p in root.iter("path") if "h10" in p.attrib["d"])
    assert "inf" not in bar
    assert "nan" not in bar
