"""Gradients with respect to what each layer of a module puts out.

A layer is one call of a submodule that returns a tensor with one entry a network. A tensor that
comes out of several nested submodules counts once, as the innermost one's. A submodule that is
called twice is two layers, the second one with "#2" behind its name. What happens between
submodules, such as an addition in a `forward`, belongs to the next layer that returns its result.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn


class LayerRecorder:
    """Keeps norms of the gradients, layer by layer, while a backward pass runs.

    Parameters
    ----------
    module : gets hooks, which stay: give a copy.
    networks : entries of a batch.

    Attributes
    ----------
    names, kinds, coordinates : of each layer in the order of the calls: its name and class, and
        how many numbers it puts out for one network.
    """

    def __init__(self, module: nn.Module, networks: int) -> None:
        self.names: list[str] = []
        self.kinds: list[str] = []
        self.coordinates: list[int] = []
        self._networks = networks
        self._norms: list[Tensor] = []
        self._nodes: list[Any] = []  # kept, so that no other one gets its identity
        self._calls: Counter[str] = Counter()
        self._is_recording = True
        for name, layer in module.named_modules():
            layer.register_forward_hook(partial(self._record, name or "output"))

    def stop(self) -> None:
        """Record no further forward pass, and let go of this one's graph."""
        self._is_recording = False
        self._nodes.clear()  # whose hooks hold this recorder

    def norms(self) -> Tensor:
        """Return ‖g‖_1 and ‖g‖_2 of each layer, shape (networks, layers, 2), in float64."""
        return torch.stack(self._norms, 1) if self._norms else torch.zeros(self._networks, 0, 2)

    def _record(self, name: str, layer: nn.Module, _: object, output: object) -> None:
        if not self._is_recording or not isinstance(output, Tensor) or not output.requires_grad:
            return
        if output.ndim < 2 or output.shape[0] != self._networks:
            return
        # In place, a ReLU returns the tensor that it was given, but from another node.
        if any(output.grad_fn is node for node in self._nodes):
            return
        self._nodes.append(output.grad_fn)
        self._calls[name] += 1
        again = self._calls[name]
        self.names.append(name if again == 1 else f"{name} #{again}")
        self.kinds.append(type(layer).__name__)
        self.coordinates.append(output[0].numel())
        self._norms.append(torch.zeros(self._networks, 2, dtype=torch.float64))
        # A tensor's hook sees the gradient of what the tensor holds now, not of what a later
        # layer puts there in place.
        output.register_hook(  # type: ignore[no-untyped-call]
            self._keep(len(self._norms) - 1)
        )

    def _keep(self, index: int) -> Callable[[Tensor], None]:
        def keep(gradient: Tensor) -> None:
            self._norms[index] = norms_of(gradient)

        return keep


def norms_of(gradients: Tensor) -> Tensor:
    """Return ‖g‖_1 and ‖g‖_2 of each network's gradient, shape (networks, 2), in float64."""
    rows = gradients.detach().flatten(1)
    return torch.stack(
        [
            rows.abs().sum(1, dtype=torch.float64),
            rows.square().sum(1, dtype=torch.float64).sqrt(),
        ],
        1,
    ).cpu()
