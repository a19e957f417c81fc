"""What a module computes, call by call: where its dense head begins, and how large it is."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from evidence.errors import UserError

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
_RESHAPES = (torch.flatten, Tensor.flatten, Tensor.reshape, torch.reshape, Tensor.view)
_NORMS = (functional.layer_norm, functional.rms_norm)
"""Their weights may have many dimensions, and are 1 at initialization."""

_BATCH = 3
"""Networks that a module is tried on."""


class ModuleError(UserError):
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
    """A module, and how to sample it.

    Attributes
    ----------
    module : what the networks compute.
    shape : of one input.
    head : the dense layers that end it, from its input to the logits; their weights are not drawn.
    has_body : whether anything but reshapings stands before the head.
    logits : number K of logits.
    relus : how many ReLUs are called.
    weights : sizes of the body's weights, in the order of their first use.
    activations : floats that one network's forward pass makes, weights left out.
    """

    module: nn.Module
    shape: tuple[int, ...]
    head: tuple[HeadLayer, ...]
    has_body: bool
    logits: int
    relus: int
    weights: tuple[int, ...]
    activations: int

    @property
    def d(self) -> int:
        """Input dimension."""
        return math.prod(self.shape)

    @property
    def numbers(self) -> int:
        """Floats of one network: activations, and weights of the body."""
        return self.activations + sum(self.weights)


@dataclass(frozen=True)
class _Call:
    function: Callable[..., Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    tensors: tuple[Tensor, ...]
    result: Any


class _Recorder(TorchFunctionMode):
    """Records every call of a forward pass, and keeps the tensors, so that ids stay theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[_Call] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        self.calls.append(_Call(func, args, kwargs, tuple(_tensors((args, kwargs))), result))
        return result


def plan_network(module: nn.Module, input_shape: Sequence[int]) -> NetworkPlan:
    """Run a module on a few inputs, and find its dense head.

    Parameters
    ----------
    module : any module from (batch, *input_shape) to logits (batch, K). It may be on the meta
        device, where nothing is computed; elsewhere it is also tried whether it treats the entries
        of a batch apart.
    input_shape : shape of one input.

    Raises
    ------
    ModuleError : outputs that are no logits, or that autograd can not follow to the inputs;
        networks that can not be told apart; weights used otherwise than in linear layers and
        convolutions.
    """
    module.eval()
    if any(nn.parameter.is_lazy(x) for x in module.parameters()):
        raise ModuleError("lazy layers have no weights yet; call the module once in the factory")
    for name, part in module.named_modules():
        if isinstance(part, torch.jit.ScriptModule):
            raise ModuleError(f"{name or 'the module'} is compiled; give the module itself")
    device = next((p.device for p in module.parameters()), torch.device("cpu"))
    leaf = torch.zeros(_BATCH, *input_shape, device=device, requires_grad=True)
    inputs = leaf.clone()  # which the module may overwrite
    with _Recorder() as recorder:
        logits = module(inputs)
    calls = recorder.calls
    if not isinstance(logits, Tensor) or logits.ndim != 2 or logits.shape[0] != _BATCH:
        kind = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ModuleError(
            "the module must map (batch, *input) to logits (batch, K); a batch of "
            f"{_BATCH} gives {kind}"
        )
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    for call in calls:
        _check_weights(call, names)
    _check_dependence(module, leaf, logits, {id(x) for call in calls for x in call.tensors})
    if device.type != "meta":
        _check_apart(module, input_shape, device)
    head, start = _dense_head(calls, logits, names)
    of_head = {layer.weight for layer in head}
    weights = {
        id(x): x.numel()
        for call in calls
        if call.function is LINEAR or call.function in CONVOLUTIONS
        for x in call.tensors
        if x.ndim > 1 and names.get(id(x), "") not in {"", *of_head}
    }
    made = sum(x.numel() for call in calls for x in _tensors(call.result))
    return NetworkPlan(
        module=module,
        shape=tuple(input_shape),
        head=head,
        has_body=not _is_reshaped(calls, head, start, inputs),
        logits=logits.shape[1],
        relus=sum(call.function in RELUS for call in calls),
        weights=tuple(weights.values()),
        activations=(inputs.numel() + made) // _BATCH,
    )


