"""Intervals that are too narrow miss a known value too often, and right ones do not."""

from dataclasses import replace

import numpy as np
import pytest

from evidence.findings import Outcome
from evidence.known_values import LEVEL, miss_too_often, parts, signs_drawn
from evidence.means import mean_interval
from evidence.two_level import two_level_interval

ERROR = 1e-3
"""Of the share of misses: a test is wrong with this probability, and the seed is fixed."""


def narrowed(interval, factor):
    below, above = interval.estimate - interval.low, interval.high - interval.estimate
    return replace(
        interval,
        low=interval.estimate - factor * below,
        high=interval.estimate + factor * above,
    )


@pytest.mark.parametrize(
    ("factor", "outcome"),
    [(1, Outcome.FAILS), (0.5, Outcome.HOLDS), (0.25, Outcome.HOLDS)],
)
@pytest.mark.parametrize("draw", ["normal", "exponential"])
def test_width_of_the_interval_of_a_mean(draw, factor, outcome):
    rng = np.random.default_rng(1)
    samples = getattr(rng, draw)(size=1024 * 64) + (draw == "normal")
    intervals = [narrowed(mean_interval(part, LEVEL), factor) for part in parts(samples, 64)]
    assert miss_too_often("mean", intervals, 1.0, ERROR).outcome is outcome


@pytest.mark.parametrize(
    ("factor", "outcome"), [(1, Outcome.FAILS), (0.5, Outcome.HOLDS), (0.25, Outcome.HOLDS)]
)
@pytest.mark.parametrize(("networks", "images"), [(1.0, 0.0), (0.0, 1.0), (0.3, 1.0)])
def test_width_of_two_level_intervals(networks, images, factor, outcome):
    rng = np.random.default_rng(2)
    samples = (
        7
        + networks * rng.normal(size=(16, 1))
        + images * rng.exponential(size=(1, 200))
        + 0.1 * rng.normal(size=(16, 200))
    )
    intervals = [
        narrowed(two_level_interval(signs_drawn(samples, rng), LEVEL), factor) for _ in range(512)
    ]
    assert miss_too_often("sign-drawn", intervals, 0.0, ERROR).outcome is outcome


@pytest.mark.parametrize("shape", [(6, 1), (1, 40), (6, 40)])
def test_signs_keep_sizes_and_take_the_mean_away(shape):
    rng = np.random.default_rng(3)
    effects = rng.normal(size=shape)
    effects -= effects.mean(axis=0) if shape[0] > 1 else 0
    effects -= effects.mean(axis=1, keepdims=True) if shape[1] > 1 else 0
    samples = 5 + np.broadcast_to(effects, (6, 40))
    drawn = [signs_drawn(samples, rng) for _ in range(2000)]
    assert np.allclose(np.abs(drawn[0]), np.abs(samples - 5))
    means = np.array([one.mean() for one in drawn])
    assert abs(means.mean()) < 4 * means.std() / len(means) ** 0.5


def test_parts_drop_what_is_left_over():
    assert [part.tolist() for part in parts(np.arange(7.0), 3)] == [[0, 1, 2], [3, 4, 5]]
