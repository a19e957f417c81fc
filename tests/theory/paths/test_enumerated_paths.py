"""Paths by their edges, against paths by their nodes and against sweeps."""

from collections import Counter
from fractions import Fraction

from hypothesis import given, settings

from theory.paths.enumerated_paths import (
    edge_path_degrees,
    edge_path_products,
    edge_paths,
    enumerated_path_degrees,
    enumerated_sum,
    sum_of_products,
)
from theory.paths.path_polynomial import path_sums_with, walk_probabilities
from theory.strategies import dags


@given(dags())
@settings(max_examples=40)
def test_paths_by_edges_run_through_the_nodes_of_the_paths(dag):
    for o in dag.outputs:
        for x in dag.nodes:
            by_edges = list(edge_paths(dag, x, o))
            assert len(set(by_edges)) == len(by_edges)
            nodes = [(x, *(dag.nodes[dag.heads[edge]] for edge in path)) for path in by_edges]
            assert nodes == list(dag.paths(x, o))
            tails = [[dag.nodes[dag.tails[edge]] for edge in path] for path in by_edges]
            assert tails == [list(path[:-1]) for path in nodes]


@given(dags())
@settings(max_examples=40)
def test_sums_over_edges_are_sums_over_nodes(dag):
    o = dag.outputs[0]
    degrees = dag.in_degrees.tolist()
    for x in dag.inputs:
        products = edge_path_products(dag, x, o, degrees)
        assert sum(products) == enumerated_sum(dag, x, o, dag.in_degree) == dag.path_sums(o)[x]
        assert Counter(edge_path_degrees(dag, x, o)) == enumerated_path_degrees(dag, x, o)
        assert enumerated_path_degrees(dag, x, o) == dag.path_degrees(x, o)
        assert sum_of_products(dag.path_degrees(x, o)) == dag.path_sums(o)[x]


@given(dags())
@settings(max_examples=40)
def test_a_walk_passes_a_node_with_the_sum_over_the_paths_from_it(dag):
    o = dag.outputs[0]
    passed = walk_probabilities(dag, o)
    assert passed[o] == 1
    for node in dag.nodes:
        assert passed[node] == enumerated_sum(dag, node, o, dag.in_degree)
    assert {x: passed[x] for x in dag.inputs} == dag.path_sums(o)


@given(dags())
@settings(max_examples=40)
def test_other_degrees_weigh_the_same_paths(dag):
    o = dag.outputs[0]
    sums = path_sums_with(dag, o, dag.out_degrees.tolist())
    out_degree = dag.to_networkx().out_degree
    for x in dag.inputs:
        assert sums[x] == enumerated_sum(dag, x, o, lambda node: out_degree(node) or 1)
    assert path_sums_with(dag, o, dag.in_degrees.tolist()) == dag.path_sums(o)


def test_no_path_has_an_empty_sum():
    assert sum_of_products(Counter()) == 0
    assert sum_of_products(Counter({(2, 3): 2})) == Fraction(1, 3)
