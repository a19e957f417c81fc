"""What intervals say, in words: the estimate alone decides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.intervals import Interval
from simulations.audit.growth_verdicts import MARGIN, Departure, Growth, departure, growth


def interval(low, high, estimate=None):
    middle = (low + high) / 2 if estimate is None else estimate
    return Interval(estimate=middle, low=low, high=high, error=0.01, samples=10)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.46, 0.54, Growth.LIKE_SQRT),
        (0.51, 0.54, Growth.LIKE_SQRT),
        (0.51, 0.60, Growth.FASTER),
        (0.40, 0.49, Growth.SLOWER),
        (-0.10, 0.49, Growth.SLOWER_OR_NOT),
        (-0.04, 0.04, Growth.NOT),
        (0.01, 0.04, Growth.NOT),
        (-0.30, -0.10, Growth.FALLS),
        (0.40, 0.60, Growth.UNKNOWN),
        (float("-inf"), float("inf"), Growth.UNKNOWN),
        (0.30, float("inf"), Growth.UNKNOWN),
    ],
)
def test_growth(low, high, verdict):
    assert growth(interval(low, high, estimate=0.5 if high > 1 else None)) is verdict


@given(st.floats(0.3, 0.49), st.floats(0.551, 1), st.floats(0, 1))
def test_a_longer_interval_around_the_law_tells_nothing_whatever_the_estimate(low, high, place):
    one = interval(low, high, estimate=low + place * (high - low))
    assert growth(one) is Growth.UNKNOWN
    assert departure(one, 0.5) is Departure.UNKNOWN


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.26 - MARGIN, 0.24 + MARGIN, Departure.KEEPS),
        (0.26, 0.40, Departure.ABOVE),
        (0.10, 0.24, Departure.BELOW),
        (0.10, 0.40, Departure.UNKNOWN),
    ],
)
def test_departures_are_from_the_layers_own_law(low, high, verdict):
    assert departure(interval(low, high), 0.25) is verdict
