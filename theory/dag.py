"""The directed acyclic multigraph of a network's neurons."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal, overload

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from theory.drawing.picture import svg
from theory.graph.layers import DagError, Kind, Layer
from theory.paths.backward_sweep import BackwardSweep
from theory.paths.pair_sweep import second_moments_in_floats
from theory.paths.path_pairs import second_moments
from theory.paths.path_polynomial import PathDegree, path_polynomials, path_polynomials_at
from theory.paths.symmetry import Symmetry, decide_symmetry

if TYPE_CHECKING:
    from torch import nn


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
        tails: NDArray[np.int64],
        heads: NDArray[np.int64],
        *,
        inputs: int,
        outputs: Sequence[int],
        layers: Sequence[Layer] | None = None,
        relus: Sequence[int] | None = None,
    ) -> None:
        order = np.argsort(heads, kind="stable")
        self.nodes = nodes
        self.tails = np.asarray(tails, dtype=np.int64)[order]
        self.heads = np.asarray(heads, dtype=np.int64)[order]
        self.number_of_inputs = inputs
        self._outputs = tuple(outputs)
        self._layers = layers
        self.relus = frozenset(range(inputs, len(nodes)) if relus is None else relus)
        ends = np.concatenate([self.tails, self.heads, self._outputs])
        if ends.size and not 0 <= ends.min() <= ends.max() < len(nodes):
            raise DagError(f"edges and outputs are numbers of nodes, from 0 to {len(nodes) - 1}")
        if not isinstance(nodes, range) and len(set(nodes)) < len(nodes):
            twice = Counter(nodes).most_common(1)[0][0]
            raise DagError(f"two nodes have the name {twice!r}")
        backward = np.flatnonzero(self.tails >= self.heads)
        if backward.size:
            tail, head = int(self.tails[backward[0]]), int(self.heads[backward[0]])
            raise DagError(
                f"the edge from {nodes[tail]!r} to {nodes[head]!r} goes against the order of the "
                "nodes"
            )
        for input_ in np.flatnonzero(self.in_degrees[:inputs]).tolist():
            raise DagError(f"the input {nodes[input_]!r} has incoming edges")
        for neuron in np.flatnonzero(self.in_degrees[inputs:] == 0).tolist():
            raise DagError(
                f"{nodes[inputs + neuron]!r} has no incoming edge and is not an input "
                "(a bias or constant node): leave it out, or declare it an input"
            )
        # Sorted here, once, so that every sweep costs no more than reading the edges.
        self.backward_sweep = BackwardSweep(self)

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
        module : any module that `torch.fx` can trace, built of Linear, Conv1d and Conv2d (any
            stride, dilation, groups and padding), average and max pooling, adaptive or not,
            Flatten, ReLU, batch norm at initialization, Dropout in eval, additions, means,
            concatenations, `functional.pad` and reshapings. Biases are ignored, because they
            carry no gradient to the inputs. An addition is a neuron with fixed weights 1. A
            neuron whose value is used before and after its ReLU gets a second one for the ReLU.
        input_shape : shape of one input, without the batch dimension.

        Raises
        ------
        DagError
            If the module cannot be traced or expanded; the message names the submodule.
        """
        from theory.modules.from_module import dag_from_module  # it builds on this class

        return dag_from_module(module, input_shape)

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return nodes and edges as a `MultiDiGraph`, inputs first.

        Shared weights, averages and marks of ReLUs are left behind.
        """
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
    def out_degrees(self) -> NDArray[np.int64]:
        """Shape (nodes,): the number of outgoing edges, parallel ones counted."""
        return np.bincount(self.tails, minlength=len(self.nodes))

    @cached_property
    def _positions(self) -> dict[Hashable, int]:
        return {node: index for index, node in enumerate(self.nodes)}

    def position(self, node: Hashable) -> int:
        """Return the place of `node` in `nodes`; DagError if it is not in the DAG."""
        try:
            return self._positions[node]
        except KeyError:
            raise DagError(f"{node!r} is not a node of this DAG") from None

    @cached_property
    def first_edges(self) -> NDArray[np.int64]:
        """Shape (nodes + 1,): the number of the first edge into each node, and of all edges."""
        return np.searchsorted(self.heads, np.arange(len(self.nodes) + 1))

    def predecessors(self, position: int) -> NDArray[np.int64]:
        """Return the tails of the edges into `nodes[position]`, parallel edges repeated."""
        first, last = self.first_edges[position : position + 2]
        return self.tails[first:last]

    def paths(self, x: Hashable, o: Hashable) -> Iterator[tuple[Hashable, ...]]:
        """Enumerate the paths from `x` to `o`: P(x, o), the slow reference for all path algebra.

        Yields
        ------
        The nodes of one path from x to o, both included. Parallel edges give separate paths with
        the same nodes.
        """
        start = self.position(x)
        tails, firsts = self.tails.tolist(), self.first_edges.tolist()
        stack: list[tuple[int, ...]] = [(self.position(o),)]
        while stack:
            path = stack.pop()
            if path[0] == start:
                yield tuple(self.nodes[position] for position in path)
            else:
                incoming = tails[firsts[path[0]] : firsts[path[0] + 1]]
                stack.extend((tail, *path) for tail in incoming if tail >= start)

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """The neurons in consecutive layers; an abstract DAG has one layer a neuron."""
        if self._layers is not None:
            return self._layers
        return [
            Layer(
                name=str(self.nodes[neuron]),
                kind=Kind.WEIGHTED,
                first=neuron,
                tails=self.predecessors(neuron)[None],
                filters=np.zeros(1, dtype=np.int64),
                divisors=self.in_degrees[neuron : neuron + 1],
            )
            for neuron in range(self.number_of_inputs, len(self.nodes))
        ]

    @overload
    def path_sums(self, o: Hashable) -> dict[Hashable, Fraction]: ...
    @overload
    def path_sums(self, o: Hashable, *, exact: Literal[True]) -> dict[Hashable, Fraction]: ...
    @overload
    def path_sums(self, o: Hashable, *, exact: Literal[False]) -> NDArray[np.float64]: ...
    def path_sums(
        self, o: Hashable, *, exact: bool = True
    ) -> dict[Hashable, Fraction] | NDArray[np.float64]:
        """Sum the products of 1/in-degree over all paths to `o`, for every input.

        Parameters
        ----------
        o : any node.
        exact : in fractions, or in floats for large networks.

        Returns
        -------
        For each input x the left side of Eq. 12: sum over p in P(x, o) of prod over p-tilde of
        1/d_p. By Lemma 7 the values add to 1. Exact: a dict from inputs to fractions. Else an
        array of shape (inputs,), in the order of `inputs`.
        """
        inputs = self.number_of_inputs
        if exact:
            inverses = [Fraction(1, degree) for degree in self.in_degrees[inputs:].tolist()]
            return path_polynomials_at(self, o, [Fraction(0)] * inputs + inverses)
        return self.backward_sweep.path_sums(self.position(o))

    def path_degrees(self, x: Hashable, o: Hashable) -> Counter[PathDegree]:
        """Count the paths from `x` to `o` by path-degree, by polynomial algebra.

        Returns
        -------
        The multiset of assumption (S): how many paths encounter the in-degrees (d_1 <= d_2 ...).
        """
        if self.position(x) >= self.number_of_inputs:
            raise DagError(f"{x!r} is not an input of this DAG")
        return path_polynomials(self, o)[x]

    def is_symmetric(self, o: Hashable, *, seed: int = 0) -> Symmetry:
        """Decide assumption (S) relative to `o`: whether all inputs have the same path-degrees.

        Parameters
        ----------
        o : any node.
        seed : draws the random points of the test.

        Returns
        -------
        True or false in a condition; it carries the method, the probability of error (below
        2^-40 when true, 0 when false), and when false two inputs that differ.
        """
        return decide_symmetry(self, o, seed=seed)

    @overload
    def second_moments(self, o: Hashable) -> dict[Hashable, Fraction]: ...
    @overload
    def second_moments(self, o: Hashable, *, exact: Literal[True]) -> dict[Hashable, Fraction]: ...
    @overload
    def second_moments(self, o: Hashable, *, exact: Literal[False]) -> NDArray[np.float64]: ...
    def second_moments(
        self, o: Hashable, *, exact: bool = True
    ) -> dict[Hashable, Fraction] | NDArray[np.float64]:
        """Compute E[(d_x o)^2] under (H) for every input x (Eq. 13 and Lemma 10).

        Gates of ReLUs are independent and open with probability 1/2. Weights have variance
        2/in-degree in an abstract DAG and 2/fan-in in a module: He initialization, which differs
        from H3 beside zero padding, where the neurons of one filter have unequal in-degrees. A
        neuron without a ReLU has factor 1 for it; averages and additions have their fixed
        weights. Two paths over one shared weight are counted as correlated.

        Parameters
        ----------
        o : any node.
        exact : in fractions, or in floats, which is much faster. For the logits of large modules
            see `theory.modules.predictions`.

        Returns
        -------
        Exact: a dict from inputs to fractions. Else an array of shape (inputs,), in the order of
        `inputs`.

        Raises
        ------
        DagError
            If a maximum is on the way: which input it takes depends on all weights. In floats,
            also if the DAG has more nodes than `pair_sweep.MOST_NODES`.
        """
        return second_moments(self, o) if exact else second_moments_in_floats(self, o)

    def _repr_svg_(self) -> str:
        """Draw the DAG in a notebook."""
        return svg(self)
