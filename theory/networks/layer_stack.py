"""DAGs put together layer by layer, without torch, which takes a second to load."""

from collections.abc import Callable, Hashable, Sequence

from theory.dag import Dag
from theory.graph.layers import NOTHING, DagError, Kind, ListedLayer


class LayerStack:
    """Layers of neurons, each of which reads the one below.

    Parameters
    ----------
    inputs : names of the inputs.

    Attributes
    ----------
    top : positions of the last layer's neurons in the DAG.
    """

    def __init__(self, inputs: Sequence[Hashable]) -> None:
        self.top = list(range(len(inputs)))
        self._inputs = len(inputs)
        self._nodes = list(inputs)
        self._layers: list[ListedLayer] = []
        self._relus: list[int] = []

    def add(
        self,
        name: str,
        neurons: Sequence[Hashable],
        tails: Sequence[Sequence[int]],
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
        tails : by neuron, the positions of the neurons below, as in `Layer`; as many for each.
        kind : what the neurons do.
        shared : whether all of them share one filter.
        relu : whether each has a ReLU.
        """
        first = len(self._nodes)
        self.top = list(range(first, first + len(neurons)))
        self._nodes.extend(neurons)
        self._relus.extend(self.top if relu else ())
        self._layers.append(
            ListedLayer(
                name=name,
                kind=kind,
                first=first,
                tails=list(map(list, tails)),
                filters=[0 if shared else neuron for neuron in range(len(neurons))],
                divisors=[len(below) for below in tails],
            )
        )

    def dag(self) -> Dag:
        """Return the DAG whose outputs are the last layer."""
        edges = [
            (tail, layer.first + row)
            for layer in self._layers
            for row, below in enumerate(layer.tails)
            for tail in below
            if tail != NOTHING
        ]
        return Dag(
            self._nodes,
            [tail for tail, _ in edges],
            [head for _, head in edges],
            inputs=self._inputs,
            outputs=self.top,
            layers=self._layers,
            relus=self._relus,
        )


def windows(places: Sequence[int], width: int, *, stride: int = 1) -> list[Sequence[int]]:
    """Return the windows of a width that slide over some positions."""
    return [places[at : at + width] for at in range(0, len(places) - width + 1, stride)]


def padded(below: Sequence[int], before: int, after: int, padding: str) -> list[int]:
    """Surround a layer's positions by what stands beyond its border.

    Parameters
    ----------
    below : one a neuron.
    before, after : neurons added at each end.
    padding : "zeros", "circular", "reflect" and "replicate" as in torch; "symmetric" mirrors beside
        the border's neuron, so that it comes twice.

    Raises
    ------
    DagError : a padding that would copy more neurons than there are.
    """
    size = len(below)
    if padding == "zeros":
        return [NOTHING] * before + list(below) + [NOTHING] * after
    copied = size - (padding == "reflect")
    if padding != "replicate" and max(before, after) > copied:
        raise DagError(f"{padding} padding by {max(before, after)} needs more than {size} neurons")
    beyond: dict[str, Callable[[int], int]] = {
        "circular": lambda place: place % size,
        "replicate": lambda place: min(max(place, 0), size - 1),
        "reflect": lambda place: size - 1 - abs(size - 1 - abs(place)),
        "symmetric": lambda place: (
            (place if place < size else 2 * size - 1 - place) if place >= 0 else -1 - place
        ),
    }
    return [below[beyond[padding](place)] for place in range(-before, size + after)]
