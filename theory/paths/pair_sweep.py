"""Second moments in floats, by pairs of paths: correlated ones included, layer by layer.

The same sum as in `theory.paths.path_pairs`, with one matrix for every two layers that a pair of
paths can have reached: its entry (i, j) sums all pairs of path ends above neurons i and j. A pair
may be ordered both ways, so only one of two mirrored matrices is kept, under the later layer.
"""

from collections import defaultdict
from collections.abc import Hashable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from theory.graph.graph import Graph
from theory.graph.layers import NOTHING, DagError, Kind, Layer, takes_maximum

Matrix: TypeAlias = NDArray[np.float64]
Edges: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"

MOST_BYTES = 3 * 2**30
"""Memory that all matrices together may take."""


def second_moments_in_floats(dag: Graph, o: Hashable) -> Matrix:
    """Compute E[(d_x o)^2] under (H), shape (inputs,), as `Dag.second_moments` describes it."""
    needed = most_bytes(dag)
    if needed > MOST_BYTES:
        raise DagError(
            f"a sum over pairs of paths in {len(dag.nodes):,} nodes takes up to "
            f"{needed / 2**20:,.0f} MiB, more than {MOST_BYTES / 2**20:,.0f} MiB: give a smaller "
            "input shape"
        )
    return _PairSweep(dag).down(dag.position(o))


def most_bytes(dag: Graph) -> int:
    """Bound the memory of the matrices that are there at one time.

    These are one for every two layers, and at most five for passing through the widest.
    """
    widths = [dag.number_of_inputs, *(len(layer.tails) for layer in dag.layers)]
    pairs = (sum(widths) ** 2 + sum(width**2 for width in widths)) // 2
    return np.dtype(np.float64).itemsize * (pairs + 5 * max(widths) ** 2)


class _PairSweep:
    """Carries pairs of paths down; level 0 are the inputs, level n is the n-th layer."""

    def __init__(self, dag: Graph) -> None:
        self.layers = dag.layers
        self.bounds = [0, dag.number_of_inputs]
        self.bounds += [layer.first + len(layer.tails) for layer in dag.layers]
        self.gates = np.ones(len(dag.nodes))
        self.gates[sorted(dag.relus)] = 0.5
        self.pairs: defaultdict[int, dict[int, Matrix]] = defaultdict(dict)

    def down(self, start: int) -> Matrix:
        """Sum over all pairs of paths to node `start`, for each input."""
        top = int(self._levels(np.array([start]))[0])
        place = start - self.bounds[top]
        self._matrix(top, top)[place, place] = 1.0
        for level in range(top, 0, -1):
            layer, apart = self.layers[level - 1], self.pairs.pop(level, {})
            if layer.kind is Kind.MAXIMUM and any(values.any() for values in apart.values()):
                raise takes_maximum(layer.name)
            gates = self.gates[self.bounds[level] : self.bounds[level + 1]]
            if level in apart:
                together = apart.pop(level)
                both_alive = np.multiply.outer(gates, gates)
                np.fill_diagonal(both_alive, gates)
                together *= both_alive
                if layer.kind is Kind.WEIGHTED:
                    self._over_weights(layer, together)
                else:
                    self._over_fixed_edges(layer, together)
            # A path that leaves a weight alone contributes nothing.
            if layer.kind is not Kind.WEIGHTED:
                for other, values in apart.items():
                    for below, edges in self._edges(layer):
                        self._add(below, other, edges.T @ (gates[:, None] * values))
        return np.diagonal(self._matrix(0, 0)).copy()

    def _over_weights(self, layer: Layer, pairs: Matrix) -> None:
        """Both paths take one weight: the same slot of neurons of one filter."""
        tails = np.empty((0, 0), dtype=np.int64)
        shared = np.empty((0, 0))
        for one_filter in np.unique(layer.filters):
            rows = np.flatnonzero(layer.filters == one_filter)
            values = pairs[np.ix_(rows, rows)] * (2 / layer.divisors[rows])
            if np.array_equal(layer.tails[rows], tails):
                shared += values
                continue
            self._over_slots(tails, shared)
            tails, shared = layer.tails[rows], values
        self._over_slots(tails, shared)

    def _over_slots(self, tails: NDArray[np.int64], values: Matrix) -> None:
        if not values.any():
            return
        for slot in tails.T:
            levels = self._levels(slot)
            for high in np.unique(levels[slot != NOTHING]):
                for low in np.unique(levels[(slot != NOTHING) & (levels <= high)]):
                    one, other = levels == high, levels == low
                    ends = np.ix_(slot[one] - self.bounds[high], slot[other] - self.bounds[low])
                    np.add.at(self._matrix(high, low), ends, values[np.ix_(one, other)])

    def _over_fixed_edges(self, layer: Layer, pairs: Matrix) -> None:
        """Each path takes any edge of its neuron."""
        below = self._edges(layer)
        for high, edges in below:
            halfway = np.ascontiguousarray((edges.T @ pairs).T)
            for low, others in below:
                if low <= high:
                    self._matrix(high, low)[...] += (others.T @ halfway).T

    def _edges(self, layer: Layer) -> list[tuple[int, Edges]]:
        """Weights of a layer's fixed edges, shape (its neurons, those of a level), by level."""
        heads, slots = np.nonzero(layer.tails != NOTHING)
        tails, weights = layer.tails[heads, slots], 1 / layer.divisors[heads]
        levels = self._levels(tails)
        found: list[tuple[int, Edges]] = []
        for level in np.unique(levels).tolist():
            here = levels == level
            ends = heads[here], tails[here] - self.bounds[level]
            shape = len(layer.tails), self.bounds[level + 1] - self.bounds[level]
            found.append((level, sparse.csr_array((weights[here], ends), shape=shape)))
        return found

    def _add(self, one: int, other: int, values: Matrix) -> None:
        """Add pairs in two layers, and mirrored ones where both are the same."""
        if one < other:
            one, other, values = other, one, values.T
        self._matrix(one, other)[...] += values + values.T if one == other else values

    def _matrix(self, high: int, low: int) -> Matrix:
        if low not in self.pairs[high]:
            rows, columns = (self.bounds[n + 1] - self.bounds[n] for n in (high, low))
            self.pairs[high][low] = np.zeros((rows, columns))
        return self.pairs[high][low]

    def _levels(self, neurons: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self.bounds, neurons, side="right") - 1
