"""The exact interval for a probability: its ends, and how often it misses."""

import pytest
from scipy import stats
from scipy.special import betaincinv

from evidence.shares import share_interval


@pytest.mark.parametrize(("count", "trials"), [(1, 10), (5, 10), (9, 10), (37, 400)])
def test_at_its_ends_the_count_is_just_improbable(count, trials):
    found = share_interval(count, trials, 0.02)
    assert stats.binom.sf(count - 1, trials, found.low) == pytest.approx(0.01)
    assert stats.binom.cdf(count, trials, found.high) == pytest.approx(0.01)
    assert found.estimate == count / trials
    assert (found.error, found.samples) == (0.02, trials)


def test_never_and_always_leave_room():
    never, always = share_interval(0, 20, 0.05), share_interval(20, 20, 0.05)
    assert never.low == 0
    assert always.high == 1
    assert never.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert always.low == pytest.approx(0.025 ** (1 / 20))


@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.93])
@pytest.mark.parametrize("trials", [5, 40])
def test_it_misses_at_most_as_often_as_it_says(p, trials):
    missed = 0.0
    for count in range(trials + 1):
        found = share_interval(count, trials, 0.1)
        if not found.low <= p <= found.high:
            missed += stats.binom.pmf(count, trials, p)
    assert missed <= 0.1


@pytest.mark.parametrize(("count", "trials"), [(-1, 10), (11, 10), (0, 0)])
def test_counts_that_cannot_be_are_refused(count, trials):
    with pytest.raises(ValueError, match=r"."):
        share_interval(count, trials, 0.05)


@pytest.mark.parametrize("trials", [1, 2, 7, 200, 4000])
@pytest.mark.parametrize("error", [0.5, 0.05, 3e-4, 1e-8])
def test_the_ends_are_quantiles_of_beta_laws(trials, error):
    for count in {0, 1, trials // 3, trials // 2, trials - 1, trials}:
        found, missed = share_interval(count, trials, error), trials - count
        low = betaincinv(count, missed + 1, error / 2) if count else 0
        high = betaincinv(count + 1, missed, 1 - error / 2) if missed else 1
        assert found.low == pytest.approx(low, rel=1e-9)
        assert found.high == pytest.approx(high, rel=1e-9)
