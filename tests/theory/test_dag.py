"""The DAG: what it accepts, what it refuses, and that nothing is lost on the way."""

import errno
import gc
import json
import weakref
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from evidence.errors import UserError
from theory import Dag, DagError
from theory.graph.layers import Kind, Layer
from theory.strategies import dags


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


# --- what a DAG says of itself -------------------------------------------------------------------


def test_a_small_dag_is_told_edge_by_edge():
    dag = Dag.from_networkx(nx.MultiDiGraph([("x", "h"), ("x", "h"), ("h", "o")]))
    assert repr(dag) == "<Dag: inputs x; edges x -> h, x -> h, h -> o; outputs o>"


def test_a_large_dag_is_told_by_its_sizes():
    dag = Dag.from_module(nn.Linear(1000, 2), (1000,))
    assert repr(dag) == "<Dag: 1,000 inputs, 2 neurons, 2,000 edges, 2 outputs>"


@given(dags())
def test_a_dag_equals_its_copy_whatever_the_order_of_its_edges(dag):
    outputs = [dag.position(o) for o in dag.outputs]
    reverse = dag.tails[::-1], dag.heads[::-1]
    copy = Dag(dag.nodes, *reverse, inputs=dag.number_of_inputs, outputs=outputs)
    assert copy == dag
    assert hash(copy) == hash(dag)


def test_a_dag_is_forgotten_at_once():
    """Nothing that it holds holds it: arrays of large DAGs must not wait for a collection."""
    gc.disable()
    try:
        dag = Dag.from_networkx(nx.MultiDiGraph([("x", "o")]))
        dag.is_symmetric("o")
        dead = weakref.ref(dag)
        del dag
        assert dead() is None
    finally:
        gc.enable()


@given(dags(), st.data())
def test_a_dag_with_one_more_edge_is_another(dag, data):
    neurons = range(dag.number_of_inputs, len(dag.nodes))
    head = data.draw(st.sampled_from(neurons))
    tail = data.draw(st.integers(0, head - 1))
    outputs = [dag.position(o) for o in dag.outputs]
    tails, heads = np.append(dag.tails, tail), np.append(dag.heads, head)
    assert dag != Dag(dag.nodes, tails, heads, inputs=dag.number_of_inputs, outputs=outputs)
    assert dag != "a word"


def test_shared_weights_make_another_dag():
    """The control beside equal edges: the layers count."""
    edges = {"tails": np.array([0, 1]), "heads": np.array([2, 3])}
    names = {"nodes": ["x1", "x2", "o1", "o2"], "inputs": 2, "outputs": [2, 3]}

    def layered(filters):
        layer = Layer(
            name="conv",
            kind=Kind.WEIGHTED,
            first=2,
            tails=np.array([[0], [1]]),
            filters=np.array(filters),
            divisors=np.array([1, 1]),
        )
        return Dag(**names, **edges, layers=[layer])

    assert layered([0, 0]) == layered([0, 0])
    assert layered([0, 0]) != layered([0, 1])
    assert layered([0, 1]) != Dag(**names, **edges)


@pytest.mark.parametrize(("edges", "parallel"), [("xh xh ho", True), ("xh xo ho", False)])
def test_parallel_edges_are_seen(edges, parallel):
    dag = Dag.from_networkx(nx.MultiDiGraph([tuple(edge) for edge in edges.split()]))
    assert dag.has_parallel_edges is parallel


def test_a_dag_saves_itself(tmp_path):
    dag = Dag.from_networkx(nx.MultiDiGraph([("x", "h"), ("x", "h"), ("h", "o")]))
    dag.save(tmp_path / "dag.svg")
    assert (tmp_path / "dag.svg").read_text() == dag.svg() == dag._repr_svg_()
    dag.save(tmp_path / "dag.json")
    data = json.loads((tmp_path / "dag.json").read_text())
    again = nx.node_link_graph(data, edges="edges")
    assert Dag.from_networkx(again, inputs=again.graph["inputs"]) == dag
    with pytest.raises(DagError, match=r"saved as .svg or .json, not as '.png'"):
        dag.save(tmp_path / "dag.png")


def test_a_dag_that_cannot_be_saved_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    dag, file = Dag.from_networkx(nx.DiGraph([("x", "o")])), tmp_path / "dag.json"
    dag.save(file, seed=1)
    whole = file.read_text()
    assert json.loads(whole)["graph"]["seed"] == 1
    with pytest.raises(TypeError, match="not JSON serializable"):
        dag.save(file, seed={1})

    def full(path, text, **_):
        path.write_bytes(text[:9].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UserError, match=r"cannot write .*dag\.json': No space left on device"):
        dag.save(file)
    assert [path.name for path in tmp_path.iterdir()] == ["dag.json"]
    assert file.read_text() == whole
