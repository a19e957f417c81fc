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

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from theory.compact_layers import CompactLayer
from theory.layers import NOTHING, Kind

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
    reached = {_layer_of(firsts, np.array([o])).item()}
    apart: Pairs = set()
    for index in range(len(layers) - 1, INPUTS, -1):
        layer = layers[index]
        others = [low for high, low in apart if high == index and low != index]
        both = (index, index) in apart
        if index not in reached:
            continue
        below = _layer_of(firsts, layer.tails)
        distinct = set(np.unique(below[layer.tails != NOTHING]).tolist())
        reached |= distinct
        if layer.kind is Kind.WEIGHTED:
            if both and _shares_weights(layer):
                if _sees_twice(layer):
                    return layer.name
                apart |= _within_slots(layer, below)
            continue
        if _has_parallel_edges(layer) or not distinct.isdisjoint(others):
            return layer.name
        apart |= _within_neurons(below)
        apart |= {_ordered(low, other) for low in distinct for other in others}
        if both:
            if _has_common_tails(layer):
                return layer.name
            apart |= {_ordered(*pair) for pair in combinations_with_replacement(distinct, 2)}
    return None


def _layer_of(firsts: NDArray[np.int64], neurons: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each neuron's layer, INPUTS for inputs, below that for NOTHING."""
    found = np.searchsorted(firsts, neurons, side="right") + INPUTS
    return np.where(neurons == NOTHING, INPUTS - 1, found)


def _ordered(one: int, other: int) -> tuple[int, int]:
    return max(one, other), min(one, other)


def _shares_weights(layer: CompactLayer) -> bool:
    """Whether some filter has two neurons."""
    return layer.filters.unique().numel() < layer.filters.numel()


def _sees_twice(layer: CompactLayer) -> bool:
    """Whether one weight sees the same neuron from two places."""
    tails = layer.tails
    slots = np.arange(tails.shape[1])
    weights = layer.filters.reshape(-1, 1).numpy() * len(slots) + slots
    # A layer's tails lie below it: weight and tail together make one number.
    uses = weights * layer.first + tails
    return _repeats(uses[tails != NOTHING])


def _has_parallel_edges(layer: CompactLayer) -> bool:
    """Whether some neuron has one tail twice."""
    tails = layer.tails
    neurons = np.arange(len(tails)).reshape(-1, 1)
    return _repeats((neurons * layer.first + tails)[tails != NOTHING])


def _has_common_tails(layer: CompactLayer) -> bool:
    """Whether two neurons have a tail in common (or one has it twice)."""
    return _repeats(layer.tails[layer.tails != NOTHING])


def _repeats(values: NDArray[np.int64]) -> bool:
    values = np.sort(values)
    return bool((values[1:] == values[:-1]).any())


def _within_slots(layer: CompactLayer, below: NDArray[np.int64]) -> Pairs:
    """Layers that a pair may reach over one weight."""
    pairs: Pairs = set()
    for column in np.unique(np.sort(below, axis=0), axis=1).T:
        found = np.unique(column[column >= INPUTS]).tolist()
        pairs |= {_ordered(*pair) for pair in combinations_with_replacement(found, 2)}
    return pairs


def _within_neurons(below: NDArray[np.int64]) -> Pairs:
    """Layers that a pair may reach that parts at one neuron."""
    pairs: Pairs = set()
    for row in np.unique(np.sort(below, axis=1), axis=0):
        found, times = np.unique(row[row >= INPUTS], return_counts=True)
        pairs |= {(low, low) for low in found[times > 1].tolist()}
        pairs |= {
            _ordered(one, other) for one in found.tolist() for other in found.tolist() if one != other
        }
    return pairs
