"""Where can two distinct correlated paths to one neuron be? Decided layer by layer.

Two paths that part at a weight are uncorrelated, because they go on through different weights of
one neuron. They can stay correlated if they part at an average or an addition. Such a pair is
*apart*. Pairs are followed down from the output by the layers they have reached:

- A pair in two different layers, the later of which has weights, contributes nothing, and neither
  does a pair in two different filters of one layer.
- A pair in two neurons of one filter goes on over the same weight.
- A pair goes on over any edges of averages and additions.

Pairs are told apart by layers and not by neurons. So a pair that is not named is certain to
contribute nothing, and one that is named may still do so.
"""

from collections.abc import Collection, Sequence
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.graph.layers import NOTHING, Kind
from theory.modules.compact_layers import CompactLayer

INPUTS = -1
"""Stands for the inputs among the numbers of layers."""

Pairs = set[tuple[int, int]]
"""Layers that two paths have reached, the later one first."""


def layer_bounds(layers: Sequence[CompactLayer], inputs: int) -> NDArray[np.int64]:
    """Return the first neuron after the inputs, and after each layer."""
    return np.array([inputs, *(layer.neurons.stop for layer in layers)])


def layers_apart(layers: Sequence[CompactLayer], inputs: int, o: int) -> tuple[set[int], Pairs]:
    """Find the layers that paths, and pairs of distinct correlated paths, to neuron `o` reach.

    Parameters
    ----------
    layers : of the module, in order.
    inputs : number of inputs.
    o : number of the neuron where all paths end.

    Returns
    -------
    The layers that a path reaches, and the pairs of layers in which a pair may be apart.
    """
    firsts = layer_bounds(layers, inputs)
    reached = layers_of(firsts, np.array([o]))
    apart: Pairs = set()
    for index in range(len(layers) - 1, INPUTS, -1):
        layer = layers[index]
        if index not in reached:
            continue
        others = [low for high, low in apart if high == index and low != index]
        both = (index, index) in apart
        tails = layer.tails
        distinct = layers_of(firsts, tails)
        reached |= distinct
        if layer.kind is Kind.WEIGHTED:
            if both and _shares_weights(layer):
                apart |= _within_slots(firsts, tails) if len(distinct) > 1 else _pairs(distinct)
            continue
        apart |= _within_neurons(firsts, tails)
        apart |= {_ordered(low, other) for low in distinct for other in others}
        if both:
            apart |= _pairs(distinct)
    return reached, apart


def layers_of(firsts: NDArray[np.int64], neurons: NDArray[np.integer[Any]]) -> set[int]:
    """Return the numbers of the neurons' layers; those that are NOTHING have none."""
    existing = neurons[neurons != NOTHING]
    ends = layer_of(firsts, np.array([existing.min(), existing.max()]))
    if ends[0] == ends[1]:
        return {int(ends[0])}
    return set(np.unique(layer_of(firsts, existing)).tolist())


def layer_of(firsts: NDArray[np.int64], neurons: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return the number of each neuron's layer, INPUTS for inputs, below that for NOTHING."""
    found = np.searchsorted(firsts, neurons, side="right") + INPUTS
    return np.where(neurons == NOTHING, INPUTS - 1, found)


def can_meet(layers: Sequence[CompactLayer], inputs: int, reached: set[int], apart: Pairs) -> bool:
    """Whether a pair that is apart might come together; seen at once, so rather too often said.

    Parameters
    ----------
    layers, inputs : as in `layers_apart`.
    reached, apart : what it returns.
    """
    firsts = layer_bounds(layers, inputs)
    for index in reached - {INPUTS}:
        layer, both = layers[index], (index, index) in apart
        staying = {low for high, low in apart if high == index and low != index}
        if layer.kind is Kind.WEIGHTED:
            if both and not _leads_apart(layer):
                return True
        elif layer.kind is not Kind.MAXIMUM:
            tails = layer.tails
            if staying & layers_of(firsts, tails):
                return True
            seen = tails[tails != NOTHING]
            if np.bincount(seen - seen.min()).max() > 1:
                return True
    return False


def _leads_apart(layer: CompactLayer) -> bool:
    """Whether each weight is surely of edges to distinct neurons, as in a convolution.

    There, the neurons that one slot of one filter sees ascend.
    """
    changes = np.diff(layer.filters.reshape(-1).numpy())
    if (changes < 0).any():
        return False
    for tails in np.split(layer.tails, np.flatnonzero(changes) + 1):
        before = np.maximum.accumulate(tails[:-1])
        if not ((tails[1:] > before) | (tails[1:] == NOTHING)).all():
            return False
    return True


def _ordered(one: int, other: int) -> tuple[int, int]:
    return max(one, other), min(one, other)


def _pairs(layers: Collection[int]) -> Pairs:
    """All pairs of the layers, those of one layer with itself included."""
    return {_ordered(*pair) for pair in combinations_with_replacement(layers, 2)}


def _shares_weights(layer: CompactLayer) -> bool:
    """Whether some filter has two neurons."""
    filters = layer.filters.reshape(-1).numpy()
    return len(np.unique(filters)) < len(filters)


def _within_slots(firsts: NDArray[np.int64], tails: NDArray[np.integer[Any]]) -> Pairs:
    """Layers that a pair in two neurons may reach over one weight."""
    pairs: Pairs = set()
    for found in {frozenset(layers_of(firsts, slot)) for slot in tails.T if (slot >= 0).any()}:
        pairs |= _pairs(found)
    return pairs


def _within_neurons(firsts: NDArray[np.int64], tails: NDArray[np.integer[Any]]) -> Pairs:
    """Layers that a pair may reach that parts at one neuron."""
    pairs: Pairs = set()
    rows = layer_of(firsts, tails)
    differs = (rows[1:] != rows[:-1]).any(axis=1)  # from the row before, as hardly any does
    rows = rows[np.concatenate([[True], differs])]
    for row in np.unique(np.sort(rows, axis=1), axis=0):
        found, times = np.unique(row[row >= INPUTS], return_counts=True)
        pairs |= {_ordered(*pair) for pair in combinations(found.tolist(), 2)}
        pairs |= {(low, low) for low in found[times > 1].tolist()}
    return pairs
