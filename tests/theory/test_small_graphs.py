"""Graphs in lists, against the same graphs in arrays, for which numpy and scipy do the work."""

import random
from unittest.mock import patch

import numpy as np
import pytest
import sympy
from hypothesis import given

import theory.graph.graph
from theory.dag import Dag
from theory.graph.layers import DagError, ListedLayer
from theory.networks import small_networks
from theory.paths import symmetry
from theory.strategies import dags


def in_arrays(dag, **parts):
    """The same DAG as if it were large."""
    parts = {"inputs": dag.number_of_inputs, "outputs": dag._outputs} | parts
    with patch.object(theory.graph.graph, "MOST_LISTED", -1):
        return Dag(dag.nodes, dag.tails, dag.heads, **parts)


@given(dags())
def test_lists_and_arrays_hold_the_same_edges(dag):
    large = in_arrays(dag)
    assert dag.is_small
    assert not large.is_small
    for name in ("tails", "heads", "in_degrees", "out_degrees", "first_edges"):
        assert np.array_equal(getattr(dag, name), getattr(large, name))
        assert getattr(dag.edge_lists, name) == getattr(large.edge_lists, name)
        assert getattr(dag.edge_lists, name) == getattr(dag, name).tolist()
    assert list(dag.edges()) == list(large.edges())
    assert dag.layers == large.layers
    assert [layer.arrays() for layer in dag.listed_layers] == list(dag.layers)
    levels = [large.backward_sweep.level(node) for node in range(len(dag.nodes))]
    assert dag.edge_lists.levels == levels


@given(dags())
def test_symmetry_is_decided_alike_to_the_last_word(dag):
    large = in_arrays(dag)
    for o in dag.nodes:
        assert dag.is_symmetric(o, seed=3) == large.is_symmetric(o, seed=3)


def test_a_large_dag_is_found_symmetric_or_not_with_arrays():
    dag = small_networks.dense_dag(20, widths=(40, 20))
    assert not dag.is_small
    assert dag.is_symmetric("o")
    cut = Dag(dag.nodes, dag.tails[1:], dag.heads[1:], inputs=20, outputs=[len(dag.nodes) - 1])
    assert not cut.is_small
    assert not cut.is_symmetric("o")


@pytest.mark.parametrize(
    ("tails", "heads", "says"),
    [
        ([0, 5], [2, 2], "numbers of nodes"),
        ([0, -1], [2, 2], "numbers of nodes"),
        ([0, 2], [2, 2], "against the order"),
        ([0, 0, 0], [1, 2, 3], "'b' has incoming edges"),
        ([0, 1], [2, 2], "'d' has no incoming edge"),
    ],
)
def test_lists_and_arrays_refuse_the_same_graphs(tails, heads, says):
    for most in (-1, 9):
        with (
            patch.object(theory.graph.graph, "MOST_LISTED", most),
            pytest.raises(DagError, match=says),
        ):
            Dag("abcd", tails, heads, inputs=2, outputs=[3])


def test_layers_keep_what_they_hold_as_lists_and_as_arrays():
    dag = small_networks.convolutional_dag(6, kernel=3, stride=1, padding="zeros", layers=2)
    assert all(isinstance(layer, ListedLayer) for layer in dag.listed_layers)
    assert [layer.listed() for layer in dag.layers] == list(dag.listed_layers)
    assert [layer.arrays() for layer in dag.listed_layers] == list(dag.layers)


def test_primes_are_those_of_sympy():
    chosen = random.Random(0)
    odd = [
        *range(9, 2000, 2),
        *(chosen.randrange(symmetry.LOW, symmetry.HIGH) | 1 for _ in range(2000)),
    ]
    # Strong pseudoprimes to the bases 2, 3 and 5.
    odd += [25_326_001, 161_304_001, 960_946_321, 1_157_839_381]
    assert [symmetry._is_prime(n) for n in odd] == [sympy.isprime(n) for n in odd]
