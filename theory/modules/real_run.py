"""A run of a module, in which the neurons behind every number are followed.

The module runs on one input, and every operator that torch carries out is seen, whatever called it:
layers, functions, hooks, operations in place. What an operator does to the numbers is done to their
codes beside it (`theory.modules.memory.shadow_memory`). A value goes on carrying a gradient exactly
where autograd says so. The batch is one input, and its axis is an axis like others.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from theory.graph.layers import DagError
from theory.modules.follower import Escapes, Follower, Places
from theory.modules.memory.parameter_memory import ParameterMemory, place_of
from theory.modules.memory.shadow_memory import ShadowMemory
from theory.modules.neurons import Neurons

Output: TypeAlias = int | Sequence[int]

FollowerOf: TypeAlias = Callable[[ShadowMemory, Neurons, Places], Follower]

MOST_IN_DOUBLE = 2**25
"""Weights that are drawn in double precision: a quarter of a gigabyte."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RealRun:
    """What one run of a module has shown.

    Attributes
    ----------
    neurons : all neurons and layers.
    codes : of the output, its shape.
    differentiated : code of the output that was differentiated, if one was.
    positive : numbers of the neurons that an activation has seen, and whether they were above 0.
    gradient : of the differentiated output by the input; None if there is none.
    gradients : the same by what operators returned, each with the number of layers so far, and the
        shape.
    weights : names of the parameters that layers weigh by.
    """

    neurons: Neurons
    codes: Tensor
    differentiated: int | None
    positive: list[tuple[Tensor, Tensor]]
    gradient: Tensor | None
    gradients: list[tuple[Tensor, int]]
    weights: Sequence[str]


def run(
    module: nn.Module,
    neurons: Neurons,
    *,
    seed: int = 0,
    differentiated: Output | None = None,
    redrawn: Collection[str] = (),
    follower: FollowerOf = Follower,
) -> RealRun:
    """Run a module on one random input, with random weights, and follow the neurons.

    Parameters
    ----------
    module : runs as in evaluation, and stays as it is. Its hooks are called.
    neurons : empty but for the inputs; gets all neurons and layers.
    seed : of input and weights.
    differentiated : an output whose gradients autograd is to take, by its number in the order of
        the elements, or its position without the batch; none if None.
    redrawn : names of parameters that are drawn, like those of layers.
    follower : sees the operators.

    Raises
    ------
    DagError
        What the module does that cannot be followed; or that it does not run.
    """
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        if is_lazy(tensor):
            raise DagError(f"{name!r} has no shape yet; call the module once before")
    weights = sum(parameter.numel() for parameter in module.parameters())
    if weights <= MOST_IN_DOUBLE:
        try:
            return _run(module, neurons, seed, differentiated, follower, torch.float64, redrawn)
        except DoesNotRunError:
            neurons.restart()  # perhaps it makes or wants single precision somewhere
    return _run(module, neurons, seed, differentiated, follower, torch.float32, redrawn)


class DoesNotRunError(DagError):
    """A module that raises an error of its own."""


def _run(
    module: nn.Module,
    neurons: Neurons,
    seed: int,
    differentiated: Output | None,
    follower_of: FollowerOf,
    dtype: torch.dtype,
    redrawn: Collection[str],
) -> RealRun:
    generator = torch.Generator().manual_seed(seed)
    parameters = ParameterMemory()
    tensors = _drawn(module, generator, dtype, parameters, redrawn)
    memory = ShadowMemory(parameters)
    x = torch.randn(1, *neurons.input_shape, generator=generator, dtype=dtype, requires_grad=True)
    given = x.clone()  # which the module may overwrite
    memory.write(given, neurons.input_codes.reshape(given.shape), with_gradient=True)
    places = Places(module)
    follower = follower_of(memory, neurons, places)

    def forward_and_backward() -> tuple[Any, list[Tensor]]:
        with places.named(), Escapes(follower), follower:
            output = module(given)
        if follower.refusal:  # which the module has caught
            raise follower.refusal
        if differentiated is None:
            return output, []
        _check_apart(module, x.detach(), _checked_output(output).detach())
        if not output.requires_grad:
            raise DagError("the output of the module does not depend on its input; return logits")
        one = output.reshape(-1)[number_of(differentiated, output)]
        by = [x, *(tensor for tensor, _ in follower.made)]
        grads = torch.autograd.grad(one, by, allow_unused=True, materialize_grads=True)
        return output, list(grads)

    try:
        with _evaluating(module), torch.compiler.set_stance("force_eager"):
            within = {f"module.{name}": tensor for name, tensor in tensors.items()}
            output, grads = torch.func.functional_call(
                _Within(module), within, (forward_and_backward,), strict=False
            )
    except DagError:
        raise
    except Exception as error:  # whatever the module raises
        if follower.refusal:
            raise follower.refusal from None
        hint = places.hint()
        raise DoesNotRunError(
            f"{places.words()} does not run on what arrives: {line(error)}{hint}"
        ) from error
    codes = follower.call_of(()).codes(_checked_output(output))
    number = None if differentiated is None else number_of(differentiated, codes)
    needed = codes if number is None else codes.reshape(-1)[number]
    if bool((needed < 0).any()):
        raise DagError(
            "an output of the module is constant: it sees nothing but zero padding, buffers or "
            "values without a gradient; choose another"
        )
    numbers = (number for _, number in follower.made)
    return RealRun(
        neurons=neurons,
        codes=codes,
        differentiated=None if number is None else int(needed),
        positive=follower.positive,
        gradient=grads[0] if grads else None,
        gradients=list(zip(grads[1:], numbers, strict=True)) if grads else [],
        weights=parameters.weights,
    )


