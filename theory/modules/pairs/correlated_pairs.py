"""Sums over pairs of distinct correlated paths, carried down beside the sweep over single paths.

The states are those of `theory.paths.pair_sweep`: an entry for two neurons i and j sums all pairs
of path ends above them. Only entries that can still matter are held. They are found from the inputs
upwards (two neurons of a layer are needed if two edges that a pair may take lead to one neuron, or
to two needed ones), within the layers that pairs reach from above
(`theory.modules.pairs.correlated_paths`). Without correlated paths there are none.

- Of neurons that stand alike (`theory.modules.pairs.alike_channels`) only one is followed.
- The entries (i, j) and (j, i) are equal. Their sum is held once.
- Of two neurons the later one is left first, and those of one layer are left together. Its gate is
  counted when the pair reaches it. The other gate stays open: the pair may meet at its neuron.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import isqrt

import numpy as np

from theory.graph.layers import DagError, Kind
from theory.modules.compact_layers import CompactLayer
from theory.modules.gates import Gates
from theory.modules.pairs.alike_channels import alike_neurons
from theory.modules.pairs.correlated_paths import (
    can_meet,
    layer_bounds,
    layer_of,
    layers_apart,
    layers_of,
)
from theory.modules.pairs.needed_pairs import Floats, Keys, PairsOfNeurons
from theory.modules.pairs.sorted_edges import (
    BYTES_PER_EDGE,
    Numbers,
    SortedEdges,
    neuron_numbers,
    standing_edges,
)

MOST_BYTES = 3 * 2**30
"""Memory that pairs and the sorted edges of one layer may take, beside the layers themselves."""

BYTES_PER_PAIR = 96
"""What a pair of neurons takes while pairs of one layer are being found, or carried down."""


class CorrelatedPairs:
    """Pairs of distinct correlated paths to neuron `o` of a module.

    Parameters
    ----------
    layers, inputs, o : as in `layers_apart`.
    gates : the kinds of gates of the module.

    Attributes
    ----------
    meet : whether there are any such paths.

    Raises
    ------
    DagError
        If they would take more than `MOST_BYTES`.
    """

    def __init__(self, layers: Sequence[CompactLayer], inputs: int, o: int, gates: Gates) -> None:
        self._layers = layers
        self._means = np.array([gate.mean for gate in gates.kinds])
        self._products = np.array([[g.product(h) for h in gates.kinds] for g in gates.kinds])
        self._bounds = layer_bounds(layers, inputs)
        self._neurons = int(self._bounds[-1])
        self._reached, self._apart = layers_apart(layers, inputs, o)
        self._found: dict[tuple[int, int], PairsOfNeurons] = {}
        self._changing: set[int] = set()
        if can_meet(layers, inputs, self._reached, self._apart):
            self._alike = alike_neurons(layers, inputs, o)
            self._met = np.zeros(self._neurons)
            self._changing.update(index for index in range(len(layers)) if self._need(index))
        self.meet = bool(self._changing)

    @property
    def number(self) -> int:
        """Count the needed pairs of neurons; of channels alike only one has any."""
        return sum(len(pairs.later) for pairs in self._found.values())

    def met(self, neurons: slice) -> Floats:
        """Sum over the pairs that came together at each neuron, once all layers above are left."""
        if not self.meet:
            return np.zeros(1)
        together: Floats = self._met[self._alike[neurons]]
        return together

    def leave(self, index: int, alone: Floats) -> None:
        """Carry pairs down from a layer, whose neurons carry `alone` where both paths are one."""
        if index not in self._changing:
            return
        layer, edges = self._layers[index], self._edges(index)
        own = alone[neuron_numbers(layer)[0] - layer.first]
        both = self._found.get((index, index))
        for target, places, one, other in self._both_leave(edges):
            a, b = edges.heads[one], edges.heads[other]
            values = 2 * own[a]
            if both is not None:
                values = np.where(a == b, values, self._means @ both.at(self._within(a, b)))
            values *= edges.weights[one] * edges.weights[other]
            gates = edges.gates[one], edges.gates[other]
            if target is None:
                np.add.at(self._met, places, values * self._products[gates])
            else:
                np.add.at(target.values, (gates[1], places), values * self._means[gates[0]])
        for staying, keys, target, places, moved, is_later in self._one_leaves(index, edges):
            values = self._found[index, staying].at(keys) * edges.weights[moved]
            gates_moved = edges.gates[moved]
            if target is None:
                values = (values * self._products[:, gates_moved]).sum(axis=0)
                np.add.at(self._met, places, values)
            elif is_later:
                for gate in range(len(values)):
                    brought = values[gate] * self._means[gates_moved]
                    np.add.at(target.values[gate], places, brought)
            else:
                np.add.at(target.values, (gates_moved, places), self._means @ values)

    def _need(self, index: int) -> bool:
        """Note the pairs needed in a layer, and in it and a lower one; whether any path gains."""
        layer, both = self._layers[index], (index, index) in self._apart
        if index not in self._reached or layer.kind is Kind.MAXIMUM:
            return False
        if layer.kind is Kind.WEIGHTED and not both:
            return False
        edges, copies = self._edges(index), len(self._standing(index)[0])
        needed: defaultdict[int, Keys] = defaultdict(Keys)
        for _, _, one, other in self._both_leave(edges):
            a, b = edges.heads[one], edges.heads[other]
            needed[index].add(self._within(a, b)[a != b])
            self._take(layer, copies * BYTES_PER_PAIR * sum(map(len, needed.values())))
        for staying, keys, *_ in self._one_leaves(index, edges):
            needed[staying].add(keys)
            self._take(layer, BYTES_PER_PAIR * sum(map(len, needed.values())))
        for low, found in needed.items():
            self._found[index, low] = self._pairs(index, low, found.all())
        return bool(needed)

    def _both_leave(
        self, edges: SortedEdges
    ) -> Iterator[tuple[PairsOfNeurons | None, Numbers, Numbers, Numbers]]:
        """Yield blocks of two edges that two paths may leave a layer by.

        They lead to one neuron (None, its numbers), or to a needed pair (which pairs, places there,
        the first edge to the later neuron).
        """
        for one, other in edges.of_one_tail():
            yield None, edges.tails[one], one, other
        below = layers_of(self._bounds, edges.tails)
        for (high, low), pairs in list(self._found.items()):
            if high in below and low in below:
                for places, one, other in edges.of_pairs(pairs.later, pairs.earlier):
                    yield pairs, places, one, other

    def _one_leaves(
        self, index: int, edges: SortedEdges
    ) -> Iterator[tuple[int, Numbers, PairsOfNeurons | None, Numbers, Numbers, bool]]:
        """Yield blocks of edges that a path may leave a layer by, while another stays in a lower.

        These are: the layer it stays in, keys of the pairs that are left, where they come to as in
        `_both_leave`, the edges, and whether they lead to the later neuron of the pair.
        """
        staying = {low for high, low in self._apart if high == index and low != index}
        if self._layers[index].kind is Kind.WEIGHTED or not staying:
            return
        of_tails: Numbers = layer_of(self._bounds, edges.tails)
        below = set(np.unique(of_tails).tolist())
        for low in staying & below:
            leading = np.flatnonzero(of_tails == low)
            met = edges.tails[leading]
            yield low, self._beside(edges.heads[leading], met), None, met, leading, True
        for (high, low), pairs in list(self._found.items()):
            for end, tails, other, others, is_later in (
                (high, pairs.later, low, pairs.earlier, True),
                (low, pairs.earlier, high, pairs.later, False),
            ):
                if end in below and other in staying:
                    for places, moved in edges.at(tails):
                        keys = self._beside(edges.heads[moved], others[places])
                        yield other, keys, pairs, places, moved, is_later

    def _within(self, one: Numbers, other: Numbers) -> Numbers:
        """Keys of pairs of a layer's lists of connections."""
        return self._beside(np.maximum(one, other), np.minimum(one, other))

    def _beside(self, lists: Numbers, neurons: Numbers) -> Numbers:
        """Keys of pairs of a list of connections and something with a number."""
        return lists.astype(np.int64) * self._neurons + neurons

    def _pairs(self, index: int, other: int, keys: Numbers) -> PairsOfNeurons:
        numbers, alike = self._standing(index)
        lists, rest = np.divmod(keys, self._neurons)
        later = numbers[:, lists].reshape(-1).astype(np.int32)
        earlier = numbers[:, rest].reshape(-1) if other == index else rest
        return PairsOfNeurons(
            keys=keys,
            later=later,
            earlier=earlier.astype(np.int32),
            alike=alike.reshape(-1, 1),
            values=np.zeros((len(self._means), len(later))),
        )

    def _standing(self, index: int) -> tuple[Numbers, Numbers]:
        """Neurons of a layer that stand for others with the same lists, and for how many each."""
        numbers = neuron_numbers(self._layers[index])
        if len(numbers) == 1:
            return numbers, np.ones(1, dtype=np.int64)
        _, first, alike = np.unique(
            self._alike[numbers[:, 0]], return_index=True, return_counts=True
        )
        standing: Numbers = numbers[first]
        return standing, alike

    def _edges(self, index: int) -> SortedEdges:
        layer, stands = self._layers[index], self._alike == np.arange(len(self._alike))
        kept = standing_edges(layer, stands)
        self._take(layer, int(np.count_nonzero(kept)) * BYTES_PER_EDGE)
        return SortedEdges(layer, kept, apart=(index, index) in self._apart)

    def _take(self, layer: CompactLayer, more: int) -> None:
        """Raise DagError if so many bytes beside all pairs found are too many."""
        held = self.number * BYTES_PER_PAIR
        if held + more > MOST_BYTES:
            raise DagError(
                f"submodule {layer.name!r} brings the pairs of correlated paths to "
                f"{(held + more) / 2**20:,.0f} MiB, more than {MOST_BYTES / 2**20:,.0f} MiB: give "
                f"a smaller input shape ({isqrt(MOST_BYTES // BYTES_PER_PAIR):,} neurons always "
                "fit)"
            )
