"""Codes of activations beside torch's own memory, number by number.

Every storage that holds an activation has a shadow: one code for each of its numbers. A tensor's
codes are read and written through its own strides. So views, and what is written in place through
one of them, are seen as torch sees them, whatever has made the views.
"""

import torch
from torch import Tensor

from theory.graph.layers import CONSTANT, NOTHING, DagError
from theory.modules.memory.parameter_memory import ParameterMemory, place_of


class ShadowMemory:
    """The shadows of all storages that hold activations.

    Attributes
    ----------
    parameters : what is known of parameters, and of what is computed from them.
    """

    def __init__(self, parameters: ParameterMemory) -> None:
        self._shadows: dict[int, Tensor] = {}
        self._without_gradient: set[int] = set()
        self._products: set[int] = set()
        self._alive: list[torch.UntypedStorage] = []  # so that no other storage takes its address
        self.parameters = parameters

    def keep(self, tensor: Tensor) -> int:
        """Return the number of a tensor's storage, which remains its own from now on."""
        storage = tensor.untyped_storage()
        self._alive.append(storage)
        return int(storage._cdata)

    def knows(self, tensor: Tensor) -> bool:
        """Whether a tensor's storage has a shadow."""
        return place_of(tensor) in self._shadows

    def is_product(self, tensor: Tensor) -> bool:
        """Whether a layer has made a tensor's storage, by its weights."""
        return place_of(tensor) in self._products

    def note_product(self, tensor: Tensor) -> None:
        """Note that a layer has made a tensor by its weights."""
        self._products.add(self.keep(tensor))

    def is_unknown(self, tensor: Tensor) -> bool:
        """Whether a tensor has a gradient by other ways than torch's operators."""
        made_apart = place_of(tensor) in self._without_gradient
        return made_apart and tensor.requires_grad and not tensor.is_leaf

    def read(self, tensor: Tensor) -> Tensor:
        """Return the codes of a tensor: those of its shadow, or of its values as constants."""
        shadow = self._shadows.get(place_of(tensor))
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
        place = place_of(tensor)
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
