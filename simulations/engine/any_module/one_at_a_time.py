"""Networks of any module, one after the other: drawn in place, run, and differentiated.

The weights are drawn into the module's own parameters, so that all code sees them: layers,
functions, hooks, compiled code. The module is given back as it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from threading import Lock

import torch
from torch import Tensor, nn
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from running.draws import Draws
from simulations.engine.any_module.outputs import logits_of
from simulations.engine.any_module.parameter_roles import ParameterRoles
from simulations.engine.any_module.relu_masks import ReluMasks
from simulations.engine.gradient_rows import Gradients, Relu, Rows, WeightLaw, cotangents
from simulations.engine.network_plan import NetworkPlan
from simulations.engine.weight_laws import draw_weights

_POWER_ITERATIONS = 16
"""For the largest singular value of a spectral norm: as many as torch makes at first, and one."""

_ONE_AT_A_TIME = Lock()
"""Threads share the module of a plan."""


def sample_one_at_a_time(
    plan: NetworkPlan,
    inputs: Tensor,
    draws: Draws,
    *,
    relu: Relu,
    weights: WeightLaw,
    rows: Rows,
) -> Gradients:
    """Initialize a network for each input and differentiate it.

    Parameters
    ----------
    plan : of the module that the networks compute. Its weights are drawn, its biases are 0, all
        other parameters keep the module's values.
    inputs, draws, relu, weights, rows : as in
        `simulations.engine.module_interception.sample_gradients`.

    """
    module = plan.module
    logits, gradients = [], []
    with _ONE_AT_A_TIME, _restored(module.to(inputs.device)):
        for index in range(len(inputs)):
            own = draws.part(slice(index, index + 1))
            draw_parameters_(module, plan.parameters, own, weights)
            x = inputs[index : index + 1].detach().requires_grad_()
            masks = nullcontext() if relu == "real" else ReluMasks(_gates(own))
            with masks:
                outputs = logits_of(module(x.clone()), plan.output)  # it may overwrite x
            of_each = [
                torch.autograd.grad(outputs, x, row, retain_graph=True)[0].flatten(1)
                for row in cotangents(outputs.detach(), rows).unbind(1)
            ]
            logits.append(outputs.detach())
            gradients.append(torch.stack(of_each, dim=1))
    return Gradients(logits=torch.cat(logits).float(), rows=torch.cat(gradients).float())


@torch.no_grad()
def draw_parameters_(
    module: nn.Module, parameters: ParameterRoles, draws: Draws, law: WeightLaw
) -> None:
    """Initialize one network in place.

    A parametrized weight is drawn as if it were not, and given to its parametrization: a weight
    norm then changes nothing at first, a spectral norm divides by the largest singular value.

    Parameters
    ----------
    module, parameters : as in the plan of `sample_one_at_a_time`.
    draws : of a single network.
    law : of the weights.
    """
    own = dict(module.named_parameters())
    for name in parameters.biases:
        own[name].zero_()
    for name, in_degree in parameters.in_degrees.items():
        path, _, last = f".{name}".partition(".parametrizations.")
        drawn = draw_weights(draws, tuple(own[name].shape), in_degree, law)[0]
        if own[name].is_complex():
            other = draw_weights(draws, tuple(own[name].shape), in_degree, law)[0]
            drawn = torch.complex(drawn, other) / 2**0.5
        own[name].copy_(drawn)
        if last:
            _parametrize_(module.get_submodule(path[1:]), last.split(".")[0], drawn)
    for part in module.modules():
        for hook in part._forward_pre_hooks.values():
            if isinstance(hook, WeightNorm):
                drawn = getattr(part, f"{hook.name}_v")
                getattr(part, f"{hook.name}_g").copy_(torch.norm_except_dim(drawn, 2, hook.dim))
            elif isinstance(hook, SpectralNorm):
                for _ in range(_POWER_ITERATIONS):
                    hook.compute_weight(part, do_power_iteration=True)


def _parametrize_(part: nn.Module, name: str, drawn: Tensor) -> None:
    """Let a parametrization begin with a drawn tensor."""
    if drawn.shape == getattr(part, name).shape:
        # Where it can not be inverted, what was drawn goes through it.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            setattr(part, name, drawn)
    steps: nn.Module = part.parametrizations[name]  # type: ignore[index, assignment]
    if any(True for _ in steps.buffers()):  # singular vectors, of the weight that was
        steps.train()
        for _ in range(_POWER_ITERATIONS):
            getattr(part, name)
        steps.eval()


@contextmanager
def _restored(module: nn.Module) -> Iterator[None]:
    """Give a module its parameters and buffers back."""
    kept = {name: x.detach().clone() for name, x in _state(module).items()}
    try:
        yield
    finally:
        with torch.no_grad():
            for name, x in _state(module).items():
                if not torch.equal(x, kept[name]):
                    x.copy_(kept[name])


def _state(module: nn.Module) -> dict[str, Tensor]:
    return dict(module.named_parameters()) | dict(module.named_buffers())


def _gates(draws: Draws) -> Callable[[Tensor], Tensor]:
    return lambda z: draws.gates(*z.shape)[0]
