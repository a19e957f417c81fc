"""The trade-off of Figure 2f: true on a known law, refuted where it is bent, undecided between."""

import math
from dataclasses import replace

import pytest
from synthetic_sweeps import METHODS, Law, changed, outcomes, paper, sweep

from empirical.checks.trade_off import (
    MISFIT,
    check_best_methods,
    check_best_ratios,
    check_cross_lipschitz,
    check_plateau,
)
from evidence.findings import Outcome

ERROR = 1e-3
PRECISE = {"networks": 10, "images": 1000}


def plateau(accuracy):
    """Return a law in which vulnerability falls to a tenth, and accuracy as is said."""

    def point(method, epsilon):
        one = paper(method, epsilon)
        return replace(
            one, vulnerability=0.4 / (1 + epsilon / 0.002), accuracy=accuracy(method, epsilon)
        )

    return sweep(
        Law(point=point, methods=METHODS[:4], networks=12, images=3000, spread=0.005), seed=1
    )


@pytest.mark.parametrize(
    ("accuracy", "stated", "corrected"),
    [
        (lambda m, e: 0.75 - 0.1 * (e / 0.032) ** 2, Outcome.HOLDS, Outcome.HOLDS),
        (lambda m, e: 0.75 if m == "plain" else 0.73, Outcome.UNDECIDED, Outcome.HOLDS),
        (lambda m, e: 0.75 if m == "plain" else 0.65, Outcome.FAILS, Outcome.FAILS),
    ],
)
def test_plateaus(accuracy, stated, corrected):
    evidence = check_plateau(plateau(accuracy), error=0.05)
    assert outcomes(evidence.stated) == {stated}
    assert outcomes(evidence.corrected) == {corrected}
    mirrored = Outcome.FAILS if corrected is Outcome.HOLDS else Outcome.HOLDS
    assert outcomes(evidence.controls) == {mirrored}


def test_vulnerability_that_stays_is_not_driven_down():
    law = Law(point=changed(METHODS, vulnerability=lambda v: 0.28), **PRECISE)
    evidence = check_plateau(sweep(law), error=ERROR)
    assert outcomes(evidence.stated) == outcomes(evidence.corrected) == {Outcome.FAILS}


def test_a_plateau_that_ends_between_two_strengths_is_not_refuted():
    """At twice the weakest strength half is left at no loss; the strengths step over it."""

    def point(method, epsilon):
        lost = 0.3 if epsilon > 0.0025 else 0.0
        share = 0.4 / (1 + (epsilon / 0.002) ** 2)
        return replace(paper(method, epsilon), vulnerability=share, accuracy=0.75 - lost)

    law = Law(
        point=point, methods=METHODS[:4], strengths=(0.001, 0.004, 0.016), spread=0.005, **PRECISE
    )
    evidence = check_plateau(sweep(law), error=0.05)
    assert outcomes(evidence.stated) == outcomes(evidence.corrected) == {Outcome.UNDECIDED}
    assert outcomes(evidence.controls) == {Outcome.UNDECIDED}


def test_a_lead_within_the_cubics_misfit_decides_nothing():
    """All methods have one curve; FGSM's strengths lie on it between those of the others."""

    def point(method, epsilon):
        own = {"cross-lipschitz": 0.02, "linf-augmentation": 0.5}.get(method, 1.0) * epsilon
        return replace(
            paper(method, epsilon),
            vulnerability=0.4 / (1 + own / 0.02),
            accuracy=0.7 - 0.25 * (own / 0.3) ** 2,
        )

    law = Law(point=point, strengths=(0.005, 0.02, 0.08, 0.3), networks=8, images=2000, spread=0)
    evidence = check_best_ratios(sweep(law), error=0.3)
    methods = check_best_methods(sweep(law), error=0.3)
    stronger = [f for f in (*evidence.stated, *methods.stated) if "stronger half" in f.statement]
    assert outcomes(stronger) == {Outcome.UNDECIDED}
    # Without room for the misfit, FGSM would lead itself.
    assert any(f.low + MISFIT > 0 for f in stronger)


