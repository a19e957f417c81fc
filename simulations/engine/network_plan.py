"""What a module computes, call by call: where its dense head begins, and how large it is."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize

from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.any_module.notes import notes_on_outputs, notes_on_parameters
from simulations.engine.any_module.outputs import logits_of, require_dependence, require_finite
from simulations.engine.any_module.parameter_roles import ParameterRoles, RolesTrace, tensors
from simulations.engine.any_module.plain_modules import plain
from simulations.engine.any_module.recorded_calls import (
    CONVOLUTIONS,
    LINEAR,
    Call,
    Recorder,
    input_and_weight,
)
from simulations.engine.any_module.relu_masks import RELUS

_RESHAPES = (torch.flatten, Tensor.flatten, Tensor.reshape, torch.reshape, Tensor.view)
_BATCH = 3
"""Networks that a module is tried on."""


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
    output : position of the one number that is taken for a logit; empty for all logits.
    parameters : what the module's parameters are for.
    one_at_a_time : whether each network needs a forward pass of its own.
    head : the dense layers that end it, from its input to the logits; their weights are not drawn.
    has_body : whether anything but reshapings stands before the head.
    logits : number K of logits.
    relus : how many ReLUs are called.
    weights : sizes of the body's weights, in the order of their first use.
    activations : floats that one network's forward pass makes, weights left out.
    dtype : of the inputs that the module takes.
    notes : what a reader of the figures has to know.
    """

    module: nn.Module
    shape: tuple[int, ...]
    output: tuple[int, ...]
    parameters: ParameterRoles
    one_at_a_time: bool
    head: tuple[HeadLayer, ...]
    has_body: bool
    logits: int
    relus: int
    weights: tuple[int, ...]
    activations: int
    dtype: torch.dtype
    notes: tuple[str, ...]

    @property
    def d(self) -> int:
        """Input dimension."""
        return math.prod(self.shape)

    @property
    def numbers(self) -> int:
        """Floats of one network: activations, and weights of the body."""
        return self.activations + sum(self.weights)


def plan_network(
    module: nn.Module, input_shape: Sequence[int], *, output: Sequence[int] = ()
) -> NetworkPlan:
    """Run a module on a few inputs, and find out how to sample it.

    Parameters
    ----------
    module : any module from (batch, *input_shape) to logits (batch, K). It may be on the meta
        device, where nothing is computed; elsewhere it is also tried whether it treats the entries
        of a batch apart.
    input_shape : shape of one input.
    output : position of the one number that is taken for the only logit, such as (0, 16, 16) of
        an image; all logits if empty.

    Raises
    ------
    ModuleError : outputs that are no logits, or that autograd can not follow to the inputs;
        networks that can not be told apart; parameters that are not the module's own.
    """
    module = plain(module)
    with suppress(NotImplementedError):  # exported programs stay what they were exported as
        module.eval()
    _check_norms(module)
    x = _like_inputs(module, input_shape)
    if any(map(nn.parameter.is_lazy, module.parameters())):
        module(x.clone())
    try:
        return _plan(module, x, tuple(output))
    except ModuleError:
        raise
    except Exception:
        with suppress(Exception):  # perhaps it takes no batches
            return _plan(module, x[:1], tuple(output))
        raise


def _like_inputs(module: nn.Module, input_shape: Sequence[int]) -> Tensor:
    """Return a batch of zeros, where the parameters are, and of their type."""
    parameters = list(module.parameters())
    return torch.zeros(
        _BATCH,
        *input_shape,
        device=parameters[0].device if parameters else "cpu",
        dtype=next((p.dtype for p in parameters if p.is_floating_point()), None),
    )


def _plan(module: nn.Module, zeros: Tensor, output: tuple[int, ...]) -> NetworkPlan:
    leaf = zeros.detach().requires_grad_()
    inputs = leaf.clone()  # which the module may overwrite
    roles = RolesTrace(module, inputs)
    with Recorder(roles) as recorder, roles:
        outputs = module(inputs)
    calls, found = recorder.calls, roles.roles()
    logits = logits_of(outputs, output)
    if len(logits) != len(leaf):
        raise ModuleError(
            f"the module must map (batch, *input) to logits (batch, K); a batch of {len(leaf)} "
            f"gives {tuple(logits.shape)}"
        )
    require_dependence(leaf, logits)
    notes = [*notes_on_parameters(found)]
    if leaf.device.type != "meta":
        notes += notes_on_outputs(_check_apart(module, leaf, output), found.ends_in)
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    at_once = len(leaf) > 1 and _fits_one_pass(module, calls, found, names)
    head, start = _dense_head(calls, logits, names) if at_once else ((), logits)
    made = sum(x.numel() for call in calls for x in tensors(call.result))
    sizes = {name: x.numel() for name, x in module.named_parameters()}
    of_head = {layer.weight for layer in head}
    return NetworkPlan(
        module=module,
        shape=tuple(leaf.shape[1:]),
        output=output,
        parameters=found,
        one_at_a_time=not at_once,
        head=head,
        has_body=not at_once or not _is_reshaped(calls, head, start, inputs),
        logits=logits.shape[1],
        relus=sum(call.function in RELUS for call in calls),
        weights=tuple(sizes[name] for name in found.in_degrees if name not in of_head),
        activations=(leaf.numel() + made) // len(leaf),
        dtype=leaf.dtype,
        notes=tuple(notes),
    )