def input_and_weight(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Return the input and the weight that a linear layer or a convolution is called with."""
    weight = args[1] if len(args) > 1 else kwargs["weight"]
    return (args[0] if args else kwargs["input"]), weight


def _tensors(tree: Any) -> list[Tensor]:  # noqa: ANN401
    leaves = torch.utils._pytree.tree_leaves(tree)
    return [leaf for leaf in leaves if isinstance(leaf, Tensor)]


def _check_weights(call: _Call, names: Mapping[int, str]) -> None:
    """Let no weight pass that sampling would leave as it is."""
    for x in call.tensors:
        if isinstance(x, nn.Parameter) and id(x) not in names:
            raise ModuleError(
                f"a parameter of shape {tuple(x.shape)} is not registered in the module; keep "
                "layers in attributes or an nn.ModuleList, not in a plain list"
            )
    weights = [x for x in call.tensors if x.ndim > 1 and id(x) in names]
    if not weights or call.function in _NORMS or not _tensors(call.result):
        return
    name = names[id(weights[0])]
    layer = call.function is LINEAR or call.function in CONVOLUTIONS
    rows, weight = input_and_weight(call.args, call.kwargs) if layer else (None, None)
    if rows is None or len(weights) > 1 or weights[0] is not weight:
        function = getattr(call.function, "__name__", call.function)
        raise ModuleError(
            f"the parameter {name} is used by {function}; of parameters with two or more "
            "dimensions, only the weights of linear layers and convolutions can be sampled"
        )
    if rows.shape[0] != _BATCH or (call.function is not LINEAR and rows.ndim != weight.ndim):
        raise ModuleError(
            f"the layer with the weight {name} must see (batch, ...) with one entry a network; "
            f"for a batch of {_BATCH} it sees {tuple(rows.shape)}"
        )


def _check_dependence(
    module: nn.Module, inputs: Tensor, logits: Tensor, seen: Collection[int]
) -> None:
    """Let autograd say whether the logits depend on the inputs, and on weights that no call saw."""
    weights = {name: x for name, x in module.named_parameters() if x.ndim > 1 and x.requires_grad}
    gradients = (
        torch.autograd.grad(logits.sum(), [inputs, *weights.values()], allow_unused=True)
        if logits.requires_grad
        else [None]
    )
    if gradients[0] is None:
        raise ModuleError("the logits must depend on the inputs in a way that autograd can follow")
    for (name, weight), gradient in zip(weights.items(), gradients[1:], strict=True):
        if gradient is not None and id(weight) not in seen:
            raise ModuleError(
                f"the parameter {name} is used where it can not be replaced, in compiled code or "
                "an autograd.Function; use it in linear layers and convolutions"
            )


def _check_apart(module: nn.Module, input_shape: Sequence[int], device: torch.device) -> None:
    """Compare a batch with its entries, one by one."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(_BATCH, *input_shape, generator=generator).to(device)
    with torch.no_grad():
        together = module(inputs.clone())
        apart = torch.cat([module(inputs[i : i + 1].clone()) for i in range(_BATCH)])
    if not together.isfinite().all():
        raise ModuleError("the logits are not finite at an input of standard normal noise")
    if apart.shape != together.shape or not torch.allclose(
        together, apart, rtol=0, atol=1e-3 * float(together.abs().max())
    ):
        raise ModuleError(
            "the module must treat the entries of a batch apart and draw nothing at random; its "
            f"logits for {_BATCH} inputs differ from those for each alone"
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
        if call.function in RELUS and not relu:
            relu, end = True, call.tensors[0]
        elif _is_dropout(call):
            end = call.tensors[0]
        elif call.function is LINEAR and _is_dense(call, calls, names):
            h, weight = input_and_weight(call.args, call.kwargs)
            neurons, in_degree = weight.shape
            layer = HeadLayer(
                weight=names[id(weight)], in_degree=in_degree, neurons=neurons, relu=relu
            )
            head.insert(0, layer)
            relu, start, end = False, h, h
        else:
            break
    return tuple(head), start


def _is_dense(call: _Call, calls: Sequence[_Call], names: Mapping[int, str]) -> bool:
    """Say whether a linear call multiplies a vector with a weight that no other call uses."""
    h, weight = input_and_weight(call.args, call.kwargs)
    uses = sum(weight is x for other in calls for x in other.tensors)
    return h.ndim == 2 and id(weight) in names and uses == 1


def _is_dropout(call: _Call) -> bool:
    """Say whether a call is a dropout that drops nothing."""
    if call.function is not functional.dropout:
        return False
    training = call.args[2] if len(call.args) > 2 else call.kwargs.get("training", True)
    return not training


def _is_reshaped(
    calls: Sequence[_Call], head: Sequence[HeadLayer], start: Tensor, inputs: Tensor
) -> bool:
    """Say whether the head's input is the inputs in another shape."""
    relus = 0
    for call in reversed(calls):
        relus += call.function in RELUS
        reshape = call.function in _RESHAPES or _is_dropout(call)
        known = reshape or call.function is LINEAR or call.function in RELUS
        if not known and (call.result is None or _tensors(call.result)):
            return False
        if call.result is start and start is not inputs:
            if not reshape:
                return False
            start = call.tensors[0]
    # A ReLU of its own could have changed the inputs in place.
    return start is inputs and relus == sum(layer.relu for layer in head)
