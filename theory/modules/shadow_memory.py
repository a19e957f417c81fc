"""Codes of activations beside torch's own memory, number by number.

Every storage that holds an activation has a shadow: one code for each of its numbers. A tensor's
codes are read and written through its own strides. So views, and what is written in place through
one of them, are seen as torch sees them, whatever has made the views.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from theory.graph.layers import CONSTANT, NOTHING, DagError, applied_twice

COPIES = frozenset(["clone", "_to_copy"])
"""Operators whose results are the weights themselves, elsewhere in memory."""


class ShadowMemory:
    """The shadows of all storages that hold activations, or weights.

    Attributes
    ----------
    weights : names of the weights, by storage.
    computed : names of the weights from which other storages have been computed.
    """

    def __init__(self) -> None:
        self._shadows: dict[int, Tensor] = {}
        self._without_gradient: set[int] = set()
        self._alive: list[torch.UntypedStorage] = []  # so that no other storage takes its address
        self.weights: dict[int, str] = {}
        self.computed: dict[int, str] = {}
        self._used: dict[str, Tensor] = {}

    def keep(self, tensor: Tensor) -> int:
        """Return the number of a tensor's storage, which remains its own from now on."""
        storage = tensor.untyped_storage()
        self._alive.append(storage)
        return int(storage._cdata)

    def knows(self, tensor: Tensor) -> bool:
        """Whether a tensor's storage has a shadow."""
        return _place(tensor) in self._shadows

    def is_unknown(self, tensor: Tensor) -> bool:
        """Whether a tensor has a gradient by other ways than torch's operators."""
        made_apart = _place(tensor) in self._without_gradient
        return made_apart and tensor.requires_grad and not tensor.is_leaf

    def weight(self, tensor: Tensor) -> str | None:
        """Return the name of the weight that a tensor is (a view of), if it is one."""
        return self.weights.get(_place(tensor))

    def computed_from(self, tensor: Tensor) -> str | None:
        """Return the name of a weight that a tensor has been computed from, if from any."""
        return self.computed.get(_place(tensor))

    def use(self, tensor: Tensor, place: str) -> str:
        """Note that the layer at a place uses (a part of) a weight, and return the layer's name.

        Raises
        ------
        DagError
            If an earlier layer has used it.
        """
        name = self.weights[_place(tensor)]
        length = tensor.untyped_storage().nbytes() // tensor.element_size()
        if tensor.numel() == length and _covers(tensor):
            again = name in self._used
            self._used[name] = torch.ones(1, dtype=torch.bool).expand(length)
        else:
            offsets = torch.arange(length)
            seen = offsets.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())
            used = self._used.get(name, torch.zeros(length, dtype=torch.bool))
            again = len(np.unique(seen.numpy())) < seen.numel() or bool(used[seen].any())
            self._used[name] = used.index_fill(0, seen.reshape(-1), True)
        if again:
            raise applied_twice(place, name)
        return name.removesuffix(".weight")

    def note_computed(self, operator: str, tensors: Iterable[Tensor], made: Iterable[Any]) -> None:
        """Note which tensors have been computed from weights, and which are weights still."""
        names = {_place(t): self.weights.get(_place(t)) or self.computed_from(t) for t in tensors}
        name = next(filter(None, names.values()), None)
        if name is None:
            return
        for tensor in made:
            if isinstance(tensor, Tensor) and _place(tensor) not in names:
                copied = operator in COPIES and any(_place(t) in self.weights for t in tensors)
                (self.weights if copied else self.computed)[self.keep(tensor)] = name

    def read(self, tensor: Tensor) -> Tensor:
        """Return the codes of a tensor: those of its shadow, or of its values as constants."""
        shadow = self._shadows.get(_place(tensor))
        if shadow is None:
            return constants(tensor)
        return shadow.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())

    def write(self, tensor: Tensor, codes: Tensor, *, with_gradient: bool) -> None:
        """Write the codes of a tensor into its shadow.

        Raises
        ------
        DagError
            If the codes do not fit: a fault of the operator's expansion.
        """
        if codes.shape != tensor.shape:
            raise DagError(f"codes of shape {tuple(codes.shape)} for {tuple(tensor.shape)}")
        self.begin(tensor)
        self.read(tensor).copy_(codes)
        place = _place(tensor)
        if with_gradient:
            self._without_gradient.discard(place)
        else:
            self._without_gradient.add(place)

    def begin(self, tensor: Tensor) -> None:
        """Give a tensor's storage a shadow, of what its values are as constants."""
        place = self.keep(tensor)
        if place in self._shadows:
            return
        whole = torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())
        self._shadows[place] = constants(whole)


def constants(values: Tensor) -> Tensor:
    """Return the codes of values that no input changes: NOTHING for 0, CONSTANT for others."""
    return torch.where(values.detach() == 0, NOTHING, CONSTANT)


def _place(tensor: Tensor) -> int:
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
