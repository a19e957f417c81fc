"""The strategies: everything is drawn, what must hold always holds, and all shrinks small."""

import contextlib
import random
from collections import Counter
from itertools import combinations_with_replacement, islice, takewhile

import networkx as nx
import pytest
import torch
from hypothesis import Phase, find, given, settings
from hypothesis.errors import NoSuchExample
from torch import nn

from theory.dag import Dag
from theory.strategies import dags, layered_dags, networks, small_dags, symmetric_dags, with_ends
from theory.strategies.random_modules import Concatenation, Residual

DRAWN = settings(max_examples=3000, database=None, deadline=None, phases=[Phase.generate])
SHRUNK = settings(DRAWN, phases=[Phase.generate, Phase.shrink])


def first(strategy, has_feature, settings=DRAWN):
    """Draw until the feature is there; fails where it never is."""
    return find(strategy, has_feature, settings=settings, random=random.Random(0))


def lengths(dag, x, o):
    return {len(path) - 1 for path in dag.paths(x, o)}


def depths(dag):
    """The longest distance of each node from the inputs."""
    depth = dict.fromkeys(dag.inputs, 0)
    for node, (_, tails) in zip(dag.nodes, _tails(dag), strict=True):
        depth[node] = max((depth[tail] + 1 for tail in tails), default=0)
    return depth


def _tails(dag):
    return [(node, [a for a, b in dag.edges() if b == node]) for node in dag.nodes]


def has_parallel_edges(dag):
    return max(Counter(dag.edges()).values()) > 1


def has_skip(dag):
    depth = depths(dag)
    return any(depth[head] - depth[tail] > 1 for tail, head in dag.edges())


def has_unread_input(dag):
    return not {tail for tail, _ in dag.edges()}.issuperset(dag.inputs)


def has_dead_end(dag):
    """A hidden neuron from which one of the outputs cannot be reached, or any output."""
    reached = nx.DiGraph(dag.edges())
    hidden = set(dag.nodes) - set(dag.inputs) - set(dag.outputs)
    return any(not nx.has_path(reached, h, o) for h in hidden for o in dag.outputs if h in reached)


def has_unequal_depths(dag):
    return any(len(lengths(dag, x, o)) > 1 for x in dag.inputs for o in dag.outputs)


def has_several_outputs(dag):
    return len(dag.outputs) > 1


def is_asymmetric(dag):
    """(S) by enumeration, which shares no code with `Dag.is_symmetric`."""
    for o in dag.outputs:
        multisets = [
            Counter(tuple(sorted(dag.in_degree(p) for p in path[1:])) for path in dag.paths(x, o))
            for x in dag.inputs
        ]
        if any(multiset != multisets[0] for multiset in multisets):
            return True
    return False


FEATURES = [
    has_parallel_edges,
    has_skip,
    has_unread_input,
    has_dead_end,
    has_unequal_depths,
    has_several_outputs,
    is_asymmetric,
]


@pytest.mark.parametrize("feature", FEATURES)
def test_dags_have_every_feature(feature):
    first(dags(), feature)


@pytest.mark.parametrize("feature", FEATURES)
def test_dags_shrink_to_the_smallest_with_the_feature(feature):
    smallest = next(filter(feature, small_dags()))
    shrunk = first(dags(), feature, SHRUNK)
    assert (len(shrunk.tails), len(shrunk.nodes)) == (len(smallest.tails), len(smallest.nodes))


@pytest.mark.parametrize("strategy", [dags(), layered_dags(), symmetric_dags()])
def test_all_shrink_to_one_edge(strategy):
    dag = first(strategy, lambda dag: True, SHRUNK)
    assert list(dag.edges()) == [("x1", "o1")]


@given(dags(max_inputs=2, max_neurons=3, max_in_degree=2))
def test_dags_keep_their_limits(dag):
    assert 1 <= len(dag.inputs) <= 2
    assert 1 <= len(dag.nodes) - len(dag.inputs) <= 3
    assert all(dag.in_degree(node) <= 2 for node in dag.nodes)
    assert [node[0] for node in dag.nodes].count("x") == len(dag.inputs)


