"""The small convolutional network of the resolution experiment."""

import torch
from torch import nn

from simulations.networks.initialization import he_initialize_
from simulations.networks.paper_networks import figure_1_small

SIZES = (8, 16, 32)
"""Pixels along one side at which the networks are trained."""


def small_cnn(channels: int, classes: int, *, size: int, generator: torch.Generator) -> nn.Module:
    """Build `simulations.networks.paper_networks.figure_1_small` with He-initialized weights.

    Parameters
    ----------
    channels : colour channels of an image.
    classes : number of logits.
    size : pixels along one side, one of `SIZES`.
    generator : source of the initial weights. The same state gives the same weights at each size.

    Raises
    ------
    ValueError : another size.
    """
    if size not in SIZES:
        raise ValueError(f"the network is built for images of {SIZES} pixels a side, not {size}")
    network, _ = figure_1_small(size, channels=channels, logits=classes)
    he_initialize_(network, generator)
    return network
