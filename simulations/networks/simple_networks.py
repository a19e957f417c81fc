"""Families of networks as ordinary modules, without biases: dense, convolutional, residual.

A family is a function of a size; it returns a module and its input shape. Images have 3 channels,
and the size is the pixels of an edge.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Literal, TypeAlias

from torch import Tensor, nn

from simulations.networks.user_factories import ModuleAndShape

CHANNELS = 3
"""Colour channels of an image."""

Padding: TypeAlias = Literal["circular", "zeros", "reflect", "replicate"]


def dense(
    d: int, *, widths: Sequence[int] = (64, 64), logits: int = 10, relu_on_logits: bool = False
) -> ModuleAndShape:
    """Build a succession of dense layers (Theorem 3).

    Parameters
    ----------
    d : input dimension; inputs have shape (batch, d).
    widths : neurons of each hidden layer; each is followed by a ReLU.
    logits : number K of logits.
    relu_on_logits : as H1 is printed; in practice logits are linear.

    Raises
    ------
    ValueError : sizes that are not positive.
    """
    _check_positive(d, widths, logits)
    layers: list[nn.Module] = []
    for in_degree, width in pairwise([d, *widths]):
        layers += [nn.Linear(in_degree, width, bias=False), nn.ReLU()]
    layers.append(nn.Linear([d, *widths][-1], logits, bias=False))
    return nn.Sequential(*layers, *[nn.ReLU()] * relu_on_logits), (d,)


def conv(
    size: int,
    *,
    widths: Sequence[int] = (16, 16),
    logits: int = 10,
    kernel: int = 3,
    padding: Padding | Literal["none"] = "circular",
) -> ModuleAndShape:
    """Build a succession of convolutions of stride 1, and a dense layer (Corollary 5).

    With circular padding all inputs are alike (S); the others have borders.

    Parameters
    ----------
    size : pixels of an edge; inputs have shape (batch, 3, size, size).
    widths : channels of each convolution; each is followed by a ReLU.
    logits : number K of logits, which are linear.
    kernel : pixels of a filter's edge.
    padding : what surrounds the image of every layer, so that it keeps its size; "none" lets each
        layer shrink by kernel - 1.

    Raises
    ------
    ValueError : sizes that are not positive, or images smaller than the kernel asks for.
    """
    _check_positive(size, [*widths, kernel], logits)
    layers: list[nn.Module] = []
    edge = size
    for inputs, outputs in pairwise([CHANNELS, *widths]):
        layers += [_convolution(inputs, outputs, kernel, 1, padding, edge), nn.ReLU()]
        edge -= (kernel - 1) * (padding == "none")
    return _with_head(layers, [CHANNELS, *widths][-1], edge, logits), (CHANNELS, size, size)


def strided(
    size: int,
    *,
    widths: Sequence[int] = (16, 16),
    logits: int = 10,
    stride: int | Sequence[int] = 2,
    kernel: int = 3,
    padding: Padding = "circular",
    pooling: Callable[[int], nn.Module] | None = None,
    replaced: Sequence[int] | None = None,
) -> ModuleAndShape:
    """Build a succession of strided convolutions, and a dense layer (Corollary 5).

    With circular padding and kernels that are multiples of the strides all inputs are alike (S).

    Where a pooling is given, convolutions have stride 1 instead, and the pooling follows. Such a
    twin has the same weights in the same order, so that one random stream initializes both alike,
    and each neuron that is kept in one is among those pooled in the other.

    Parameters
    ----------
    size, widths, logits, kernel, padding : as in `conv`. A kernel no larger than the stride needs
        no padding.
    stride : of every convolution, or of each: it keeps 1 neuron of n = stride².
    pooling : of a stride, returns what pools n neurons of each channel.
    replaced : which convolutions a pooling replaces, counted from 0; the others stay strided. All
        if None.

    Raises
    ------
    ValueError : as `conv`; a size that is no multiple of all strides multiplied; a replaced
        convolution that is not there.
    """
    strides = [stride] * len(widths) if isinstance(stride, int) else list(stride)
    _check_positive(size, [*widths, *strides, kernel], logits)
    if len(strides) != len(widths):
        raise ValueError(f"{len(widths)} widths need as many strides, not {len(strides)}")
    pooled = range(len(widths)) if replaced is None else replaced
    if wrong := set(pooled) - set(range(len(widths))):
        raise ValueError(
            f"convolutions are counted from 0 to {len(widths) - 1}; there is no {min(wrong)}"
        )
    layers: list[nn.Module] = []
    edge = size
    for layer, (outputs, step) in enumerate(zip(widths, strides, strict=True)):
        if edge % step:
            raise ValueError(
                f"the size must be a multiple of the strides multiplied, here of "
                f"{' x '.join(map(str, strides))}, not {size}"
            )
        inputs = [CHANNELS, *widths][layer]
        pool = pooling(step) if pooling and layer in pooled and step > 1 else None
        own_stride = step if pool is None else 1
        layers += [_convolution(inputs, outputs, kernel, own_stride, padding, edge), nn.ReLU()]
        layers += [] if pool is None else [pool]
        edge //= step
    return _with_head(layers, [CHANNELS, *widths][-1], edge, logits), (CHANNELS, size, size)


average_pool = partial(strided, pooling=nn.AvgPool2d)
"""The twin of `strided` with averages over n neurons: n weights of size 1/n (Theorem 6)."""

max_pool = partial(strided, pooling=nn.MaxPool2d)
"""The twin of `strided` with maxima of n neurons."""


def residual(
    size: int,
    *,
    widths: Sequence[int] = (16, 16),
    logits: int = 10,
    kernel: int = 3,
    padding: Padding = "circular",
) -> ModuleAndShape:
    """Build a convolution, blocks with residual additions, and a dense layer.

    Parameters
    ----------
    size, logits, kernel, padding : as in `conv`, without "none".
    widths : channels of the first convolution, then of each block (see `ResidualBlock`).

    Raises
    ------
    ValueError : as `conv`; no width.
    """
    _check_positive(size, [*widths, kernel], logits)
    if not widths:
        raise ValueError("a residual network needs one width or more, not none")
    layers: list[nn.Module] = [
        _convolution(CHANNELS, widths[0], kernel, 1, padding, size),
        nn.ReLU(),
    ]
    for inputs, outputs in pairwise(widths):
        layers.append(
            ResidualBlock(
                _convolution(inputs, outputs, kernel, 1, padding, size),
                _convolution(outputs, outputs, kernel, 1, padding, size),
                nn.Identity()
                if inputs == outputs
                else _convolution(inputs, outputs, 1, 1, padding, size),
            )
        )
    return _with_head(layers, widths[-1], size, logits), (CHANNELS, size, size)


class ResidualBlock(nn.Module):
    """ReLU(shortcut(h) + second(ReLU(first(h)))) (He et al. 2016, "Deep Residual Learning").

    Parameters
    ----------
    first, second : the block's convolutions.
    shortcut : the identity, or a convolution of kernel 1 where the number of channels changes.
    """

    def __init__(self, first: nn.Module, second: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.first, self.second, self.shortcut = first, second, shortcut

    def forward(self, h: Tensor) -> Tensor:
        """Return the block's output, of the shape of the second convolution's."""
        branch: Tensor = self.second(self.first(h).relu())
        total: Tensor = self.shortcut(h) + branch
        return total.relu()


def _convolution(
    inputs: int, outputs: int, kernel: int, stride: int, padding: Padding | str, edge: int
) -> nn.Conv2d:
    """Build a convolution from edge² pixels to (edge / stride)², unless padding is "none"."""
    if padding not in ("circular", "zeros", "reflect", "replicate", "none"):
        raise ValueError(
            f"unknown padding {padding!r}; give circular, zeros, reflect, replicate or none"
        )
    amount: int | str = 0
    if padding == "none":
        least = kernel
    elif stride == 1:
        amount = "same"
        least = {"circular": kernel // 2, "reflect": kernel // 2 + 1}.get(padding, 1)
    else:
        # Floors take the pixel off again where kernel - stride is odd.
        amount = max(0, kernel - stride + 1) // 2
        least = max(stride, {"circular": amount, "reflect": amount + 1}.get(padding, 1))
    if edge < least:
        raise ValueError(
            f"kernel {kernel} with {padding} padding needs {least} pixels along an edge or more, "
            f"where a layer has {edge}"
        )
    return nn.Conv2d(
        inputs,
        outputs,
        kernel,
        stride=stride,
        padding=amount,
        padding_mode="zeros" if padding == "none" else padding,
        bias=False,
    )


def _with_head(layers: Sequence[nn.Module], channels: int, edge: int, logits: int) -> nn.Sequential:
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * edge**2, logits, bias=False))


def _check_positive(size: int, widths: Sequence[int], logits: int) -> None:
    for number in (size, *widths, logits):
        if number < 1:
            raise ValueError(
                f"sizes, widths, strides and kernels must be positive integers, not {number}"
            )
