"""Networks to train, by name: built for the images, with He-initialized weights."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from empirical.measures.trained import Cell
from empirical.sweeps.experiment import ExperimentError
from evidence.errors import UserError
from running.memory import require_memory
from running.user_files import explain_error
from simulations.engine.any_module.module_error import ModuleError, failing_submodule
from simulations.engine.any_module.outputs import logits_of, require_dependence, require_finite
from simulations.networks.families import FAMILIES, find_factory
from simulations.networks.initialization import he_initialize_
from simulations.networks.user_factories import Factory, takes


def build_network(
    cell: Cell, *, channels: int, classes: int, generator: torch.Generator
) -> nn.Module:
    """Build a network of a cell.

    A factory's options `channels`, `logits` and `widths` are given where it has them.

    Parameters
    ----------
    cell : which network.
    channels : colour channels C of the images.
    classes : number K of classes.
    generator : source of the initial weights. The same state gives the same weights at each size.

    Raises
    ------
    ExperimentError : an unknown network, a size or widths that it does not take, or a module that
        does not take the images or gives another number of logits.
    """
    try:
        factory = find_factory(cell.network)
        options = {"channels": channels, "logits": classes, "widths": cell.widths}
        if cell.widths is None:
            del options["widths"]
        elif not takes(factory, "widths"):
            raise ExperimentError(f"{cell.network} takes no widths")
        taken = {key: value for key, value in options.items() if takes(factory, key)}
        if cell.network in FAMILIES:
            _require_room(factory, cell, taken)
        network, shape = factory(cell.size, **taken)
    except ValueError as error:
        raise ExperimentError(str(error)) from error
    wanted = (channels, cell.size, cell.size)
    if shape != wanted:
        raise ExperimentError(
            f"{cell.network} takes inputs of shape {shape}, but the images have {wanted}"
        )
    try:
        with explained(cell):
            if any(map(nn.parameter.is_lazy, network.parameters())):
                network.eval()(torch.zeros(2, *shape))
            he_initialize_(network, generator)
            _check(network.eval(), shape, classes)
    except ModuleError as error:
        raise ExperimentError(f"{cell.network}: {error}") from error
    return network.train()


def _require_room(factory: Factory, cell: Cell, options: Mapping[str, Any]) -> None:
    """Refuse a built-in network whose weights, gradients and momenta do not fit into memory."""
    with torch.device("meta"):
        sketch, _ = factory(cell.size, **options)
    require_memory(
        3 * sum(weights.nbytes for weights in sketch.parameters()),
        f"weights, gradients and momenta of {cell}",
        "give smaller widths",
        error=ExperimentError,
    )


@contextmanager
def explained(cell: Cell) -> Iterator[None]:
    """Let whatever a user's module raises be one line.

    Raises
    ------
    ExperimentError : for any exception that comes out of a module, but Ctrl-C.
    """
    try:
        yield
    except (UserError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a user's module raises whatever it likes
        name = failing_submodule(error)
        if name is None:  # a fault of ours
            raise
        where = f" (in submodule {name!r})" if name else ""
        raise ExperimentError(f"{cell} cannot be trained: {explain_error(error)}{where}") from error


def _check(network: nn.Module, shape: tuple[int, ...], classes: int) -> None:
    """Try a network on noise, as simulations do, before anything is trained."""
    for parameter in network.parameters():
        if parameter.is_floating_point() and parameter.dtype is not torch.float32:
            raise ModuleError(
                f"its parameters are {parameter.dtype}, but training is in float32: leave "
                ".double() or .half() away"
            )
    noise = torch.randn(2, *shape, generator=torch.Generator().manual_seed(0)).requires_grad_()
    outputs = network(noise.clone())
    if isinstance(outputs, Tensor) and outputs.shape != (2, classes):
        raise ModuleError(
            f"it gives outputs of shape {tuple(outputs.shape[1:])}, but the images have {classes} "
            "classes"
        )
    logits = logits_of(outputs, ())
    require_dependence(noise, logits)
    require_finite(logits.detach())
