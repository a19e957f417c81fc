"""DAGs put together layer by layer, without torch, which takes a second to load."""

from collections.abc import Collection, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from theory.dag import Dag
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
        return dag_of_layers(
            self._nodes,
            self._layers,
            inputs=self._inputs,
            outputs=self.top.tolist(),
            relus=self._relus,
        )


def dag_of_layers(
    nodes: Sequence[Hashable],
    layers: Sequence[Layer],
    *,
    inputs: int,
    outputs: Sequence[int],
    relus: Collection[int],
) -> Dag:
    """Make the DAG whose edges are the connections of all layers; parameters as in `Dag`."""
    tails, heads = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for layer in layers:
        exists = layer.tails != NOTHING
        tails.append(layer.tails[exists])
        heads.append(np.repeat(np.arange(len(exists)) + layer.first, exists.sum(axis=1)))
    return Dag(
        nodes,
        np.concatenate(tails),
        np.concatenate(heads),
        inputs=inputs,
        outputs=outputs,
        layers=layers,
        relus=sorted(relus),
    )


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
    there = len(below) - (padding == "reflect")
    if padding != "replicate" and max(before, after) > there:
        raise DagError(
            f"{padding} padding by {max(before, after)} needs more than {len(below)} neurons"
        )
    modes = {"circular": "wrap", "replicate": "edge"}
    return np.pad(below, (before, after), mode=modes.get(padding, padding))  # type: ignore[call-overload,no-any-return]
