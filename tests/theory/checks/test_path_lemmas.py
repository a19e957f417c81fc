"""The checks of Lemmas 7 and 8: they hold, and a falsified in-degree is refuted."""

import numpy as np
import pytest

from evidence.findings import Outcome
from theory.checks.appendices.path_lemmas import check_lemma_7, check_lemma_8
from theory.dag import Dag

CHECKS = [check_lemma_7, check_lemma_8]


@pytest.mark.parametrize("check", CHECKS)
def test_the_lemma_holds_and_its_false_neighbours_fail(check):
    evidence = check(seed=0)
    assert [finding.outcome for finding in evidence.stated] == [Outcome.HOLDS]
    assert {control.outcome for control in evidence.controls} == {Outcome.FAILS}


@pytest.mark.parametrize("check", CHECKS)
def test_a_falsified_in_degree_is_refuted(check, monkeypatch):
    def one_too_many(dag):
        return np.bincount(dag.heads, minlength=len(dag.nodes)) + 1

    # The constructor reads in-degrees to refuse bias nodes: falsify them after it.
    original = Dag.path_sums

    def falsified(dag, o):
        dag.__dict__["in_degrees"] = one_too_many(dag)
        return original(dag, o)

    monkeypatch.setattr(Dag, "path_sums", falsified)
    assert check(seed=0).stated[0].outcome is Outcome.FAILS


@pytest.mark.parametrize("check", CHECKS)
def test_the_counterexample_is_a_smallest_one(check):
    worst = check(seed=0).controls[0]
    assert "edges" in worst.summary  # at most 12 edges: small enough to print


def test_progress_is_reported_in_order():
    fractions = []
    check_lemma_7(seed=0, progress=lambda fraction, activity: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
