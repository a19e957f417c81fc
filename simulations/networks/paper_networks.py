"""The networks of the paper's experiments (Sections 4.1 to 4.3).

Blocks are convolution, batch norm, ReLU. Convolutions have 3 x 3 kernels, without biases because
the batch norm has one; the logits have biases. A batch norm that has seen no batch divides by
√(1 + 1e-5) in evaluation mode, and no more. The paper does not name the kernels and the padding;
3 x 3 and reflect are those of the authors' code. (That code, of a later version of the paper, pools
before the batch norm; Sections 4.1 and 4.3 put poolings after blocks, and so do these networks.)

All functions here return the module and its input shape (channels, size, size), and share their

Parameters
----------
size : pixels of an edge; each function says which sizes it takes.
channels : colour channels of an image: 3, or 1 in grey.
widths : channels of the convolutions, one number a block.
logits : number K of logits.

Raises
------
ValueError : a size that the function does not take, another number of widths, a width below 1, or
    no channels or logits.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from torch import nn

from simulations.networks.simple_networks import CHANNELS
from simulations.networks.user_factories import ModuleAndShape

SMALLEST = 32
"""Pixels of an edge at which the networks of Figure 1 are not dilated."""

WIDTH = 64
"""Channels of each convolution."""


def figure_1(
    size: int, *, channels: int = CHANNELS, widths: Sequence[int] = (WIDTH,) * 8, logits: int = 12
) -> ModuleAndShape:
    """Build the network of Figure 1 (Section 4.1): 8 blocks and max-poolings to one pixel.

    2 x 2 max-poolings follow blocks 2, 4 and 6, and one over all that is left follows block 8. The
    size is a multiple of 32. Dilations 1, 2, 4 and 8 at 32, 64, 128 and 256 pixels let filters
    cover like parts of the image, with exactly the same parameters.
    """
    return _figure_1(size, channels, widths, logits, blocks=8, smallest=SMALLEST)


def figure_1_half(
    size: int, *, channels: int = CHANNELS, widths: Sequence[int] = (16,) * 8, logits: int = 12
) -> ModuleAndShape:
    """Build `figure_1` for images of half the size: multiples of 16, undilated at 16 pixels."""
    return _figure_1(size, channels, widths, logits, blocks=8, smallest=SMALLEST // 2)


def figure_1_small(
    size: int, *, channels: int = CHANNELS, widths: Sequence[int] = (16,) * 4, logits: int = 12
) -> ModuleAndShape:
    """Build `figure_1` with 4 blocks for a quarter of the size: multiples of 8, undilated at 8.

    A 2 x 2 max-pooling follows block 2, and one over all that is left follows block 4.
    """
    return _figure_1(size, channels, widths, logits, blocks=4, smallest=SMALLEST // 4)


def _figure_1(
    size: int,
    channels: int,
    widths: Sequence[int],
    logits: int,
    *,
    blocks: int,
    smallest: int,
) -> ModuleAndShape:
    """Build blocks with a max-pooling after every second one; the last pools all that is left."""
    if size < smallest or size % smallest:
        first = ", ".join(str(smallest * k) for k in (1, 2, 3))
        raise ValueError(f"this network of Figure 1 takes images of {first} ... pixels, not {size}")
    layers: list[nn.Module] = []
    for block, (inputs, outputs) in enumerate(_channels(blocks, channels, widths), start=1):
        layers += _block(inputs, outputs, dilation=size // smallest)
        if block % 2 == 0 and block < blocks:
            layers.append(nn.MaxPool2d(2))
    return _with_head([*layers, nn.AdaptiveMaxPool2d(1)], size, channels, widths, logits)


def figure_2(
    size: int, *, channels: int = CHANNELS, widths: Sequence[int] = (WIDTH,) * 5, logits: int = 10
) -> ModuleAndShape:
    """Build the network of Figure 2 (Section 4.2): 5 blocks and an average over all pixels.

    It takes images of 2 pixels along an edge or more.
    """
    if size < 2:
        raise ValueError(f"the network of Figure 2 takes images of 2 pixels or more, not {size}")
    layers = [layer for pair in _channels(5, channels, widths) for layer in _block(*pair)]
    return _with_head([*layers, nn.AdaptiveAvgPool2d(1)], size, channels, widths, logits)


def figure_3_strided(
    size: int,
    *,
    channels: int = CHANNELS,
    widths: Sequence[int] = (WIDTH,) * 6,
    logits: int = 10,
    pooling: Callable[[int], nn.Module] | None = None,
) -> ModuleAndShape:
    """Build the network of Figure 3 (Section 4.3): 6 blocks and an average over all pixels.

    Every second convolution has stride 2; or, with a pooling, stride 1, and a 2 x 2 pooling follows
    its block. The size is a multiple of 8.
    """
    if size < 8 or size % 8:
        raise ValueError(
            f"the networks of Figure 3 take images of 8, 16, 24 ... pixels, not {size}"
        )
    layers: list[nn.Module] = []
    for block, (inputs, outputs) in enumerate(_channels(6, channels, widths)):
        last = block % 2 == 1
        layers += _block(inputs, outputs, stride=2 if last and pooling is None else 1)
        if last and pooling is not None:
            layers.append(pooling(2))
    return _with_head([*layers, nn.AdaptiveAvgPool2d(1)], size, channels, widths, logits)


figure_3_average = partial(figure_3_strided, pooling=nn.AvgPool2d)
"""The network of Figure 3 with average-poolings."""

figure_3_max = partial(figure_3_strided, pooling=nn.MaxPool2d)
"""The network of Figure 3 with max-poolings."""


def _channels(blocks: int, channels: int, widths: Sequence[int]) -> list[tuple[int, int]]:
    """Pair the channels before and after each block."""
    if len(widths) != blocks or min(widths) < 1:
        raise ValueError(f"the network has {blocks} blocks: give {blocks} widths, not {widths}")
    if channels < 1:
        raise ValueError(f"images have one channel or more, not {channels}")
    return list(pairwise([channels, *widths]))


def _block(inputs: int, outputs: int, *, stride: int = 1, dilation: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(
            inputs,
            outputs,
            3,
            stride=stride,
            dilation=dilation,
            padding=dilation,
            padding_mode="reflect",
            bias=False,
        ),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


def _with_head(
    layers: Sequence[nn.Module], size: int, channels: int, widths: Sequence[int], logits: int
) -> ModuleAndShape:
    """Add the dense layer that sees one pixel a channel."""
    if logits < 1:
        raise ValueError(f"a network has one logit or more, not {logits}")
    head = nn.Linear(widths[-1], logits)
    return nn.Sequential(*layers, nn.Flatten(), head), (channels, size, size)
