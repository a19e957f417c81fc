"""What a module computes, call by call: where its dense head begins, and how large it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

LINEAR = functional.linear
CONVOLUTIONS = (functional.conv1d, functional.conv2d, functional.conv3d)
RELUS = (
    functional.relu,
    functional.relu_,
    torch.relu,
    torch.relu_,
    Tensor.relu,
    Tensor.relu_,
)
RESHAPES = (torch.flatten, Tensor.flatten, Tensor.reshape, torch.reshape, Tensor.view)
NOTHING = (functional.dropout,)
"""Calls that change nothing in evaluation mode."""


class ModuleError(ValueError):
    """A module that can not be sampled; the message says what would be right."""


@dataclass(frozen=True, kw_only=True)
class HeadLayer:
    """One layer of the dense head.

    Attributes
    ----------
    weight : the name of its weight in the module.
    in_degree, neurons : m and n of its n x m weight matrix.
    relu : whether a ReLU follows.
    """

    weight: str
    in_degree: int
    neurons: int
    relu: bool


@dataclass(frozen=True, kw_only=True)
class NetworkPlan:
    """How to sample a module.

    Attributes
    ----------
    head : the dense layers that end it, from its input to the logits; their weights are not drawn.
    has_body : whether anything but reshapings stands before the head.
    logits : number K of logits.
    numbers : floats that one network's forward pass makes, weights of the body included.
    """

    head: tuple[HeadLayer, ...]
    has_body: bool
    logits: int
    numbers: int


@dataclass(frozen=True)
class _Call:
    function: Callable[..., Any]
    tensors: tuple[Tensor, ...]
    result: Any


class _Recorder(TorchFunctionMode):
    """Writes down every call of a forward pass; keeps the tensors, so that ids stay theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[_Call] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401, ARG002
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        result = func(*args, **(kwargs or {}))
        flat = torch.utils._pytree.tree_leaves((args, kwargs or {}))
        self.calls.append(_Call(func, tuple(x for x in flat if isinstance(x, Tensor)), result))
        return result


def plan_network(module: nn.Module, input_shape: Sequence[int]) -> NetworkPlan:
    """Run a module once, on zeros, and find its dense head.

    Parameters
    ----------
    module : any module from (batch, *input_shape) to logits (batch, K); it may be on the meta
        device, where nothing is computed.
    input_shape : shape of one input.

    Raises
    ------
    ModuleError : outputs that are no logits.
    """
    module.eval()
    device = next((p.device for p in module.parameters()), torch.device("cpu"))
    inputs = torch.zeros(1, *input_shape, device=device)
    with torch.no_grad(), _Recorder() as recorder:
        logits = module(inputs)
    if not isinstance(logits, Tensor) or logits.ndim != 2 or logits.shape[0] != 1:
        shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ModuleError(f"the module must map (batch, input) to logits (batch, K), not {shape}")
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    head, start = _dense_head(recorder.calls, logits, names)
    for call in reversed(recorder.calls):
        if call.result is start and call.function in RESHAPES + NOTHING:
            start = call.tensors[0]
    of_head = {layer.weight for layer in head}
    weights = sum(p.numel() for name, p in module.named_parameters() if name not in of_head)
    made = sum(call.result.numel() for call in recorder.calls if isinstance(call.result, Tensor))
    return NetworkPlan(
        head=head,
        has_body=start is not inputs,
        logits=logits.shape[1],
        numbers=inputs.numel() + weights + made,
    )


def _dense_head(
    calls: Sequence[_Call], logits: Tensor, names: Mapping[int, str]
) -> tuple[tuple[HeadLayer, ...], Tensor]:
    """Walk back from the logits as long as there are dense layers and ReLUs, each used once."""
    head: list[HeadLayer] = []
    relu = False
    end = start = logits
    for call in reversed(calls):
        if call.result is not end:
            continue
        uses = [c for c in calls if c.result is not end and any(end is x for x in c.tensors)]
        if len(uses) > (end is not logits):
            break
        if call.function in RELUS:
            relu, end = True, call.tensors[0]
        elif call.function in NOTHING:
            end = call.tensors[0]
        elif call.function is LINEAR and _is_dense(call, calls, names):
            h, weight = call.tensors[:2]
            neurons, in_degree = weight.shape
            head.insert(
                0,
                HeadLayer(
                    weight=names[id(weight)], in_degree=in_degree, neurons=neurons, relu=relu
                ),
            )
            relu, start, end = False, h, h
        else:
            break
    return tuple(head), start


def _is_dense(call: _Call, calls: Sequence[_Call], names: Mapping[int, str]) -> bool:
    """Whether a linear call multiplies a vector with a weight that no other call uses."""
    h, weight = call.tensors[:2]
    uses = sum(weight is x for other in calls for x in other.tensors)
    return h.ndim == 2 and id(weight) in names and uses == 1
