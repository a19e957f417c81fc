"""Means of heavy-tailed samples: coverage where Student's interval is caught as dishonest."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evidence.findings import Outcome
from evidence.intervals import Interval
from evidence.means import Samples
from evidence.moments import (
    moment_exponent_interval,
    moment_interval,
    moment_ratio_interval,
    slope_interval,
)
from evidence.sums import students_quantile

ERROR = 0.01
RUNS = 600
LEVEL = 1e-6
"""Probability that a coverage test rejects an interval that misses 1.5 times its error level."""


def lognormal(sigma: float) -> Callable[[np.random.Generator, int], Samples]:
    """A lognormal law with expectation 1."""
    return lambda rng, n: np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)


def squared_gradients(width: int, depth: int) -> Callable[[np.random.Generator, int], Samples]:
    """d |∂_x f|² of a dense network, last Gaussian averaged out: factors (2/n) Σ s_i g_i²."""

    def draw(rng: np.random.Generator, n: int) -> Samples:
        active = rng.binomial(width, 0.5, size=(depth, n))
        return np.prod(4 / width * rng.standard_gamma(active / 2), axis=0)

    return draw


def is_honest(draw: Callable[[], Interval], truth: float) -> bool:
    found = [draw() for _ in range(RUNS)]
    number = sum(not interval.low <= truth <= interval.high for interval in found)
    p_value = stats.binomtest(number, RUNS, 1.5 * ERROR, alternative="greater").pvalue
    return bool(p_value > LEVEL)


HEAVY = lognormal(1.5), 64


def students(samples: Samples, error: float) -> Interval:
    """The false neighbour, which takes the samples for nearly normal."""
    half = float(students_quantile(error, samples.size - 1) * stats.sem(samples))
    return Interval.around(float(samples.mean()), half, error=error, samples=samples.size)


@pytest.mark.parametrize(
    ("method", "law", "samples", "honest"),
    [
        (moment_interval, lognormal(0.5), 64, True),
        (moment_interval, lognormal(1), 250, True),
        (moment_interval, *HEAVY, True),
        (moment_interval, lognormal(2), 1000, True),
        (moment_interval, squared_gradients(64, 2), 64, True),
        (moment_interval, squared_gradients(16, 6), 250, True),
        (students, *HEAVY, False),
        (students, squared_gradients(16, 6), 64, False),
    ],
)
def test_a_heavy_tail_is_covered_and_students_interval_is_not_honest(method, law, samples, honest):
    rng = np.random.default_rng(1)
    assert is_honest(lambda: method(law(rng, samples), ERROR), 1.0) is honest


@pytest.mark.parametrize(("factor", "honest"), [(1.0, True), (0.4, False)])
def test_the_exponent_of_a_heavy_tailed_mean_is_covered(factor, honest):
    rng, sizes, numbers = np.random.default_rng(2), (4, 16, 64), (100, 400, 150)

    def draw() -> Interval:
        samples = [lognormal(1)(rng, n) / d for d, n in zip(sizes, numbers, strict=True)]
        found = moment_exponent_interval(sizes, samples, ERROR)
        middle = found.estimate
        low, high = (middle + factor * (end - middle) for end in (found.low, found.high))
        return replace(found, low=low, high=high)

    assert is_honest(draw, -1.0) is honest


def students_log_ratio(numerators: Samples, denominators: Samples, error: float) -> Interval:
    """Student's interval for the pairs' differences, by the delta method: not for heavy tails."""
    above, below = numerators.mean(), denominators.mean()
    interval = students(numerators / above - denominators / below, error)
    return interval.scaled(1.0, shift=math.log(above / below))


@pytest.mark.parametrize(
    ("method", "honest"), [(moment_ratio_interval, True), (students_log_ratio, False)]
)
def test_the_ratio_of_heavy_tailed_pairs_is_covered(method, honest):
    rng = np.random.default_rng(4)

    def draw() -> Interval:
        shared, own = lognormal(0.5)(rng, 64), lognormal(1.5)(rng, 64)
        return method(2 * shared * own, shared, ERROR)

    assert is_honest(draw, math.log(2)) is honest


@pytest.mark.parametrize(("factor", "honest"), [(1.0, True), (0.5, False)])
def test_the_ratio_of_light_pairs_is_covered(factor, honest):
    rng, gradients = np.random.default_rng(3), squared_gradients(64, 2)

    def draw() -> Interval:
        shared = gradients(rng, 200)
        found = moment_ratio_interval(4 * shared * gradients(rng, 200), shared, ERROR)
        middle = found.estimate
        low, high = (middle + factor * (end - middle) for end in (found.low, found.high))
        return replace(found, low=low, high=high)

    assert is_honest(draw, math.log(4)) is honest


def test_pairing_cancels_what_the_pairs_share():
    rng = np.random.default_rng(4)
    shared = squared_gradients(64, 2)(rng, 500)
    own = 1 + 1e-3 * rng.standard_normal(500)
    paired = moment_ratio_interval(4 * shared * own, shared, ERROR)
    assert paired.estimate == pytest.approx(math.log(4), abs=1e-3)
    assert paired.high - paired.low < 1e-3


def test_light_samples_give_students_interval():
    samples = 1 + 0.01 * np.random.default_rng(3).standard_normal(4000)
    student, found = students(samples, ERROR), moment_interval(samples, ERROR)
    assert found.low == pytest.approx(student.low)
    assert found.high - 1 == pytest.approx(student.high - 1, rel=0.05)


def test_the_variation_is_that_of_the_lognormal_law():
    sigma, n = 1.2, 100_000
    samples = np.exp(sigma * stats.norm.ppf((np.arange(n) + 0.5) / n))
    found = moment_interval(samples, ERROR)
    variation = (1 - found.estimate / found.high) * math.sqrt(n) / stats.norm.isf(ERROR / 2)
    assert variation == pytest.approx(math.sqrt(math.expm1(sigma**2)), rel=0.01)


def test_too_few_networks_leave_a_finding_undecided_and_say_why():
    found = moment_interval(lognormal(2)(np.random.default_rng(4), 64), 5e-5)
    assert found.high == math.inf
    assert "64 samples are too few for a coefficient of variation" in found.note
    finding = found.scaled(2.0).against("a moment", predicted=2.0, margin=1.0)
    assert finding.outcome is Outcome.UNDECIDED
    assert found.note in finding.summary


@pytest.mark.parametrize(
    ("samples", "note"),
    [
        (np.zeros(50), "equal samples"),
        (np.full(50, 3.0), "equal samples"),
        (np.eye(1, 50)[0], "fewer than two samples are positive"),
    ],
)
def test_samples_that_show_no_spread_have_no_upper_end(samples, note):
    found = moment_interval(samples, ERROR)
    assert found.estimate == pytest.approx(samples.mean())
    assert (found.low, found.high) == (0.0, math.inf)
    assert note in found.note


def test_networks_that_are_switched_off_count():
    # Of 400 samples half are 0 and half are 2: the coefficient of variation is 1.
    found = moment_interval(np.tile([0.0, 2.0], 200), ERROR)
    share = stats.t.isf(ERROR / 2, 200) * math.sqrt(400 / 399) / 20
    assert found.high == pytest.approx(1 / (1 - share))


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=60), st.integers(-40, 40))
def test_units_do_not_matter(values, exponent):
    samples, scale = np.array(values) / 100, 2.0**exponent
    found, scaled = moment_interval(samples, ERROR), moment_interval(scale * samples, ERROR)
    assert found.low <= found.estimate <= found.high
    assert scaled.low == pytest.approx(scale * found.low, rel=1e-6, abs=1e-6 * scale)
    assert scale * found.estimate / scaled.high == pytest.approx(
        found.estimate / found.high, abs=1e-6
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: moment_interval(np.array([1.0, -1.0]), 0.1), "at least 0, not -1"),
        (lambda: moment_interval(np.array([1.0]), 0.1), "two samples or more"),
        (lambda: moment_interval(np.array([1.0, 2.0]), 0.0), "between 0 and 1"),
        (lambda: moment_exponent_interval([2, 4], [np.zeros(3)] * 2, 0.1), "a positive sample"),
        (lambda: moment_exponent_interval([2, 2], [np.ones(3)] * 2, 0.1), "two distinct"),
        (lambda: moment_ratio_interval(np.ones(2), np.ones(3), 0.1), "equal shapes"),
        (lambda: moment_ratio_interval(np.ones(2), np.zeros(2), 0.1), "positive samples"),
    ],
)
def test_unfit_samples_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("sizes", [[4, 8, 16], [10, 100, 1000], [2, 6, 18]])
def test_a_middle_size_with_too_few_samples_does_not_count(sizes):
    # Of three sizes in even steps, the middle one has no weight in the slope, or 1e-16.
    heavy = np.array([1e-9, 1.0, 1e9])
    assert math.isinf(moment_interval(heavy, ERROR).high)
    rng = np.random.default_rng(7)
    low, high = (size * rng.uniform(0.9, 1.1, 50) for size in (sizes[0], sizes[2]))
    found = moment_exponent_interval(sizes, [low, heavy, high], ERROR)
    assert found.low < 1 < found.high < 1.1
    assert not found.note
    assert moment_exponent_interval(sizes, [low, high, heavy], ERROR).note


def test_the_slope_of_ratios_is_that_of_their_logarithms():
    rng = np.random.default_rng(5)
    pairs = [
        (scale * rng.lognormal(0, 0.5, 300), rng.lognormal(0, 0.5, 300))
        for scale in (1.0, 2.0, 4.0)
    ]
    ratios = [moment_ratio_interval(above, below, ERROR) for above, below in pairs]
    found = slope_interval((1, 4, 16), ratios)
    expected = np.polyfit(np.log([1, 4, 16]), [ratio.estimate for ratio in ratios], 1)[0]
    assert found.estimate == pytest.approx(expected)
    assert found.low < 0.5 < found.high
    # Two sizes: the distances of both, in quadrature.
    ends = slope_interval((1, np.e), ratios[:2])
    low = np.hypot(ratios[1].estimate - ratios[1].low, ratios[0].high - ratios[0].estimate)
    assert ends.estimate - ends.low == pytest.approx(low)


@pytest.mark.parametrize(("share", "honest"), [(1.0, True), (0.3, False)])
def test_slopes_of_paired_ratios_hold_their_level(share, honest):
    rng, error, runs = np.random.default_rng(6), 0.05, 500
    misses = 0
    for _ in range(runs):
        ratios = []
        for _ in range(3):
            shared = rng.lognormal(0, 0.5, 64)
            own = rng.lognormal(0, 0.5, 64)
            ratios.append(moment_ratio_interval(shared * own, shared, error))
        found = slope_interval((1, 4, 16), ratios)
        misses += abs(found.estimate) > share * (
            found.estimate - found.low if found.estimate > 0 else found.high - found.estimate
        )
    # A binomial law of 500 runs at 0.05 exceeds 46 with probability 3e-5.
    assert (misses <= 46) is honest


@given(
    small=st.floats(0, 300),
    count=st.integers(1, 5),
    error=st.sampled_from([1e-2, 1e-5, 1e-9]),
)
def test_samples_of_very_different_size_get_an_interval_without_end(small, count, error):
    samples = np.array([1.0] + [10.0**-small] * count)
    interval = moment_interval(samples, error)
    if small > 1:
        assert interval.high == math.inf
        assert "samples are too few" in interval.note
        assert float(interval.note.split()[-1]) >= samples.size
        assert "inf" not in interval.note
