"""Figure 1 end to end on the digits, as `sqrtd verify` trains it: reproducible and falsifiable."""

import math
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from sweep_runs import assert_equal

from empirical.checks.first_order_damage import check_lemma_1_trained
from empirical.checks.growth import check_figure_1, check_growth
from empirical.data.load import load_data
from empirical.figures.figure_1 import figure_1
from empirical.sweeps.experiment_file import read_preset
from empirical.sweeps.in_memory import train_in_memory
from evidence.findings import Outcome

CPU = torch.device("cpu")
HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS

PRESET = read_preset("figure-1", "digits")


def outcomes(findings):
    return [finding.outcome for finding in findings]


@pytest.fixture(scope="module")
def real_run():
    """A sweep of real digits, and the calls of its progress.

    Six networks a size suffice at error 0.05.
    """
    calls = []
    experiment = replace(PRESET, recipe=replace(PRESET.recipe, epochs=5)).times(6 / 16)
    sweep = train_in_memory(
        experiment, seed=0, device=CPU, progress=lambda *report: calls.append(report)
    )
    return sweep, calls


def test_trained_networks_on_real_digits(real_run):
    sweep, calls = real_run
    evidence = check_growth(sweep, error=0.05)
    assert outcomes(evidence.stated) == [HOLDS, HOLDS]
    assert outcomes(evidence.controls) == [FAILS] * 2
    assert FAILS not in outcomes(check_figure_1(sweep, error=0.01).stated)
    assert evidence.data == load_data("digits", seed=0).description
    assert min(row[3] for row in evidence.tables[0].rows) > 80  # accuracy in %
    assert "from the same initial weights" in evidence.method
    fractions = [fraction for fraction, _ in calls]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert calls[-1][1] == "18 of 18 networks"


@pytest.mark.parametrize("power", [-0.5, 0.5])
def test_falsified_gradient_norms_are_refuted(real_run, power):
    """The real measures once more, with each norm multiplied by a power of d."""
    sweep, _ = real_run
    lie = replace(
        sweep,
        networks=[
            replace(
                one,
                measures=replace(
                    one.measures, gradient_norm=one.measures.gradient_norm * one.d**power
                ),
            )
            for one in sweep.networks
        ],
    )
    before, after = (check_figure_1(each, error=0.05).stated for each in (sweep, lie))
    assert after[0].outcome is FAILS
    assert after[0].estimate == pytest.approx(before[0].estimate + power)
    assert after[1] == before[1]


def test_a_wrong_norm_is_noticed_by_a_small_attack_on_trained_networks():
    """√d times the l2-norm, or the l2-norm, in place of the l1-norm, on networks of real digits."""
    experiment = read_preset("figure-1", "small-attack").times(0.6)
    sweep = train_in_memory(experiment, seed=0, device=CPU)
    assert min(one.measures.correct.mean() for one in sweep.networks) > 0.8
    honest = check_lemma_1_trained(sweep, error=0.01)
    assert set(outcomes(honest.stated)) == {HOLDS}
    assert set(outcomes(honest.controls)) == {FAILS}
    for factor in (1, math.sqrt(sweep.networks[0].d)):
        lie = [
            replace(
                one,
                measures=replace(
                    one.measures, gradient_norm=factor * one.measures.gradient_norm_l2
                ),
            )
            for one in sweep.networks
        ]
        evidence = check_lemma_1_trained(replace(sweep, networks=lie), error=0.01)
        assert evidence.stated[0].outcome is FAILS


def test_two_runs_are_equal_whatever_the_number_of_workers(monkeypatch):
    small = replace(
        PRESET,
        images=replace(PRESET.images, train=200, held_out=200),
        recipe=replace(PRESET.recipe, epochs=2),
    ).times(0.1)
    runs = []
    for cores in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        runs.append(train_in_memory(small, seed=0, device=CPU))
    assert_equal(*runs)
    other = train_in_memory(small, seed=1, device=CPU)
    norms = [sweep.networks[0].measures.gradient_norm for sweep in (runs[0], other)]
    assert not np.array_equal(*norms)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_attack_has_the_first_order_effect_of_the_papers(channels):
    """By ε √d: 0.006 at 32, 64 and 128 pixels in colour; the ledger divides ε by √channels."""
    for ours, papers in ((8, 32), (16, 64), (32, 128)):
        epsilon = PRESET.epsilon / math.sqrt(channels)
        assert epsilon * math.sqrt(channels * ours**2) == pytest.approx(
            0.006 * math.sqrt(3 * papers**2), rel=1e-3
        )


def test_a_tiny_budget_still_has_pairs_to_compare():
    assert [repeats for _, repeats in PRESET.times(1e-9, least=2).cells] == [2, 2, 2]
    assert PRESET.paired


def test_the_plot_shows_every_network(real_run):
    figure = figure_1(real_run[0])
    assert len(figure.axes) == 2
    for axes in figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert len(axes.lines[0].get_xdata()) == 18
