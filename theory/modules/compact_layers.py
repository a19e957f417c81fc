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

from theory.graph.layers import CONSTANT, NOTHING, DagError, Kind
from theory.modules.gates import RELU_NUMBER
from theory.modules.memory.limits import COMPACT_LIMIT, DAG_LIMIT
from theory.modules.neurons import (
    Neurons,
    coded,
    gates_of,
    neurons_of,
)
from theory.modules.pairs.multiples import Multiples

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
        slot. Without a meaning where weights are fixed.
    divisors : shape `grid`; as in `theory.graph.layers.Layer`.
    factors : the fixed weights, or those that the module has itself; broadcast to (*grid, slots).
    """

    name: str
    kind: Kind
    first: int
    grid: tuple[int, ...]
    repeated: tuple[int, ...]
    codes: Tensor
    filters: Tensor
    divisors: Tensor
    factors: Tensor

    @property
    def neurons(self) -> slice:
        """Numbers of the neurons."""
        return slice(self.first, self.first + prod(self.grid))

    @property
    def tails(self) -> NDArray[np.int32]:
        """Shape (lists, slots): the neuron connected to each slot; NOTHING where none is."""
        return neurons_of(self.codes).reshape(-1, self.codes.shape[-1]).numpy()


class CompactNeurons(Neurons):
    """The neurons and layers found so far: without names, and without repeated connections.

    A ReLU makes no neuron here, even where a value is used before and after it: codes tell both
    uses apart.

    Parameters
    ----------
    input_shape : shape of one input; its coordinates are the first neurons.
    masks : whether masks replace ReLUs, which kill each neuron with probability 1/2.
    of_dag : whether a DAG with these layers must fit into memory, too.
    checks_signs : whether what (H) takes for granted of ReLUs must be so; masks need none of it.

    Attributes
    ----------
    number : of all neurons, inputs included.
    compact : the layers.
    dag_edges : edges of the whole DAG, those to zero padding counted too.
    """

    limit = COMPACT_LIMIT
    leaves_epsilon_out = False

    def __init__(
        self,
        input_shape: Sequence[int],
        *,
        masks: bool = False,
        of_dag: bool = False,
        checks_signs: bool = True,
    ) -> None:
        self.masks = masks
        self._of_dag = of_dag
        self.checks_signs = checks_signs and not masks
        super().__init__(input_shape, split=frozenset())

    def restart(self) -> None:
        """Forget all but the inputs."""
        self.number = self.edges = self.dag_edges = 0
        self.compact: list[CompactLayer] = []
        self._masked = torch.zeros(0, dtype=torch.bool)
        self._multiples = Multiples()
        self.expect("input", prod(self.input_shape))
        super().restart()

    def _add(self, name: str, shape: Sequence[int]) -> Tensor:  # noqa: ARG002
        first = self.number
        self.number += prod(shape)
        return coded(torch.arange(first, self.number).reshape(tuple(shape)))

    def connect(
        self,
        name: str,
        kind: Kind,
        codes: Tensor,
        *,
        shape: Sequence[int] | None = None,
        filters: Tensor | None = None,
        divisors: Tensor | int = 1,
        factors: Tensor | None = None,
    ) -> Tensor:
        """Add a layer of neurons, with arguments, results and errors as in `Neurons.connect`.

        A neuron that is connected to nothing is none: its code is NOTHING, or CONSTANT.
        """
        grid = tuple(codes.shape[:-1])
        repeated: tuple[int, ...] = ()
        kept = torch.zeros([1] * len(grid))
        if kind is Kind.WEIGHTED:
            own = torch.arange(prod(grid)).reshape(grid) if filters is None else filters
            spread = own.broadcast_to(grid)
            repeated = _repeated_axes(codes)
            kept = _without(spread, repeated)
            if _distinct(own) * kept.numel() != _distinct(kept) * spread.numel():
                repeated, kept = (), spread  # neurons of one filter among them: keep them apart
        lists = _without(codes, repeated)
        # Neurons count too, where they are more: then all codes fit into 32 bits.
        self.dag_edges += codes.numel()
        if self._of_dag:
            DAG_LIMIT.check(name, self.dag_edges)
        new = max(lists.numel(), prod(grid))
        self.expect(name, new)
        self.edges += new
        marks = self.marks_of_layer(kind, codes, factors)
        if kind is not Kind.WEIGHTED and self.checks_signs:
            self._multiples.check(name, codes, self.number)
        first = self.number
        above = self._add(name, grid if shape is None else shape)
        self._marks.append(marks.reshape(-1))
        if kind is not Kind.WEIGHTED:
            self._multiples.add(first, self.number, codes)
        elif self.checks_signs and not self._of_dag:  # a DAG is of (H), whatever gates do
            numbers = torch.arange(first, self.number).reshape(grid)
            numbers = numbers.movedim(repeated, tuple(range(len(repeated))))
            self._multiples.add_weighted(
                numbers.reshape(-1, kept.numel()),
                lists.reshape(-1, lists.shape[-1]),
                kept.reshape(-1),
            )
        self.number_of_layers += 1
        if factors is None:
            factors = (1 / torch.as_tensor(divisors).double()).unsqueeze(-1)
        self.compact.append(
            CompactLayer(
                name=name,
                kind=kind,
                first=first,
                grid=grid,
                repeated=repeated,
                codes=lists.clamp(min=NOTHING).int(),
                filters=kept,
                divisors=torch.as_tensor(divisors).broadcast_to(grid),
                factors=factors.double(),
            )
        )
        alone = (lists < 0).all(dim=-1)
        if alone.any():
            instead = torch.where((lists == CONSTANT).any(dim=-1), CONSTANT, NOTHING)
            spread_out = [each.broadcast_to(grid).reshape(above.shape) for each in (alone, instead)]
            above = torch.where(spread_out[0], spread_out[1], above)
        return above

    def activate(self, name: str, place: str, slope: float, codes: Tensor) -> Tensor:
        """Apply an activation; if masks replace ReLUs, each call has masks of its own.

        A neuron that is masked twice is two neurons. Errors as in `Neurons.activate`.
        """
        if not self.masks:
            return super().activate(name, place, slope, codes)
        if slope != 0:
            raise DagError(f"{place}: masks replace ReLUs, not other activations")
        masked = torch.cat([self._masked, self._masked.new_zeros(self.number - len(self._masked))])
        again = masked[neurons_of(codes).clamp(min=0)] | gates_of(codes).ne(0)
        again |= _seen_before(neurons_of(codes))
        again &= codes >= 0
        codes = codes.clone()
        if again.any():
            codes[again] = self.connect(name, Kind.SUM, codes[again].unsqueeze(-1))
            masked = torch.cat([masked, masked.new_zeros(self.number - len(masked))])
        there = codes >= 0
        masked[neurons_of(codes[there])] = True
        self._masked = masked
        return torch.where(there, codes + RELU_NUMBER, codes)

    def _split(self, name: str, place: str, codes: Tensor, gated: Tensor) -> Tensor:  # noqa: ARG002
        return gated


def blocks(lengths: tuple[int, int]) -> Iterator[slice]:
    """Cut the first axis of a large table into blocks, to work without large temporaries."""
    height = max(1, BLOCK // lengths[1])
    for first in range(0, lengths[0], height):
        yield slice(first, first + height)


def _seen_before(values: Tensor) -> Tensor:
    """Mark every value that has come before, in the order of the elements."""
    _, first = np.unique(values.numpy(), return_index=True)
    seen = torch.ones(values.numel(), dtype=torch.bool)
    seen[torch.from_numpy(first)] = False
    return seen.reshape(values.shape)


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
