"""Gradients of a DAG for every pattern of ±σ weights and of open and closed ReLUs.

The slow reference for second moments: no path is followed, no expectation is known beforehand.
`theory.checks.oracles.sign_patterns` does so with torch's layers instead of a DAG.
"""

from collections.abc import Hashable
from itertools import count

import numpy as np
from numpy.typing import NDArray

from theory.graph.graph import Graph
from theory.graph.layers import takes_maximum
from theory.paths.weighted_paths import EdgeWeight, Weight, edge_weights

MOST_PATTERNS = 2**20


class DagPatterns:
    """All patterns of the weights and ReLUs between the inputs and one node.

    Parameters
    ----------
    dag : the network's DAG.
    o : any of its nodes.

    Raises
    ------
    DagError : a maximum on the way.
    """

    def __init__(self, dag: Graph, o: Hashable) -> None:
        self.dag = dag
        self.start = dag.position(o)
        on_edge = edge_weights(dag)
        below = {self.start}
        self._edges: list[tuple[int, int, EdgeWeight]] = []
        for edge in range(len(dag.heads) - 1, -1, -1):
            tail, head = int(dag.tails[edge]), int(dag.heads[edge])
            if head in below:
                if on_edge[edge].maximum:
                    raise takes_maximum(on_edge[edge].maximum)
                below.add(tail)
                self._edges.append((tail, head, on_edge[edge]))
        # Each coin that is thrown has a place in the number of a pattern.
        place = count()
        self._gates = {neuron: next(place) for neuron in sorted(below & dag.relus)}
        self._signs: dict[Weight, int] = {}
        for _, _, on in self._edges:
            if on.weight and on.weight not in self._signs:
                self._signs[on.weight] = next(place)

    @property
    def number(self) -> int:
        """How many patterns there are."""
        return int(2 ** (len(self._gates) + len(self._signs)))

    def mean_squares(self) -> NDArray[np.float64]:
        """Average (∂_x o)² over all patterns, for every input, shape (inputs,).

        Raises
        ------
        ValueError : more than `MOST_PATTERNS`.
        """
        if self.number > MOST_PATTERNS:
            raise ValueError(f"{self.number:,} patterns are too many: take a smaller network")
        patterns = np.arange(self.number)
        gradient = np.zeros((len(self.dag.nodes), self.number))
        gradient[self.start] = 1
        passed: set[int] = set()
        for tail, head, on in self._edges:
            if head not in passed and head in self._gates:
                gradient[head] *= patterns >> self._gates[head] & 1
            passed.add(head)
            if on.weight is None:
                gradient[tail] += gradient[head] / on.divisor
            else:
                sign = 1 - 2 * (patterns >> self._signs[on.weight] & 1)
                gradient[tail] += gradient[head] * sign * np.sqrt(2 / on.divisor)
        squares: NDArray[np.float64] = np.square(gradient[: self.dag.number_of_inputs])
        return np.asarray(squares.mean(axis=1))
