"""Section 4.3 and Lemma 1 on sweeps of a known law: true statements hold, lies are refuted."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from known_sweeps import Law, known_sweep, over_poolings, over_sizes
from ledger_level import VERDICT_ERROR

from empirical.checks.first_order_damage import check_lemma_1_trained
from empirical.checks.pooling import check_figure_3, check_figure_3_accuracy, check_figure_3_much
from empirical.figures.figure_3 import figure_3
from empirical.measures.figure_cells import POOLINGS
from empirical.measures.trained import Cell
from evidence.findings import Outcome

HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED


def damage(evidence):
    """The findings on the damage of an attack, beside that the networks have learned at all."""
    learned = [f for f in evidence.stated if "have learned" in f.statement]
    assert outcomes(learned) == [HOLDS]
    return [f for f in evidence.stated if f not in learned]


TRUE = [
    {"share": 0.05, "norm": 4.0, "accuracy": 0.800},
    {"share": 0.18, "norm": 9.0, "accuracy": 0.775},
    {"share": 0.20, "norm": 12.0, "accuracy": 0.825},
]


def outcomes(findings):
    return [finding.outcome for finding in findings]


@pytest.fixture(scope="module")
def true_sweep():
    return over_poolings(TRUE)


def permuted(sweep, order):
    """Give the networks of the poolings each other's names."""
    names = list(POOLINGS.values())
    renamed = {names[a]: names[b] for a, b in zip(range(3), order, strict=True)}
    return replace(
        sweep,
        networks=[
            replace(one, cell=replace(one.cell, network=renamed[one.cell.network]))
            for one in sweep.networks
        ],
    )