@settings(deadline=None)
@given(layered_dags())
def test_all_paths_of_a_layered_dag_have_one_length(dag):
    found = {n for o in dag.outputs for x in dag.inputs for n in lengths(dag, x, o)}
    assert len(found) == 1


@pytest.mark.parametrize("feature", [has_parallel_edges, has_dead_end, has_unread_input])
def test_layered_dags_can_be_irregular(feature):
    first(layered_dags(), feature)


def test_layered_dags_can_be_dense():
    """Three layers, with every edge between consecutive ones just once."""

    def is_dense(dag):
        layers = {}
        for node, depth in depths(dag).items():
            layers.setdefault(depth, []).append(node)
        expected = Counter(
            (a, b) for n in range(1, len(layers)) for a in layers[n - 1] for b in layers[n]
        )
        return [len(layers[n]) for n in layers][1:3] == [3, 2] and Counter(dag.edges()) == expected

    first(layered_dags(), is_dense)


@settings(max_examples=300, deadline=None)
@given(symmetric_dags())
def test_symmetric_dags_satisfy_s_relative_to_every_output(dag):
    assert not is_asymmetric(dag)


def inputs_are_fixed(dag):
    """No automorphism moves the first input to another one."""
    graph = nx.DiGraph()
    graph.add_nodes_from(dag.nodes)
    for (tail, head), times in Counter(dag.edges()).items():
        graph.add_edge(tail, head, times=times)
    matcher = nx.isomorphism.DiGraphMatcher(
        graph, graph, edge_match=lambda a, b: a["times"] == b["times"]
    )
    return len(dag.inputs) > 1 and all(
        matched[dag.inputs[0]] == dag.inputs[0] for matched in matcher.isomorphisms_iter()
    )


@pytest.mark.parametrize(
    "feature",
    [
        has_parallel_edges,
        has_skip,
        has_unequal_depths,
        has_several_outputs,
        inputs_are_fixed,
        lambda dag: len(dag.inputs) == 4,
        lambda dag: len(set(depths(dag).values())) > 3,
    ],
)
def test_symmetric_dags_are_of_many_kinds(feature):
    first(symmetric_dags(), lambda dag: len(dag.inputs) > 1 and feature(dag))


@given(with_ends(dags()))
def test_ends_belong_to_the_dag(drawn):
    dag, x, o = drawn
    assert x in dag.inputs
    assert o in dag.outputs


def test_every_pair_of_ends_is_drawn():
    for n in (0, 1):
        first(
            with_ends(dags(max_inputs=2)),
            lambda drawn, n=n: (
                len(drawn[0].inputs) == len(drawn[0].outputs) == 2
                and drawn[1] == drawn[0].inputs[n]
                and drawn[2] == drawn[0].outputs[1 - n]
            ),
        )


def _graph(inputs, tails):
    graph = nx.DiGraph()
    graph.add_nodes_from((n, {"is_input": n < inputs}) for n in range(inputs + len(tails)))
    for head, below in enumerate(tails, inputs):
        for tail, times in Counter(below).items():
            graph.add_edge(tail, head, times=times)
    return graph


def _same(a, b):
    return nx.is_isomorphic(
        a,
        b,
        node_match=lambda m, n: m == n,
        edge_match=lambda m, n: m == n,
    )


def test_small_dags_leave_none_out():
    """Every choice of tails for up to 3 edges is there up to renaming, in order of size."""
    smalls = list(takewhile(lambda dag: len(dag.tails) <= 3, small_dags(max_inputs=3)))
    sizes = [(len(dag.tails), len(dag.nodes)) for dag in smalls]
    assert sizes == sorted(sizes)
    there = {}
    for dag in smalls:
        inputs = dag.number_of_inputs
        tails = [dag.predecessors(n).tolist() for n in range(inputs, len(dag.nodes))]
        there.setdefault((inputs, len(tails)), []).append(_graph(inputs, tails))

    def every(first, neurons, edges):
        if not neurons:
            yield from [[]] if not edges else []
            return
        for in_degree in range(1, edges + 1):
            for below in combinations_with_replacement(range(first), in_degree):
                for above in every(first + 1, neurons - 1, edges - in_degree):
                    yield [below, *above]

    for inputs in (1, 2, 3):
        for edges in (1, 2, 3):
            for neurons in range(1, edges + 1):
                for tails in every(inputs, neurons, edges):
                    graph = _graph(inputs, tails)
                    assert any(_same(graph, other) for other in there[inputs, neurons])


