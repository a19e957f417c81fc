"""The edges of a graph as lists: all that path algebra on small graphs needs.

Plain Python is exact and quick there. Large graphs keep arrays (`Graph.tails` and so on).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from typing import Self


@dataclass(frozen=True, kw_only=True)
class EdgeLists:
    """Edges by the numbers of their nodes, in ascending order of their heads.

    Attributes
    ----------
    tails, heads : edge e goes from node `tails[e]` to node `heads[e]`.
    nodes : how many there are.
    """

    tails: list[int]
    heads: list[int]
    nodes: int

    @classmethod
    def sorted(cls, tails: Sequence[int], heads: Sequence[int], nodes: int) -> Self:
        """Sort edges by their heads; those into one node keep their order."""
        edges = sorted(zip(tails, heads, strict=True), key=lambda edge: edge[1])
        return cls(
            tails=[int(tail) for tail, _ in edges],
            heads=[int(head) for _, head in edges],
            nodes=nodes,
        )

    @cached_property
    def in_degrees(self) -> list[int]:
        """By node, the number of incoming edges, parallel ones counted."""
        return self._counts(self.heads)

    @cached_property
    def out_degrees(self) -> list[int]:
        """By node, the number of outgoing edges, parallel ones counted."""
        return self._counts(self.tails)

    @cached_property
    def first_edges(self) -> list[int]:
        """By node, the number of the first edge into it; and at last that of all edges."""
        return list(accumulate(self.in_degrees, initial=0))

    @cached_property
    def levels(self) -> list[int]:
        """By node, its longest distance from a node without incoming edges."""
        levels = [0] * self.nodes
        for tail, head in zip(self.tails, self.heads, strict=True):
            levels[head] = max(levels[head], levels[tail] + 1)
        return levels

    def are_nodes(self) -> bool:
        """Whether all ends are numbers of nodes."""
        return all(0 <= end < self.nodes for end in (*self.tails, *self.heads))

    def first_backward(self) -> list[tuple[int, int]]:
        """Return the first edge against the order of the nodes, if any."""
        edges = zip(self.tails, self.heads, strict=True)
        return list(islice((edge for edge in edges if edge[0] >= edge[1]), 1))

    def first_misfed(self, inputs: int) -> list[int]:
        """Return the first node, if any, that is an input with edges, or another one without."""
        found = (
            node for node, degree in enumerate(self.in_degrees) if (degree == 0) != (node < inputs)
        )
        return list(islice(found, 1))

    @cached_property
    def key(self) -> tuple[tuple[int, int], ...]:
        """Equal if and only if the edges are, parallel ones and any order of tails included."""
        return tuple(sorted(zip(self.heads, self.tails, strict=True)))

    def _counts(self, ends: Sequence[int]) -> list[int]:
        counts = [0] * self.nodes
        for end in ends:
            counts[end] += 1
        return counts
