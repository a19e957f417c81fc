"""The half-width for sums of independent estimates, beside the rules that it replaces."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from benchmarks.interval_coverage.normal_sums import measure_normal_sum
from evidence.means import mean_interval
from evidence.sums import (
    EQUAL,
    Part,
    careful_quantile,
    half_width,
    mean_part,
    skewness_factor,
    squared_half_width,
    students_quantile,
)

ERROR = 5e-5


def welchs(variances, freedoms, error):
    """The false neighbour: one number of degrees of freedom for the whole sum."""
    total = variances.sum(axis=-1)
    freedom = total**2 / (variances**2 / freedoms).sum(axis=-1)
    return students_quantile(error, freedom) ** 2 * total


@pytest.mark.parametrize(
    ("rule", "factor", "honest"),
    [
        (squared_half_width, 1.0, True),
        (squared_half_width, 0.5, False),
        (squared_half_width, 0.25, False),
        (welchs, 1.0, False),
    ],
)
@pytest.mark.parametrize(("groups", "networks", "ratio"), [(8, 8, 30), (16, 8, 100)])
def test_one_wide_group_of_few_networks_is_covered(groups, networks, ratio, rule, factor, honest):
    found = measure_normal_sum(
        [ratio, *[1] * (groups - 1)],
        [networks - 1] * groups,
        ERROR,
        runs=20_000,
        seed=1,
        factor=factor,
        rule=rule,
    )
    if honest:
        assert found.ratio + 3 * found.deviation < 1.5
    else:
        assert found.ratio - 3 * found.deviation > 3


def test_rao_blackwell_is_plain_counting():
    """The slow reference: samples themselves, at a level that can be counted."""
    rng, runs = np.random.default_rng(1), 200_000
    samples = rng.standard_normal((runs, 3, 4)) * np.sqrt([10.0, 1.0, 1.0])[:, None]
    variances = samples.var(axis=2, ddof=1) / 4
    square = squared_half_width(variances, np.full(3, 3.0), 0.05)
    counted = float((samples.mean(axis=2).sum(axis=1) ** 2 > square).mean()) / 0.05
    found = measure_normal_sum([10, 1, 1], [3] * 3, 0.05, runs=40_000, seed=2)
    assert found.ratio == pytest.approx(counted, abs=0.03)


@given(
    st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=6),
    st.lists(st.integers(1, 1000), min_size=6, max_size=6),
    st.sampled_from([0.05, 1e-3, 1e-5]),
)
def test_it_is_no_shorter_than_for_a_part_alone_and_no_longer_than_all_alone(
    variances, freedoms, error
):
    parts = [Part(variance=v, freedom=f) for v, f in zip(variances, freedoms, strict=False)]
    half, note = half_width(parts, error)
    alone = [half_width([part], error)[0] for part in parts]
    assert not note
    assert half >= max(alone) * (1 - 1e-9)
    fewest = min(part.freedom for part in parts)
    quantile = float(careful_quantile(error, np.array(float(fewest))))
    assert half <= quantile * math.sqrt(sum(variances[:6])) * (1 + 1e-9)


def test_with_many_samples_it_is_students_and_welchs():
    rng = np.random.default_rng(1)
    small, large = (rng.normal(0, scale, 400) for scale in (1, 2))
    small, large = (np.concatenate([x, -x]) for x in (small, large))  # of no skewness
    low, high = stats.ttest_1samp(small, 0).confidence_interval(1 - 0.01)
    found = mean_interval(small, 0.01)
    assert (found.low, found.high) == pytest.approx((low, high))
    half, _ = half_width([mean_part(large, 1.0), mean_part(small, -1.0)], 0.01)
    welch = stats.ttest_ind(large, small, equal_var=False).confidence_interval(1 - 0.01)
    assert half == pytest.approx((welch.high - welch.low) / 2)


def test_few_samples_get_the_quantile_of_a_smaller_error():
    few, many = (float(careful_quantile(1e-3, np.array(f))) for f in (11.0, 300.0))
    assert few == pytest.approx(stats.t.isf(1e-3 / 2 * 0.01**0.3, 11))
    assert many == pytest.approx(stats.t.isf(1e-3 / 2, 300))
    assert float(careful_quantile(0.1, np.array(11.0))) == pytest.approx(stats.t.isf(0.05, 11))


@given(st.floats(0.001, 0.3), st.sampled_from([0.05, 1e-3, 1e-5]))
def test_the_skewness_factor_keeps_the_larger_tail(skewness, error):
    z = special.ndtri(1 - error / 2)
    kappa = 1.25 * skewness
    factor = skewness_factor(skewness, error)
    assert skewness_factor(-skewness, error) == factor >= 1

    def larger_tail(point):
        return special.ndtr(-point) * np.exp(kappa * point**3 / 3)

    if math.isfinite(factor):
        assert larger_tail(factor * z) == pytest.approx(error / 2, rel=1e-3)
    else:
        assert larger_tail(np.linspace(z, 12, 500)).min() > 0.99 * error / 2


def test_skewed_samples_lengthen_the_interval_until_they_are_too_few():
    rng = np.random.default_rng(1)
    samples = rng.exponential(size=1000)
    student = students_quantile(ERROR, 999) * samples.std(ddof=1) / 1000**0.5
    found = mean_interval(samples, ERROR)
    assert 1.03 < (found.high - found.low) / (2 * float(student)) < 1.2
    few = mean_interval(samples[:40], ERROR)
    assert math.isinf(few.high)
    assert "too few samples for their skewness" in few.note


def test_equal_samples_show_no_spread():
    assert half_width([Part(variance=0.0, freedom=3)], ERROR) == (math.inf, EQUAL)