def test_small_dags_never_end():
    assert len(next(islice(small_dags(max_inputs=1, max_neurons=1), 9, None)).tails) == 10


NETWORK_FEATURES = {
    "dense, two layers": lambda m: sum(isinstance(n, nn.Linear) for n in m) > 1,
    "hidden ReLU": lambda m: any(isinstance(n, nn.ReLU) for n in m),
    "residual": lambda m: any(isinstance(n, Residual) for n in m.modules()),
    "ReLU before a residual body": lambda m: any(
        isinstance(n, Residual) and isinstance(n.body, nn.Sequential) for n in m.modules()
    ),
    "concatenation": lambda m: any(isinstance(n, Concatenation) for n in m.modules()),
    "Conv1d, stride": lambda m: any(isinstance(n, nn.Conv1d) and n.stride[0] > 1 for n in m),
    "Conv2d, dilation": lambda m: any(isinstance(n, nn.Conv2d) and max(n.dilation) > 1 for n in m),
    "groups": lambda m: any(isinstance(n, nn.Conv1d | nn.Conv2d) and n.groups > 1 for n in m),
    "average pooling": lambda m: any(isinstance(n, nn.AvgPool2d) for n in m),
    "adaptive average": lambda m: any(isinstance(n, nn.AdaptiveAvgPool1d) for n in m),
    "max pooling": lambda m: any(isinstance(n, nn.MaxPool1d) for n in m),
    "adaptive maximum": lambda m: any(isinstance(n, nn.AdaptiveMaxPool2d) for n in m),
} | {
    f"{mode} padding": lambda m, mode=mode: any(
        isinstance(n, nn.Conv1d | nn.Conv2d) and n.padding_mode == mode and max(n.padding) > 0
        for n in m
    )
    for mode in ("zeros", "circular", "reflect", "replicate")
}


def test_networks_have_every_feature():
    missing = dict(NETWORK_FEATURES)

    def was_the_last(drawn):
        for name in [name for name, is_there in missing.items() if is_there(drawn[0])]:
            del missing[name]
        return not missing

    with contextlib.suppress(NoSuchExample):
        first(networks(), was_the_last)
    assert not missing


@settings(max_examples=60, deadline=None)
@given(networks())
def test_networks_expand_into_dags_with_their_numbers_of_ends(drawn):
    module, shape = drawn
    dag = Dag.from_module(module, shape)
    assert len(dag.inputs) == torch.zeros(shape).numel()
    assert len(dag.outputs) == module(torch.zeros(1, *shape)).numel()


@settings(max_examples=20, deadline=None)
@given(networks(max_pooling=False))
def test_networks_without_maxima_have_second_moments(drawn):
    dag = Dag.from_module(*drawn)
    assert min(dag.second_moments(dag.outputs[0]).values()) >= 0


def test_networks_shrink_to_one_weight():
    module, shape = first(networks(), lambda drawn: True, SHRUNK)
    assert shape == (1,)
    assert [tuple(layer.weight.shape) for layer in module] == [(1, 1)]


def test_networks_leave_torchs_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first(networks(), lambda drawn: len(drawn[0]) > 2)
    assert torch.equal(torch.rand(3), expected)


@given(dags(parallel_edges=False), layered_dags(parallel_edges=False))
def test_simple_graphs_can_be_asked_for(dag, layered):
    assert not dag.has_parallel_edges
    assert not layered.has_parallel_edges


@pytest.mark.parametrize("strategy", [dags(), layered_dags()])
def test_without_asking_parallel_edges_come(strategy):
    assert first(strategy, lambda dag: dag.has_parallel_edges)