class _Within(nn.Module):
    """A module whose weights are replaced as long as a function runs, its backward pass included.

    Checkpoints run parts of a module again on the way back.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, function: Callable[[], Any]) -> Any:  # noqa: ANN401
        return function()


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    """Put every submodule into evaluation, and back into its own mode."""
    modes = [(part, part.training) for part in module.modules()]
    try:
        for part, _ in modes:
            part.training = False  # .eval() is refused by exported programs
        yield
    finally:
        for part, training in modes:
            part.training = training


def _checked_output(output: Any) -> Tensor:  # noqa: ANN401
    if not isinstance(output, Tensor):
        raise DagError(f"the module returns a {type(output).__name__}: it must return one tensor")
    if output.shape[:1] != (1,):
        raise DagError(
            f"the module gives an output of shape {tuple(output.shape)} for one input; its first "
            "axis must be the batch"
        )
    return output


def number_of(output: Output, outputs: Tensor) -> int:
    """Return the number of an output that is given by its number or its position.

    Raises
    ------
    DagError
        If there is no such output.
    """
    shape = tuple(outputs.shape[1:])
    position = (output,) if isinstance(output, int) else tuple(output)
    sizes = (prod(shape),) if isinstance(output, int) else shape
    inside = all(0 <= one < size for one, size in zip(position, sizes, strict=False))
    if len(position) != len(sizes) or not inside:
        raise DagError(f"the module has no output {output}: one input gives outputs {shape}")
    return int(np.ravel_multi_index(position, sizes))


def _check_apart(module: nn.Module, x: Tensor, output: Tensor) -> None:
    """See that an input has the same output when another is in its batch."""
    try:
        with torch.no_grad():
            both = module(torch.cat([x, -x / 2]))
    except Exception as error:  # whatever the module raises
        raise DagError(f"the module does not take a batch of two inputs: {line(error)}") from error
    off = float((both[:1] - output).abs().max()) if both[:1].shape == output.shape else 1.0
    if len(both) != 2 or off > 1e-4 * max(1.0, float(output.abs().max())):
        raise DagError(
            "the output for an input changes with the others in its batch; the first axis of "
            "inputs and outputs must be the batch, and its entries must be treated apart"
        )


def line(error: Exception) -> str:
    """Return the first line of an error's message, or its kind."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


NO_VALUES = "which has no values on the meta device; build the module on the CPU"
OF_A_LAYER = "which is a layer's own and drawn at random; give the constant a parameter of its own"


def _drawn(
    module: nn.Module,
    generator: torch.Generator,
    dtype: torch.dtype,
    parameters: ParameterMemory,
    redrawn: Collection[str],
) -> dict[str, Tensor]:
    """Return a module's parameters and buffers, layers' weights drawn anew, without gradient."""
    layers = (nn.Linear, nn.modules.conv._ConvNd)
    norms = nn.modules.batchnorm._NormBase
    of_layers: dict[Tensor, str] = {
        tensor: name
        for part in module.modules()
        if isinstance(part, layers)
        for name, tensor in part.named_parameters(recurse=False)
        if name in ("weight", "bias")
    }
    of_norms: set[Tensor] = set()
    for part in module.modules():
        if isinstance(part, norms):
            of_norms.update(part.parameters(recurse=False), part.buffers(recurse=False))
    own: dict[str, Tensor] = dict(module.named_parameters())
    memory: dict[int, str] = {}
    for name, parameter in own.items():
        other = memory.setdefault(place_of(parameter), name)
        if other != name:
            raise DagError(
                f"the parameters {other!r} and {name!r} share memory; give each its own, by clone()"
            )
    tensors = {}
    for name, tensor in (*own.items(), *module.named_buffers()):
        floats = tensor.is_floating_point()
        made = torch.zeros(tensor.shape, dtype=dtype if floats else tensor.dtype)
        reason = ""
        if tensor in of_layers or name in redrawn:
            reason = OF_A_LAYER
            if of_layers.get(tensor) != "bias":
                scale = (2 / max(1, tensor[:1].numel())) ** 0.5
                made.normal_(0, scale, generator=generator)
        elif not tensor.is_meta:
            made.copy_(tensor.detach())
        elif tensor in of_norms:  # as at initialization
            made.fill_(name.endswith(("weight", "running_var")))
        else:
            reason = NO_VALUES
        tensors[name] = made
        if name in own:
            parameters.add(name, made, without_values=reason)
        elif reason:
            parameters.add_unknown_buffer(name, made, reason)
    return tensors
