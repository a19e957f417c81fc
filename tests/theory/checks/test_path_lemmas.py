"""The checks of Lemmas 7 and 8: they hold, and a falsified in-degree is refuted."""

import numpy as np
import pytest

from evidence.findings import Outcome
from theory.checks.appendices import path_lemmas
from theory.checks.appendices.path_lemmas import (
    check_converse_of_lemma_8,
    check_lemma_7,
    check_lemma_7_at_every_node,
    check_lemma_8,
)
from theory.dag import Dag

CHECKS = [check_lemma_7, check_lemma_7_at_every_node, check_lemma_8]


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
        edges = dag.edge_lists
        _ = edges.first_edges  # these stay true
        edges.__dict__["in_degrees"] = one_too_many(dag).tolist()
        return original(dag, o)

    monkeypatch.setattr(Dag, "path_sums", falsified)
    assert check(seed=0).stated[0].outcome is Outcome.FAILS


@pytest.mark.parametrize("check", CHECKS)
def test_the_counterexample_is_a_smallest_one(check):
    worst = check(seed=0).controls[0]
    assert "edges" in worst.summary  # at most 12 edges: small enough to print


def test_the_smallest_dag_that_breaks_the_converse_of_lemma_8():
    evidence = check_converse_of_lemma_8(seed=0)
    assert {finding.outcome for finding in evidence.stated} == {Outcome.HOLDS}
    assert {control.outcome for control in evidence.controls} == {Outcome.FAILS}
    assert "edges 1→2, 2→3, 0→3" in evidence.controls[0].summary


def test_all_small_dags_are_listed():
    """With two inputs and up to two edges: one neuron over 1 or 2 of 2 tails, or two neurons."""
    found = [sorted(dag.edges()) for dag in path_lemmas._all_dags(2, most_edges=2)]
    one = [[(0, 2)], [(1, 2)], [(0, 2), (0, 2)], [(0, 2), (1, 2)], [(1, 2), (1, 2)]]
    two = [sorted([(x, 2), (tail, 3)]) for x in (0, 1) for tail in (0, 1, 2)]
    assert sorted(found) == sorted(one + two)


def test_a_converse_that_compares_sums_for_multisets_would_be_spared(monkeypatch):
    def by_sums(dag, o):
        return len(set(dag.path_sums(o).values())) == 1

    monkeypatch.setattr(path_lemmas, "same_path_degrees", by_sums)
    evidence = check_converse_of_lemma_8(seed=0)
    assert evidence.stated[1].outcome is Outcome.FAILS
    assert {control.outcome for control in evidence.controls} == {Outcome.HOLDS}


def test_progress_is_reported_in_order():
    fractions = []
    check_lemma_7(seed=0, progress=lambda fraction, activity: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
