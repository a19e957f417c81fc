"""Gradients of a DAG for every pattern of ±σ weights and of open and closed ReLUs.

The slow reference for second moments: no path is followed, no expectation is known beforehand.
`theory.checks.oracles.sign_patterns` does so with torch's layers instead of a DAG.
"""

from collections.abc import Hashable, Sequence
from itertools import count
from math import fsum, sqrt

from theory.graph.graph import Graph
from theory.graph.layers import takes_maximum
from theory.paths.weighted_paths import EdgeWeight, Weight, edge_weights

MOST_PATTERNS = 2**18
"""Tried in about a second and 100 MB, on a DAG of some ten nodes: they are kept in lists."""


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
        edges = dag.edge_lists
        for edge in range(len(edges.heads) - 1, -1, -1):
            tail, head = edges.tails[edge], edges.heads[edge]
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
        return 1 << (len(self._gates) + len(self._signs))

    def mean_squares(self) -> list[float]:
        """Average (∂_x o)² over all patterns, for every input.

        Raises
        ------
        ValueError : more than `MOST_PATTERNS`.
        """
        if self.number > MOST_PATTERNS:
            raise ValueError(f"{self.number:,} patterns are too many: take a smaller network")
        # What each node carries, in every pattern.
        gradient = [[0.0] * self.number for _ in self.dag.nodes]
        gradient[self.start] = [1.0] * self.number
        passed: set[int] = set()
        for tail, head, on in self._edges:
            if head not in passed and head in self._gates:
                gradient[head] = _products(gradient[head], self._coin(self._gates[head], 0, 1))
            passed.add(head)
            if on.weight is None:
                factors = [1 / on.divisor] * self.number
            else:
                size = sqrt(2 / on.divisor)
                factors = self._coin(self._signs[on.weight], size, -size)
            added = _products(gradient[head], factors)
            gradient[tail] = [old + new for old, new in zip(gradient[tail], added, strict=True)]
        inputs = gradient[: self.dag.number_of_inputs]
        return [fsum(value * value for value in values) / self.number for values in inputs]

    def _coin(self, place: int, tails: float, heads: float) -> list[float]:
        """Return what a coin shows in every pattern: its number's binary digit at a place."""
        run = 1 << place
        return ([tails] * run + [heads] * run) * (self.number // (2 * run))


def _products(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    return [one * other for one, other in zip(ones, others, strict=True)]
