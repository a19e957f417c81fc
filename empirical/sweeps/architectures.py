"""Networks to train, by name: built for the images, with He-initialized weights."""

import torch
from torch import nn

from empirical.measures.trained import Cell
from empirical.sweeps.experiment import ExperimentError
from simulations.networks.families import find_factory
from simulations.networks.initialization import he_initialize_
from simulations.networks.user_factories import takes


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
        network, shape = factory(
            cell.size, **{key: value for key, value in options.items() if takes(factory, key)}
        )
    except ValueError as error:
        raise ExperimentError(str(error)) from error
    wanted = (channels, cell.size, cell.size)
    if shape != wanted:
        raise ExperimentError(
            f"{cell.network} takes inputs of shape {shape}, but the images have {wanted}"
        )
    he_initialize_(network, generator)
    with torch.no_grad():
        logits = network.eval()(torch.zeros(1, *shape))
    if logits.shape != (1, classes):
        raise ExperimentError(
            f"{cell.network} gives outputs of shape {tuple(logits.shape[1:])}, but the images "
            f"have {classes} classes"
        )
    return network.train()
