"""Spread over coordinates: coverage at and near no spread, and two estimators that must fail."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.intervals import Interval
from evidence.spread import group_ratio_interval, spread_interval

D = 16
UPPER = np.arange(D) >= D // 2
LEVEL = 1e-6
"""Probability that a coverage test rejects an honest interval."""


def blocks_of_networks(
    rng: np.random.Generator, cv: float, blocks: int, networks: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of squares with second moments 1 - cv and 1 + cv, half of the coordinates each.

    Neighbouring coordinates are correlated, and a lognormal factor (σ = 0.3) is shared by all
    coordinates of a network. The last block has half the networks.
    """
    counts = np.full(blocks, networks)
    counts[-1] = networks // 2
    white = rng.standard_normal((counts.sum(), D))
    gradients = (white + np.roll(white, 1, axis=1)) / math.sqrt(2)
    size = np.exp(0.3 * rng.standard_normal((counts.sum(), 1)))
    squares = (1 + cv * np.where(UPPER, 1, -1)) * size * gradients**2
    return np.add.reduceat(squares, np.cumsum(counts) - counts), counts


def misses(
    method: Callable[..., Interval], truth: float, cv: float, error: float, runs: int
) -> int:
    rng = np.random.default_rng(1)
    number = 0
    for _ in range(runs):
        found = method(*blocks_of_networks(rng, cv, 10, 32), error)
        number += not found.low - 1e-12 <= truth <= found.high + 1e-12
    return number


def is_honest(number: int, error: float, runs: int) -> bool:
    return bool(stats.binomtest(number, runs, error, alternative="greater").pvalue > LEVEL)


def plugged_in(sums: np.ndarray, counts: np.ndarray, error: float) -> Interval:
    """The false neighbour: the averages' own coefficient of variation takes the middle."""
    honest = spread_interval(sums, counts, error)
    biased = sums.sum(0).std() / sums.sum(0).mean()
    shift = float(biased) - honest.estimate
    return honest.scaled(1.0, shift=shift)


def without_the_network_level(sums: np.ndarray, counts: np.ndarray, error: float) -> Interval:
    """The false neighbour that takes the coordinates, not the networks, as independent."""
    top, bottom = (np.log(sums.sum(0)[group]) for group in (UPPER, ~UPPER))
    deviation = math.sqrt(top.var(ddof=1) / top.size + bottom.var(ddof=1) / bottom.size) / 2
    middle = top.mean() - bottom.mean()
    half = stats.norm.isf(error / 2) * deviation
    return Interval(
        estimate=middle, low=middle - half, high=middle + half, error=error, samples=1
    ).exponential()


@pytest.mark.parametrize(
    ("cv", "error", "runs"), [(0.0, 0.1, 500), (0.05, 0.1, 500), (0.3, 0.1, 500), (0.3, 0.01, 2000)]
)
def test_spread_is_covered_at_and_near_its_null(cv, error, runs):
    assert is_honest(misses(spread_interval, cv, cv, error, runs), error, runs)


def test_a_plugged_in_spread_is_rejected():
    assert not is_honest(misses(plugged_in, 0.0, 0.0, 0.1, 200), 0.1, 200)


@pytest.mark.parametrize(
    ("method", "honest"),
    [
        (lambda s, c, e: group_ratio_interval(s, c, UPPER, ~UPPER, e), True),
        (without_the_network_level, False),
    ],
)
def test_group_ratios_are_covered(method, honest):
    runs, cv = 500, 0.3
    number = misses(method, (1 + cv) / (1 - cv), cv, 0.1, runs)
    assert is_honest(number, 0.1, runs) is honest


def test_a_spread_is_found_and_narrow():
    sums, counts = blocks_of_networks(np.random.default_rng(2), 0.3, 40, 32)
    found = spread_interval(sums, counts, 1e-3)
    assert 0.2 < found.low < 0.3 < found.high < 0.4
    assert found.samples == counts.sum() == 40 * 32 - 16


@given(st.integers(3, 6), st.integers(0, 2**32 - 1))
def test_the_estimate_is_the_u_statistic(blocks, seed):
    rng = np.random.default_rng(seed)
    sums = rng.exponential(1 + 3 * UPPER, size=(blocks, D))
    pairs = list(itertools.permutations(sums, 2))
    squares = np.mean([np.mean(s * t) for s, t in pairs])
    products = np.mean([s.mean() * t.mean() for s, t in pairs])
    found = spread_interval(sums, np.full(blocks, 16), 0.1)
    expected = math.sqrt(max(squares / products - 1, 0))
    assert found.estimate == pytest.approx(expected, abs=1e-6)
    assert found.low <= found.estimate <= found.high


@given(st.floats(1e-200, 1e100))
def test_units_do_not_matter(scale):
    sums, counts = blocks_of_networks(np.random.default_rng(3), 0.3, 5, 32)
    found, scaled = (spread_interval(s, counts, 0.1) for s in (sums, scale * sums))
    assert (scaled.low, scaled.estimate, scaled.high) == pytest.approx(
        (found.low, found.estimate, found.high)
    )


@pytest.mark.parametrize(
    ("sums", "note"),
    [
        (np.array([[1.0, 2.0]]), "no two blocks"),
        (np.array([[1.0, 2.0], [2.0, 3.0]]), "2 blocks are too few"),
        (np.eye(4), "no two blocks"),
        (np.ones((5, 3)), "equal blocks"),
    ],
)
def test_too_little_gives_an_infinite_interval(sums, note):
    found = spread_interval(sums, np.full(len(sums), 16), 0.1)
    assert (found.low, found.high) == (0.0, math.inf)
    assert note in found.note


def test_small_blocks_give_an_infinite_interval():
    sums, counts = blocks_of_networks(np.random.default_rng(2), 0.3, 40, 15)
    found = spread_interval(sums, counts, 0.1)
    assert (found.low, found.high) == (0.0, math.inf)
    assert "blocks of 14.8 networks on average are too small" in found.note


def test_skewed_blocks_give_a_longer_and_then_an_infinite_interval():
    """A network in one block of forty exceeds all others, in one coordinate."""

    def with_giant(size: float, error: float) -> Interval:
        sums, counts = blocks_of_networks(np.random.default_rng(2), 0.3, 40, 32)
        sums[0, 0] *= size
        return spread_interval(sums, counts, error)

    lengths = [with_giant(size, 0.1).high - with_giant(size, 0.1).low for size in (1, 3, 5)]
    assert lengths == sorted(lengths)
    assert "too few samples for their skewness" in with_giant(9, 1e-3).note


ONES, FOUR = np.ones((4, 3)), np.full(4, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spread_interval(ONES, FOUR, 0.0), "between 0 and 1"),
        (lambda: spread_interval(ONES, FOUR[:3], 0.1), "counts of shape"),
        (lambda: spread_interval(ONES, 0 * FOUR, 0.1), "a network or more"),
        (lambda: spread_interval(-ONES, FOUR, 0.1), "at least 0"),
        (lambda: spread_interval(0 * ONES, FOUR, 0.1), "not 0 everywhere"),
        (
            lambda: group_ratio_interval(ONES, FOUR, np.zeros(3, bool), np.ones(3, bool), 0.1),
            "marks some of 3",
        ),
        (
            lambda: group_ratio_interval(np.eye(4), FOUR, np.arange(4) < 1, np.ones(4, bool), 0.1),
            "in two blocks",
        ),
    ],
)
def test_unfit_blocks_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
