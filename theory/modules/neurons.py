"""The neurons of a module, layer by layer, while it is being expanded.

An activation is coded as one whole number: 16 times its neuron, plus the number of its gate. So a
ReLU makes no neuron of its own, as in the paper, where it belongs to the neuron before it.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from theory.graph.layers import (
    CONSTANT,
    NOTHING,
    DagError,
    Kind,
    Layer,
    sees_nothing,
)
from theory.modules.gates import GATE_BITS, PLAIN, RELU_NUMBER, SHIFTED, Gate, Gates
from theory.modules.memory.limits import DAG_LIMIT

POSITIVE, NEGATIVE, MOVED = 1, 2, 4
"""Marks of a value: it may be above 0, it may be below 0, a constant has been added to it."""

ANY = POSITIVE | NEGATIVE


class Neurons:
    """The neurons and layers found so far.

    Parameters
    ----------
    input_shape : shape of one input; its coordinates are the first neurons.
    split : names of neurons whose value is used both before and after their ReLU. These get a
        neuron of in-degree 1 for the ReLU.

    Attributes
    ----------
    gates : the kinds of gates.
    """

    limit = DAG_LIMIT
    masks = False
    checks_signs = True
    """Whether what (H) takes for granted of signs must be so, where activations are."""
    leaves_epsilon_out = True
    """Whether a batch norm at initialization, whose ε is a relative 1e-5, makes no neurons."""

    def __init__(self, input_shape: Sequence[int], split: Collection[Hashable]) -> None:
        self.input_shape = tuple(input_shape)
        self.split = split
        self.restart()

    def restart(self) -> None:
        """Forget all but the inputs."""
        self.nodes: list[Hashable] = []
        self.names: Counter[str] = Counter()
        self.layers: list[Layer] = []
        self.used: tuple[set[int], set[int]] = set(), set()
        self.edges = self.number_of_layers = 0
        self.gates = Gates()
        self._marks: list[Tensor] = []
        self.inputs = prod(self.input_shape)
        self.input_codes = self._add("input", self.input_shape)
        self._marks.append(torch.full((self.inputs,), ANY, dtype=torch.int8))

    def _add(self, name: str, shape: Sequence[int]) -> Tensor:
        """Add neurons named (name, *index) and return their codes, shape `shape`."""
        first = len(self.nodes)
        self.names[name] += 1
        if self.names[name] > 1:
            name = f"{name} (call {self.names[name]})"
        self.nodes.extend((name, *index) for index in np.ndindex(*shape))
        return coded(torch.arange(first, len(self.nodes)).reshape(tuple(shape)))

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
        """Add a layer of neurons.

        Parameters
        ----------
        name, kind : of the layer.
        codes : shape (*shape, slots), what each neuron is connected to.
        shape : by which the neurons are named and returned, of as many elements; that of `codes`
            without slots if None.
        filters, divisors : of the neurons, broadcast to that of `codes` without slots; each neuron
            has a filter of its own if None.
        factors : the fixed weights of Kind.FIXED, or the weights that the module itself has,
            broadcast to `codes`. Averages and sums have theirs by their divisors.

        Returns
        -------
        The codes of the new activations, shape `shape`.

        Raises
        ------
        DagError
            If a neuron is connected to nothing, or the edges become too many to be held; and for
            fixed weights other than 1/n.
        """
        grid = codes.shape[:-1]
        self.expect(name, codes.numel())
        self.edges += codes.numel()
        if kind is Kind.FIXED:
            kind, divisors = _averages(name, codes, factors)
        marks = self.marks_of_layer(kind, codes, factors)
        first = len(self.nodes)
        shape = grid if shape is None else tuple(shape)
        above = self._add(name, without_batch(shape)).reshape(shape)
        codes = codes.reshape(above.numel(), -1)
        alone = (codes < 0).all(dim=1).nonzero()
        if alone.numel():
            raise sees_nothing(name, self.nodes[first + int(alone[0])])
        self._note_use(codes)
        own = torch.arange(above.numel()).reshape(grid)
        self.layers.append(
            Layer(
                name=name,
                kind=kind,
                first=first,
                tails=torch.where(codes < 0, NOTHING, neurons_of(codes)).numpy(),
                filters=_spread(own if filters is None else filters, grid),
                divisors=_spread(torch.as_tensor(divisors), grid),
            )
        )
        self._marks.append(marks.reshape(-1))
        self.number_of_layers += 1
        return above

    def fresh(self, shape: Sequence[int]) -> Tensor:
        """Add neurons that are connected to nothing, as inputs are; return their codes."""
        above = self._add("unknown", tuple(shape))
        self._marks.append(torch.full((above.numel(),), ANY, dtype=torch.int8))
        return above

    def expect(self, name: str, edges: int) -> None:
        """Raise DagError if so many more, in submodule `name`, would be too many to be held."""
        self.limit.check(name, self.edges + edges)

    def marks(self, codes: Tensor) -> Tensor:
        """Return what is known of the signs of activations, shape of `codes`."""
        if len(self._marks) > 1:
            self._marks = [torch.cat(self._marks)]
        found = self._marks[0][neurons_of(codes).clamp(min=0)]
        numbers = gates_of(codes)
        for number, gate in enumerate(self.gates.kinds):
            here = numbers == number
            if gate.slope == 0:
                found = torch.where(here, found & POSITIVE, found)
            elif gate.slope < 0:
                found = torch.where(here, POSITIVE, found)
            if gate.shifted:
                found = torch.where(here, ANY | MOVED, found)
        found = torch.where(codes == NOTHING, 0, found)
        return torch.where(codes == CONSTANT, ANY | MOVED, found).to(torch.int8)

    def marks_of_layer(self, kind: Kind, codes: Tensor, factors: Tensor | None) -> Tensor:
        """Return what is known of the signs of a layer's neurons, shape of `codes` without slots.

        A weighted neuron has either sign, because its weights have.
        """
        if kind is Kind.WEIGHTED:
            return torch.full(codes.shape[:-1], ANY, dtype=torch.int8)
        marks = self.marks(codes)
        if factors is not None:
            turned = (marks & MOVED) | ((marks & POSITIVE) << 1) | ((marks & NEGATIVE) >> 1)
            marks = torch.where(factors < 0, turned, marks)
        joined = torch.zeros(codes.shape[:-1], dtype=torch.int8)
        for mark in (POSITIVE, NEGATIVE, MOVED):
            joined |= torch.where((marks & mark).ne(0).any(-1), mark, 0).to(torch.int8)
        return joined

    def activate(self, name: str, place: str, slope: float, codes: Tensor) -> Tensor:
        """Apply an activation of this slope below 0, and of slope 1 above.

        Parameters
        ----------
        name, place : of the activation, as a layer and in a message.
        slope : 0 for a ReLU.
        codes : what arrives.

        Raises
        ------
        DagError
            If the sign of what arrives is not as likely one as the other, because a constant has
            been added.
        """
        marks = self.marks(codes)
        if self.checks_signs and bool(((codes >= 0) & (marks & MOVED).ne(0)).any()):
            raise DagError(
                f"{place}: a constant is added before the activation, so it is open with another "
                "probability than 1/2, and (H) says nothing of it; leave the constant out"
            )
        never_negative = (codes >= 0) & (marks & NEGATIVE).eq(0)
        never_positive = (codes >= 0) & (marks & POSITIVE).eq(0)
        if slope != 0 and bool(never_positive.any()):
            raise DagError(f"{place}: nothing above 0 arrives at the activation; leave it out")
        gated = torch.where(codes == CONSTANT, CONSTANT, NOTHING)
        for number, gate in enumerate(tuple(self.gates.kinds)):
            here = (codes >= 0) & (gates_of(codes) == number)
            if here.any():
                then = self._gate(place, gate.then(slope))
                gated = torch.where(here, coded(neurons_of(codes)) + then, gated)
        gated = torch.where(never_negative, codes, gated)
        return self._split(name, place, codes, torch.where(never_positive, NOTHING, gated))

    def shift(self, place: str, codes: Tensor) -> Tensor:
        """Add a constant other than 0."""
        shifted = torch.full_like(codes, CONSTANT)
        for number, gate in enumerate(tuple(self.gates.kinds)):
            here = (codes >= 0) & (gates_of(codes) == number)
            if here.any():
                then = self._gate(place, SHIFTED if gate == PLAIN else Gate(gate.slope, True))
                shifted = torch.where(here, coded(neurons_of(codes)) + then, shifted)
        return shifted

    def _gate(self, place: str, gate: Gate) -> int:
        number = self.gates.number(gate)
        if number is None:
            raise DagError(f"{place}: the module has more than 16 kinds of activations")
        return number

    def _split(self, name: str, place: str, codes: Tensor, gated: Tensor) -> Tensor:
        """Give the gate a neuron of its own where the DAG needs one."""
        if any(gate.slope not in (0, 1) for gate in self.gates.kinds):
            raise DagError(
                f"{place}: neurons of a DAG have a ReLU or none; second moments of other "
                "activations are predicted without the DAG"
            )
        must_split = (codes >= 0) & (codes != gated) & (neurons_of(codes) < self.inputs)
        if self.split:
            chosen = [self.nodes[n] in self.split for n in neurons_of(codes).flatten().tolist()]
            must_split |= torch.tensor(chosen).view(codes.shape) & (codes >= 0) & (codes != gated)
        if must_split.any():
            below = codes[must_split].unsqueeze(-1)
            new = self.connect(name, Kind.SUM, below)
            gated[must_split] = new + RELU_NUMBER
        return gated

    def finish(self, codes: Tensor) -> list[int]:
        """Note the outputs' use and return their neurons."""
        self._note_use(codes)
        return neurons_of(codes).flatten().tolist()

    def used_both_ways(self) -> set[Hashable]:
        """Names of the neurons that are used before and after their ReLU, against one mark."""
        return {self.nodes[neuron] for neuron in self.used[0] & self.used[1]}

    def _note_use(self, codes: Tensor) -> None:
        slopes = [gate.slope for gate in self.gates.kinds]
        for code in np.unique(codes[codes >= 0].numpy()).tolist():
            self.used[slopes[code % (1 << GATE_BITS)] == 0].add(code >> GATE_BITS)


