"""What a module does with its parameters: weights, biases, constants; and what is made of them."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from theory.graph.layers import DagError, applied_twice

COPIES = frozenset(["clone", "_to_copy"])
"""Operators whose results are the weights themselves, elsewhere in memory."""

RANDOM = ""
"""Stands for random numbers among the names of what a tensor is computed from."""


class ParameterMemory:
    """Which tensors are parameters, by their memory, and what each parameter is used for."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._shapes: dict[str, torch.Size] = {}
        self._without_values: dict[str, str] = {}
        self._elements: dict[int, Tensor] = {}
        self._computed: dict[int, frozenset[str]] = {}
        self._alive: list[torch.UntypedStorage] = []
        self._used: dict[str, Tensor] = {}
        self._roles: dict[str, str] = {}
        self._fan_ins: dict[str, int] = {}

    def add(self, name: str, tensor: Tensor, *, without_values: str = "") -> None:
        """Note a parameter.

        Parameters
        ----------
        name, tensor : of it, for this run.
        without_values : why its values are not the module's own; empty where they are.
        """
        self._shapes[name] = tensor.shape
        self._names[self._keep(tensor)] = name
        if without_values:
            self._without_values[name] = without_values

    def add_unknown_buffer(self, name: str, tensor: Tensor, reason: str) -> None:
        """Note a buffer whose values are not known, and why."""
        self._computed[self._keep(tensor)] = frozenset([name])
        self._without_values[name] = reason

    def _keep(self, tensor: Tensor) -> int:
        self._alive.append(tensor.untyped_storage())
        return place_of(tensor)

    @property
    def weights(self) -> list[str]:
        """Names of the parameters that were used as weights."""
        return list(self._used)

    def name(self, tensor: Tensor) -> str | None:
        """Return the name of the parameter that a tensor is (a view of), if it is one."""
        return self._names.get(place_of(tensor))

    def computed_from(self, tensor: Tensor) -> frozenset[str]:
        """Return the names of what a tensor has been computed from."""
        return self._computed.get(place_of(tensor), frozenset())

    def weights_in(self, tensor: Tensor) -> list[str]:
        """Return those of them that are parameters, sorted."""
        return sorted(self.computed_from(tensor) & self._shapes.keys())

    def is_bias(self, tensor: Tensor) -> bool:
        """Whether a tensor is a parameter with one axis, as biases have."""
        name = self.name(tensor)
        return name is not None and len(self._shapes[name]) == 1

    def use(self, tensor: Tensor, place: str, fan_in: int) -> str:
        """Note that the layer at a place weighs by (a part of) a parameter; return its name.

        Raises
        ------
        DagError
            If it is used otherwise elsewhere, by another layer, or with another fan-in.
        """
        name = self._names[place_of(tensor)]
        self._take(name, "weight", place)
        first = self._fan_ins.setdefault(name, fan_in)
        if fan_in != first:
            raise DagError(
                f"{place} uses the weight {name!r} with fan-in {fan_in}, after {first} elsewhere: "
                "which of them its variance follows is not defined; give each layer a weight of "
                "its own"
            )
        length = self._shapes[name].numel()
        own = self._elements.get(place_of(tensor))
        if own is None and tensor.numel() == length and _covers(tensor):
            again = name in self._used
            self._used[name] = torch.ones(1, dtype=torch.bool).expand(length)
        else:
            own = torch.arange(length) if own is None else own
            seen = own.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())
            seen = seen.reshape(-1)
            used = self._used.get(name, torch.zeros(length, dtype=torch.bool))
            again = bool((seen.bincount(minlength=length) > 1).any() or used[seen].any())
            self._used[name] = used.index_fill(0, seen, True)
        if again:
            raise applied_twice(place, name)
        return name.removesuffix(".weight")

    def use_as_bias(self, tensor: Tensor, place: str) -> None:
        """Note that a parameter is added to what a layer weighs; it is 0 under (H)."""
        self._take(self._names[place_of(tensor)], "bias", place)

    def use_as_constant(self, tensor: Tensor, place: str) -> None:
        """Note that a tensor's values scale activations, or choose among them.

        Raises
        ------
        DagError
            If these are not the module's own values.
        """
        name = self.name(tensor)
        for own in self.computed_from(tensor) | ({name} if name else set()):
            if own == RANDOM:
                raise DagError(
                    f"{place} multiplies or chooses by random numbers, which are others in every "
                    "call; leave them out, or keep them in a buffer"
                )
            if reason := self._without_values.get(own):
                raise DagError(f"{place} needs the values of {own!r}, {reason}")
            self._take(own, "constant", place)

    def _take(self, name: str, role: str, place: str) -> None:
        before = self._roles.setdefault(name, role)
        if role != before:
            raise DagError(
                f"{place} uses the parameter {name!r} as a {role}, and it is a {before} elsewhere; "
                "give each use a parameter of its own"
            )

    def note_computed(
        self,
        operator: str,
        tensors: Iterable[Tensor],
        made: Iterable[Any],
        *,
        is_random: bool,
        changes: bool,
    ) -> None:
        """Note what has been computed from parameters without activations.

        Parameters
        ----------
        operator, tensors, made : its name, arguments and results.
        is_random : whether it draws random numbers.
        changes : whether it overwrites an argument, which is then no parameter any more.
        """
        tensors = list(tensors)
        sources = {RANDOM} if is_random else set()
        for tensor in tensors:
            sources |= self.computed_from(tensor)
            if name := self.name(tensor):
                sources.add(name)
        if not sources:
            return
        places = {place_of(tensor) for tensor in tensors}
        for tensor in made:
            if not isinstance(tensor, Tensor) or (place_of(tensor) in places and not changes):
                continue
            if operator in COPIES and (name := self.name(tensors[0])):
                self._names[self._keep(tensor)] = name
                self._copy_elements(tensors[0], tensor, self._shapes[name].numel())
            else:
                self._computed[self._keep(tensor)] = frozenset(sources)
                self._names.pop(place_of(tensor), None)

    def _copy_elements(self, source: Tensor, copied: Tensor, length: int) -> None:
        own = self._elements.get(place_of(source))
        own = torch.arange(length) if own is None else own
        size = copied.untyped_storage().nbytes() // copied.element_size()
        elements = torch.zeros(size, dtype=torch.int64)
        seen = own.as_strided(source.shape, source.stride(), source.storage_offset())
        elements.as_strided(copied.shape, copied.stride(), copied.storage_offset()).copy_(seen)
        self._elements[place_of(copied)] = elements


def place_of(tensor: Tensor) -> int:
    """Return where a tensor's numbers are, which its views share."""
    return int(tensor.untyped_storage()._cdata)


def _covers(tensor: Tensor) -> bool:
    """Whether a tensor's elements lie side by side, each in a place of its own."""
    expected = 1
    sizes = (n for n in zip(tensor.stride(), tensor.shape, strict=True) if n[1] > 1)
    for stride, length in sorted(sizes):
        if stride != expected:
            return False
        expected *= length
    return True
