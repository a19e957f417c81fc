"""Hypothesis strategies that draw networks' DAGs and shrink towards the smallest."""

import networkx as nx
from hypothesis import strategies as st

from theory.dag import Dag


@st.composite
def dags(draw: st.DrawFn, *, max_inputs: int = 4, max_neurons: int = 6) -> Dag:
    """Draw a multigraph with parallel edges, skips, dead ends, unequal depths, several outputs.

    Nodes are numbered, inputs first. Shrinks towards one input, one neuron and one edge.
    """
    inputs = draw(st.integers(1, max_inputs))
    neurons = draw(st.integers(1, max_neurons))
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(inputs + neurons))
    for head in range(inputs, inputs + neurons):
        tails = draw(st.lists(st.integers(0, head - 1), min_size=1, max_size=4))
        graph.add_edges_from((tail, head) for tail in tails)
    return Dag.from_networkx(graph, inputs=range(inputs))
