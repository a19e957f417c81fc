"""Section 4.1 on sweeps of a known law: true statements hold, falsified ones are refuted."""

from dataclasses import replace

import numpy as np
import pytest
from known_sweeps import Law, known_sweep, over_poolings, over_sizes
from ledger_level import VERDICT_ERROR

from empirical.checks.damping import check_figure_1_damping, check_figure_1_first_order
from empirical.checks.growth import check_figure_1, check_growth
from empirical.figures.figure_1 import figure_1
from empirical.measures.contrasts import local_exponent
from empirical.measures.quantities import damage_ratios, log_vulnerabilities
from empirical.measures.trained import Cell, Sweep
from evidence.findings import Outcome

HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED


def outcomes(findings):
    return [finding.outcome for finding in findings]


def falsified(sweep, **changes):
    """Change measures of each network: functions of the network and its values."""

    def changed(one):
        measures = {
            name: change(one, getattr(one.measures, name)) for name, change in changes.items()
        }
        return replace(one, measures=replace(one.measures, **measures))

    return replace(sweep, networks=[changed(one) for one in sweep.networks])


@pytest.mark.parametrize(
    ("exponent", "grows", "linear", "almost", "less", "more"),
    [
        (0.5, HOLDS, FAILS, HOLDS, FAILS, FAILS),
        (0.3, HOLDS, FAILS, FAILS, HOLDS, FAILS),
        (0.7, HOLDS, FAILS, FAILS, FAILS, HOLDS),
        (0.0, UNDECIDED, FAILS, FAILS, FAILS, FAILS),
        (-0.2, FAILS, FAILS, FAILS, FAILS, FAILS),
        (1.1, HOLDS, HOLDS, FAILS, FAILS, FAILS),
    ],
)
def test_known_growth_is_told_apart(exponent, grows, linear, almost, less, more):
    sweep = over_sizes(norm=exponent, shares=[0.3, 0.35, 0.3], images=3000, spread=0.02)
    growth = check_growth(sweep, error=VERDICT_ERROR)
    assert [growth.stated[0].outcome, growth.controls[0].outcome] == [grows, linear]
    evidence = check_figure_1(sweep, error=VERDICT_ERROR)
    assert evidence.stated[0].outcome is almost
    assert evidence.literal[0].outcome is (UNDECIDED if exponent == 0.5 else FAILS)
    assert [evidence.controls[i].outcome for i in (0, 2)] == [less, more]
    assert evidence.stated[0].estimate == pytest.approx(exponent, abs=0.05)
    assert evidence.stated[1].outcome is FAILS
    for row in evidence.tables[1].rows:
        assert row[2] == pytest.approx(exponent, abs=0.1)


