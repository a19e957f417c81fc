"""Can two distinct paths between the same ends be correlated? Decided layer by layer.

Two paths that part at a weight are uncorrelated, because they go on through different weights of
one neuron. They can stay correlated if they part at an average or an addition. Such a pair is
*apart*. Pairs are followed down from the output by the layers they have reached:

- A pair in two different layers, the later of which has weights, contributes nothing, and neither
  does a pair in two different filters of one layer.
- A pair in two neurons of one filter goes on over the same weight. It can come together only if
  that weight sees one neuron from both places, as beside reflect and replicate padding.
- Below averages and additions, a pair can come together if two neurons have a tail in common, or
  one neuron has one tail twice.

Pairs are told apart by layers and not by neurons. So the answer "nowhere" is certain, and a
meeting that is named may still be none.
"""

from collections.abc import Collection, Sequence
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.graph.layers import NOTHING, Kind
from theory.modules.compact_layers import CompactLayer, blocks

INPUTS = -1
"""Stands for the inputs among the numbers of layers."""

Pairs = set[tuple[int, int]]
"""Layers that two paths have reached, the later one first."""


def meeting_layer(layers: Sequence[CompactLayer], inputs: int, o: int) -> str | None:
    """Name a layer in which two distinct correlated paths to neuron `o` may come together.

    Parameters
    ----------
    layers : of the module, in order.
    inputs : number of inputs.
    o : number of the neuron where all paths end.

    Returns
    -------
    The layer's name, or None if no two distinct paths to `o` are correlated.
    """
    firsts = np.array([inputs, *(layer.neurons.stop for layer in layers)])
    reached = _layers_of(firsts, np.array([o]))
    apart: Pairs = set()
    for index in range(len(layers) - 1, INPUTS, -1):
        layer = layers[index]
        others = [low for high, low in apart if high == index and low != index]
        both = (index, index) in apart
        if index not in reached:
            continue
        tails = layer.tails
        distinct = _layers_of(firsts, tails)
        reached |= distinct
        if layer.kind is Kind.WEIGHTED:
            if both and _shares_weights(layer):
                if _sees_twice(layer):
                    return layer.name
                apart |= _within_slots(firsts, tails) if len(distinct) > 1 else _pairs(distinct)
            continue
        if _has_parallel_edges(layer) or not distinct.isdisjoint(others):
            return layer.name
        apart |= _within_neurons(firsts, tails)
        apart |= {_ordered(low, other) for low in distinct for other in others}
        if both:
            if _has_common_tails(layer):
                return layer.name
            apart |= _pairs(distinct)
    return None


def _layer_of(firsts: NDArray[np.int64], neurons: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return the number of each neuron's layer, INPUTS for inputs, below that for NOTHING."""
    found = np.searchsorted(firsts, neurons, side="right") + INPUTS
    return np.where(neurons == NOTHING, INPUTS - 1, found)


def _layers_of(firsts: NDArray[np.int64], neurons: NDArray[np.integer[Any]]) -> set[int]:
    existing = neurons[neurons != NOTHING]
    ends = _layer_of(firsts, np.array([existing.min(), existing.max()]))
    if ends[0] == ends[1]:
        return {int(ends[0])}
    return set(np.unique(_layer_of(firsts, existing)).tolist())


def _ordered(one: int, other: int) -> tuple[int, int]:
    return max(one, other), min(one, other)


def _pairs(layers: Collection[int]) -> Pairs:
    """All pairs of the layers, those of one layer with itself included."""
    return {_ordered(*pair) for pair in combinations_with_replacement(layers, 2)}


def _shares_weights(layer: CompactLayer) -> bool:
    """Whether some filter has two neurons."""
    return _repeats(layer.filters.reshape(-1).numpy())


def _sees_twice(layer: CompactLayer) -> bool:
    """Whether one weight sees the same neuron from two places."""
    filters = layer.filters.reshape(-1, 1).numpy()
    tails = layer.tails
    for slots in blocks((tails.shape[1], len(tails))):
        seen = tails[:, slots]
        weights = filters * seen.shape[1] + np.arange(seen.shape[1])
        # A layer's tails lie below it: weight and tail together make one number.
        if _repeats((weights * layer.first + seen)[seen != NOTHING]):
            return True
    return False


def _has_parallel_edges(layer: CompactLayer) -> bool:
    """Whether some neuron has one tail twice."""
    tails = layer.tails
    neurons = np.arange(len(tails)).reshape(-1, 1)
    return _repeats((neurons * layer.first + tails)[tails != NOTHING])


def _has_common_tails(layer: CompactLayer) -> bool:
    """Whether two neurons have a tail in common (or one has it twice)."""
    return _repeats(layer.tails[layer.tails != NOTHING])


def _repeats(values: NDArray[np.integer[Any]]) -> bool:
    values = np.sort(values)
    return bool((values[1:] == values[:-1]).any())


def _within_slots(firsts: NDArray[np.int64], tails: NDArray[np.integer[Any]]) -> Pairs:
    """Layers that a pair in two neurons may reach over one weight."""
    pairs: Pairs = set()
    for found in {frozenset(_layers_of(firsts, slot)) for slot in tails.T if (slot >= 0).any()}:
        pairs |= _pairs(found)
    return pairs


def _within_neurons(firsts: NDArray[np.int64], tails: NDArray[np.integer[Any]]) -> Pairs:
    """Layers that a pair may reach that parts at one neuron."""
    pairs: Pairs = set()
    for row in np.unique(np.sort(_layer_of(firsts, tails), axis=1), axis=0):
        found, times = np.unique(row[row >= INPUTS], return_counts=True)
        pairs |= {_ordered(*pair) for pair in combinations(found.tolist(), 2)}
        pairs |= {(low, low) for low in found[times > 1].tolist()}
    return pairs
