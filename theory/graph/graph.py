"""The neurons of a network and their connections: a multigraph, without algorithms."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

from theory.graph.edge_lists import EdgeLists
from theory.graph.layers import NOTHING, DagError, Kind, Layer, ListedLayer

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from theory.graph.edge_arrays import EdgeArrays

MOST_EDGES_IN_REPR = 60
"""A graph with more edges is told by its sizes."""

MOST_LISTED = 1000
"""A graph with more edges is kept in arrays. Smaller ones need no numpy, and lists are quicker."""


class Graph:
    """Neurons and their connections, as in Appendix A.1 of the paper.

    A *multigraph*: with reflect, replicate or circular padding one input can reach a neuron
    through several weights, and each of them is an edge.

    Parameters
    ----------
    nodes : the neurons' names, in an order in which every edge goes forward.
    tails, heads : edge e goes from `nodes[tails[e]]` to `nodes[heads[e]]`; lists or arrays.
    inputs : how many of the first nodes are inputs. Every later node needs an incoming edge.
    outputs : positions in `nodes` of the outputs.
    layers : which neurons share weights, average or add. Without them every neuron has weights of
        its own, as in an abstract DAG.
    relus : positions of the neurons with a ReLU; every neuron that is not an input if None (H1).

    Raises
    ------
    DagError
        If two nodes have one name, an edge goes backward or into an input, or a node that is not
        an input has no incoming edge (a bias or constant node: the random walk of Lemma 7 would
        end there).
    """

    def __init__(
        self,
        nodes: Sequence[Hashable],
        tails: "Sequence[int] | NDArray[np.int64]",
        heads: "Sequence[int] | NDArray[np.int64]",
        *,
        inputs: int,
        outputs: Sequence[int],
        layers: Sequence[Layer] | Sequence[ListedLayer] | None = None,
        relus: Sequence[int] | None = None,
    ) -> None:
        self.nodes = nodes
        self.number_of_inputs = inputs
        self._outputs = tuple(outputs)
        self._layers = layers
        self.relus = frozenset(range(inputs, len(nodes)) if relus is None else relus)
        self._edges: EdgeLists | EdgeArrays
        if len(tails) <= MOST_LISTED:
            self._edges = EdgeLists.sorted(_listed(tails), _listed(heads), len(nodes))
        else:
            self._edges = _arrays(tails, heads, len(nodes))
        if not (self._edges.are_nodes() and all(0 <= end < len(nodes) for end in self._outputs)):
            raise DagError(f"edges and outputs are numbers of nodes, from 0 to {len(nodes) - 1}")
        if not isinstance(nodes, range) and len(set(nodes)) < len(nodes):
            twice = Counter(nodes).most_common(1)[0][0]
            raise DagError(f"two nodes have the name {twice!r}")
        for tail, head in self._edges.first_backward():
            raise DagError(
                f"the edge from {nodes[tail]!r} to {nodes[head]!r} goes against the order of the "
                "nodes"
            )
        for node in self._edges.first_misfed(inputs):
            if node < inputs:
                raise DagError(f"the input {nodes[node]!r} has incoming edges")
            raise DagError(
                f"{nodes[node]!r} has no incoming edge and is not an input "
                "(a bias or constant node): leave it out, or declare it an input"
            )

    @property
    def is_small(self) -> bool:
        """Whether plain Python handles the graph: at most `MOST_LISTED` edges."""
        return isinstance(self._edges, EdgeLists)

    @cached_property
    def edge_lists(self) -> EdgeLists:
        """The edges as lists; those of a graph that is not small are made when first asked for."""
        if isinstance(self._edges, EdgeLists):
            return self._edges
        edges = self._edges
        return EdgeLists(
            tails=edges.tails.tolist(), heads=edges.heads.tolist(), nodes=len(self.nodes)
        )

    @cached_property
    def _arrays(self) -> "EdgeArrays":
        if isinstance(self._edges, EdgeLists):
            return _arrays(self._edges.tails, self._edges.heads, len(self.nodes))
        return self._edges

    @property
    def tails(self) -> "NDArray[np.int64]":
        """Shape (edges,): where each edge starts, in ascending order of where they end."""
        return self._arrays.tails

    @property
    def heads(self) -> "NDArray[np.int64]":
        """Shape (edges,): where each edge ends, in ascending order."""
        return self._arrays.heads

    @property
    def number_of_edges(self) -> int:
        """How many edges there are, parallel ones counted."""
        return len(self._edges.heads)

    def __eq__(self, other: object) -> bool:
        """Whether the other graph has the same nodes, edges, inputs, outputs, ReLUs and weights."""
        if not isinstance(other, Graph):
            return NotImplemented
        return self is other or (
            self.number_of_inputs == other.number_of_inputs
            and self._outputs == other._outputs
            and self._edges.key == other._edges.key
            and self.relus == other.relus
            and self.has_layers == other.has_layers
            and (not self.has_layers or list(self.layers) == list(other.layers))
            and list(self.nodes) == list(other.nodes)
        )

    def __hash__(self) -> int:
        """Equal graphs have equal hashes."""
        return hash((self.number_of_inputs, self._outputs, self._edges.key))

    def __repr__(self) -> str:
        """Tell a small graph edge by edge, a large one by its sizes."""
        name = type(self).__name__
        if self.number_of_edges > MOST_EDGES_IN_REPR:
            neurons = len(self.nodes) - self.number_of_inputs
            return (
                f"<{name}: {self.number_of_inputs:,} inputs, {neurons:,} neurons, "
                f"{self.number_of_edges:,} edges, {len(self._outputs):,} outputs>"
            )
        edges = ", ".join(f"{tail} -> {head}" for tail, head in self.edges())
        inputs, outputs = (", ".join(map(str, ends)) for ends in (self.inputs, self.outputs))
        return f"<{name}: inputs {inputs}; edges {edges}; outputs {outputs}>"

    @classmethod
    def from_networkx(cls, graph: "nx.DiGraph", inputs: Sequence[Hashable] | None = None) -> Self:
        """Read a networkx `DiGraph` or `MultiDiGraph`; parallel edges count.

        Parameters
        ----------
        graph : any hashable nodes. The nodes without successors that are not inputs are the
            outputs.
        inputs : the input nodes in the wanted order; the sources of the graph if None.

        Raises
        ------
        DagError
            For an undirected or empty graph, a cycle, a declared input that is not in the graph,
            is named twice or has predecessors, and a source that is not a declared input.
        """
        import networkx as nx

        if not graph.is_directed():
            raise DagError("the graph is undirected; give a DiGraph or a MultiDiGraph")
        if inputs is None:
            inputs = [node for node, degree in graph.in_degree() if degree == 0]
        for node in inputs:
            if node not in graph:
                raise DagError(f"the input {node!r} is not in the graph")
        declared = set(inputs)
        if len(declared) < len(inputs):
            twice = next(node for node in inputs if list(inputs).count(node) > 1)
            raise DagError(f"the input {twice!r} is named twice")
        try:
            ordered = list(nx.topological_sort(graph))
        except nx.NetworkXUnfeasible:
            cycle = nx.find_cycle(graph)
            raise DagError(
                "the graph has a cycle: "
                + " -> ".join(repr(edge[0]) for edge in cycle)
                + f" -> {cycle[0][0]!r}"
            ) from None
        if not ordered:
            raise DagError("the graph has no nodes")
        nodes = [*inputs, *(node for node in ordered if node not in declared)]
        position = {node: index for index, node in enumerate(nodes)}
        # A declared input with predecessors would be moved before them: say so, not "backward".
        for node in inputs:
            if graph.in_degree(node):
                raise DagError(f"the input {node!r} has incoming edges")
        tails = [position[tail] for tail, _ in graph.edges()]
        heads = [position[head] for _, head in graph.edges()]
        outputs = [position[node] for node in nodes[len(inputs) :] if graph.out_degree(node) == 0]
        return cls(nodes, tails, heads, inputs=len(inputs), outputs=outputs)

    def to_networkx(self) -> "nx.MultiDiGraph":
        """Return nodes and edges as a `MultiDiGraph`, inputs first.

        Shared weights, averages and marks of ReLUs are left behind.
        """
        import networkx as nx

        graph = nx.MultiDiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(self.edges())
        return graph

    @property
    def inputs(self) -> tuple[Hashable, ...]:
        """The input nodes; their number is the input dimension d."""
        return tuple(self.nodes[: self.number_of_inputs])

    @property
    def outputs(self) -> tuple[Hashable, ...]:
        """The output nodes."""
        return tuple(self.nodes[position] for position in self._outputs)

    def _edge_numbers(self) -> Iterator[tuple[int, int]]:
        edges = self.edge_lists
        return zip(edges.tails, edges.heads, strict=True)

    def edges(self) -> Iterator[tuple[Hashable, Hashable]]:
        """Yield (tail, head) by node names, a parallel edge as often as it is there."""
        for tail, head in self._edge_numbers():
            yield self.nodes[tail], self.nodes[head]

    @property
    def in_degrees(self) -> "NDArray[np.int64]":
        """Shape (nodes,): the number of incoming edges, parallel ones counted."""
        return self._arrays.in_degrees

    def in_degree(self, node: Hashable) -> int:
        """Return the number of incoming edges of `node`, parallel ones counted."""
        degrees = self.edge_lists.in_degrees if self.is_small else self.in_degrees
        return int(degrees[self.position(node)])

    @property
    def out_degrees(self) -> "NDArray[np.int64]":
        """Shape (nodes,): the number of outgoing edges, parallel ones counted."""
        return self._arrays.out_degrees

    @cached_property
    def _positions(self) -> dict[Hashable, int]:
        return {node: index for index, node in enumerate(self.nodes)}

    def position(self, node: Hashable) -> int:
        """Return the place of `node` in `nodes`; DagError if it is not in the DAG."""
        try:
            return self._positions[node]
        except KeyError:
            raise DagError(f"{node!r} is not a node of this DAG") from None

    @property
    def first_edges(self) -> "NDArray[np.int64]":
        """Shape (nodes + 1,): the number of the first edge into each node, and of all edges."""
        return self._arrays.first_edges

    def predecessors(self, position: int) -> "NDArray[np.int64]":
        """Return the tails of the edges into `nodes[position]`, parallel edges repeated."""
        first, last = self.first_edges[position : position + 2]
        return self.tails[first:last]

    @property
    def has_parallel_edges(self) -> bool:
        """Whether two nodes are connected more than once."""
        return len(set(self._edge_numbers())) < self.number_of_edges

    @property
    def has_layers(self) -> bool:
        """Whether neurons share weights, average or add; an abstract DAG has none that do."""
        return self._layers is not None

    @cached_property
    def listed_layers(self) -> Sequence[ListedLayer]:
        """The neurons in consecutive layers; an abstract DAG has one layer a neuron."""
        if self._layers is not None:
            return [layer.listed() for layer in self._layers]
        lists = self.edge_lists
        bounds, tails = lists.first_edges, lists.tails
        return [
            ListedLayer(
                name=str(self.nodes[neuron]),
                kind=Kind.WEIGHTED,
                first=neuron,
                tails=[tails[bounds[neuron] : bounds[neuron + 1]]],
                filters=[0],
                divisors=[lists.in_degrees[neuron]],
            )
            for neuron in range(self.number_of_inputs, len(self.nodes))
        ]

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """The same layers, with arrays."""
        layers = self.listed_layers if self._layers is None else self._layers
        return [layer.arrays() for layer in layers]


def _listed(ends: "Sequence[int] | NDArray[np.int64]") -> Sequence[int]:
    return ends if isinstance(ends, Sequence) else ends.tolist()


def _arrays(tails: "ArrayLike", heads: "ArrayLike", nodes: int) -> "EdgeArrays":
    from theory.graph.edge_arrays import EdgeArrays  # numpy, which small graphs do without

    return EdgeArrays.sorted(tails, heads, nodes)


def graph_of_layers(
    nodes: Sequence[Hashable],
    layers: Sequence[Layer],
    *,
    inputs: int,
    outputs: Sequence[int],
    relus: Collection[int],
) -> Graph:
    """Make the graph whose edges are the connections of all layers; parameters as in `Graph`."""
    import numpy as np

    tails, heads = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for layer in layers:
        exists = layer.tails != NOTHING
        tails.append(layer.tails[exists])
        heads.append(np.repeat(np.arange(len(exists)) + layer.first, exists.sum(axis=1)))
    return Graph(
        nodes,
        np.concatenate(tails),
        np.concatenate(heads),
        inputs=inputs,
        outputs=outputs,
        layers=layers,
        relus=sorted(relus),
    )
