"""One backward sweep over layers: of gradients, or of their second moments."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from theory.modules.compact_layers import CompactLayer, blocks
from theory.modules.gates import GATE_BITS


class Pairs(Protocol):
    """Pairs of paths beside the single ones (`theory.modules.pairs.correlated_pairs`)."""

    def met(self, neurons: slice) -> NDArray[np.float64]:
        """Sum over the pairs that came together at each neuron."""

    def leave(self, index: int, alone: NDArray[np.float64]) -> None:
        """Carry pairs down from a layer."""


def carry_down(
    layers: Sequence[CompactLayer],
    neurons: int,
    output: int,
    *,
    edges: Callable[[CompactLayer, Tensor], Tensor],
    gates: Callable[[NDArray[Any]], NDArray[np.float64]],
    pairs: Pairs | None = None,
) -> NDArray[np.float64]:
    """Carry 1 from an output down to all neurons.

    Parameters
    ----------
    layers : of the module, in order.
    neurons : number of all neurons.
    output : code of the output.
    edges : takes a layer, and what its neurons carry, shape `grid`; returns what goes down each of
        its connections, broadcast to `codes`.
    gates : takes codes, and returns by what their gates multiply. NOTHING counts as any.
    pairs : of correlated paths, which come together at some neurons.

    Returns
    -------
    What every neuron carries, before its gates, shape (neurons,).
    """
    carried = np.zeros(1 + neurons)  # place 0 takes what goes to NOTHING
    carried[1 + (output >> GATE_BITS)] = gates(np.array([output]))[0]
    for index, layer in reversed(list(enumerate(layers))):
        above = carried[1 + layer.neurons.start : 1 + layer.neurons.stop]
        if pairs is not None:
            above += pairs.met(layer.neurons)
        if not above.any():
            continue
        values = edges(layer, torch.from_numpy(above).reshape(layer.grid))
        lists = layer.codes.reshape(-1, layer.codes.shape[-1]).numpy()
        spread = values.broadcast_to(*layer.codes.shape[:-1], values.shape[-1])
        down = spread.reshape(len(lists), -1).numpy()
        for rows in blocks(lists.shape):
            codes = lists[rows]
            below = codes >> GATE_BITS
            lowest = int(below.min())
            brought = (down[rows] * gates(codes)).reshape(-1)
            found = np.bincount((below - lowest).reshape(-1), weights=brought)
            carried[1 + lowest : 1 + lowest + len(found)] += found
        if pairs is not None:
            pairs.leave(index, above)
    if pairs is not None:
        inputs = slice(0, layers[0].first if layers else neurons)
        carried[1:][inputs] += pairs.met(inputs)
    return carried[1:]
