"""DAGs put together layer by layer, without torch, which takes a second to load."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from theory.dag import Dag
from theory.graph.graph import graph_of_layers
from theory.graph.layers import NOTHING, DagError, Kind, Layer


class LayerStack:
    """Layers of neurons, each of which reads the one below.

    Parameters
    ----------
    inputs : names of the inputs.

    Attributes
    ----------
    top : shape (neurons,), positions of the last layer's neurons in the DAG.
    """

    def __init__(self, inputs: Sequence[Hashable]) -> None:
        self.top = np.arange(len(inputs))
        self._inputs = len(inputs)
        self._nodes = list(inputs)
        self._layers: list[Layer] = []
        self._relus: list[int] = []

    def add(
        self,
        name: str,
        neurons: Sequence[Hashable],
        tails: NDArray[np.int64],
        *,
        kind: Kind = Kind.WEIGHTED,
        shared: bool = False,
        relu: bool = True,
    ) -> None:
        """Put a layer on top.

        Parameters
        ----------
        name : of the layer.
        neurons : their names.
        tails : shape (neurons, slots), positions of the neurons below, as in `Layer`.
        kind : what the neurons do.
        shared : whether all of them share one filter.
        relu : whether each has a ReLU.
        """
        first = len(self._nodes)
        self.top = first + np.arange(len(neurons))
        self._nodes.extend(neurons)
        self._relus.extend(self.top.tolist() if relu else ())
        self._layers.append(
            Layer(
                name=name,
                kind=kind,
                first=first,
                tails=tails,
                filters=np.zeros_like(self.top) if shared else self.top - first,
                divisors=np.full_like(self.top, tails.shape[1]),
            )
        )

    def dag(self) -> Dag:
        """Return the DAG whose outputs are the last layer."""
        graph = graph_of_layers(
            self._nodes,
            self._layers,
            inputs=self._inputs,
            outputs=self.top.tolist(),
            relus=self._relus,
        )
        return Dag.from_graph(graph)


def padded(below: NDArray[np.int64], before: int, after: int, padding: str) -> NDArray[np.int64]:
    """Surround a layer's positions by what stands beyond its border.

    Parameters
    ----------
    below : shape (neurons,).
    before, after : neurons added at each end.
    padding : "zeros", "circular", "reflect" and "replicate" as in torch; "symmetric" mirrors beside
        the border's neuron, so that it comes twice.

    Raises
    ------
    DagError : a padding that would copy more neurons than there are.
    """
    if padding == "zeros":
        return np.pad(below, (before, after), constant_values=NOTHING)
    copied = len(below) - (padding == "reflect")
    if padding != "replicate" and max(before, after) > copied:
        raise DagError(
            f"{padding} padding by {max(before, after)} needs more than {len(below)} neurons"
        )
    modes = {"circular": "wrap", "replicate": "edge"}
    return np.pad(below, (before, after), mode=modes.get(padding, padding))  # type: ignore[call-overload,no-any-return]
