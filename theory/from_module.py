"""Expand a torch module into the DAG of its neurons.

The module is traced with `torch.fx` and run once, not on pixels but on *positions*: a tensor that
holds, for every activation, the number of the neuron that computes it. A layer with weights reads
the positions it is connected to, makes new neurons and records the edges; a reshaping only moves
positions. Zero padding enters as position -1 and leaves no edge.
"""

from collections.abc import Callable, Hashable, Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn
from torch.nn import functional

from theory.dag import Dag, DagError

NO_NEURON = -1


def dag_from_module(module: nn.Module, input_shape: Sequence[int]) -> Dag:
    """Run `module` on neuron positions and collect its edges (see `Dag.from_module`)."""
    if not input_shape or any(size < 1 for size in input_shape):
        raise DagError(f"the input shape {tuple(input_shape)} needs positive sizes")
    if type(module) in EXPANSIONS:
        module = nn.Sequential(module)  # torch.fx looks inside the root, whatever it is
    try:
        traced = fx.symbolic_trace(module)
    except Exception as error:  # torch.fx raises whatever the traced code raises on a Proxy
        reason = str(error).partition("\n")[0]
        raise DagError(f"torch.fx cannot trace {type(module).__name__}: {reason}") from error
    neurons = _Neurons(input_shape)
    outputs = _OnPositions(traced, neurons).run(neurons.positions)
    if not isinstance(outputs, Tensor):
        raise DagError(f"{type(module).__name__} returns a {type(outputs).__name__}, not a tensor")
    return neurons.dag(outputs)


class _Neurons:
    """The neurons and edges found so far."""

    def __init__(self, input_shape: Sequence[int]) -> None:
        self.nodes: list[Hashable] = []
        self.edges: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self.number_of_inputs = prod(input_shape)
        self.positions = self.add("input", input_shape)

    def add(self, name: str, shape: Sequence[int]) -> Tensor:
        """Add neurons named (name, *index) and return their positions, shape (1, *shape)."""
        first = len(self.nodes)
        self.nodes.extend((name, *index) for index in np.ndindex(*shape))
        return torch.arange(first, len(self.nodes)).reshape(1, *shape)

    def connect(self, name: str, tails: Tensor, heads: Tensor) -> None:
        """Add an edge from each of `tails`, shape (*heads.shape, fan-in), to its head."""
        exists = tails != NO_NEURON
        alone = heads[~exists.any(dim=-1)]
        if alone.numel():
            raise DagError(
                f"submodule {name!r}: the neuron {self.nodes[int(alone[0])]!r} sees nothing but "
                "zero padding; make the padding smaller than the kernel"
            )
        heads = heads.unsqueeze(-1).expand_as(tails)
        self.edges.append((tails[exists].numpy(), heads[exists].numpy()))

    def dag(self, outputs: Tensor) -> Dag:
        """Build the DAG whose outputs stand in the tensor of positions `outputs`."""
        none = (np.empty(0, dtype=np.int64),) * 2
        tails, heads = (np.concatenate(ends) for ends in zip(*self.edges, none, strict=True))
        return Dag(
            self.nodes,
            tails,
            heads,
            inputs=self.number_of_inputs,
            outputs=outputs.flatten().tolist(),
        )


