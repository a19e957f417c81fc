"""Claims on Figure 2's upper row and Appendix D: true on a known law, refuted where it is bent."""

import math
from dataclasses import replace

import pytest
import torch
from synthetic_sweeps import METHODS, D, Law, Point, outcomes, paper, sweep

from empirical.checks.accuracy_and_strength import (
    by_strength,
    check_accuracy_and_strength,
    greatest_gain,
)
from empirical.checks.appendix_d import check_appendix_d, check_through_l2
from empirical.checks.dual_pairs import check_dual_pairs
from empirical.checks.other_norms import check_other_norms
from empirical.checks.rescaling import check_rescaling
from empirical.checks.steady_decrease import check_steady_decrease
from empirical.measures.contrasts import contrast
from empirical.measures.curves import curves, plain
from empirical.measures.quantities import accuracies
from evidence.findings import Outcome

ERROR = 1e-3


@pytest.fixture(scope="module")
def honest():
    return sweep(Law(images=800))


def bent(methods, *, from_strength=0.0, **factors):
    """Return the paper's law with some expectations of some methods multiplied or moved."""

    def point(method, epsilon):
        one = paper(method, epsilon)
        if method not in methods or epsilon < from_strength:
            return one
        moved = factors.get("accuracy", 0.0)
        return Point(
            norm=one.norm * factors.get("norm", 1.0),
            norm_l2=one.norm_l2 * factors.get("norm_l2", 1.0),
            vulnerability=one.vulnerability * factors.get("vulnerability", 1.0),
            accuracy=one.accuracy + moved,
        )

    return point


@pytest.mark.parametrize(
    "check",
    [check_dual_pairs, check_rescaling, check_steady_decrease, check_through_l2, check_other_norms],
)
def test_the_papers_law_is_confirmed_and_its_neighbours_are_refuted(check, honest):
    evidence = check(honest, error=ERROR)
    assert outcomes(evidence.stated) == {Outcome.HOLDS}
    assert outcomes(evidence.controls) == {Outcome.FAILS}
    if evidence.literal:
        assert outcomes(evidence.literal) == {Outcome.HOLDS}
    if evidence.corrected:
        assert outcomes(evidence.corrected) == {Outcome.HOLDS}
    assert evidence.data == honest.data
    for table in evidence.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize(
    ("check", "pair", "second"),
    [
        (check_dual_pairs, "linf-augmentation and l1-penalty", "l1-penalty"),
        (check_dual_pairs, "l2-augmentation and l2-penalty", "l2-augmentation"),
        (check_rescaling, "l1-penalty and l2-penalty", "l1-penalty"),
        (check_rescaling, "linf-augmentation and l2-augmentation", "linf-augmentation"),
        (check_through_l2, "l2-augmentation and l2-through-attack", "l2-through-attack"),
    ],
)
@pytest.mark.parametrize(
    ("factors", "measure"),
    [
        ({"norm": 1.5}, "log-ratio of E"),
        ({"vulnerability": 2.0}, "mean vulnerabilities"),
        ({"accuracy": -0.08}, "difference of accuracies"),
    ],
)
def test_curves_that_part_in_one_measure_are_refuted_in_that_one(
    check, pair, second, factors, measure
):
    evidence = check(sweep(Law(point=bent({second}, **factors))), error=ERROR)
    superposed = [f for f in evidence.stated if "γ" not in f.statement]
    mine = [f for f in superposed if f.statement.startswith(pair)]
    assert outcomes([f for f in mine if measure in f.statement]) == {Outcome.FAILS}
    assert outcomes([f for f in mine if measure not in f.statement]) == {Outcome.HOLDS}
    rest = [f for f in superposed if f not in mine]
    assert all(f.outcome is Outcome.HOLDS for f in rest)


def test_duals_that_part_at_strong_epsilon_alone_keep_the_first_order_statement():
    """On plain networks ε E‖∂_x L‖_1 is 0.64 at the strongest ε, 0.32 at the next."""
    strong = bent({"linf-augmentation"}, from_strength=0.02, norm=2.5)
    evidence = check_dual_pairs(sweep(Law(point=strong)), error=ERROR)
    assert outcomes(evidence.stated) == {Outcome.HOLDS}
    assert outcomes(evidence.literal, "stronger half") == {Outcome.HOLDS, Outcome.FAILS}
    assert all(
        "small ε (0.001, 0.002, 0.004, 0.008, 0.016)" in f.statement for f in evidence.stated
    )


def test_without_small_strengths_nothing_is_said_of_the_first_order():
    large = sweep(Law(strengths=(0.03, 0.06, 0.12), networks=2, images=50))
    for check in (check_dual_pairs, check_rescaling):
        with pytest.raises(ValueError, match="has no strength ε with ε E"):
            check(large, error=ERROR)
    one_small = sweep(Law(strengths=(0.01, 0.06, 0.12), networks=2, images=50))
    with pytest.raises(ValueError, match="needs two small strengths"):
        check_rescaling(one_small, error=ERROR)