def test_average_pooling_that_is_more_robust_is_seen(true_sweep):
    evidence = check_figure_3(true_sweep, error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [HOLDS] * 4
    assert outcomes(evidence.controls) == [FAILS] * 4
    assert {row[1] for row in evidence.tables[0].rows} == {8}
    factors = [row[2] for row in evidence.tables[1].rows]
    assert factors == pytest.approx([3.6, 4, 2.25, 3], rel=0.15)
    strided = [one.changed.mean() for one in measures(true_sweep, "strided")]
    average = [one.changed.mean() for one in measures(true_sweep, "average")]
    reference = np.exp(np.mean(np.log(strided)) - np.mean(np.log(average)))
    assert factors[0] == pytest.approx(reference, rel=0.02)  # but for the half more


def measures(sweep, pooling):
    return [one.measures for one in sweep.networks if one.cell.network == POOLINGS[pooling]]


@pytest.mark.parametrize(
    "order", [order for order in itertools.permutations(range(3)) if order[0] != 0]
)
def test_permuted_names_are_refuted(true_sweep, order):
    assert FAILS in outcomes(
        check_figure_3(permuted(true_sweep, order), error=VERDICT_ERROR).stated
    )
    assert FAILS in outcomes(
        check_figure_3_much(permuted(true_sweep, order), error=VERDICT_ERROR).stated
    )


def test_swapping_the_other_two_changes_nothing_but_their_order(true_sweep):
    swapped = check_figure_3(permuted(true_sweep, (0, 2, 1)), error=VERDICT_ERROR)
    assert outcomes(swapped.stated) == [HOLDS] * 4


def test_equal_networks_leave_it_undecided():
    evidence = check_figure_3(over_poolings([{}, {}, {}]), error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [UNDECIDED] * 4
    assert outcomes(evidence.controls) == [UNDECIDED] * 4


def test_vulnerability_and_norm_are_judged_apart():
    laws = [{"share": 0.05}, {"share": 0.2, "norm": 5.0}, {"share": 0.2, "norm": 5.0}]
    evidence = check_figure_3(over_poolings(laws), error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == [HOLDS, HOLDS, FAILS, FAILS]


@pytest.mark.parametrize(
    ("shares", "stated", "corrected"),
    [
        ((0.05, 0.2, 0.25), [HOLDS, HOLDS], [HOLDS, HOLDS]),
        ((0.1, 0.145, 0.3), [FAILS, HOLDS], [HOLDS, HOLDS]),
        ((0.2, 0.1, 0.1), [FAILS, FAILS], [FAILS, FAILS]),
    ],
)
def test_much_is_a_factor_of_two(shares, stated, corrected):
    sweep = over_poolings([{"share": share} for share in shares], images=6000, spread=0.02)
    evidence = check_figure_3_much(sweep, error=VERDICT_ERROR)
    assert outcomes(evidence.stated) == stated
    assert outcomes(evidence.corrected) == corrected
    if corrected == [HOLDS, HOLDS]:
        assert outcomes(evidence.controls) == [FAILS, FAILS]


def accuracy_evidence(accuracies, *, images=20_000, error=VERDICT_ERROR):
    laws = [{"accuracy": accuracy} for accuracy in accuracies]
    return check_figure_3_accuracy(over_poolings(laws, images=images), error=error)


def test_close_accuracies_in_the_papers_order():
    evidence = accuracy_evidence((0.80, 0.785, 0.815))
    assert outcomes(evidence.stated) == [HOLDS] * 5
    assert outcomes(evidence.controls) == [FAILS] * 6
    assert [finding.estimate for finding in evidence.stated[:3]] == pytest.approx(
        [1.5, 1.5, 3.0], abs=0.5
    )


def test_close_accuracies_in_another_order():
    evidence = accuracy_evidence((0.80, 0.815, 0.785))
    assert outcomes(evidence.stated) == [HOLDS] * 3 + [FAILS] * 2
    assert outcomes(evidence.corrected) == [HOLDS] * 3
    assert outcomes(evidence.controls) == [FAILS] * 6


def test_accuracies_far_apart():
    evidence = accuracy_evidence((0.80, 0.70, 0.84))
    assert outcomes(evidence.stated[:3]) == [FAILS, HOLDS, FAILS]
    assert FAILS in outcomes(evidence.corrected)
    assert outcomes(evidence.controls)[0] is HOLDS  # 10 points


def test_few_images_leave_slight_differences_undecided():
    assert UNDECIDED in outcomes(accuracy_evidence((0.80, 0.795, 0.805), images=300).stated)


@pytest.mark.parametrize("check", [check_figure_3, check_figure_3_much, check_figure_3_accuracy])
def test_another_sweep_is_refused_in_one_line(check, true_sweep):
    two = true_sweep.only(true_sweep.cells()[:2])
    other = replace(true_sweep.cells()[0], epsilon=0.1, method="l1-penalty")
    more = replace(
        true_sweep,
        networks=[*true_sweep.networks, replace(true_sweep.networks[0], cell=other)],
    )
    for sweep in (two, more, over_sizes()):
        with pytest.raises(ValueError, match="wanted are the networks paper-figure-3-") as raised:
            check(sweep, error=VERDICT_ERROR)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("ratio", "stated"),
    [(1.0, HOLDS), (1.06, HOLDS), (0.94, HOLDS), (0.85, FAILS), (1.15, FAILS), (2.5, FAILS)],
)
def test_first_order_damage_is_held_against_the_real_one(ratio, stated):
    honest = Cell(network="any", size=8)
    other = Cell(network="other", size=8, method="l1-penalty", epsilon=0.1)
    sweep = known_sweep({honest: Law(d=64), other: Law(d=64, ratio=ratio)}, images=4000)
    evidence = check_lemma_1_trained(sweep, error=VERDICT_ERROR)
    assert outcomes(damage(evidence)) == [HOLDS, stated]
    assert outcomes(evidence.controls[:2]) == [FAILS] * 2
    assert "l1-penalty at ε = 0.1" in evidence.stated[1].statement
    assert evidence.tables[0].rows[1][4] == pytest.approx(ratio, abs=0.03)


def test_few_networks_trained_in_many_ways_are_judged_by_their_mean():
    ways = [
        Cell(network="any", size=8, method=method, epsilon=epsilon)
        for method in ("l1-penalty", "l2-penalty", "linf-augmentation", "l2-augmentation")
        for epsilon in (0.01, 0.02, 0.05, 0.1, 0.2)
    ]
    ratios = np.linspace(0.95, 1.05, len(ways))
    sweep = known_sweep(
        {cell: Law(d=64, ratio=x, networks=2) for cell, x in zip(ways, ratios, strict=True)}
    )
    (finding,) = damage(check_lemma_1_trained(sweep, error=VERDICT_ERROR))
    assert finding.outcome is HOLDS
    assert finding.estimate == pytest.approx(1.0, abs=0.03)
    assert finding.samples == 40
    assert finding.statement.endswith("any, 8 px, mean over 20 ways of training")
    alone = check_lemma_1_trained(sweep.only(ways[:1]), error=VERDICT_ERROR).stated[0]
    assert alone.outcome is UNDECIDED


@pytest.mark.parametrize("factor", [1.0, 8.0])
def test_another_norm_in_place_of_the_l1_norm_is_refuted(factor):
    """The l2-norm, and √d times it, which is only a quarter larger."""
    sweep = known_sweep({Cell(network="any", size=8): Law(d=64)}, images=4000)
    lie = replace(
        sweep,
        networks=[
            replace(
                one,
                measures=replace(
                    one.measures, gradient_norm=factor * one.measures.gradient_norm_l2
                ),
            )
            for one in sweep.networks
        ],
    )
    before, after = (check_lemma_1_trained(one, error=VERDICT_ERROR) for one in (sweep, lie))
    assert outcomes(damage(before)) == [HOLDS]
    assert set(outcomes(before.controls)) == {FAILS}
    assert outcomes(damage(after)) == [FAILS]


def test_widths_that_differ_are_judged_apart():
    cells = [Cell(network="any", size=8, widths=(width,) * 5) for width in (16, 64)]
    sweep = known_sweep({cells[0]: Law(d=64), cells[1]: Law(d=64, ratio=0.5)})
    assert outcomes(damage(check_lemma_1_trained(sweep, error=VERDICT_ERROR))) == [HOLDS, FAILS]


def test_one_network_a_cell_is_judged_over_images():
    sweep = known_sweep({Cell(network="any", size=8): Law(d=64, networks=1)})
    finding = check_lemma_1_trained(sweep, error=VERDICT_ERROR).stated[0]
    assert finding.outcome is HOLDS
    assert "one network" in finding.note


def test_networks_that_guess_are_noticed():
    sweep = known_sweep({Cell(network="any", size=8): Law(d=64, accuracy=0.1)})
    assert outcomes(check_lemma_1_trained(sweep, error=VERDICT_ERROR).stated) == [HOLDS, FAILS]


def test_no_networks_are_refused(true_sweep):
    with pytest.raises(ValueError, match="not none at all"):
        check_lemma_1_trained(true_sweep.only([]), error=VERDICT_ERROR)


def test_the_figure_shows_every_network_beside_its_mean(true_sweep):
    figure = figure_3(true_sweep)
    left, right = figure.axes
    for axes, measure in ((left, "correct"), (right, "changed")):
        assert [label.get_text() for label in axes.get_xticklabels()] == list(POOLINGS)
        drawn = [line.get_ydata() for line in axes.lines if len(line.get_ydata()) == 8]
        for values, pooling in zip(drawn, POOLINGS, strict=True):
            shares = [100 * getattr(one, measure).mean() for one in measures(true_sweep, pooling)]
            assert values == pytest.approx(sorted(shares))
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == [
        "one network, on held-out images",
        "mean, 95 % interval over networks and images",
    ]
    assert "accuracy" in left.get_ylabel()
    assert "vulnerability" in right.get_ylabel()


def test_shares_without_a_spread_are_drawn_as_wide_as_shares_are(tmp_path):
    figure = figure_3(over_poolings([{"share": 0.0}, {"networks": 1}, {"networks": 2}]))
    figure.savefig(tmp_path / "figure.png")
    bar = figure.axes[1].collections[0].get_segments()[0]
    assert bar[:, 1].tolist() == [0, 100]
