"""Coverage against closed-form laws of gradients, each with an interval that must be rejected."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from evidence.findings import Outcome
from evidence.intervals import Interval
from evidence.means import exponent_interval, mean_interval

ERROR = 0.01
REPETITIONS = 4000
LEVEL = 1e-6
"""Probability that a coverage test rejects an honest interval."""


def excess(error: float, skewness: float, samples: int) -> float:
    """The second-order excess of the error, from the module's text."""
    z = stats.norm.isf(error / 2)
    return 2 * stats.norm.pdf(z) * z * skewness**2 * (z**4 + 2 * z**2 - 3) / (18 * samples)


def is_honest(draw: Callable[[], Interval], truth: float, allowed: float) -> bool:
    misses = 0
    for _ in range(REPETITIONS):
        interval = draw()
        misses += not interval.low <= truth <= interval.high
    p_value = stats.binomtest(misses, REPETITIONS, allowed, alternative="greater").pvalue
    return bool(p_value > LEVEL)


def narrowed(interval: Interval, factor: float) -> Interval:
    middle = interval.estimate
    return replace(
        interval,
        low=middle + factor * (interval.low - middle),
        high=middle + factor * (interval.high - middle),
    )


def squared_gradient_norms(rng: np.random.Generator, samples: int) -> np.ndarray:
    """d |∂_x f_k|² without the last Gaussian: two hidden layers of 64, from the closed form.

    Each layer multiplies by (2/n) Σ s_i g_i² with s_i Bernoulli(1/2), so by 2/n times a
    chi-square with Binomial(n, 1/2) degrees of freedom; the expectation is 1.
    """
    result = np.ones(samples)
    for width in (64, 64):
        active = rng.binomial(width, 0.5, size=samples)
        result *= 2 / width * rng.chisquare(active)
    return result


@pytest.mark.parametrize(("factor", "honest"), [(1.0, True), (0.75, False)])
def test_mean_interval_covers_the_second_moment_of_a_gradient(factor, honest):
    rng = np.random.default_rng(1)
    skewness = float(stats.skew(squared_gradient_norms(rng, 1_000_000)))
    assert skewness < 1.5

    def draw() -> Interval:
        return narrowed(mean_interval(squared_gradient_norms(rng, 100), ERROR), factor)

    assert is_honest(draw, 1.0, ERROR + excess(ERROR, skewness, 100)) is honest


@pytest.mark.parametrize(("factor", "honest"), [(1.0, True), (0.65, False)])
def test_exponent_interval_covers_the_slope_of_known_log_moments(factor, honest):
    # |∂_x o|² of one linear neuron is chi-square over d: its log-moment is a digamma function.
    # Sizes differ in spread and in number of samples, as Welch's interval allows.
    rng = np.random.default_rng(2)
    sizes, numbers = (2, 8, 64), (120, 60, 90)
    log_moments = [special.digamma(d / 2) + np.log(2 / d) for d in sizes]
    truth = float(np.polyfit(np.log(sizes), log_moments, 1)[0])

    def draw() -> Interval:
        samples = [np.log(rng.chisquare(d, n) / d) for d, n in zip(sizes, numbers, strict=True)]
        return narrowed(exponent_interval(sizes, samples, ERROR), factor)

    skewness_at_2 = 1.14  # of the logarithm of an exponential, the most skewed of the three
    assert is_honest(draw, truth, ERROR + excess(ERROR, skewness_at_2, min(numbers))) is honest


def test_equal_samples_give_no_certainty():
    interval = mean_interval(np.full(50, 3.0), ERROR)
    assert (interval.low, interval.estimate, interval.high) == (-np.inf, 3.0, np.inf)


@given(
    st.lists(st.integers(-1000, 1000), min_size=3, max_size=20, unique=True),
    st.floats(0.5, 2),
    st.floats(-5, 5),
)
def test_intervals_follow_affine_maps(values, factor, shift):
    samples = np.array(values) / 100
    direct = mean_interval(factor * samples + shift, ERROR)
    mapped = mean_interval(samples, ERROR).scaled(factor, shift=shift)
    assert direct.low == pytest.approx(mapped.low, rel=1e-6, abs=1e-6)
    assert direct.high == pytest.approx(mapped.high, rel=1e-6, abs=1e-6)


def test_exponential_and_negative_factors_keep_the_ends_in_order():
    interval = mean_interval(np.array([0.0, 1.0, 2.0]), ERROR)
    assert interval.exponential().low == pytest.approx(np.exp(interval.low))
    assert interval.scaled(-1).low == -interval.high
    finding = interval.against("a mean", predicted=1, margin=100)
    assert finding.outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_interval(np.array([1.0]), 0.1), "two samples or more"),
        (lambda: mean_interval(np.array([1.0, np.inf]), 0.1), "finite"),
        (lambda: mean_interval(np.array([1.0, 2.0]), 1.0), "between 0 and 1"),
        (lambda: exponent_interval([4, 4], [np.ones(2)] * 2, 0.1), "two distinct positive sizes"),
        (lambda: exponent_interval([4, 8], [np.ones(2)], 0.1), "as many samples"),
    ],
)
def test_unfit_samples_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
