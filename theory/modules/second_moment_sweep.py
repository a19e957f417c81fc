"""Second moments of input gradients by one backward sweep, for networks of any width.

Under (H), E[(d_x o)^2] is a sum over pairs of paths (`theory.paths.path_pairs`). Where no two
distinct paths are correlated, it is a sum over single paths, of products of variances: 2/fan-in for
a weight, 1/n^2 for an average over n, 1 for an addition, and 1/2 for every neuron with a ReLU
((1 + a^2)/2 with a LeakyReLU of slope a). One
sweep from o down to the inputs adds them all up. Pairs of distinct paths that are correlated go
down beside it (`theory.modules.pairs.correlated_pairs`).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from theory.graph.layers import Kind, takes_maximum
from theory.modules.backward import carry_down
from theory.modules.compact_layers import CompactLayer, CompactNeurons
from theory.modules.from_module import checked_run, followed
from theory.modules.gates import GATE_BITS, GATE_MASK
from theory.modules.layer_moments import edge_weights
from theory.modules.pairs.correlated_pairs import CorrelatedPairs
from theory.modules.real_run import Output, number_of, run


class SecondMomentSweep:
    """One output of a module, expanded without repeating connections.

    Parameters
    ----------
    module, input_shape : as in `Dag.from_module`.
    output : its number in the order of the elements, or its position without the batch.
    masks : whether masks replace ReLUs: then every ReLU kills with probability 1/2, also what is
        never negative.

    Attributes
    ----------
    neurons : number of all neurons, inputs included.
    edges : number of edges of the whole DAG, those to zero padding counted too.

    Raises
    ------
    DagError
        As `Dag.from_module`, and if there are more than `memory.limits.COMPACT_LIMIT` allows.
    """

    def __init__(
        self,
        module: nn.Module,
        input_shape: Sequence[int],
        *,
        output: Output = 0,
        masks: bool = False,
    ) -> None:
        found = CompactNeurons(input_shape, checks_signs=not masks)
        shown = checked_run(module, input_shape, found, output=output)
        if masks:
            found = CompactNeurons(input_shape, masks=True)
            shown = run(followed(module, input_shape), found)
        self._output = int(shown.codes.reshape(-1)[number_of(output, shown.codes)])
        self._layers = found.compact
        self._gates = found.gates
        self._inputs = found.inputs
        self.neurons = found.number
        self.edges = found.dag_edges

    def correlated_pairs(self) -> CorrelatedPairs:
        """Find the pairs of distinct correlated paths; DagError if they are too many."""
        return CorrelatedPairs(self._layers, self._inputs, self._output >> GATE_BITS, self._gates)

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
        squares = self._gates.table(lambda gate: gate.product(gate))
        carried = carry_down(
            self._layers,
            self.neurons,
            self._output,
            edges=_expected_squares,
            gates=lambda codes: squares[codes & GATE_MASK],
            pairs=pairs,
        )
        return carried[: self._inputs]


def _expected_squares(layer: CompactLayer, above: Tensor) -> Tensor:
    """Multiply what a layer's neurons carry by E[w^2] of their edges."""
    if layer.kind is Kind.MAXIMUM:
        raise takes_maximum(layer.name)
    values = above.sum(layer.repeated, keepdim=True) if layer.repeated else above
    return values.unsqueeze(-1) * edge_weights(layer).square()
