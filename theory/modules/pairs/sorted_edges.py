"""Edges of one layer, sorted so that pairs of edges below two correlated paths are found at once.

Two paths can leave a layer with weights over two edges only if these carry the same weight: the
same slot in neurons of one filter. They can leave an average or an addition over any two edges. So
each edge has a key, its tail and then its weight, and the partners of an edge of neuron i among
those of neuron j are found by one look-up of (j, same weight).
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from theory.graph.layers import NOTHING, Kind
from theory.modules.compact_layers import CompactLayer, blocks
from theory.modules.gates import GATE_BITS, GATE_MASK
from theory.modules.layer_moments import edge_weights

Numbers: TypeAlias = NDArray[np.integer[Any]]

BLOCK = 2**19
"""Pairs of edges found at a time."""

BYTES_PER_EDGE = 80
"""Memory that sorting takes, and the sorted edges."""


def neuron_numbers(layer: CompactLayer) -> Numbers:
    """Number of every neuron, shape (neurons that share a list, lists)."""
    numbers = np.arange(layer.neurons.start, layer.neurons.stop).reshape(layer.grid)
    moved = np.moveaxis(numbers, layer.repeated, range(len(layer.repeated)))
    return moved.reshape(-1, layer.codes[..., 0].numel())


def standing_edges(layer: CompactLayer, stands: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether both ends of an edge stand for their like, shape (lists, slots)."""
    lists = layer.codes.reshape(-1, layer.codes.shape[-1]).numpy()
    heads = stands[neuron_numbers(layer)[0]]
    kept = np.empty(lists.shape, dtype=np.bool_)
    for rows in blocks(lists.shape):
        codes = lists[rows]
        kept[rows] = stands[codes >> GATE_BITS] & (codes != NOTHING) & heads[rows, np.newaxis]
    return kept


class SortedEdges:
    """Edges of a layer, sorted by tail and weight.

    Parameters
    ----------
    layer : the layer.
    kept : the edges to keep (`standing_edges`).
    apart : whether two paths may have reached two neurons of the layer. If not, only edges of one
        and the same neuron make pairs.

    Attributes
    ----------
    heads, tails, gates : of every edge: its list, the neuron it sees, and the number of the gate of
        this use.
    weights : of every edge (`edge_weights`).
    """

    def __init__(self, layer: CompactLayer, kept: NDArray[np.bool_], *, apart: bool) -> None:
        slots = layer.codes.shape[-1]
        codes = layer.codes.reshape(-1, slots).numpy()
        weights = edge_weights(layer).broadcast_to(layer.codes.shape).reshape(-1, slots).numpy()
        heads, places = np.nonzero(kept)
        codes = codes[kept]
        if layer.kind is Kind.WEIGHTED:
            names = layer.filters.reshape(-1).numpy()[heads] * slots + places
        else:
            names = np.zeros_like(heads) if apart else heads
        del places
        self._width = int(names.max(initial=0)) + 1
        keys = (codes >> GATE_BITS).astype(np.int64) * self._width + names
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self.heads = heads[order].astype(np.int32)
        self.tails = (codes >> GATE_BITS)[order]
        self.gates = (codes & GATE_MASK)[order].astype(np.int8)
        self.weights = weights[kept][order]

    def at(self, tails: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield blocks of (places in `tails`, edges that see these neurons)."""
        starts = np.searchsorted(self.tails, tails)
        yield from _blocks(starts, np.searchsorted(self.tails, tails, side="right"))

    def of_pairs(
        self, tails: Numbers, others: Numbers
    ) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
        """Yield blocks of (places, edges to `tails`, edges to `others`) for pairs of neurons."""
        for places, edges in self.at(tails):
            shift = (others[places] - tails[places]).astype(np.int64) * self._width
            for chosen, partners in self._with_keys(self._keys[edges] + shift):
                yield places[chosen], edges[chosen], partners

    def of_one_tail(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield blocks of two distinct edges to one neuron, each two of them once."""
        following = np.arange(1, len(self._keys) + 1)
        yield from _blocks(following, np.searchsorted(self._keys, self._keys, side="right"))

    def _with_keys(self, keys: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
        starts = np.searchsorted(self._keys, keys)
        yield from _blocks(starts, np.searchsorted(self._keys, keys, side="right"))


def _blocks(starts: Numbers, stops: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield (index, number) for every number from starts[index] up to stops[index]."""
    counts = stops - starts
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = ends[first] - counts[first]
        last = max(first + 1, int(np.searchsorted(ends, before + BLOCK, side="right")))
        indices = np.repeat(np.arange(first, last), counts[first:last])
        if len(indices):
            offsets = starts[first:last] - (ends[first:last] - counts[first:last] - before)
            yield indices, np.arange(len(indices)) + np.repeat(offsets, counts[first:last])
        first = last
