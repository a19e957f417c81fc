"""Intervals over networks and images: coverage for known truths, and where it would fail."""

import math

import numpy as np
import pytest
from scipy import stats

from evidence.means import exponent_interval, mean_interval, slope_coefficients
from evidence.two_level import ONE_NETWORK, log_of_mean, two_level_contrast, two_level_interval

ERROR = 0.1
RUNS = 400


def crossed(rng, networks, images, *, by_network, by_image, rest):
    return (
        by_network * rng.normal(size=(networks, 1))
        + by_image * rng.normal(size=(1, images))
        + rest * rng.normal(size=(networks, images))
    )


def misses(intervals, truth):
    return np.mean([not interval.low <= truth <= interval.high for interval in intervals])


@pytest.mark.parametrize(
    ("networks", "spread"),
    [
        (2, {"by_network": 0.3, "by_image": 1.0, "rest": 1.0}),
        (5, {"by_network": 0.3, "by_image": 0.0, "rest": 1.0}),
        (5, {"by_network": 0.0, "by_image": 1.0, "rest": 0.2}),
        (1, {"by_network": 0.0, "by_image": 1.0, "rest": 1.0}),
    ],
)
def test_the_truth_is_missed_no_more_often_than_the_error_allows(networks, spread):
    rng = np.random.default_rng(0)
    samples = [crossed(rng, networks, 100, **spread) for _ in range(RUNS)]
    share = misses([two_level_interval(one, ERROR) for one in samples], 0.0)
    assert share <= ERROR + 2.6 * math.sqrt(ERROR * (1 - ERROR) / RUNS)


def test_one_level_alone_or_all_pooled_would_miss():
    """Negative controls on the same samples."""
    rng = np.random.default_rng(0)
    spread = {"by_network": 0.2, "by_image": 2.0, "rest": 1.0}
    samples = [crossed(rng, 5, 100, **spread) for _ in range(RUNS)]
    two_level = misses([two_level_interval(one, ERROR) for one in samples], 0.0)
    networks = misses([mean_interval(one.mean(axis=1), ERROR) for one in samples], 0.0)
    pooled = misses([mean_interval(one.ravel(), ERROR) for one in samples], 0.0)
    assert two_level < 0.14
    assert networks > 0.25
    assert pooled > 0.25
    spread = {"by_network": 1.0, "by_image": 0.1, "rest": 0.1}
    samples = [crossed(rng, 5, 100, **spread) for _ in range(RUNS)]
    images = misses([mean_interval(one.mean(axis=0), ERROR) for one in samples], 0.0)
    assert images > 0.5


def test_rare_events_are_covered_too():
    rng = np.random.default_rng(0)

    def changed(networks):
        chance = rng.beta(0.2, 0.2 * 0.95 / 0.05, size=300)
        factor = np.clip(1 + 0.15 * rng.normal(size=(networks, 1)), 0, None)
        return (rng.random((networks, 300)) < chance * factor).astype(float)

    share = misses([two_level_interval(changed(5), ERROR) for _ in range(RUNS)], 0.05)
    assert share <= ERROR + 2.6 * math.sqrt(ERROR * (1 - ERROR) / RUNS)


def test_with_equal_images_it_is_students_over_networks():
    means = np.array([1.0, 2.0, 4.0])
    interval = two_level_interval(np.repeat(means[:, None], 7, axis=1), 0.01)
    student = mean_interval(means, 0.01)
    assert (interval.low, interval.high) == pytest.approx((student.low, student.high))
    assert (interval.samples, interval.note) == (3, "")


def test_one_network_says_so_and_shares_of_its_images_are_exact():
    rng = np.random.default_rng(0)
    norms = rng.gamma(2, size=(1, 50))
    interval = two_level_interval(norms, 0.05)
    student = mean_interval(norms[0], 0.05)
    assert (interval.low, interval.high) == pytest.approx((student.low, student.high))
    assert (interval.samples, interval.note) == (50, ONE_NETWORK)
    for events in (0, 1, 20, 50):
        changed = (np.arange(50) < events)[None]
        found = two_level_interval(changed, 0.05)
        exact = stats.binomtest(events, 50).proportion_ci(0.95, method="exact")
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
        assert (found.estimate, found.note) == (events / 50, ONE_NETWORK)


def test_what_images_do_to_all_groups_alike_cancels_in_a_difference():
    rng = np.random.default_rng(0)
    hard = 10 * rng.normal(size=(1, 200))
    average = hard + rng.normal(size=(6, 200))
    strided = hard + 1 + rng.normal(size=(8, 200))
    difference = two_level_contrast([strided, average], [1.0, -1.0], 0.01)
    assert difference.low < 1 < difference.high
    assert difference.high - difference.low < 0.5
    assert difference.samples == 14
    alone = two_level_interval(strided, 0.01)
    assert alone.high - alone.low > 3
    swapped = two_level_contrast([average, strided], [1.0, -1.0], 0.01)
    assert (swapped.low, swapped.high) == pytest.approx((-difference.high, -difference.low))


def test_exponents_come_from_logarithms_of_means():
    rng = np.random.default_rng(0)
    sizes = (64, 256, 1024)
    chance = [rng.normal(size=(6, 1)) * 0.1 for _ in sizes]
    even = [d**0.5 * np.exp(c) * np.ones((1, 40)) for d, c in zip(sizes, chance, strict=True)]
    coefficients = slope_coefficients(sizes, 3)
    found = two_level_contrast([log_of_mean(one) for one in even], coefficients, 0.01)
    student = exponent_interval(sizes, [np.log(one[:, 0]) for one in even], 0.01)
    assert (found.low, found.estimate, found.high) == pytest.approx(
        (student.low, student.estimate, student.high)
    )
    assert found.low < 0.5 < found.high
    samples = rng.gamma(1, size=(6, 40))
    logs = log_of_mean(samples)
    assert logs.mean(axis=1) == pytest.approx(np.log(samples.mean(axis=1)))
    assert logs.std(axis=1) == pytest.approx(samples.std(axis=1) / samples.mean(axis=1))


def test_equal_samples_show_no_spread():
    interval = two_level_interval(np.full((3, 5), 0.5), 0.05)
    assert (interval.low, interval.estimate, interval.high) == (-math.inf, 0.5, math.inf)
    assert interval.note == "equal samples do not show their spread"


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        ([np.zeros(5)], 0.05, r"\(networks, images\), 1 and 2 at least, not \[\(5,\)\]"),
        ([np.zeros((3, 1))], 0.05, "1 and 2 at least"),
        ([np.zeros((0, 4))], 0.05, "1 and 2 at least"),
        ([np.zeros((2, 3)), np.zeros((2, 4))], 0.05, "the same images, not"),
        ([np.full((2, 3), math.nan)], 0.05, "finite samples"),
        ([np.zeros((2, 3))], 0.0, "between 0 and 1, not 0.0"),
    ],
)
def test_unfit_samples_are_refused_in_one_line(groups, error, message):
    with pytest.raises(ValueError, match=message) as raised:
        two_level_contrast(groups, [1.0] * len(groups), error)
    assert "\n" not in str(raised.value)


def test_a_logarithm_needs_positive_means():
    with pytest.raises(ValueError, match="of 3 networks 1 have none"):
        log_of_mean(np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 1.0]]))
