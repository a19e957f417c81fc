"""The pictures of the page: an axis has one notation, and no end is not drawn as an end."""

import math
import re

import pytest

from evidence.intervals import Interval
from sqrtd.audit.pictures import growth_picture


def labels(dims, estimates):
    intervals = [
        Interval(estimate=one, low=0.9 * one, high=1.1 * one, error=0.05, samples=9)
        for one in estimates
    ]
    drawn = growth_picture(dims, intervals, unit="nats", about="")
    upright = re.findall(r'text-anchor="end">([^<]*)<', drawn)
    along = re.findall(r'text-anchor="middle">([\d,.k]+)<', drawn)
    return upright, along


def test_dimensions_are_written_as_in_the_table():
    _, along = labels([3072, 12_288, 150_528], [1, 2, 7])
    assert along == ["3,072", "12,288", "150,528"]


@pytest.mark.parametrize(
    ("estimates", "is_power"), [([0.003, 0.02], False), ([3e-6, 2e-3], True), ([1e4, 1e7], True)]
)
def test_ticks_are_all_powers_or_none(estimates, is_power):
    upright, _ = labels([100, 10_000], estimates)
    assert len(upright) >= 2
    assert {"e" in label for label in upright} == {is_power}
    assert [float(label) for label in upright] == sorted(map(float, upright))


@pytest.mark.parametrize(
    ("low", "high", "caps", "arrows"),
    [(0.5, 2.0, 2, 0), (0.5, math.inf, 1, 1), (0.0, 2.0, 1, 1), (-math.inf, math.inf, 0, 2)],
)
def test_an_end_is_a_cap_and_no_end_an_arrow(low, high, caps, arrows):
    interval = Interval(estimate=1.0, low=low, high=high, error=0.05, samples=9)
    drawn = growth_picture([100], [interval], unit="nats", about="")
    assert (len(re.findall("h10", drawn)), len(re.findall("h8 z", drawn))) == (caps, arrows)
