"""The edges of a graph as arrays, for graphs of any size: `EdgeLists` says what each means."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, kw_only=True, eq=False)  # arrays have no single truth
class EdgeArrays:
    """Edges by the numbers of their nodes, in ascending order of their heads.

    Attributes
    ----------
    tails, heads : shape (edges,).
    nodes : how many there are.
    """

    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    nodes: int

    @classmethod
    def sorted(cls, tails: ArrayLike, heads: ArrayLike, nodes: int) -> Self:
        """Sort edges by their heads; those into one node keep their order."""
        order = np.argsort(heads, kind="stable")
        return cls(
            tails=np.asarray(tails, dtype=np.int64)[order],
            heads=np.asarray(heads, dtype=np.int64)[order],
            nodes=nodes,
        )

    @cached_property
    def in_degrees(self) -> NDArray[np.int64]:
        """Shape (nodes,)."""
        return np.bincount(self.heads, minlength=self.nodes)

    @cached_property
    def out_degrees(self) -> NDArray[np.int64]:
        """Shape (nodes,)."""
        return np.bincount(self.tails, minlength=self.nodes)

    @cached_property
    def first_edges(self) -> NDArray[np.int64]:
        """Shape (nodes + 1,)."""
        return np.searchsorted(self.heads, np.arange(self.nodes + 1))

    def are_nodes(self) -> bool:
        """Whether all ends are numbers of nodes."""
        ends = np.concatenate([self.tails, self.heads])
        return not ends.size or bool(0 <= ends.min() <= ends.max() < self.nodes)

    def first_backward(self) -> list[tuple[int, int]]:
        """Return the first edge against the order of the nodes, if any."""
        found = np.flatnonzero(self.tails >= self.heads)[:1]
        return [(int(self.tails[edge]), int(self.heads[edge])) for edge in found]

    def first_misfed(self, inputs: int) -> list[int]:
        """Return the first node, if any, that is an input with edges, or another one without."""
        is_input = np.arange(self.nodes) < inputs
        found: list[int] = np.flatnonzero((self.in_degrees == 0) != is_input)[:1].tolist()
        return found

    @cached_property
    def key(self) -> tuple[bytes, bytes]:
        """Equal if and only if the edges are, parallel ones and any order of tails included."""
        tails = self.tails[np.lexsort((self.tails, self.heads))]
        return tails.tobytes(), self.heads.tobytes()