def without_batch(shape: Sequence[int]) -> tuple[int, ...]:
    """Leave out a first axis of one input, by which no neuron is named."""
    return tuple(shape[1:] if len(shape) > 1 and shape[0] == 1 else shape)


def coded(neurons: Tensor) -> Tensor:
    """Return the codes of neurons without a gate."""
    return neurons << GATE_BITS


def neurons_of(codes: Tensor) -> Tensor:
    """Return the neurons that codes stand for, below 0 where there are none."""
    return codes >> GATE_BITS


def gates_of(codes: Tensor) -> Tensor:
    """Return the numbers of the gates; without meaning where there is no neuron."""
    return codes & ((1 << GATE_BITS) - 1)


def _averages(name: str, codes: Tensor, factors: Tensor | None) -> tuple[Kind, Tensor]:
    """Read fixed weights as those of averages over n, or of sums."""
    own = torch.ones(()) if factors is None else factors
    own = torch.where(codes < 0, 0.0, own.broadcast_to(codes.shape))
    largest = own.amax(-1)
    divisors = (1 / largest).round()
    if not torch.allclose(own, torch.where(codes < 0, 0.0, 1 / divisors.unsqueeze(-1))):
        raise DagError(
            f"submodule {name!r}: fixed weights of a DAG are 1/n, as in averages over n, or 1, as "
            "in sums; second moments of other networks are predicted without the DAG"
        )
    return (Kind.SUM if bool((divisors == 1).all()) else Kind.AVERAGE), divisors.long()


def _spread(values: Tensor, grid: Sequence[int]) -> NDArray[np.int64]:
    return values.broadcast_to(tuple(grid)).reshape(-1).numpy()