@pytest.mark.parametrize(
    ("norm", "share", "stated"),
    [(0.5, 0.5, [HOLDS, HOLDS]), (0.5, 0.0, [HOLDS, FAILS]), (1.0, 0.5, [FAILS, HOLDS])],
)
def test_norm_and_vulnerability_are_judged_apart(norm, share, stated):
    sweep = over_sizes(norm=norm, share=share, images=6000, spread=0.01, networks=16)
    evidence = check_figure_1(sweep, error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == stated
    if stated == [HOLDS, HOLDS]:
        assert outcomes(evidence.controls) == [FAILS] * 4


@pytest.mark.parametrize("power", [-0.5, 0.5])
def test_falsified_norms_are_refuted(power):
    honest = over_sizes()
    lie = falsified(honest, gradient_norm=lambda one, values: values * one.d**power)
    before, after = (check_figure_1(sweep, error=VERDICT_ERROR).stated for sweep in (honest, lie))
    assert after[0].outcome is FAILS
    assert after[0].estimate == pytest.approx(before[0].estimate + power)
    assert after[1] == before[1]


def test_the_exponent_is_the_slope_of_the_mean_logarithms():
    sweep = over_sizes(networks := (32, 64, 96, 128))
    finding = check_figure_1(sweep, error=VERDICT_ERROR).stated[0]
    logs = [
        np.mean([np.log(one.measures.gradient_norm.mean()) for one in sweep.of(cell)])
        for cell in sweep.cells()
    ]
    slope = np.polyfit(np.log([3 * size**2 for size in networks]), logs, 1)[0]
    assert finding.estimate == pytest.approx(slope)
    assert finding.samples == 32
    shuffled = replace(sweep, networks=list(reversed(sweep.networks)))
    again = check_figure_1(shuffled, error=VERDICT_ERROR).stated[0]
    assert (again.low, again.high) == pytest.approx((finding.low, finding.high))


def test_wild_networks_leave_it_undecided():
    evidence = check_figure_1(over_sizes(spread=1.5), error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [UNDECIDED] * 2


@pytest.mark.parametrize("error", [0, 1, -0.1])
def test_bad_error_levels_are_refused(error):
    with pytest.raises(ValueError, match="error level"):
        check_figure_1(over_sizes(), error=error)


def test_no_changed_prediction_is_no_crash():
    sweep = over_sizes(shares=[0.0, 0.1, 0.3])
    row = check_figure_1(sweep, error=VERDICT_ERROR).tables[0].rows[0]
    assert row[-2] == 0
    cell = sweep.cells()[0]
    assert log_vulnerabilities(sweep, cell).mean(axis=1) == pytest.approx(np.log(0.5 / 1001))


@pytest.mark.parametrize(
    ("shares", "stated"),
    [([0.03, 0.12, 0.16], HOLDS), ([0.02, 0.04, 0.16], FAILS), ([0.01, 0.06, 0.24], FAILS)],
)
def test_damping_is_seen_where_it_is(shares, stated):
    """Damping is vulnerability behind the norm, not a curve that bends down with it."""
    sweep = over_sizes(shares=shares, images=4000, spread=0.02)
    evidence = check_figure_1_damping(sweep, error=0.01)
    assert outcomes(evidence.stated) == [stated]
    assert outcomes(evidence.controls) == [{HOLDS: FAILS, FAILS: HOLDS}[stated]]
    last = np.log(shares[2] / shares[1]) / np.log(4)
    assert evidence.stated[0].estimate == pytest.approx(last - 0.5, abs=0.1)


def test_equal_growth_is_no_damping():
    evidence = check_figure_1_damping(over_sizes(images=4000), error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [UNDECIDED]


def test_sizes_in_reverse_turn_growth_into_its_contrary():
    sweep = over_sizes(shares=[0.03, 0.12, 0.16], images=4000, spread=0.02)
    reverse = dict(zip((3 * 32**2, 3 * 64**2, 3 * 128**2), (128, 64, 32), strict=True))
    lie = replace(
        sweep,
        networks=[
            replace(one, d=3 * size**2, cell=replace(one.cell, size=size))
            for one in sweep.networks
            for size in [reverse[one.d]]
        ],
    )
    assert outcomes(check_growth(sweep, error=0.01).stated) == [HOLDS, HOLDS]
    assert outcomes(check_growth(lie, error=0.01).stated) == [FAILS, FAILS]


@pytest.mark.parametrize(
    ("ratios", "stated", "corrected"),
    [
        ([1.1, 1.0, 0.8], HOLDS, FAILS),
        ([1.0, 1.2, 1.5], FAILS, HOLDS),
    ],
)
def test_the_first_order_fails_in_either_direction(ratios, stated, corrected):
    sweep = over_sizes(ratios=ratios, images=4000)
    evidence = check_figure_1_first_order(sweep, error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [stated, stated]
    assert outcomes(evidence.corrected) == [corrected] * 2
    assert outcomes(evidence.controls) == [FAILS]
    assert evidence.stated[0].estimate == pytest.approx(ratios[-1] - ratios[0], abs=0.03)
    assert [row[4] for row in evidence.tables[0].rows] == pytest.approx(ratios, abs=0.02)


def test_a_first_order_that_holds_everywhere_is_no_reason():
    evidence = check_figure_1_first_order(
        over_sizes(images=20_000, spread=0.01, networks=24), error=VERDICT_ERROR
    )
    assert outcomes(evidence.stated) == [UNDECIDED] * 2
    assert outcomes(evidence.controls) == [HOLDS]


@pytest.mark.parametrize("ratios", [[2.0, 1.5, 1.2], [1.4, 1.1, 0.9]])
def test_a_ratio_that_gets_better_is_no_reason(ratios):
    evidence = check_figure_1_first_order(over_sizes(ratios=ratios), error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [HOLDS, FAILS]
    assert outcomes(evidence.corrected) == [FAILS, HOLDS]


def test_a_ratio_that_rises_towards_1_is_no_correction():
    evidence = check_figure_1_first_order(over_sizes(ratios=[0.5, 0.8, 1.2]), error=VERDICT_ERROR)
    assert outcomes(evidence.corrected) == [HOLDS, FAILS]


def test_ratios_average_to_the_networks_own_and_spread_like_a_bootstrap():
    sweep = known_sweep({Cell(network="any", size=8): Law(d=64, ratio=1.3)}, images=400)
    (cell,) = sweep.cells()
    samples = damage_ratios(sweep, cell)
    rng = np.random.default_rng(0)
    for row, one in zip(samples, sweep.of(cell), strict=True):
        increase, norms = one.measures.increase, sweep.epsilon * one.measures.gradient_norm
        assert row.mean() == pytest.approx(increase.mean() / norms.mean())
        draws = rng.integers(400, size=(2000, 400))
        bootstrap = increase[draws].mean(axis=1) / norms[draws].mean(axis=1)
        assert row.std() / 20 == pytest.approx(bootstrap.std(), rel=0.1)


def test_a_damage_that_is_not_positive_has_a_ratio():
    sweep = falsified(over_sizes(), increase=lambda one, values: -values)
    evidence = check_figure_1_first_order(sweep, error=VERDICT_ERROR)
    assert evidence.tables[0].rows[0][4] == pytest.approx(-1, abs=0.02)


def test_local_exponents():
    small, middle, large = (Cell(network="any", size=size) for size in (1, 2, 3))
    assert local_exponent({10: small, 20: middle, 80: large}, 1) == pytest.approx(
        {middle: -1 / np.log(4), large: 1 / np.log(4)}
    )


@pytest.mark.parametrize(
    ("check", "sweep", "message"),
    [
        (check_figure_1, over_sizes((32,), shares=[0.1]), "at 2 sizes or more, not paper-fig"),
        (check_growth, over_sizes((32,), shares=[0.1]), "at 2 sizes or more, not paper-fig"),
        (check_figure_1_damping, over_sizes((32, 64), shares=[0.1, 0.2]), "at 3 sizes or more"),
        (check_figure_1_first_order, over_sizes((32,), shares=[0.1]), "at 2 sizes or more"),
        (check_figure_1, over_poolings([{}, {}, {}]), "one kind of network"),
        (check_figure_1, Sweep(name="", data="", epsilon=0.1, networks=[]), "not none at all"),
    ],
)
def test_unfit_sweeps_are_refused_in_one_line(check, sweep, message):
    with pytest.raises(ValueError, match=message) as raised:
        check(sweep, error=VERDICT_ERROR)
    assert "\n" not in str(raised.value)


def test_gradients_that_are_all_zero_are_refused_in_one_line():
    sweep = falsified(over_sizes(), gradient_norm=lambda one, values: 0 * values)
    with pytest.raises(ValueError, match="positive means"):
        check_figure_1(sweep, error=VERDICT_ERROR)
    with pytest.raises(ValueError, match="32 px, plain: a network's loss gradients are all 0"):
        check_figure_1_first_order(sweep, error=VERDICT_ERROR)


def test_the_figure_shows_every_network_whatever_their_number():
    laws = {
        Cell(network="paper-figure-1", size=32): Law(d=3072, networks=3),
        Cell(network="paper-figure-1", size=64): Law(d=12288, networks=5),
    }
    figure = figure_1(known_sweep(laws))
    assert len(figure.axes) == 2
    for axes in figure.axes:
        assert len(axes.lines[0].get_xdata()) == 8
    assert "(%)" in figure.axes[0].get_ylabel()
    assert "nats" in figure.axes[1].get_ylabel()
    assert figure.get_suptitle() == "known: 8 networks, images of a known law"
