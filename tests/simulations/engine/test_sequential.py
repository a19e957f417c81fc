"""Rounds, their error levels, and what the sampler is asked for."""

from types import SimpleNamespace

import numpy as np
import pytest

from evidence.findings import silent
from evidence.levels import error_of_round
from evidence.means import mean_interval
from simulations.engine.sequential import MINIMUM, Findings, sample_until_decided

ENSEMBLES = ("one", "other")


class CountingSampler:
    """Networks are their indices; remembers how many were asked for, and tells of ten steps."""

    def __init__(self):
        self.asked = []

    def sample(self, ensembles, networks, *, progress, activity):
        assert ensembles == ENSEMBLES
        self.asked.append(networks)
        for step in range(11):
            progress(step / 10, activity)
        return [SimpleNamespace(ensemble=e, norms=np.arange(networks)) for e in ensembles]


def run(*, most, first=100, budget=1.0, decided_at=10**9, progress=silent):
    """A run whose findings are decided from some number of networks on, and its rounds."""
    rounds = []

    def judge(samples, error):
        networks = len(samples[0].norms)
        rounds.append((networks, error))
        indices = samples[0].norms % 2 - 0.5
        interval = mean_interval(indices, error)
        predicted = 1.0 if networks < decided_at else 0.0  # an edge lies on the estimate, or not
        return Findings(
            stated=[interval.against("straddles the edge", predicted=predicted, margin=1.0)]
        )

    sampler = CountingSampler()
    sampled = sample_until_decided(
        sampler,
        ENSEMBLES,
        judge,
        first=first,
        most=most,
        budget=budget,
        error=0.04,
        progress=progress,
        activity="work",
    )
    return sampled, rounds, sampler.asked


def levels(number):
    """The levels of a round's intervals: those that hold, and those that fail, of one finding."""
    error = 0.04 / (number * (number + 1))
    return 2 * error, error


def test_rounds_double_and_share_the_error():
    sampled, rounds, asked = run(most=800)
    wanted = [
        (networks, level)
        for number, networks in enumerate([100, 200, 400, 800], 1)
        for level in levels(number)
    ]
    assert [networks for networks, _ in rounds] == [networks for networks, _ in wanted]
    assert [level for _, level in rounds] == pytest.approx([level for _, level in wanted])
    assert asked == [100, 200, 400, 800]
    assert not sampled.findings.are_decided
    assert sampled.error == pytest.approx(0.04 / 20)


def test_a_decided_round_is_the_last():
    sampled, rounds, asked = run(most=800, decided_at=200)
    assert [networks for networks, _ in rounds] == [100, 100, 200]  # what holds cannot fail
    assert asked == [100, 200]
    assert sampled.findings.are_decided
    assert sampled.networks == 200
    assert [sample.ensemble for sample in sampled.samples] == ["one", "other"]


def test_the_budget_moves_the_last_round():
    assert run(most=400, budget=1.5)[2] == [100, 200, 400, 800]
    assert run(most=400, budget=0.25)[2] == [100]
    assert run(most=400, budget=0.7)[2] == [100, 200, 400]
    assert run(most=400, budget=1e-9)[2] == [MINIMUM]


def test_a_larger_budget_goes_on_with_the_same_rounds():
    small, large = (run(most=400, budget=budget)[1] for budget in (1.0, 7.0))
    assert large[: len(small)] == small
    assert len(large) > len(small)


@pytest.mark.parametrize("budget", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_must_be_positive(budget):
    with pytest.raises(ValueError, match="the budget must be a positive number"):
        run(most=400, budget=budget)


@pytest.mark.parametrize("decided_at", [100, 200, 10**9])
def test_progress_never_falls_and_ends_at_one(decided_at):
    told = []
    run(most=800, decided_at=decided_at, progress=lambda *arguments: told.append(arguments))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] == 1
    assert {activity for _, activity in told} == {"work"}


@pytest.mark.parametrize("where", ["stated", "corrected", "controls"])
def test_one_undecided_finding_leaves_all_undecided(where):
    interval = mean_interval(np.arange(100) % 2 - 0.5, 0.01)
    decided = interval.against("holds", predicted=0.0, margin=1.0)
    undecided = interval.against("straddles the edge", predicted=1.0, margin=1.0)
    findings = {"stated": [decided], "corrected": [decided], "controls": [decided]}
    assert Findings(**findings).are_decided
    assert not Findings(**{**findings, where: [decided, undecided]}).are_decided


def test_looking_often_keeps_the_error_level():
    """Stop at the first round whose interval misses: the worst reading of optional stopping.

    Without the parts of the rounds (the control) the misses add up. At a nominal error
    of 0.05 over 4 rounds, 2000 runs; each of both tests is wrong with probability < 1e-6.
    """
    rng = np.random.default_rng(0)
    rounds, runs, error = (25, 50, 100, 200), 2000, 0.05
    honest = greedy = 0
    for _ in range(runs):
        samples = rng.normal(size=rounds[-1])
        for share, counts in ((error_of_round, "honest"), (lambda error, _: error, "greedy")):
            intervals = [
                mean_interval(samples[:n], share(error, k)) for k, n in enumerate(rounds, 1)
            ]
            missed = any(not i.low <= 0 <= i.high for i in intervals)
            if counts == "honest":
                honest += missed
            else:
                greedy += missed
    # Binomial(2000, 0.05): 1 - cdf(150) < 1e-6.
    assert honest <= 150 < greedy


def test_a_network_that_is_there_twice_is_found():
    norms = [[1.0, 2.0], [1.0, 2.0], [1.0, 3.0]]

    class Repeating(CountingSampler):
        def sample(self, ensembles, networks, **_):
            return [SimpleNamespace(ensemble="one", norms=np.array(norms))]

    def judge(samples, error):
        return Findings(stated=[mean_interval(samples[0].norms[:, 1], error).at_least("", 0.0)])

    def run():
        sample_until_decided(
            Repeating(),
            ENSEMBLES,
            judge,
            first=3,
            most=3,
            budget=1.0,
            error=0.1,
            progress=silent,
            activity="",
        )

    with pytest.raises(RuntimeError, match="networks of one are there twice"):
        run()
    norms[0] = norms[1] = [0.0, 0.0]  # switched off, both of them
    run()