def _check_norms(module: nn.Module) -> None:
    for name, part in module.named_modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm) and part.running_mean is None:
            raise ModuleError(
                f"submodule {name!r} is a {type(part).__name__} with track_running_stats=False, "
                "which mixes the entries of a batch; let it track them, or take nn.GroupNorm"
            )


def _check_apart(module: nn.Module, leaf: Tensor, output: Sequence[int]) -> Tensor:
    """Compare a batch with its entries, one by one; return the outputs of the batch."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(leaf.shape, generator=generator).to(leaf).requires_grad_()
    # With gradients: without, attention takes another way.
    outputs: Tensor = module(inputs.clone())
    together = logits_of(outputs, output).detach()
    logits = torch.cat(
        [logits_of(module(inputs[i : i + 1].clone()), output).detach() for i in range(len(leaf))]
    )
    require_finite(together)
    if logits.shape != together.shape or not torch.allclose(
        together, logits, rtol=0, atol=1e-3 * float(together.abs().max())
    ):
        raise ModuleError(
            "the module must treat the entries of a batch apart and draw nothing at random; its "
            f"logits for {len(leaf)} inputs differ from those for each alone"
        )
    return outputs


def _fits_one_pass(
    module: nn.Module,
    calls: Sequence[Call],
    roles: ParameterRoles,
    names: Mapping[int, str],
) -> bool:
    """Say whether one forward pass can serve many networks, with one entry of the batch for each.

    All weights must then be those of linear layers and convolutions that see
    (batch, ...), and be called as functions that can be intercepted.
    """
    uses: Counter[str] = Counter()
    biases: set[str] = set()
    for call in calls:
        if call.function is not LINEAR and call.function not in CONVOLUTIONS:
            continue
        rows, weight = input_and_weight(call.args, call.kwargs)
        if id(weight) in names:
            fits = call.function is LINEAR or rows.ndim == weight.ndim
            if rows.shape[0] != _BATCH or not fits or weight.ndim < 2:
                return False
            uses[names[id(weight)]] += 1
            biases.update(names.get(id(x), "") for x in call.tensors)
    return (
        uses == roles.uses
        and biases.issuperset(roles.biases)
        and not roles.is_checkpointed
        and not any(map(parametrize.is_parametrized, module.modules()))
    )


def _dense_head(
    calls: Sequence[Call], logits: Tensor, names: Mapping[int, str]
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


def _is_dense(call: Call, calls: Sequence[Call], names: Mapping[int, str]) -> bool:
    """Say whether a linear call multiplies a vector with a weight that no other call uses."""
    h, weight = input_and_weight(call.args, call.kwargs)
    uses = sum(weight is x for other in calls for x in other.tensors)
    return h.ndim == 2 and id(weight) in names and uses == 1


def _is_dropout(call: Call) -> bool:
    """Say whether a call is a dropout that drops nothing."""
    if call.function is not functional.dropout:
        return False
    training = call.args[2] if len(call.args) > 2 else call.kwargs.get("training", True)
    return not training


def _is_reshaped(
    calls: Sequence[Call], head: Sequence[HeadLayer], start: Tensor, inputs: Tensor
) -> bool:
    """Say whether the head's input is the inputs in another shape."""
    relus = 0
    for call in reversed(calls):
        relus += call.function in RELUS
        reshape = call.function in _RESHAPES or _is_dropout(call)
        known = reshape or call.function is LINEAR or call.function in RELUS
        if not known and (call.result is None or tensors(call.result)):
            return False
        if call.result is start and start is not inputs:
            if not reshape:
                return False
            start = call.tensors[0]
    # A ReLU of its own could have changed the inputs in place.
    return start is inputs and relus == sum(layer.relu for layer in head)
