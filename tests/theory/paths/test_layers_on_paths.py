"""H2: how often a path meets a layer, by enumeration and by sweeps."""

from hypothesis import given
from hypothesis import strategies as st

from theory import strategies
from theory.paths import layers_on_paths


@given(strategies.dags(), st.data())
def test_sweeps_and_enumeration_agree(dag, data):
    neurons = dag.nodes[dag.number_of_inputs :]
    layers = {node: data.draw(st.integers(0, 2)) for node in neurons}
    most = max(layers_on_paths.most_on_a_path(dag, layers, o) for o in dag.nodes)
    assert layers_on_paths.most_by_sweeps(dag, layers) == most


@given(strategies.dags())
def test_layers_by_the_longest_way_are_met_once(dag):
    height = dict.fromkeys(dag.nodes, 0)
    for tail, head in dag.edges():
        height[head] = max(height[head], height[tail] + 1)
    layers = {node: height[node] for node in dag.nodes[dag.number_of_inputs :]}
    assert layers_on_paths.most_by_sweeps(dag, layers) <= 1
