"""The neurons of a module, layer by layer, while it is being expanded.

An activation is coded as one whole number: twice its neuron, plus one if a ReLU has been applied.
So a ReLU makes no neuron of its own, as in the paper, where it belongs to the neuron before it.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from theory.graph.layers import NOTHING, DagError, Kind, Layer, applied_twice, sees_nothing


class Neurons:
    """The neurons and layers found so far.

    Parameters
    ----------
    input_shape : shape of one input; its coordinates are the first neurons.
    split : names of neurons whose value is used both before and after their ReLU. These get a
        neuron of in-degree 1 for the ReLU.
    """

    most_edges = 200_000_000
    counted = "edges"

    def __init__(self, input_shape: Sequence[int], split: Collection[Hashable]) -> None:
        self.nodes: list[Hashable] = []
        self.names: Counter[str] = Counter()
        self.layers: list[Layer] = []
        self.split = split
        self.used: tuple[set[int], set[int]] = set(), set()
        self.edges = 0
        self.inputs = prod(input_shape)
        self.input_codes = self._add("input", input_shape)

    def _add(self, name: str, shape: Sequence[int]) -> Tensor:
        """Add neurons named (name, *index) and return their codes, shape (1, *shape)."""
        first = len(self.nodes)
        self.names[name] += 1
        if self.names[name] > 1:
            name = f"{name} (call {self.names[name]})"
        self.nodes.extend((name, *index) for index in np.ndindex(*shape))
        return 2 * torch.arange(first, len(self.nodes)).reshape(1, *shape)

    def connect(
        self,
        name: str,
        kind: Kind,
        shape: Sequence[int],
        codes: Tensor,
        *,
        filters: Tensor | None = None,
        divisors: Tensor | int = 1,
    ) -> Tensor:
        """Add a layer of neurons.

        Parameters
        ----------
        name, kind : of the layer.
        shape : of its activations, without the batch dimension.
        codes : shape (*shape, slots), what each neuron is connected to.
        filters, divisors : of the neurons, broadcast to `shape`; each neuron has a filter of its
            own if None.

        Returns
        -------
        The codes of the new activations, shape (1, *shape).

        Raises
        ------
        DagError
            If a neuron is connected to nothing, or the edges become too many to be held.
        """
        if kind is Kind.WEIGHTED and name in {layer.name for layer in self.layers}:
            raise applied_twice(name)
        self.expect(name, codes.numel())
        self.edges += codes.numel()
        first = len(self.nodes)
        above = self._add(name, shape)
        codes = codes.reshape(above.numel(), -1)
        alone = (codes == NOTHING).all(dim=1).nonzero()
        if alone.numel():
            raise sees_nothing(name, self.nodes[first + int(alone[0])])
        self._note_use(codes)
        own = torch.arange(above.numel()).reshape(above.shape)
        self.layers.append(
            Layer(
                name=name,
                kind=kind,
                first=first,
                tails=torch.where(codes == NOTHING, NOTHING, codes // 2).numpy(),
                filters=_spread(own if filters is None else filters, above),
                divisors=_spread(torch.as_tensor(divisors), above),
            )
        )
        return above

    def expect(self, name: str, edges: int) -> None:
        """Raise DagError if so many more, in submodule `name`, would be too many to be held."""
        if self.edges + edges > self.most_edges:
            raise DagError(
                f"submodule {name!r} brings the DAG to {self.edges + edges:,} {self.counted}, more "
                f"than {self.most_edges:,}: give a smaller input shape"
            )

    def relu(self, name: str, codes: Tensor) -> Tensor:
        """Apply a ReLU: mark the activations, and split neurons that need it."""
        gated = torch.where(codes == NOTHING, NOTHING, codes | 1)
        plain = (codes >= 0) & (codes % 2 == 0)
        must_split = plain & (codes < 2 * self.inputs)
        if self.split:
            chosen = [self.nodes[code // 2] in self.split for code in codes.flatten().tolist()]
            must_split |= plain & torch.tensor(chosen).reshape(codes.shape)
        if must_split.any():
            below = codes[must_split].unsqueeze(-1)
            gated[must_split] = self.connect(name, Kind.SUM, (len(below),), below).flatten() | 1
        return gated

    def finish(self, codes: Tensor) -> list[int]:
        """Note the outputs' use and return their neurons."""
        self._note_use(codes)
        return [code // 2 for code in codes.flatten().tolist()]

    def used_both_ways(self) -> set[Hashable]:
        """Names of the neurons that are used before and after their ReLU, against one mark."""
        return {self.nodes[neuron] for neuron in self.used[0] & self.used[1]}

    def _note_use(self, codes: Tensor) -> None:
        for code in np.unique(codes.numpy()).tolist():
            if code != NOTHING:
                self.used[code % 2].add(code // 2)


def _spread(values: Tensor, above: Tensor) -> NDArray[np.int64]:
    return values.broadcast_to(above.shape).reshape(-1).numpy()
