"""Rounds without end share one error level; the false neighbour spends it anew in each round."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.intervals import Interval
from evidence.means import mean_interval
from simulations.engine.sequential import Round, doubling_rounds
from simulations.reports.precision import is_precise, relative_half_width


def interval(low: float, estimate: float, high: float) -> Interval:
    return Interval(estimate=estimate, low=low, high=high, error=0.1, samples=2)


@given(st.integers(1, 1000), st.floats(1e-9, 0.99), st.integers(1, 60))
def test_rounds_double_and_never_spend_the_whole_error(first, error, number):
    seen = list(itertools.islice(doubling_rounds(first, error), number))
    assert [one.networks for one in seen] == [first * 2**k for k in range(number)]
    # 1 / (k (k + 1)) = 1 / k - 1 / (k + 1): the sum telescopes.
    assert math.fsum(one.error for one in seen) == pytest.approx(error * number / (number + 1))


@pytest.mark.parametrize("spend_anew", [False, True])
def test_stopping_when_one_likes_keeps_the_error(spend_anew):
    # An adversary stops after the first round whose interval misses: 500 runs of eight rounds of
    # normal samples. The honest error is rejected with probability at most 1e-6 (exact binomial).
    rng, error, runs = np.random.default_rng(1), 0.1, 500
    misses = 0
    for _ in range(runs):
        samples = rng.standard_normal(8 * 2**7)
        for one in itertools.islice(doubling_rounds(8, error), 8):
            level = error if spend_anew else one.error
            found = mean_interval(samples[: one.networks], level)
            if not found.low <= 0 <= found.high:
                misses += 1
                break
    p_value = stats.binomtest(misses, runs, error, alternative="greater").pvalue
    assert bool(p_value < 1e-6) is spend_anew


def test_the_half_width_is_the_farther_ends():
    assert relative_half_width(interval(1.9, 2.0, 2.4)) == pytest.approx(0.2)
    assert relative_half_width(interval(-2.4, -2.0, -1.9)) == pytest.approx(0.2)
    assert relative_half_width(interval(1.0, 2.0, math.inf)) == math.inf
    assert relative_half_width(interval(-1.0, 0.0, 1.0)) == math.inf


def test_every_interval_has_to_be_precise():
    narrow, wide = interval(0.99, 1.0, 1.01), interval(0.9, 1.0, 1.1)
    assert is_precise([narrow, narrow], 0.02)
    assert not is_precise([narrow, wide], 0.02)
    assert not is_precise([narrow, interval(0.99, 1.0, math.inf)], 1e300)


def test_a_first_round():
    assert next(doubling_rounds(64, 0.01)) == Round(networks=64, error=0.005)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: doubling_rounds(0, 0.1), "a network or more"),
        (lambda: doubling_rounds(1, 1.0), "between 0 and 1"),
        (lambda: is_precise([], 0.0), "a positive number"),
        (lambda: is_precise([], math.nan), "a positive number"),
    ],
)
def test_unfit_values_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
