"""Figure 1 end to end on the digits: reproducible, falsifiable, with honest intervals."""

import math
from dataclasses import asdict, replace

import pytest
import torch

from empirical.checks import resolution
from empirical.data.load import load_data
from empirical.measures.image_measures import Measures
from empirical.training.networks import SIZES
from evidence.findings import Outcome

ERROR = 1e-3


@pytest.fixture(scope="module")
def digits():
    return load_data("digits", seed=0)


def figures(evidence):
    return (
        [asdict(finding) for finding in (*evidence.printed, *evidence.controls)],
        [table.rows for table in evidence.tables],
        evidence.method,
        evidence.data,
    )


def outcomes(findings):
    return [finding.outcome for finding in findings]


def check(data, *, budget=0.2, **options):
    return resolution.check_figure_1(data, seed=0, error=ERROR, budget=budget, **options)


@pytest.fixture
def law(monkeypatch):
    """Replace training by measures that obey a known law with a little chance."""

    def install(norm_exponent, share_exponent, *, spread=0.1):
        def no_training(*args, **options):
            pass

        def known(network, data, *, epsilon):
            d = data.train_images[0].numel()
            weight = network[0].weight.detach()  # differs between networks, not between sizes
            chance = math.exp(spread * float(weight.mean() / weight.std()) * math.log(d) / 10)
            return Measures(
                images=100_000,
                accuracy=0.9,
                loss=0.3,
                gradient_norm=chance * d**norm_exponent,
                gradient_norm_l2=chance,
                changed=round(1_000 * chance * (d / 64) ** share_exponent),
                accuracy_drop=0.1,
            )

        monkeypatch.setattr(resolution, "train", no_training)
        monkeypatch.setattr(resolution, "measure", known)

    return install


def test_two_runs_are_equal_whatever_the_number_of_workers(digits, monkeypatch):
    small = replace(
        digits,
        train_images=digits.train_images[:200],
        train_labels=digits.train_labels[:200],
        held_out_images=digits.held_out_images[:200],
        held_out_labels=digits.held_out_labels[:200],
    )
    monkeypatch.setattr(resolution, "EPOCHS", 2)
    threads = torch.get_num_threads()
    runs = []
    try:
        for workers in (1, 2, 2):
            torch.set_num_threads(workers)
            runs.append(figures(check(small, budget=0.01)))
    finally:
        torch.set_num_threads(threads)
    assert runs[0] == runs[1] == runs[2]
    assert figures(resolution.check_figure_1(small, seed=1, error=ERROR, budget=0.01)) != runs[0]


@pytest.fixture(scope="module")
def real_run(digits):
    """Evidence from networks trained on the real digits, their measures, and the progress calls.

    Four networks a size suffice at error 0.05.
    """
    measures, calls = [], []
    measure = resolution.measure

    def recorded(network, data, *, epsilon):
        measures.append((data, measure(network, data, epsilon=epsilon)))
        return measures[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolution, "measure", recorded)
        patch.setattr(resolution, "EPOCHS", 5)
        evidence = resolution.check_figure_1(
            digits,
            seed=0,
            error=0.05,
            budget=0.25,
            progress=lambda fraction, activity: calls.append((fraction, activity)),
        )
    return evidence, measures, calls


def test_trained_networks_on_real_digits(digits, real_run):
    evidence, _, calls = real_run
    assert outcomes(evidence.printed) == [Outcome.HOLDS, Outcome.HOLDS]
    assert outcomes(evidence.controls) == [Outcome.FAILS] * 4
    assert evidence.data == digits.description
    assert min(row[2] for row in evidence.tables[0].rows) > 80  # accuracy in %
    fractions = [fraction for fraction, _ in calls]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert "network" in calls[0][1]


@pytest.mark.parametrize(
    ("power", "outcome"), [(-0.5, Outcome.FAILS), (0.0, Outcome.HOLDS), (0.5, Outcome.FAILS)]
)
def test_falsified_gradient_norms_are_refuted(digits, real_run, monkeypatch, power, outcome):
    """The real measures once more, with each norm multiplied by a power of d."""
    evidence, measures, _ = real_run
    replay = iter(measures)

    def falsified(network, data, *, epsilon):
        same, honest = next(replay)
        assert torch.equal(data.held_out_images, same.held_out_images)
        d = data.train_images[0].numel()
        return replace(honest, gradient_norm=honest.gradient_norm * d**power)

    monkeypatch.setattr(resolution, "measure", falsified)
    monkeypatch.setattr(resolution, "train", lambda *args, **options: None)
    lie = resolution.check_figure_1(digits, seed=0, error=0.05, budget=0.25)
    assert lie.printed[0].outcome is outcome
    assert lie.printed[0].estimate == pytest.approx(evidence.printed[0].estimate + power)
    assert lie.printed[1] == evidence.printed[1]


@pytest.mark.parametrize(
    ("exponent", "printed", "constant", "linear"),
    [
        (0.5, Outcome.HOLDS, Outcome.FAILS, Outcome.FAILS),
        (0.0, Outcome.FAILS, Outcome.HOLDS, Outcome.FAILS),
        (1.0, Outcome.FAILS, Outcome.FAILS, Outcome.HOLDS),
        (-0.5, Outcome.FAILS, Outcome.FAILS, Outcome.FAILS),
    ],
)
def test_known_laws_are_told_apart(digits, law, exponent, printed, constant, linear):
    law(exponent, exponent)
    evidence = check(digits, budget=1.0)
    assert outcomes(evidence.printed) == [printed] * 2
    assert outcomes(evidence.controls) == [constant] * 2 + [linear] * 2
    assert evidence.printed[0].estimate == pytest.approx(exponent, abs=0.02)
    for row in evidence.tables[1].rows:
        assert row[2] == pytest.approx(exponent, abs=0.02)


def test_the_two_quantities_are_judged_apart(digits, law):
    law(0.5, 0.0)
    assert outcomes(check(digits).printed) == [Outcome.HOLDS, Outcome.FAILS]
    law(1.0, 0.5)
    assert outcomes(check(digits).printed) == [Outcome.FAILS, Outcome.HOLDS]


def test_wild_networks_leave_it_undecided(digits, law):
    law(0.5, 0.5, spread=200)
    assert outcomes(check(digits).printed) == [Outcome.UNDECIDED] * 2


def test_no_changed_prediction_is_no_crash(digits, law):
    law(0.5, -30)
    assert check(digits).printed[1].outcome is Outcome.FAILS


def test_a_tiny_budget_still_gives_an_interval(digits, law):
    law(0.5, 0.5)
    evidence = check(digits, budget=1e-9)
    assert evidence.printed[0].samples == 2


@pytest.mark.parametrize("budget", [0, -1, math.nan, math.inf])
def test_bad_budgets(digits, budget):
    with pytest.raises(ValueError, match="the budget must be a positive number"):
        check(digits, budget=budget)


@pytest.mark.parametrize("error", [0, 1, -0.1])
def test_bad_error_levels(digits, law, error):
    law(0.5, 0.5)
    with pytest.raises(ValueError, match="error level"):
        resolution.check_figure_1(digits, seed=0, error=error)


def test_the_plot_shows_every_network(digits, law):
    law(0.5, 0.5)
    figure = check(digits, budget=0.5).plots["figure-1"]
    assert len(figure.axes) == 2
    for axes in figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert len(axes.lines[0].get_xdata()) == resolution.NETWORKS // 2 * len(SIZES)
