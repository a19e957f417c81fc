"""The layers of a module, each list of connections stored once for all filters that share it.

All neurons of a dense layer see the same neurons below, and all channels of a convolution the same
windows. Expansions connect them by views that repeat one list (stride 0 in torch). Here the
repetition is kept, not expanded: a dense layer of d inputs takes d numbers, whatever its width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from theory.graph.layers import NOTHING, Kind, applied_twice, sees_nothing
from theory.modules.neurons import Neurons

BLOCK = 2**22


@dataclass(frozen=True, kw_only=True, eq=False)
class CompactLayer:
    """Consecutive neurons made by one submodule, in groups that share their connections.

    Attributes
    ----------
    name : of the submodule.
    kind : what the neurons do.
    first : number of the first neuron.
    grid : the neurons' shape; their order is that of its elements.
    repeated : axes of `grid` along which neurons share their connections, but no weights.
    codes : shape (*grid, slots), 32 bits, with size 1 at repeated axes; NOTHING where nothing is
        connected.
    filters : shape of `codes` without slots. Neurons with one filter share the weight of every
        slot.
    divisors : shape `grid`; as in `theory.graph.layers.Layer`.
    """

    name: str
    kind: Kind
    first: int
    grid: tuple[int, ...]
    repeated: tuple[int, ...]
    codes: Tensor
    filters: Tensor
    divisors: Tensor

    @property
    def neurons(self) -> slice:
        """Numbers of the neurons."""
        return slice(self.first, self.first + prod(self.grid))

    @property
    def tails(self) -> NDArray[np.int32]:
        """Shape (lists, slots): the neuron connected to each slot; NOTHING where none is."""
        return (self.codes >> 1).reshape(-1, self.codes.shape[-1]).numpy()


class CompactNeurons(Neurons):
    """The neurons and layers found so far: without names, and without repeated connections.

    A ReLU makes no neuron here, even where a value is used before and after it: codes tell both
    uses apart.

    Parameters
    ----------
    input_shape : shape of one input; its coordinates are the first neurons.
    """

    most_edges = 100_000_000
    counted = "connections (what several filters see counted once)"

    def __init__(self, input_shape: Sequence[int]) -> None:
        self.number = 0
        self.compact: list[CompactLayer] = []
        self.edges = 0
        self.expect("input", prod(input_shape))
        super().__init__(input_shape, split=frozenset())

    def _add(self, name: str, shape: Sequence[int]) -> Tensor:  # noqa: ARG002
        first = self.number
        self.number += prod(shape)
        return 2 * torch.arange(first, self.number).reshape(1, *shape)

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
        """Add a layer of neurons, with arguments, results and errors as in `Neurons.connect`."""
        if kind is Kind.WEIGHTED and name in {layer.name for layer in self.compact}:
            raise applied_twice(name)
        grid = tuple(codes.shape[:-1])
        own = torch.arange(prod(shape)).reshape(tuple(shape)) if filters is None else filters
        spread = own.broadcast_to(tuple(shape)).reshape(grid)
        repeated = _repeated_axes(codes) if kind is Kind.WEIGHTED else ()
        kept = _without(spread, repeated)
        if _distinct(own) * kept.numel() != _distinct(kept) * spread.numel():
            repeated, kept = (), spread  # neurons of one filter among them: keep them apart
        lists = _without(codes, repeated)
        # Neurons count too, where they are more: then all codes fit into 32 bits.
        new = max(lists.numel(), prod(shape))
        self.expect(name, new)
        self.edges += new
        alone = (lists == NOTHING).all(dim=-1).nonzero()
        first = self.number
        above = self._add(name, shape)
        if alone.numel():
            place = np.ravel_multi_index(alone[0].tolist(), grid)
            raise sees_nothing(name, (name, *map(int, np.unravel_index(place, tuple(shape)))))
        self.compact.append(
            CompactLayer(
                name=name,
                kind=kind,
                first=first,
                grid=grid,
                repeated=repeated,
                codes=lists.int(),
                filters=kept,
                divisors=torch.as_tensor(divisors).broadcast_to(tuple(shape)).reshape(grid),
            )
        )
        return above

    def relu(self, name: str, codes: Tensor) -> Tensor:  # noqa: ARG002
        """Apply a ReLU: mark the activations."""
        return torch.where(codes == NOTHING, NOTHING, codes | 1)


def blocks(lengths: tuple[int, int]) -> Iterator[slice]:
    """Cut the first axis of a large table into blocks, to work without large temporaries."""
    height = max(1, BLOCK // lengths[1])
    for first in range(0, lengths[0], height):
        yield slice(first, first + height)


def _distinct(values: Tensor) -> int:
    return len(np.unique(values.numpy()))


def _repeated_axes(codes: Tensor) -> tuple[int, ...]:
    axes = range(codes.ndim - 1)
    return tuple(axis for axis in axes if codes.stride(axis) == 0 and codes.shape[axis] > 1)


def _without(values: Tensor, axes: Sequence[int]) -> Tensor:
    """Keep one of the repetitions along each of the axes."""
    for axis in axes:
        values = values.narrow(axis, 0, 1)
    return values
