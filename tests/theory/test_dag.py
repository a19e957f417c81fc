"""The DAG: what it accepts, what it refuses, and that nothing is lost on the way."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from theory.dag import Dag, DagError
from theory.strategies.dags import dags


@given(dags())
def test_networkx_round_trip_keeps_every_edge(dag):
    again = Dag.from_networkx(dag.to_networkx(), inputs=dag.inputs)
    assert again.inputs == dag.inputs
    assert set(again.outputs) == set(dag.outputs)
    assert Counter(again.edges()) == Counter(dag.edges())


@given(dags())
def test_in_degrees_are_those_of_networkx(dag):
    graph = dag.to_networkx()
    assert [dag.in_degree(node) for node in dag.nodes] == [
        graph.in_degree(node) for node in dag.nodes
    ]


@given(dags())
def test_paths_are_those_of_networkx(dag):
    graph = dag.to_networkx()
    for o in dag.outputs:
        for x in dag.inputs:
            expected = Counter(
                (x, *(head for _, head, _ in path))
                for path in nx.all_simple_edge_paths(graph, x, o)
            )
            assert Counter(dag.paths(x, o)) == expected


def test_parallel_edges_count():
    dag = Dag.from_networkx(nx.MultiDiGraph([("x", "o"), ("x", "o")]))
    assert dag.in_degree("o") == 2
    assert list(dag.paths("x", "o")) == [("x", "o")] * 2


def test_a_plain_digraph_is_read_with_its_sources_as_inputs():
    dag = Dag.from_networkx(nx.DiGraph([("x", "o"), ("y", "h"), ("h", "o")]))
    assert set(dag.inputs) == {"x", "y"}
    assert dag.outputs == ("o",)


@pytest.mark.parametrize(
    ("graph", "inputs", "message"),
    [
        (nx.Graph([("a", "b")]), None, "undirected"),
        (nx.DiGraph(), None, "no nodes"),
        (nx.DiGraph([("a", "b"), ("b", "c"), ("c", "b")]), None, "cycle: 'b' -> 'c' -> 'b'"),
        (nx.DiGraph([("a", "b")]), ["z"], "'z' is not in the graph"),
        (nx.DiGraph([("a", "b")]), ["a", "a"], "'a' is named twice"),
        (nx.DiGraph([("a", "b"), ("b", "c")]), ["a", "b"], "'b' has incoming edges"),
        (nx.DiGraph([("a", "o"), ("bias", "o")]), ["a"], "'bias' has no incoming edge"),
    ],
)
def test_a_graph_that_is_no_network_is_refused_by_name(graph, inputs, message):
    with pytest.raises(DagError, match=message) as caught:
        Dag.from_networkx(graph, inputs=inputs)
    assert "\n" not in str(caught.value)


def test_an_unknown_node_is_refused_by_name():
    dag = Dag.from_networkx(nx.DiGraph([("x", "o")]))
    with pytest.raises(DagError, match="'z' is not a node"):
        dag.path_sums("z")


@pytest.mark.parametrize(
    ("nodes", "tails", "message"),
    [(["x", "x", "o"], [0, 1], "two nodes have the name 'x'"), (range(3), [0, -1], "from 0 to 2")],
)
def test_a_dag_of_impossible_nodes_is_refused(nodes, tails, message):
    with pytest.raises(DagError, match=message):
        Dag(nodes, np.array(tails), np.array([2, 2]), inputs=2, outputs=[2])
