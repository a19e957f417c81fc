"""The directed acyclic multigraph of a network's neurons."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from theory.path_polynomial import PathDegree, path_polynomials, path_polynomials_at

if TYPE_CHECKING:
    from torch import nn


class DagError(ValueError):
    """A graph that is not the DAG of a network; the message names the node or submodule."""


class Dag:
    """Neurons and their connections, as in Appendix A.1 of the paper.

    A *multigraph*: with reflect, replicate or circular padding one input can reach a neuron
    through several weights, and each of them is an edge.

    Parameters
    ----------
    nodes : the neurons' names, in an order in which every edge goes forward.
    tails, heads : shape (edges,); edge e goes from `nodes[tails[e]]` to `nodes[heads[e]]`.
    inputs : how many of the first nodes are inputs. Every later node needs an incoming edge.
    outputs : positions in `nodes` of the outputs.

    Raises
    ------
    DagError
        If an edge goes backward or into an input, or a node that is not an input has no
        incoming edge (a bias or constant node: the random walk of Lemma 7 would end there).
    """

    def __init__(
        self,
        nodes: Sequence[Hashable],
        tails: NDArray[np.int64],
        heads: NDArray[np.int64],
        *,
        inputs: int,
        outputs: Sequence[int],
    ) -> None:
        order = np.argsort(heads, kind="stable")
        self.nodes = tuple(nodes)
        self.tails = np.asarray(tails, dtype=np.int64)[order]
        self.heads = np.asarray(heads, dtype=np.int64)[order]
        self.number_of_inputs = inputs
        self._outputs = tuple(outputs)
        backward = np.flatnonzero(self.tails >= self.heads)
        if backward.size:
            edge = backward[0]
            raise DagError(
                f"the edge from {self.nodes[self.tails[edge]]!r} to "
                f"{self.nodes[self.heads[edge]]!r} goes against the order of the nodes"
            )
        for position in np.flatnonzero(self.in_degrees[:inputs]):
            raise DagError(f"the input {self.nodes[position]!r} has incoming edges")
        for position in np.flatnonzero(self.in_degrees[inputs:] == 0):
            raise DagError(
                f"{self.nodes[inputs + position]!r} has no incoming edge and is not an input "
                "(a bias or constant node): leave it out, or declare it an input"
            )

    @classmethod
    def from_networkx(cls, graph: nx.DiGraph, inputs: Sequence[Hashable] | None = None) -> "Dag":
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
        edges = np.array(
            [(position[tail], position[head]) for tail, head in graph.edges()], dtype=np.int64
        ).reshape(-1, 2)
        outputs = [position[node] for node in nodes[len(inputs) :] if graph.out_degree(node) == 0]
        return cls(nodes, edges[:, 0], edges[:, 1], inputs=len(inputs), outputs=outputs)

    @classmethod
    def from_module(cls, module: "nn.Module", input_shape: Sequence[int]) -> "Dag":
        """Expand a torch module into its neuron-level DAG.

        Inputs are named `("input", *index)` and neurons `(submodule, *index)`, with the index of
        the activation in its tensor, batch dimension left out. A neuron's in-degree counts the
        connections that exist: fewer beside zero padding, several from one reflected pixel.

        Parameters
        ----------
        module : built of Linear, Conv2d, AvgPool2d, Flatten and ReLU; biases are ignored, because
            they carry no gradient to the inputs.
        input_shape : shape of one input, without the batch dimension.

        Raises
        ------
        DagError
            If the module cannot be traced or expanded; the message names the submodule.
        """
        from theory.from_module import dag_from_module  # it builds on this class

        return dag_from_module(module, input_shape)

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return the same graph as a `MultiDiGraph`, inputs first."""
        graph = nx.MultiDiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(self.edges())
        return graph

    @property
    def inputs(self) -> tuple[Hashable, ...]:
        """The input nodes; their number is the input dimension d."""
        return self.nodes[: self.number_of_inputs]

    @property
    def outputs(self) -> tuple[Hashable, ...]:
        """The output nodes."""
        return tuple(self.nodes[position] for position in self._outputs)

    def edges(self) -> Iterator[tuple[Hashable, Hashable]]:
        """Yield (tail, head) by node names, a parallel edge as often as it is there."""
        for tail, head in zip(self.tails.tolist(), self.heads.tolist(), strict=True):
            yield self.nodes[tail], self.nodes[head]

    @cached_property
    def in_degrees(self) -> NDArray[np.int64]:
        """Shape (nodes,): the number of incoming edges, parallel ones counted."""
        return np.bincount(self.heads, minlength=len(self.nodes))

    def in_degree(self, node: Hashable) -> int:
        """Return the number of incoming edges of `node`, parallel ones counted."""
        return int(self.in_degrees[self.position(node)])

    @cached_property
    def _positions(self) -> dict[Hashable, int]:
        return {node: index for index, node in enumerate(self.nodes)}

    def position(self, node: Hashable) -> int:
        """Return the place of `node` in `nodes`; DagError if it is not in the DAG."""
        try:
            return self._positions[node]
        except KeyError:
            raise DagError(f"{node!r} is not a node of this DAG") from None

    def predecessors(self, position: int) -> NDArray[np.int64]:
        """Return the tails of the edges into `nodes[position]`, parallel edges repeated."""
        first, last = np.searchsorted(self.heads, [position, position + 1])
        return self.tails[first:last]

    def paths(self, x: Hashable, o: Hashable) -> Iterator[tuple[Hashable, ...]]:
        """Enumerate the paths from `x` to `o`: P(x, o), the slow reference for all path algebra.

        Yields
        ------
        The nodes of one path from x to o, both included. Parallel edges give separate paths with
        the same nodes.
        """
        start = self.position(x)
        stack: list[tuple[int, ...]] = [(self.position(o),)]
        while stack:
            path = stack.pop()
            if path[0] == start:
                yield tuple(self.nodes[position] for position in path)
            else:
                stack.extend(
                    (int(tail), *path) for tail in self.predecessors(path[0]) if tail >= start
                )

    def path_sums(self, o: Hashable) -> dict[Hashable, Fraction]:
        """Sum the products of 1/in-degree over all paths to `o`, for every input, exactly.

        Returns
        -------
        For each input x the left side of Eq. 12: sum over p in P(x, o) of prod over p-tilde of
        1/d_p. By Lemma 7 the values add to 1.
        """
        inputs = self.number_of_inputs
        inverses = [Fraction(1, degree) for degree in self.in_degrees[inputs:].tolist()]
        return path_polynomials_at(self, o, [Fraction(0)] * inputs + inverses)

    def path_degrees(self, x: Hashable, o: Hashable) -> Counter[PathDegree]:
        """Count the paths from `x` to `o` by path-degree, by polynomial algebra.

        Returns
        -------
        The multiset of assumption (S): how many paths encounter the in-degrees (d_1 <= d_2 ...).
        """
        return path_polynomials(self, o)[x]