class _OnPositions(fx.Interpreter):
    """Runs a traced module on tensors of neuron positions."""

    def __init__(self, traced: fx.GraphModule, neurons: _Neurons) -> None:
        super().__init__(traced)
        self.neurons = neurons
        self.extra_traceback = False  # keeps our error messages to one line

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        submodule = self.fetch_attr(target)
        for kind, expansion in EXPANSIONS.items():
            if isinstance(submodule, kind):
                return expansion(self.neurons, target, submodule, *args, **kwargs)
        raise DagError(
            f"submodule {target!r} is a {type(submodule).__name__}, which cannot be expanded; "
            f"supported are {', '.join(kind.__name__ for kind in EXPANSIONS)}"
        )

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        return self._call(target, getattr(target, "__name__", str(target)), args, kwargs)

    def call_method(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        return self._call(getattr(Tensor, target), target, args, kwargs)

    def _call(
        self, function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:  # noqa: ANN401
        if name in ("relu", "relu_"):
            return args[0]
        if name in RESHAPINGS:
            return function(*args, **kwargs)
        raise DagError(
            f"the function {name!r} cannot be expanded; supported are relu and "
            f"{', '.join(sorted(RESHAPINGS))}"
        )


RESHAPINGS = frozenset({"flatten", "reshape", "view", "size"})


def _linear(neurons: _Neurons, name: str, layer: nn.Linear, below: Tensor) -> Tensor:
    if below.shape[-1] != layer.in_features:
        raise DagError(
            f"submodule {name!r} (Linear) expects {layer.in_features} features, "
            f"but {below.shape[-1]} arrive"
        )
    above = neurons.add(name, (*below.shape[1:-1], layer.out_features))
    tails = below.unsqueeze(-2).expand(*above.shape, layer.in_features)
    neurons.connect(name, tails, above)
    return above


def _conv2d(neurons: _Neurons, name: str, layer: nn.Conv2d, below: Tensor) -> Tensor:
    if below.shape[1] != layer.in_channels:
        raise DagError(
            f"submodule {name!r} (Conv2d) expects {layer.in_channels} channels, "
            f"but {below.shape[1]} arrive"
        )
    windows = _windows(
        name, _pad(layer, below), layer.kernel_size, layer.stride, layer.dilation
    )  # (channels, height, width, window)
    channels, height, width, window = windows.shape
    groups, per_group = layer.groups, channels // layer.groups
    fan_in = per_group * window
    tails = windows.reshape(groups, per_group, height, width, window)
    tails = tails.permute(0, 2, 3, 1, 4).reshape(groups, 1, height, width, fan_in)
    above = neurons.add(name, (layer.out_channels, height, width))
    heads = above.reshape(groups, -1, height, width)
    neurons.connect(name, tails.expand(*heads.shape, fan_in), heads)
    return above


def _avg_pool2d(neurons: _Neurons, name: str, layer: nn.AvgPool2d, below: Tensor) -> Tensor:
    if layer.ceil_mode or layer.divisor_override or layer.padding not in (0, (0, 0)):
        raise DagError(
            f"submodule {name!r} (AvgPool2d) has padding, ceil_mode or divisor_override; only "
            "plain averages over whole windows can be expanded"
        )
    windows = _windows(name, below, _pair(layer.kernel_size), _pair(layer.stride), (1, 1))
    above = neurons.add(name, windows.shape[:-1])
    neurons.connect(name, windows.unsqueeze(0), above)
    return above


def _pad(layer: nn.Conv2d, below: Tensor) -> Tensor:
    """Pad a tensor of positions as `layer` pads its input; zeros become NO_NEURON."""
    amounts: list[int] = []
    for axis in (1, 0):  # functional.pad wants the last axis first
        if isinstance(layer.padding, str):
            total = layer.dilation[axis] * (layer.kernel_size[axis] - 1)
            total = total if layer.padding == "same" else 0
            amounts += [total // 2, total - total // 2]
        else:
            amounts += [layer.padding[axis]] * 2
    # Padding modes exist for floats only; doubles hold positions exactly up to 2^53.
    if layer.padding_mode == "zeros":
        return functional.pad(below.double(), amounts, value=NO_NEURON).long()
    return functional.pad(below.double(), amounts, mode=layer.padding_mode).long()


def _windows(
    name: str,
    positions: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Tensor:
    """Collect what each window sees: (1, C, H, W) -> (C, H', W', kernel height * width)."""
    for axis in (0, 1):
        reach = dilation[axis] * (kernel[axis] - 1) + 1
        if positions.shape[2 + axis] < reach:
            raise DagError(
                f"submodule {name!r}: a window of {reach} does not fit into "
                f"{positions.shape[2 + axis]} padded pixels"
            )
        positions = positions.unfold(2 + axis, reach, stride[axis])
    positions = positions[0, ..., :: dilation[0], :: dilation[1]]
    return positions.flatten(start_dim=-2)


def _pair(size: int | tuple[int, ...]) -> tuple[int, ...]:
    return (size, size) if isinstance(size, int) else size


def _flatten(neurons: _Neurons, name: str, layer: nn.Flatten, below: Tensor) -> Tensor:  # noqa: ARG001
    flat: Tensor = layer(below)
    return flat


def _relu(neurons: _Neurons, name: str, layer: nn.ReLU, below: Tensor) -> Tensor:  # noqa: ARG001
    return below


EXPANSIONS: dict[type[nn.Module], Callable[..., Tensor]] = {
    nn.Linear: _linear,
    nn.Conv2d: _conv2d,
    nn.AvgPool2d: _avg_pool2d,
    nn.Flatten: _flatten,
    nn.ReLU: _relu,
}
