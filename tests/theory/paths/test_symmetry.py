"""Assumption (S) by random points against the multisets themselves."""

from collections import Counter
from fractions import Fraction
from math import prod

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

import theory.paths.symmetry
from theory.checks.subjects.example_networks import random_dag
from theory.dag import Dag
from theory.strategies import dags


def multisets(dag, o):
    """The path-degrees of each input, by plain enumeration."""
    return [
        Counter(tuple(sorted(map(dag.in_degree, path[1:]))) for path in dag.paths(x, o))
        for x in dag.inputs
    ]


@given(dags())
def test_symmetry_is_equality_of_the_multisets(dag):
    for o in dag.outputs:
        expected = multisets(dag, o)
        found = dag.is_symmetric(o)
        assert bool(found) == all(multiset == expected[0] for multiset in expected)
        if found:
            assert found.error <= 2**-40
            assert found.witnesses is None
        else:
            assert found.error == 0
            first, second = map(dag.inputs.index, found.witnesses)
            assert expected[first] != expected[second]


def assert_algebra_equals_enumeration(dag):
    for o in dag.outputs:
        expected = multisets(dag, o)
        assert [dag.path_degrees(x, o) for x in dag.inputs] == expected
        assert bool(dag.is_symmetric(o)) == all(m == expected[0] for m in expected)
        sums = [
            sum((paths * Fraction(1, prod(degree)) for degree, paths in m.items()), Fraction(0))
            for m in expected
        ]
        assert list(dag.path_sums(o).values()) == sums
        np.testing.assert_allclose(dag.path_sums(o, exact=False), np.array(sums, dtype=float))


def test_a_thousand_random_dags_equal_enumeration():
    rng = np.random.default_rng(0)
    for _ in range(1_000):
        assert_algebra_equals_enumeration(random_dag(rng))


@pytest.mark.slow
def test_ten_thousand_random_dags_equal_enumeration():
    rng = np.random.default_rng(1)
    for _ in range(10_000):
        assert_algebra_equals_enumeration(random_dag(rng))


def doubling(depth, *, flaw=False):
    """Two inputs with 2^depth paths each, through pairs of parallel edges; maybe one more for b."""
    graph = nx.MultiDiGraph()
    for x in "ab":
        for level in range(depth):
            graph.add_edges_from([((x, level), (x, level + 1))] * 2)
        graph.add_edge((x, depth), "o")
    if flaw:
        graph.add_edge(("b", 0), "o")
    return Dag.from_networkx(graph)


def test_more_paths_than_any_machine_word_are_no_obstacle():
    dag = doubling(200)
    assert dag.is_symmetric("o")
    assert set(dag.path_sums("o").values()) == {Fraction(1, 2)}
    assert dag.path_degrees(("a", 0), "o") == {(2,) * 201: 2**200}
    assert not doubling(200, flaw=True).is_symmetric("o")


def test_a_fixed_prime_would_be_fooled(monkeypatch):
    """Three more paths of one path-degree vanish modulo 3: the primes have to be random."""
    graph = nx.MultiDiGraph([("a", "o")] + [("b", "o")] * 4)
    dag = Dag.from_networkx(graph)
    assert not dag.is_symmetric("o")
    monkeypatch.setattr(theory.paths.symmetry, "_random_prime", lambda rng: 3)
    assert dag.is_symmetric("o")


def test_another_seed_draws_other_points_and_agrees():
    dag = doubling(3)
    answers = [dag.is_symmetric("o", seed=seed) for seed in range(20)]
    assert all(answers)


def test_the_error_bound_is_below_two_to_the_minus_forty_for_deep_networks():
    graph = nx.path_graph(3_000, create_using=nx.MultiDiGraph)
    graph.add_edge("second input", 2_999)
    graph.add_edge("second input", 1)
    found = Dag.from_networkx(graph).is_symmetric(2_999)
    assert not found
    chain = nx.path_graph(3_000, create_using=nx.MultiDiGraph)
    nx.relabel_nodes(chain, {0: "x"}, copy=False)
    chain.add_edge("y", 1)
    assert Dag.from_networkx(chain).is_symmetric(2_999).error <= 2**-40