def test_false_partners_are_three_times_as_strong():
    evidence = check_dual_pairs(sweep(Law(networks=2, images=50)), error=ERROR)
    assert all("the second at least 3 times as strong" in f.statement for f in evidence.controls)
    few = sweep(Law(strengths=(0.01, 0.012, 0.014), networks=2, images=50))
    with pytest.raises(ValueError, match="no strength is 3 times as large"):
        check_dual_pairs(few, error=ERROR)


def test_the_measured_log_ratio_is_the_laws():
    evidence = check_dual_pairs(
        sweep(Law(point=bent({"l1-penalty"}, norm=1.5, vulnerability=0.8))), error=ERROR
    )
    norm, share, _ = evidence.stated[:3]
    assert norm.estimate == pytest.approx(-math.log(1.5), abs=0.03)
    assert share.estimate == pytest.approx(-math.log(0.8), abs=0.06)
    assert norm.low < -math.log(1.5) < norm.high


@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.5, 0.7])
def test_the_exponent_of_the_rescaling_is_found(gamma):
    """Thresholds ε_∞ d^γ for p = 2 superpose: at ε_∞ √d they stand d^(1/2 - γ) too far."""

    def point(method, epsilon):
        epsilon = max(epsilon, 1e-4)  # of plain training
        effective = epsilon * D ** (0.5 - gamma) if method.startswith("l2") else epsilon
        # Plain networks have norms like the paper's, that most strengths are small.
        norm = 20 if method == "plain" else 20 * (effective / 0.01) ** -0.3
        return replace(paper(method, epsilon), norm=norm)

    evidence = check_rescaling(sweep(Law(point=point)), error=ERROR)
    found = [f for f in evidence.stated if "γ" in f.statement]
    assert len(found) == 2
    for finding in found:
        assert finding.estimate == pytest.approx(gamma, abs=0.02)
    right = Outcome.HOLDS if gamma == 0.5 else Outcome.FAILS
    assert outcomes(found) == outcomes(evidence.corrected) == {right}
    for wrong, words in ((0, "no rescaling"), (0.3, "γ = 0.3"), (0.7, "γ = 0.7")):
        expected = Outcome.HOLDS if gamma == wrong else Outcome.FAILS
        assert outcomes(evidence.controls, words) == {expected}


def test_norms_that_do_not_depend_on_epsilon_leave_the_exponent_open():
    flat = Law(point=lambda method, epsilon: replace(paper(method, epsilon), norm=5.0))
    evidence = check_rescaling(sweep(flat), error=ERROR)
    found = [f for f in evidence.stated if "γ" in f.statement]
    assert outcomes(found) == outcomes(evidence.controls) == {Outcome.UNDECIDED}
    assert all(f.note == "the norms may not depend on ε" for f in found)


def test_unrescaled_curves_are_tabulated_where_the_strengths_reach():
    wide = Law(strengths=[0.0005 * 2**k for k in range(9)], spread=0.0)
    table = check_rescaling(sweep(wide), error=ERROR).tables[1]
    reached = [e for e in wide.strengths if e / math.sqrt(D) >= wide.strengths[0]]
    assert [row[1] for row in table.rows] == 2 * reached
    for _, epsilon, first, second, ratio in table.rows:
        assert first == pytest.approx(paper("l1-penalty", epsilon).norm, rel=0.01)
        assert second == pytest.approx(paper("l2", epsilon / math.sqrt(D)).norm, rel=0.02)
        assert ratio == pytest.approx(first / second)
    assert not check_rescaling(sweep(Law()), error=ERROR).tables[1].rows


@pytest.mark.parametrize("measure", ["norm", "vulnerability"])
def test_growth_with_epsilon_is_refuted(measure):
    def point(method, epsilon):
        one = paper(method, epsilon)
        if method != "l2-penalty":
            return one
        return replace(one, **{measure: getattr(one, measure) * (epsilon / 0.001) ** 1.2})

    evidence = check_steady_decrease(sweep(Law(point=point)), error=ERROR)
    name = {"norm": "log E‖∂_x L‖_1", "vulnerability": "the vulnerability"}[measure]
    grown = f"l2-penalty: slope of {name}"
    assert outcomes(evidence.stated, grown) == {Outcome.FAILS}
    assert outcomes(evidence.stated, "l1-penalty: slope") == {Outcome.HOLDS}
    assert outcomes(evidence.controls, grown) == {Outcome.HOLDS}


def test_a_rise_at_weak_strengths_is_no_steady_decrease():
    def point(method, epsilon):
        norm = 10 * (epsilon / 0.001) ** 0.3 if epsilon <= 0.004 else 3 * 0.004 / epsilon
        return replace(paper(method, epsilon), norm=norm)

    evidence = check_steady_decrease(sweep(Law(point=point)), error=ERROR)
    assert outcomes(evidence.stated, "weaker half of the strengths: slope of log E") == {
        Outcome.FAILS
    }
    assert outcomes(evidence.corrected, "slope of log E") == {Outcome.HOLDS}
    assert evidence.tables[0].rows[0][1] == "3 of 5"


