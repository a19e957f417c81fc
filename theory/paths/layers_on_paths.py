"""H2: how often a path meets a layer, by enumeration and by one sweep."""

from collections.abc import Hashable, Mapping

from theory.graph.graph import Graph
from theory.paths.enumerated_paths import enumerate_paths


def most_on_a_path(dag: Graph, layers: Mapping[Hashable, int], o: Hashable) -> int:
    """Return the most neurons of one layer that a path from an input to `o` meets.

    Parameters
    ----------
    dag : the network's DAG.
    layers : of each node but the inputs, the number of its layer.
    o : any node.
    """
    most = 0
    for x in dag.inputs:
        for path in enumerate_paths(dag, x, o):
            met = [layers[node] for node in path[1:]]
            most = max(most, *(met.count(layer) for layer in met)) if met else most
    return most


def most_by_sweeps(dag: Graph, layers: Mapping[Hashable, int]) -> int:
    """Return the same for all paths of the DAG, by one sweep a layer."""
    most = 0
    for layer in set(layers.values()):
        met = dict.fromkeys(dag.nodes, 0)
        for tail, head in dag.edges():  # by ascending heads: all that leads to a tail is done
            met[head] = max(met[head], met[tail] + (layers[head] == layer))
        most = max(most, *met.values())
    return most
