"""The small convolutional network of the resolution experiment."""

import torch
from torch import nn

from simulations.initialization import he_initialize_

SIZES = (8, 16, 32)
"""Pixels along one side at which the networks are trained."""

_WIDTH = 16
_BLOCKS = 4


def small_cnn(
    channels: int, classes: int, *, size: int, generator: torch.Generator
) -> nn.Sequential:
    """The network of the paper's Figure 1, made small: He-initialized, for images of one size.

    Four blocks convolution -> batch norm -> ReLU of 16 channels, a 2 x 2 max-pooling after the
    second, a max-pooling of every channel to one pixel after the last, and a linear layer to the
    logits (the paper: eight blocks of 64, pooled after every second). Kernels of 3 x 3 are dilated
    by 1, 2 and 4 at 8, 16 and 32 pixels, so that they cover the same part of the image at each
    size, with exactly the same number of parameters. Reflect padding, as in the authors'
    code, gives border neurons the in-degree of all others.

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
    dilation = size // SIZES[0]
    layers: list[nn.Module] = []
    for block in range(_BLOCKS):
        layers += [
            nn.Conv2d(
                _WIDTH if block else channels,
                _WIDTH,
                kernel_size=3,
                dilation=dilation,
                padding=dilation,
                padding_mode="reflect",
                bias=False,  # the batch norm has one
            ),
            nn.BatchNorm2d(_WIDTH),
            nn.ReLU(),
        ]
        if block == 1:
            layers.append(nn.MaxPool2d(2))
    network = nn.Sequential(
        *layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(_WIDTH, classes)
    )
    he_initialize_(network, generator)
    return network