PRECISE = {"networks": 10, "images": 2000}


def test_accuracy_that_rises_and_tumbles_is_confirmed():
    evidence = check_accuracy_and_strength(sweep(Law(**PRECISE)), error=ERROR)
    assert outcomes(evidence.stated) == outcomes(evidence.corrected) == {Outcome.HOLDS}
    assert outcomes(evidence.controls) == {Outcome.FAILS}
    assert len(evidence.stated) == 2 * (len(METHODS) - 1 + 1)  # one variant, and the mean


@pytest.mark.parametrize("drop", [0.005, 0.05])
def test_accuracy_that_only_falls_is_refuted(drop):
    def point(method, epsilon):
        lost = 0 if method == "plain" else drop + epsilon / (50 if method.startswith("c") else 1)
        return replace(paper(method, epsilon), accuracy=0.8 - 2 * lost)

    evidence = check_accuracy_and_strength(sweep(Law(point=point, **PRECISE)), error=0.2)
    rises = "minus plain training's"
    assert Outcome.HOLDS not in outcomes(evidence.stated, rises)
    if drop == 0.05:
        assert outcomes(evidence.stated, rises) == {Outcome.FAILS}
        assert outcomes(evidence.corrected, rises) == {Outcome.FAILS}


def test_a_finite_range_does_not_refute_that_accuracy_tumbles_beyond_it():
    def point(method, epsilon):
        return replace(paper(method, epsilon), accuracy=0.7 + 0.04 * math.log1p(epsilon / 0.001))

    evidence = check_accuracy_and_strength(sweep(Law(point=point, **PRECISE)), error=ERROR)
    assert outcomes(evidence.stated, "minus at the strongest") == {Outcome.UNDECIDED}
    assert outcomes(evidence.controls) == {Outcome.UNDECIDED}


def test_choosing_the_best_strength_makes_nothing_look_better_than_it_is():
    """Negative control: the interval of the best strength alone misses far too often."""
    error, runs, misses, naive = 0.2, 80, 0, 0
    flat = Law(
        point=lambda method, epsilon: replace(paper(method, epsilon), accuracy=0.7),
        methods=("l1-penalty",),
        strengths=[0.001 * k for k in range(1, 11)],
        networks=4,
        images=60,
    )
    for seed in range(runs):
        one = sweep(flat, seed=seed)
        start, cells = plain(one), curves(one, ["l1-penalty"])["l1-penalty"]
        line = [{cell: 1.0} for cell in cells]
        misses += greatest_gain(one, line, {start: 1.0}, error).low > 0
        gains = [contrast(one, {c: 1.0, start: -1.0}, accuracies, error) for c in cells]
        naive += max(gains, key=lambda gain: gain.estimate).low > 0
    assert misses <= runs * error / 2
    assert naive > 2 * misses


def test_the_mean_curve_is_over_shared_strengths():
    one = sweep(Law(networks=2, images=50))
    of = curves(one, METHODS[:4])
    del of["l2-penalty"][3]
    mean = by_strength(of)["mean of the four methods of Eq. 5"]
    assert [next(iter(at)).epsilon for at in mean] == [0.001, 0.002, 0.004, 0.016, 0.032]
    assert all(len(at) == 4 and sum(at.values()) == 1 for at in mean)


@pytest.mark.parametrize("seed", [0, 1])
def test_gradients_through_fgsm_are_those_of_a_fixed_attack(seed):
    evidence = check_appendix_d(seed=seed)
    assert outcomes(evidence.stated) == {Outcome.HOLDS}
    assert outcomes(evidence.controls) == {Outcome.FAILS}


def test_a_sign_with_a_derivative_would_be_noticed(monkeypatch):
    monkeypatch.setattr(torch.Tensor, "sign", lambda one: torch.tanh(one))
    assert outcomes(check_appendix_d(seed=0).stated) == {Outcome.FAILS}


@pytest.mark.parametrize("method", ["l1-penalty", "l2-augmentation"])
def test_training_that_does_not_protect_against_the_other_norm_is_refuted(method):
    other = "vulnerability" if method.startswith("l2") else "vulnerability_l2"
    law = Law(point=lambda m, e: replace(paper(m, e), **({other: 0.45} if m == method else {})))
    evidence = check_other_norms(sweep(law), error=ERROR)
    assert outcomes(evidence.stated, f"{method}: ") == {Outcome.FAILS}
    assert outcomes(evidence.controls, f"{method}: ") == {Outcome.HOLDS}
    assert outcomes([f for f in evidence.stated if not f.statement.startswith(method)]) == {
        Outcome.HOLDS
    }


def test_records_without_l2_vulnerability_are_refused(honest):
    older = replace(
        honest,
        networks=[
            replace(one, measures=replace(one.measures, changed_l2=None)) for one in honest.networks
        ],
    )
    with pytest.raises(ValueError, match="was measured before the vulnerability to l_2-attacks"):
        check_other_norms(older, error=ERROR)
