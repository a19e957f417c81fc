"""Intervals against bounds, and how much more sampling would decide an open finding."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence.findings import Outcome
from evidence.intervals import Equivalence, Inequality, Interval
from evidence.means import mean_interval
from evidence.samples_to_decide import describe_samples_to_decide, factor_to_decide

HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED
OPPOSITE = {HOLDS: FAILS, FAILS: HOLDS, UNDECIDED: UNDECIDED}

numbers = st.floats(-1e3, 1e3)
lengths = st.floats(1e-3, 1e3)


def interval(estimate, below, above):
    return Interval(
        estimate=estimate, low=estimate - below, high=estimate + above, error=0.05, samples=9
    )


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (1.0, 3.0, HOLDS, FAILS),
        (-3.0, -1.0, FAILS, HOLDS),
        (-1.0, 1.0, UNDECIDED, UNDECIDED),
        (0.0, 1.0, HOLDS, FAILS),
        (-1.0, 0.0, FAILS, HOLDS),
        (0.0, 0.0, UNDECIDED, UNDECIDED),
        (-math.inf, math.inf, UNDECIDED, UNDECIDED),
        (0.5, math.inf, HOLDS, FAILS),
    ],
)
def test_outcomes_of_an_interval_against_0(low, high, at_least, at_most):
    middle = (low + high) / 2 if math.isfinite(low + high) else max(low, 1.0)
    measured = Interval(estimate=middle, low=low, high=high, error=0.05, samples=9)
    assert measured.at_least("", 0.0).outcome is at_least
    assert measured.at_most("", 0.0).outcome is at_most


@given(numbers, lengths, lengths, numbers)
def test_the_contrary_has_the_contrary_outcome(estimate, below, above, bound):
    measured = interval(estimate, below, above)
    outcome = measured.at_least("", bound).outcome
    assert measured.at_most("", bound).outcome is OPPOSITE[outcome]
    assert measured.scaled(-1.0).at_most("", -bound).outcome is outcome
    inside = measured.low < bound < measured.high
    assert (outcome is UNDECIDED) == inside


def test_it_keeps_the_intervals_figures_and_says_them():
    measured = replace(interval(2.0, 1.0, 1.0), note="why")
    finding = measured.at_least("the exponent is positive", 0.5)
    assert (finding.estimate, finding.low, finding.high) == (2.0, 1.0, 3.0)
    assert (finding.error, finding.samples, finding.edges) == (0.05, 9, (0.5,))
    assert finding.statement == "the exponent is positive"
    assert finding.summary == (
        "measured 2, interval [1, 3] at error 0.05, wanted at least 0.5, 9 samples: why"
    )
    assert "wanted at most 0.5" in measured.at_most("", 0.5).summary


def test_an_estimate_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match=r"the estimate 5 lies outside its interval \[0, 1\]"):
        Inequality(
            statement="",
            relation="at least",
            bound=0,
            estimate=5,
            low=0,
            high=1,
            error=0.1,
            samples=2,
        )


@given(numbers, lengths, lengths, numbers, st.one_of(st.none(), lengths))
def test_that_many_samples_decide_and_fewer_do_not(estimate, below, above, value, margin):
    """Scale the interval as that many samples would."""

    def finding(scale):
        measured = interval(estimate, scale * below, scale * above)
        if margin is None:
            return measured.at_least("", value)
        return measured.against("", predicted=value, margin=margin)

    factor = factor_to_decide(finding(1.0))
    assume(not math.isinf(factor) and 1e-8 < factor < 1e8)
    scale = 1 / math.sqrt(factor)
    assume(min(abs(edge - estimate) for edge in finding(1.0).edges) > 1e-6)
    assert finding(0.999 * scale).outcome is not UNDECIDED
    assert finding(1.001 * scale).outcome is UNDECIDED


def test_more_real_samples_decide_what_it_says():
    """A mean of 0.1 and spread 1 against 0: from 400 samples on 4 more sets of as many."""
    samples = np.random.default_rng(0).normal(size=6400)
    samples += 0.1 - samples[:400].mean()
    finding = mean_interval(samples[:400], 0.001).at_least("", 0.0)
    assert finding.outcome is UNDECIDED
    factor = factor_to_decide(finding)
    assert 2 < factor < 4
    more = mean_interval(samples[:1600] - samples[:1600].mean() + 0.1, 0.001)
    assert more.at_least("", 0.0).outcome is HOLDS


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (interval(1.0, 2.0, 2.0).at_least("", 0.0), "about 4.0 times as many samples would"),
        (interval(1.0, 1.01, 9.0).at_least("", 0.0), "about 1.1 times"),
        (interval(1.0, 9.9, 1.0).at_least("", 0.0), "about 99 times"),
        (interval(1.0, 35.1, 1.0).at_least("", 0.0), "about 1,300 times"),
        (interval(0.0, 9.0, 9.0).at_least("", 0.0), "no estimate can be made"),
        (interval(1.0, math.inf, 1.0).at_least("", 0.0), "no estimate can be made"),
        (interval(1.0, 2.0, math.inf).at_least("", 0.0), "about 4.0 times"),
        (interval(0.0, 2.0, 3.0).against("", predicted=0, margin=1), "about 9.0 times"),
        (interval(3.0, 4.0, 9.0).against("", predicted=0, margin=1), "about 4.0 times"),
    ],
)
def test_describe_samples_to_decide_in_words(finding, words):
    assert words in describe_samples_to_decide([finding])
    assert words in describe_samples_to_decide(
        [interval(1.0, 1.001, 1.0).at_least("", 0.0), finding]
    )


def test_findings_that_are_decided_need_no_more():
    assert factor_to_decide(interval(1.0, 0.5, 9.0).at_least("", 0.0)) == 0.25
    inside = Equivalence(
        statement="", predicted=0, margin=1, estimate=0, low=-1, high=0.5, error=0.1, samples=2
    )
    assert factor_to_decide(inside) == 1
