"""How each supported layer connects its neurons."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from theory.graph.layers import NOTHING, DagError, Kind
from theory.modules.neurons import Neurons
from theory.modules.windows import adaptive_windows, pad, windows

Expansion = Callable[[Neurons, str, Any, Tensor], Tensor]


def _linear(neurons: Neurons, name: str, layer: nn.Linear, below: Tensor) -> Tensor:
    _expect(name, layer, layer.in_features, below.shape[-1], "features")
    shape = (*below.shape[1:-1], layer.out_features)
    codes = below[0].unsqueeze(-2).expand(*shape, layer.in_features)
    # Applied along several positions, a Linear shares each row of its weights among them.
    filters = torch.arange(layer.out_features)
    return neurons.connect(
        name, Kind.WEIGHTED, shape, codes, filters=filters, divisors=layer.in_features
    )


def _convolution(
    neurons: Neurons, name: str, layer: nn.Conv1d | nn.Conv2d, below: Tensor
) -> Tensor:
    _expect_dimensions(name, layer, below, len(layer.kernel_size))
    _expect(name, layer, layer.in_channels, below.shape[1], "channels")
    padded = pad(below, _padding(layer), layer.padding_mode)
    seen = windows(neurons, name, padded, layer.kernel_size, layer.stride, layer.dilation)
    space, window = seen.shape[1:-1], seen.shape[-1]
    fan_in = layer.in_channels // layer.groups * window
    codes = seen.reshape(layer.groups, -1, *space, window).movedim(1, -2)
    codes = codes.reshape(layer.groups, 1, *space, fan_in)
    codes = codes.expand(layer.groups, layer.out_channels // layer.groups, *space, fan_in)
    filters = torch.arange(layer.out_channels).reshape(-1, *[1] * len(space))
    shape = (layer.out_channels, *space)
    return neurons.connect(name, Kind.WEIGHTED, shape, codes, filters=filters, divisors=fan_in)


def _padding(layer: nn.Conv1d | nn.Conv2d) -> list[int]:
    """Amounts for `pad`, which takes the last axis first."""
    amounts: list[int] = []
    for axis in reversed(range(len(layer.kernel_size))):
        if isinstance(layer.padding, str):
            total = layer.dilation[axis] * (layer.kernel_size[axis] - 1)
            total = total if layer.padding == "same" else 0
            amounts += [total // 2, total - total // 2]
        else:
            amounts += [layer.padding[axis]] * 2
    return amounts


def _average_pooling(
    neurons: Neurons, name: str, layer: nn.AvgPool1d | nn.AvgPool2d, below: Tensor
) -> Tensor:
    seen = _pooled(neurons, name, layer, below, dilation=1)
    counted = layer.count_include_pad
    divisors = torch.tensor(seen.shape[-1]) if counted else (seen != NOTHING).sum(dim=-1)
    if getattr(layer, "divisor_override", None):
        divisors = torch.tensor(layer.divisor_override)
    return neurons.connect(name, Kind.AVERAGE, seen.shape[:-1], seen, divisors=divisors)


def _max_pooling(
    neurons: Neurons, name: str, layer: nn.MaxPool1d | nn.MaxPool2d, below: Tensor
) -> Tensor:
    seen = _pooled(neurons, name, layer, below, dilation=layer.dilation)
    return neurons.connect(name, Kind.MAXIMUM, seen.shape[:-1], seen)


def _pooled(
    neurons: Neurons,
    name: str,
    layer: Any,  # noqa: ANN401
    below: Tensor,
    *,
    dilation: int | tuple[int, ...],
) -> Tensor:
    axes = 1 if type(layer).__name__.endswith("1d") else 2
    _expect_dimensions(name, layer, below, axes)
    if layer.ceil_mode:
        raise DagError(f"submodule {name!r} ({type(layer).__name__}) has ceil_mode: set it False")
    sizes = [
        size if isinstance(size, tuple) else (size,) * axes
        for size in (layer.kernel_size, layer.stride, layer.padding, dilation)
    ]
    kernel, stride, padding, spread = sizes
    amounts = [amount for size in reversed(padding) for amount in (size, size)]
    return windows(neurons, name, pad(below, amounts, "zeros"), kernel, stride, spread)


def _adaptive_pooling(
    neurons: Neurons, name: str, layer: nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d, below: Tensor
) -> Tensor:
    axes = 1 if type(layer).__name__.endswith("1d") else 2
    _expect_dimensions(name, layer, below, axes)
    size = layer.output_size
    seen = adaptive_windows(below, size if isinstance(size, tuple) else (size,) * axes)
    if "Max" in type(layer).__name__:
        return neurons.connect(name, Kind.MAXIMUM, seen.shape[:-1], seen)
    counts = (seen != NOTHING).sum(dim=-1)
    return neurons.connect(name, Kind.AVERAGE, seen.shape[:-1], seen, divisors=counts)


def _padding_layer(neurons: Neurons, name: str, layer: Any, below: Tensor) -> Tensor:  # noqa: ANN401, ARG001
    modes = {"Refl": "reflect", "Repl": "replicate", "Circ": "circular"}
    return pad(below, layer.padding, modes.get(type(layer).__name__[:4], "constant"))


def _batch_norm(neurons: Neurons, name: str, layer: nn.BatchNorm2d, below: Tensor) -> Tensor:  # noqa: ARG001
    """At initialization a batch norm only standardizes, which He-initialized neurons already are.

    Its ε, a relative 1e-5, is left out.
    """
    fresh = layer.weight is None or bool((layer.weight == 1).all())
    if layer.running_var is not None:
        fresh = fresh and bool((layer.running_var == 1).all())
    if not fresh:
        raise DagError(
            f"submodule {name!r} ({type(layer).__name__}) is not at initialization: its weight and "
            "running variance must be 1"
        )
    return below


def _dropout(neurons: Neurons, name: str, layer: nn.Dropout, below: Tensor) -> Tensor:  # noqa: ARG001
    if layer.training and layer.p:
        raise DagError(f"submodule {name!r} ({type(layer).__name__}) is in training: call .eval()")
    return below


def _flatten(neurons: Neurons, name: str, layer: nn.Flatten, below: Tensor) -> Tensor:  # noqa: ARG001
    flat: Tensor = layer(below)
    return flat


def _relu(neurons: Neurons, name: str, layer: nn.ReLU, below: Tensor) -> Tensor:  # noqa: ARG001
    return neurons.relu(name, below)


def _identity(neurons: Neurons, name: str, layer: nn.Identity, below: Tensor) -> Tensor:  # noqa: ARG001
    return below


def add(neurons: Neurons, name: str, one: Tensor, other: Tensor) -> Tensor:
    """Neurons that add two tensors, each with the fixed weight 1."""
    both = [one + torch.zeros_like(other), other + torch.zeros_like(one)]  # broadcast
    codes = torch.stack(both, dim=-1)[0]
    return neurons.connect(name, Kind.SUM, codes.shape[:-1], codes)


def mean(neurons: Neurons, name: str, below: Tensor, axes: tuple[int, ...], keep: bool) -> Tensor:
    """Neurons that average over whole axes."""
    axes = tuple(axis % below.ndim for axis in axes)
    if 0 in axes:
        raise DagError(f"{name!r} averages over the batch; give the axes to average over")
    kept = [axis for axis in range(below.ndim) if axis not in axes]
    codes = below.permute(*kept, *axes).flatten(start_dim=len(kept))
    above = neurons.connect(
        name, Kind.AVERAGE, codes.shape[1:-1], codes[0], divisors=codes.shape[-1]
    )
    return (
        above.reshape([1 if a in axes else n for a, n in enumerate(below.shape)]) if keep else above
    )


def _expect(name: str, layer: nn.Module, wanted: int, there: int, what: str) -> None:
    if wanted != there:
        raise DagError(
            f"submodule {name!r} ({type(layer).__name__}) expects {wanted} {what}, "
            f"but {there} arrive"
        )


def _expect_dimensions(name: str, layer: nn.Module, below: Tensor, axes: int) -> None:
    if below.ndim != axes + 2:
        raise DagError(
            f"submodule {name!r} ({type(layer).__name__}) expects channels and {axes} axes, but an "
            f"activation of shape {tuple(below.shape[1:])} arrives"
        )


EXPANSIONS: dict[type[nn.Module], Expansion] = {
    nn.Linear: _linear,
    nn.Conv1d: _convolution,
    nn.Conv2d: _convolution,
    nn.AvgPool1d: _average_pooling,
    nn.AvgPool2d: _average_pooling,
    nn.AdaptiveAvgPool1d: _adaptive_pooling,
    nn.AdaptiveAvgPool2d: _adaptive_pooling,
    nn.MaxPool1d: _max_pooling,
    nn.MaxPool2d: _max_pooling,
    nn.AdaptiveMaxPool1d: _adaptive_pooling,
    nn.AdaptiveMaxPool2d: _adaptive_pooling,
    nn.ZeroPad1d: _padding_layer,
    nn.ZeroPad2d: _padding_layer,
    nn.ConstantPad1d: _padding_layer,
    nn.ConstantPad2d: _padding_layer,
    nn.ReflectionPad1d: _padding_layer,
    nn.ReflectionPad2d: _padding_layer,
    nn.ReplicationPad1d: _padding_layer,
    nn.ReplicationPad2d: _padding_layer,
    nn.CircularPad1d: _padding_layer,
    nn.CircularPad2d: _padding_layer,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.Dropout: _dropout,
    nn.Dropout1d: _dropout,
    nn.Dropout2d: _dropout,
    nn.Flatten: _flatten,
    nn.ReLU: _relu,
    nn.Identity: _identity,
}
