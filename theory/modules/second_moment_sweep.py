"""Second moments of input gradients by one backward sweep, for networks of any width.

Under (H), E[(d_x o)^2] is a sum over pairs of paths (`theory.paths.path_pairs`). Where no two
distinct paths are correlated, it is a sum over single paths, of products of variances: 2/fan-in for
a weight, 1/n^2 for an average over n, 1 for an addition, and 1/2 for every neuron with a ReLU. One
sweep from o down to the inputs adds them all up. Pairs of distinct paths that are correlated go
down beside it (`theory.modules.correlated_pairs`).
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from theory.graph.layers import Kind, takes_maximum
from theory.modules.compact_layers import CompactLayer, CompactNeurons, blocks
from theory.modules.correlated_pairs import CorrelatedPairs
from theory.modules.from_module import run, trace
from theory.modules.layer_moments import GATE_PRODUCTS, edge_weights


class SecondMomentSweep:
    """The first output of a module, expanded without repeating connections.

    Parameters
    ----------
    module, input_shape : as in `Dag.from_module`.

    Attributes
    ----------
    neurons : number of all neurons, inputs included.
    edges : number of edges of the whole DAG, those to zero padding counted too.

    Raises
    ------
    DagError
        As `Dag.from_module`, and if there are more than `CompactNeurons.most_edges` connections.
    """

    def __init__(self, module: nn.Module, input_shape: Sequence[int]) -> None:
        found = CompactNeurons(input_shape)
        self._output = int(run(trace(module, input_shape), found).flatten()[0])
        self._layers = found.compact
        self._inputs = found.inputs
        self.neurons = found.number
        self.edges = sum(layer.divisors.numel() * layer.codes.shape[-1] for layer in found.compact)

    def correlated_pairs(self) -> CorrelatedPairs:
        """Find the pairs of distinct correlated paths; DagError if they are too many."""
        return CorrelatedPairs(self._layers, self._inputs, self._output // 2)

    def second_moments(self) -> NDArray[np.float64]:
        """Compute E[(d_x o)^2] for every input, shape (inputs,).

        Raises
        ------
        DagError
            If a maximum is on the way, or distinct paths are correlated and their pairs take too
            much memory.
        """
        return self._down(self.correlated_pairs())

    def single_paths(self) -> NDArray[np.float64]:
        """Sum E[(product along the path)^2] over the paths from every input, shape (inputs,).

        This is E[(d_x o)^2] only if no two distinct paths are correlated.

        Raises
        ------
        DagError
            If a maximum is on the way.
        """
        return self._down(None)

    def _down(self, pairs: CorrelatedPairs | None) -> NDArray[np.float64]:
        # Twice a neuron plus its gate, as in codes; place 0 takes what goes to NOTHING.
        carried = np.zeros(1 + 2 * self.neurons)
        carried[1 + self._output] = 1.0
        for index, layer in reversed(list(enumerate(self._layers))):
            above = _past_gates(carried, layer.neurons)
            if pairs is not None:
                above += pairs.met(layer.neurons)
            if not above.any():
                continue
            if layer.kind is Kind.MAXIMUM:
                raise takes_maximum(layer.name)
            _pass_down(layer, above, carried)
            if pairs is not None:
                pairs.leave(index, above)
        inputs = slice(0, self._inputs)
        return _past_gates(carried, inputs) + (0 if pairs is None else pairs.met(inputs))


def _past_gates(carried: NDArray[np.float64], neurons: slice) -> NDArray[np.float64]:
    """Join what neurons carry by their uses, without a gate and behind it."""
    uses = carried[1 + 2 * neurons.start : 1 + 2 * neurons.stop].reshape(-1, 2)
    joined: NDArray[np.float64] = uses @ np.diag(GATE_PRODUCTS)
    return joined


def _pass_down(
    layer: CompactLayer, above: NDArray[np.float64], carried: NDArray[np.float64]
) -> None:
    """Add to `carried` what the edges of one layer bring down."""
    values = torch.from_numpy(above).reshape(layer.grid) * edge_weights(layer) ** 2
    if layer.repeated:
        values = values.sum(dim=layer.repeated, keepdim=True)
    weights = values.reshape(-1, 1).numpy()
    lists = layer.codes.reshape(len(weights), -1).numpy()
    for rows in blocks(lists.shape):
        codes = lists[rows]
        lowest = int(codes.min())
        brought = np.broadcast_to(weights[rows], codes.shape).reshape(-1)
        below = np.bincount((codes - lowest).reshape(-1), weights=brought)
        carried[1 + lowest : 1 + lowest + len(below)] += below