def ratios(ahead):
    """Return a law in which some methods are more accurate at strong epsilon."""

    def point(method, epsilon):
        one = paper(method, epsilon)
        effective = epsilon / 50 if method == "cross-lipschitz" else epsilon
        bonus = 0.5 if method in ahead else 1.0
        return replace(
            one,
            vulnerability=0.4 / (1 + effective / 0.002),
            accuracy=0.75 - bonus * 0.1 * math.log1p(effective / 0.004),
        )

    return sweep(Law(point=point, **PRECISE))


def test_the_best_ratios_of_fgsm_are_found_and_those_of_others_refute_them():
    large = "stronger half"
    best = check_best_ratios(ratios({"linf-augmentation"}), error=ERROR)
    assert outcomes(best.stated, large) == {Outcome.HOLDS}
    assert outcomes(best.controls, large) == {Outcome.FAILS}
    both = ratios({"linf-augmentation", "l2-augmentation"})
    text, caption = (check(both, error=ERROR) for check in (check_best_ratios, check_best_methods))
    assert outcomes(text.stated, "that of l2-augmentation") != {Outcome.HOLDS}
    assert outcomes(caption.stated, large) == {Outcome.HOLDS}
    assert outcomes(caption.controls, large) == {Outcome.FAILS}
    penalties = ratios({"l1-penalty", "l2-penalty"})
    for check in (check_best_ratios, check_best_methods):
        evidence = check(penalties, error=ERROR)
        assert Outcome.FAILS in outcomes(evidence.stated, large)
        assert outcomes(evidence.controls, large) == {Outcome.HOLDS}


@pytest.mark.parametrize("check", [check_best_ratios, check_best_methods])
@pytest.mark.parametrize("lost", [0.0, 0.06])
def test_accuracies_six_points_apart_at_small_epsilon_are_the_false_neighbour(check, lost):
    def point(method, epsilon):
        less = lost if method in ("linf-augmentation", "l2-augmentation") else 0.0
        return replace(paper(method, epsilon), accuracy=0.75 - less)

    evidence = check(sweep(Law(point=point, networks=10, images=4000)), error=ERROR)
    small, pair = "weaker half", "augmentation minus that of l1-penalty"
    stated, neighbours = (
        [f for f in group if small in f.statement and pair in f.statement]
        for group in (evidence.stated, evidence.controls)
    )
    assert outcomes(stated) == {Outcome.FAILS if lost else Outcome.HOLDS}
    assert outcomes(neighbours, "is 0.06") == {Outcome.FAILS}
    assert outcomes(neighbours, "is -0.06") == {Outcome.HOLDS if lost else Outcome.FAILS}


def test_one_augmentation_alone_refutes_the_caption():
    evidence = check_best_methods(ratios({"linf-augmentation", "l1-penalty"}), error=ERROR)
    assert Outcome.HOLDS not in outcomes(evidence.stated, "l2-augmentation minus that of l1")


def test_cross_lipschitz_with_better_ratios_is_found():
    behind = check_cross_lipschitz(ratios({"l1-penalty", "l2-penalty"}), error=ERROR)
    assert outcomes(behind.stated) == {Outcome.HOLDS}
    assert outcomes(behind.controls) == {Outcome.FAILS}
    ahead = check_cross_lipschitz(ratios({"cross-lipschitz"}), error=ERROR)
    assert outcomes(ahead.stated) == {Outcome.FAILS}
    assert outcomes(check_cross_lipschitz(ratios(set()), error=ERROR).stated) == {Outcome.UNDECIDED}


def test_one_method_without_a_plateau_is_told_to_the_letter():
    evidence = check_plateau(plateau(lambda m, e: 0.735 if m == "l1-penalty" else 0.75), error=0.05)
    assert outcomes(evidence.stated) == {Outcome.HOLDS}
    assert outcomes(evidence.literal, "l1-penalty") != {Outcome.HOLDS}
    assert outcomes(evidence.literal, "l2-penalty") == {Outcome.HOLDS}


def test_curves_without_common_vulnerabilities_are_undecided():
    def point(method, epsilon):
        share = 0.4 if method in ("plain", "l2-penalty") else 0.05
        return replace(paper(method, epsilon), vulnerability=share / (1 + 3 * epsilon))

    evidence = check_best_ratios(sweep(Law(point=point)), error=ERROR)
    (finding,) = [
        f
        for f in evidence.stated
        if "that of l2-penalty" in f.statement and "strong" in f.statement
    ]
    assert "no common vulnerability" in finding.statement
    assert finding.outcome is Outcome.UNDECIDED
