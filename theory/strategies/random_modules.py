"""A Hypothesis strategy that draws torch modules which `Dag.from_module` can expand."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

Network: TypeAlias = tuple[nn.Module, tuple[int, ...]]
Shape: TypeAlias = tuple[int, ...]
"""Of an activation, without the batch dimension: features, or channels and pixels."""

PADDING_MODES = ("zeros", "circular", "reflect", "replicate")


class Residual(nn.Module):
    """The block x + body(x)."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        """Add the body's activations to x, of one shape."""
        total: Tensor = x + self.body(x)
        return total


class Concatenation(nn.Module):
    """The block whose channels are those of two branches."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first = first
        self.second = second

    def forward(self, x: Tensor) -> Tensor:
        """Run both branches on x and join them along the channels (or features)."""
        return torch.cat([self.first(x), self.second(x)], dim=1)


@st.composite
def networks(draw: st.DrawFn, *, max_layers: int = 3, max_pooling: bool = True) -> Network:
    """Draw a small network and its input shape, without the batch dimension.

    Dense networks, and Conv1d and Conv2d networks with every stride, dilation, number of groups
    and padding mode, average and max pooling, adaptive or not, and a dense head or none. Both
    have residual additions, after or before the ReLU, and concatenations. The logits have no
    ReLU; hidden layers may have one. Shrinks towards one linear layer of one weight.

    The weights are torch's default ones under a drawn seed; torch's own random numbers go on as
    if nothing had been drawn. The module is in `eval` mode.

    Parameters
    ----------
    max_layers : at least 1 is drawn; a block or a pooling counts as a layer, the dense head does
        not.
    max_pooling : whether maxima may occur; `Dag.second_moments` has none for them.
    """
    axes = draw(st.integers(0, 2))
    layers = draw(st.integers(1, max_layers))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw(st.integers(0, 2**16 - 1)))
        shape: Shape = (draw(st.integers(1, 2 if axes else 4)),)
        shape += tuple(draw(st.integers(1, 6 if axes == 1 else 4)) for _ in range(axes))
        modules: list[nn.Module] = []
        reached = shape
        for layer in range(layers):
            if layer and draw(st.booleans()):
                modules.append(nn.ReLU())
            module = _layer(draw, reached, maxima=max_pooling)
            modules.append(module)
            reached = _shape_after(module, reached)
        if axes and draw(st.booleans()):
            modules += [nn.ReLU()] if draw(st.booleans()) else []
            modules += [nn.Flatten(), nn.Linear(prod(reached), draw(st.integers(1, 2)))]
    return nn.Sequential(*modules).eval(), shape


def _layer(draw: st.DrawFn, shape: Shape, *, maxima: bool) -> nn.Module:
    kinds = ["weights", "residual", "concatenation"]
    if len(shape) > 1:
        kinds += ["average", "adaptive average"]
        kinds += ["maximum", "adaptive maximum"] if maxima else []
    kind = draw(st.sampled_from(kinds))
    if kind == "weights":
        return _weights(draw, shape)
    if kind == "residual":
        body = _keeping_size(draw, shape, shape[0])
        return Residual(nn.Sequential(nn.ReLU(), body) if draw(st.booleans()) else body)
    if kind == "concatenation":
        first = nn.Identity() if draw(st.booleans()) else _keeping_size(draw, shape, 1)
        return Concatenation(first, _keeping_size(draw, shape, draw(st.integers(1, 2))))
    return _pooling(draw, kind, shape)


def _weights(draw: st.DrawFn, shape: Shape) -> nn.Module:
    channels, *space = shape
    if not space:
        return nn.Linear(channels, draw(st.integers(1, 3)))
    mode = draw(st.sampled_from(PADDING_MODES))
    windows = [draw(st.sampled_from(list(_windows(mode, size)))) for size in space]
    kernel, dilation, padding = zip(*windows, strict=True)
    stride = [draw(st.integers(1, 3)) for _ in space]
    groups = draw(st.sampled_from([n for n in (1, 2) if channels % n == 0]))
    return _convolution(len(space))(
        channels,
        groups * draw(st.integers(1, 2)),
        kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=mode,
    )


def _windows(mode: str, size: int) -> Iterator[tuple[int, int, int]]:
    """Yield each (kernel, dilation, padding) that fits an axis and never sees only zeros."""
    most = {"circular": size, "reflect": size - 1}.get(mode, 2)
    for kernel, dilation, padding in product((1, 2, 3), (1, 2), (0, 1, 2)):
        reach = dilation * (kernel - 1) + 1
        if dilation > max(1, size if kernel > 1 else 1):
            continue
        if padding <= min(most, reach - 1) and reach <= size + 2 * padding:
            yield kernel, dilation, padding


def _keeping_size(draw: st.DrawFn, shape: Shape, channels: int) -> nn.Module:
    """Draw a layer with weights whose activations have as many pixels as its input."""
    if len(shape) == 1:
        return nn.Linear(shape[0], channels)
    mode = draw(st.sampled_from(PADDING_MODES))
    # Kernel 3 with padding 1; circular padding needs 1 pixel, reflect padding 2.
    wide = mode != "reflect" or min(shape[1:]) > 1
    kernel = draw(st.sampled_from([1, 3] if wide else [1]))
    return _convolution(len(shape) - 1)(
        shape[0], channels, kernel, padding=kernel // 2, padding_mode=mode
    )


def _pooling(draw: st.DrawFn, kind: str, shape: Shape) -> nn.Module:
    average = "average" in kind
    axes = len(shape) - 1
    if kind.startswith("adaptive"):
        sizes = tuple(draw(st.integers(1, size)) for size in shape[1:])
        adaptive: dict[tuple[bool, int], Callable[..., nn.Module]] = {
            (True, 1): nn.AdaptiveAvgPool1d,
            (True, 2): nn.AdaptiveAvgPool2d,
            (False, 1): nn.AdaptiveMaxPool1d,
            (False, 2): nn.AdaptiveMaxPool2d,
        }
        return adaptive[average, axes](sizes if axes == 2 else sizes[0])
    kernel = tuple(draw(st.integers(1, min(3, size))) for size in shape[1:])
    stride = tuple(draw(st.integers(1, 2)) for _ in kernel)
    padding = tuple(draw(st.integers(0, size // 2)) for size in kernel)
    pooling: dict[tuple[bool, int], Callable[..., nn.Module]] = {
        (True, 1): nn.AvgPool1d,
        (True, 2): nn.AvgPool2d,
        (False, 1): nn.MaxPool1d,
        (False, 2): nn.MaxPool2d,
    }
    counted = {"count_include_pad": draw(st.booleans())} if average else {}
    return pooling[average, axes](kernel, stride, padding, **counted)


def _convolution(axes: int) -> Callable[..., nn.Module]:
    return nn.Conv1d if axes == 1 else nn.Conv2d


def _shape_after(module: nn.Module, shape: Sequence[int]) -> Shape:
    with torch.no_grad():
        return tuple(module(torch.zeros(1, *shape)).shape[1:])
