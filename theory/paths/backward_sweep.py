"""One pass over the edges, from an output down to the inputs, level by level.

A level holds the nodes at one distance from the inputs (the longest path), so that every edge goes
to a higher level. Going down, a level's values are one sparse matrix-vector product with the
values above it; every edge is read once, however many paths there are.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from theory.graph.graph import Graph

Edges: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"
Values: TypeAlias = NDArray[Any]
"""Floats, or whole numbers modulo a prime."""


class BackwardSweep:
    """The edges of a DAG, sorted once for any number of sweeps.

    Parameters
    ----------
    dag : the network's DAG.

    Attributes
    ----------
    order : shape (nodes,), the nodes by level; the inputs come first, in their own order.
    rank : shape (nodes,), the place of each node in `order`.
    degrees : the distinct in-degrees.
    degree_of : shape (nodes,), where the in-degree of each node of `order` stands in `degrees`.
    """

    def __init__(self, dag: Graph) -> None:
        nodes = len(dag.nodes)
        small = np.int32 if max(nodes, len(dag.tails)) < 2**31 else np.int64
        ends = dag.tails.astype(small), dag.heads.astype(small)
        edges: Edges = sparse.csr_array((np.ones(len(dag.tails)), ends), shape=(nodes, nodes))
        levels = _levels(edges, dag)
        self.order = np.argsort(levels, kind="stable")
        self.rank = np.empty(nodes, dtype=small)
        self.rank[self.order] = np.arange(nodes, dtype=small)
        if np.any(np.diff(levels) < 0):
            edges = edges[self.order]
            np.take(self.rank, edges.indices, out=edges.indices)
        self._bounds = np.searchsorted(levels[self.order], np.arange(levels.max() + 2)).tolist()
        self._levels: dict[np.dtype[Any], list[Edges]] = {np.dtype(np.float64): self._split(edges)}
        in_degrees = dag.in_degrees[self.order]
        self._inverses = 1 / np.maximum(in_degrees, 1)
        self.degrees, self.degree_of = np.unique(in_degrees, return_inverse=True)

    def level(self, node: int) -> int:
        """Longest distance of a node from the inputs."""
        return int(np.searchsorted(self._bounds, self.rank[node], side="right")) - 1

    def path_sums(self, start: int) -> NDArray[np.float64]:
        """Products of 1/in-degree over all paths to node `start`, summed for every input."""

        def times_inverse(carried: NDArray[np.float64], nodes: slice) -> NDArray[np.float64]:
            return carried * self._inverses[nodes]

        return self.run(start, np.float64(1), times_inverse)[: self._bounds[1]]

    def run(
        self,
        start: int,
        above: np.float64 | np.int64,
        pass_node: Callable[[Values, slice], Values],
    ) -> Values:
        """Carry `above` from node `start` to every node below.

        Parameters
        ----------
        start : number of the node where all paths end.
        above : what the empty path carries; its type is that of all values.
        pass_node : turns what the nodes of a level carry, shape (level,), into what their
            incoming edges carry; it gets the level as a slice of `order`.

        Returns
        -------
        What each node carries, shape (nodes,), in the order of `order`.
        """
        carried = np.zeros(len(self.order), dtype=above.dtype)
        passed = np.zeros_like(carried)
        top = int(self.rank[start])
        carried[top] = above
        passed[top] = pass_node(carried[top : top + 1], slice(top, top + 1))[0]
        levels = self._levels_as(above.dtype)
        for level in range(self.level(start) - 1, -1, -1):
            nodes = slice(self._bounds[level], self._bounds[level + 1])
            carried[nodes] = np.asarray(levels[level] @ passed)
            if level:
                passed[nodes] = pass_node(carried[nodes], nodes)
        return carried

    def _levels_as(self, kind: np.dtype[Any]) -> list[Edges]:
        """Return the levels' edges with multiplicities of one type: scipy would convert them."""
        if kind not in self._levels:
            self._levels[kind] = [
                sparse.csr_array(
                    (level.data.astype(kind), level.indices, level.indptr), level.shape
                )
                for level in self._levels[np.dtype(np.float64)]
            ]
        return self._levels[kind]

    def _split(self, edges: Edges) -> list[Edges]:
        """Cut the rows into levels, without copying the edges."""
        levels = []
        for first, last in zip(self._bounds, self._bounds[1:], strict=False):
            pointers = edges.indptr[first : last + 1]
            span = slice(pointers[0], pointers[-1])
            levels.append(
                sparse.csr_array(
                    (edges.data[span], edges.indices[span], pointers - pointers[0]),
                    shape=(last - first, edges.shape[1]),
                )
            )
        return levels


def _levels(edges: Edges, dag: Graph) -> NDArray[np.int64]:
    """Find each node's level: peel off the nodes without open incoming edges, again and again."""
    levels = np.zeros(len(dag.nodes), dtype=np.int64)
    open_edges = dag.in_degrees.copy()
    layer, level = np.arange(dag.number_of_inputs), 0
    while layer.size:
        levels[layer] = level
        above = edges[layer]
        heads, places = np.unique(above.indices, return_inverse=True)
        open_edges[heads] -= np.bincount(places, weights=above.data).astype(np.int64)
        layer, level = heads[open_edges[heads] == 0], level + 1
    return levels
