"""Looks, their error levels, and that no network is measured twice."""

import numpy as np
import pytest
import torch

from simulations.intervals import Samples, mean_interval
from simulations.sequential import MINIMUM, Findings, Sampled, sample_until_decided
from theory.evidence import silent


def run(*, most: int, budget: float = 1.0, decided_at: int = 10**9, progress=silent):
    """A run over the networks' indices, with the looks (networks, error) and the indices."""
    looks: list[tuple[int, float]] = []
    indices: list[int] = []

    def measure(index: int) -> Samples:
        indices.append(index)
        return np.array(float(index % 2))

    def judge(samples: Samples, error: float) -> Findings:
        looks.append((len(samples), error))
        edge = 1.0 if len(samples) < decided_at else 0.5
        interval = mean_interval(samples, error)
        margin = abs(interval.estimate - edge) or 10.0
        return Findings(
            printed=[interval.against("straddles the edge", predicted=edge, margin=margin)]
        )

    sampled = sample_until_decided(
        measure,
        judge,
        first=100,
        most=most,
        budget=budget,
        error=0.04,
        progress=progress,
        activity="work",
    )
    return sampled, looks, indices


def test_looks_double_and_share_the_error():
    sampled, looks, indices = run(most=800)
    assert looks == [(100, 0.01), (200, 0.01), (400, 0.01), (800, 0.01)]
    assert indices == list(range(800))
    assert not sampled.findings.decided
    assert sampled.error == 0.01


def test_a_decided_look_is_the_last():
    sampled, looks, indices = run(most=800, decided_at=200)
    assert [networks for networks, _ in looks] == [100, 200]
    assert indices == list(range(200))
    assert sampled.findings.decided
    assert isinstance(sampled, Sampled)
    assert sampled.samples.shape == (200,)


def test_the_budget_moves_the_last_look():
    assert [networks for networks, _ in run(most=400, budget=1.5)[1]] == [100, 200, 400, 600]
    assert [networks for networks, _ in run(most=400, budget=1e-9)[1]] == [MINIMUM]


@pytest.mark.parametrize("budget", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_must_be_positive(budget):
    with pytest.raises(ValueError, match="the budget must be a positive number"):
        run(most=400, budget=budget)


def test_progress_never_falls_and_ends_at_one():
    fractions: list[float] = []
    run(most=800, decided_at=200, progress=lambda fraction, _: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] == 1


def test_the_number_of_threads_is_restored():
    before = torch.get_num_threads()
    run(most=100)
    assert torch.get_num_threads() == before


def test_looking_often_keeps_the_error_level():
    """Stop at the first look whose interval misses: the worst reading of optional stopping.

    Without the division by the number of looks (the control) the misses add up. At a nominal error
    of 0.05 over 4 looks, 2000 runs; each of both tests is wrong with probability < 1e-6.
    """
    rng = np.random.default_rng(0)
    looks, runs, error = (25, 50, 100, 200), 2000, 0.05
    honest = greedy = 0
    for _ in range(runs):
        samples = rng.normal(size=looks[-1])
        for level, counts in ((error / len(looks), "honest"), (error, "greedy")):
            intervals = [mean_interval(samples[:n], level) for n in looks]
            missed = any(not i.low <= 0 <= i.high for i in intervals)
            if counts == "honest":
                honest += missed
            else:
                greedy += missed
    # Binomial(2000, 0.05): 1 - cdf(150) < 1e-6.
    assert honest <= 150 < greedy
