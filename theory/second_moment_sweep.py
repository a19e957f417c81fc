"""Second moments of input gradients by one backward sweep, for networks of any width.

Under (H), E[(d_x o)^2] is a sum over pairs of paths (`theory.path_pairs`). Where no two distinct
paths are correlated, it is a sum over single paths, of products of variances: 2/fan-in for a
weight, 1/n^2 for an average over n, 1 for an addition, and 1/2 for every neuron with a ReLU. One
sweep from o down to the inputs adds them all up. Whether distinct paths can be correlated is
decided from the module's structure (`theory.correlated_paths`).
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from theory.compact_layers import CompactLayer, CompactNeurons
from theory.correlated_paths import meeting_layer
from theory.from_module import run, trace
from theory.layers import DagError, Kind


class SecondMomentSweep:
    """The first output of a module, expanded without repeating connections.

    Parameters
    ----------
    module, input_shape : as in `Dag.from_module`.

    Attributes
    ----------
    neurons : number of all neurons, inputs included.
    edges : number of edges of the whole DAG.
    meeting : name of a submodule below which two distinct paths to the output may come together
        again although they are correlated; None where no two distinct paths are.

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
        self.edges = sum(
            layer.divisors.numel() * layer.codes.shape[-1] for layer in found.compact
        )
        self.meeting = meeting_layer(found.compact, found.inputs, self._output // 2)

    def single_paths(self) -> NDArray[np.float64]:
        """Sum E[(product along the path)^2] over the paths from every input, shape (inputs,).

        This is E[(d_x o)^2] exactly when no two distinct paths are correlated.

        Raises
        ------
        DagError
            If a maximum is on the way.
        """
        # Twice a neuron plus its gate, as in codes; what is connected to nothing goes to 0.
        carried = np.zeros(1 + 2 * self.neurons)
        carried[1 + self._output] = 1.0
        for layer in reversed(self._layers):
            above = _past_relus(carried, layer.neurons)
            if not above.any():
                continue
            if layer.kind is Kind.MAXIMUM:
                raise DagError(
                    f"submodule {layer.name!r} takes a maximum: which of its inputs that is "
                    "depends on all weights, so (H) gives it no second moment"
                )
            _pass_down(layer, above, carried)
        return _past_relus(carried, slice(0, self._inputs))


def _past_relus(carried: NDArray[np.float64], neurons: slice) -> NDArray[np.float64]:
    """Join what neurons carry without and with their ReLU, which is open half of the time."""
    uses = carried[1 + 2 * neurons.start : 1 + 2 * neurons.stop]
    joined: NDArray[np.float64] = uses[0::2] + uses[1::2] / 2
    return joined


def _pass_down(
    layer: CompactLayer, above: NDArray[np.float64], carried: NDArray[np.float64]
) -> None:
    """Add to `carried` what the edges of one layer bring down."""
    values = torch.from_numpy(above).reshape(layer.grid) * edge_factors(layer)
    if layer.repeated:
        values = values.sum(dim=layer.repeated, keepdim=True)
    slots = layer.codes + 1
    lowest = int(slots.min())
    weights = values.unsqueeze(-1).expand(slots.shape).reshape(-1).numpy()
    below = np.bincount((slots - lowest).reshape(-1).numpy(), weights=weights)
    carried[lowest : lowest + len(below)] += below
    carried[0] = 0.0


def edge_factors(layer: CompactLayer) -> Tensor:
    """E[w^2] of every neuron's edges, shape `layer.grid`."""
    divisors = layer.divisors.double()
    return 2 / divisors if layer.kind is Kind.WEIGHTED else divisors**-2
