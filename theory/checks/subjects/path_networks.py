"""Small sequential networks on which statements about path-products and (S) are put to the test."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional

from theory.networks.sequential_networks import (
    PADDING_MODES,
    Network,
    PaddingMode,
    convolution,
    dense,
    with_logit,
)


def by_size(networks: Iterable[Network]) -> list[Network]:
    """Sort by number of edges, then of neurons: the first that fails is the one to show."""
    return sorted(networks, key=lambda network: (len(network.dag.tails), len(network.dag.nodes)))


class CircularPad(nn.Module):
    """Periodic padding, which may differ on the two sides.

    Parameters
    ----------
    amounts : as `torch.nn.functional.pad` takes them, the last axis first.
    """

    def __init__(self, *amounts: int) -> None:
        super().__init__()
        self.amounts = list(amounts)

    def forward(self, x: Tensor) -> Tensor:
        """Pad a batch of images."""
        return functional.pad(x, self.amounts, mode="circular")

    def extra_repr(self) -> str:
        """Show the amounts."""
        return ", ".join(map(str, self.amounts))


class SymmetricPad1d(nn.Module):
    """Mirror padding that repeats the border pixel: numpy's mode "symmetric", which torch lacks.

    Parameters
    ----------
    amount : pixels added on each side.
    """

    def __init__(self, amount: int) -> None:
        super().__init__()
        self.amount = amount

    def forward(self, x: Tensor) -> Tensor:
        """Pad a batch of signals, shape (batch, channels, pixels)."""
        left = [x[:, :, i : i + 1] for i in reversed(range(self.amount))]
        right = [x[:, :, x.shape[2] - i - 1 : x.shape[2] - i] for i in range(self.amount)]
        return torch.cat([*left, x, *right], dim=2)

    def extra_repr(self) -> str:
        """Show the amount."""
        return str(self.amount)


def repeated(depth: int, build: Callable[[], list[nn.Module]]) -> list[nn.Module]:
    """Chain layers built afresh `depth` times: a module used twice would share its weights."""
    return [layer for _ in range(depth) for layer in build()]


def strided(kernel: int, stride: int, *, axes: int = 1) -> list[nn.Module]:
    """Build a strided convolution, periodically padded so that it keeps 1 neuron of stride^axes."""
    kind = nn.Conv1d if axes == 1 else nn.Conv2d
    layers: list[nn.Module] = [CircularPad(*[0, kernel - stride] * axes)]
    return [*layers, kind(1, 1, kernel, stride=stride, bias=False), nn.ReLU()]


def averaged(kernel: int, stride: int, *, axes: int = 1) -> list[nn.Module]:
    """Build what Theorem 6 puts in the place of `strided`: stride 1, then average-pooling."""
    kind = nn.Conv1d if axes == 1 else nn.Conv2d
    pool = nn.AvgPool1d if axes == 1 else nn.AvgPool2d
    layers: list[nn.Module] = [CircularPad(*[0, kernel - 1] * axes)]
    return [*layers, kind(1, 1, kernel, bias=False), nn.ReLU(), pool(stride)]


def padded_convolutions(modes: Sequence[PaddingMode] = PADDING_MODES) -> Iterator[Network]:
    """Yield single convolutions: kernels 1 to 3, strides 1 and 2, up to 4 pixels, any padding.

    Paddings are smaller than the kernel, so that every window sees a pixel.
    """
    for mode, kernel, pixels, stride in product(modes, (1, 2, 3), (1, 2, 3, 4), (1, 2)):
        for padding in range(kernel):
            unpadded = padding == 0 and mode != modes[0]
            if unpadded or not fits(kernel, padding, mode, pixels):
                continue
            yield Network(
                convolution(kernel, padding=padding, mode=mode, stride=stride), (1, pixels)
            )


def feedforward_networks() -> list[Network]:
    """Return networks with one logit: dense, padded in every mode, and unpadded."""
    networks = [dense(*sizes) for sizes in ((1, 1), (3, 1), (4, 3, 1), (8, 2, 3, 1))]
    for mode in PADDING_MODES:
        for depth in (1, 2, 3):
            layers = repeated(depth, partial(convolution, 3, padding=1, mode=mode))
            networks.append(with_logit(layers, (1, 6)))
    return [
        *networks,
        with_logit(convolution(2), (1, 3)),
        with_logit(convolution(3), (1, 5)),
        with_logit([*convolution(2), *convolution(2)], (1, 4)),
        with_logit(convolution(2, channels=(2, 2)), (2, 4)),
    ]


def weighted_networks() -> list[Network]:
    """Return small dense networks and convolutions with every padding, from few edges to many."""
    sizes = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2, 2))
    networks = [*(dense(*size) for size in sizes), *padded_convolutions()]
    # Sorted without their DAGs, whose tracing takes longer than all that is asked of them.
    return sorted(
        networks, key=lambda network: sum(int(lay.maps.sum()) for lay in network.weighted)
    )


def pooled_convolutions(modes: Sequence[PaddingMode] = PADDING_MODES) -> Iterator[Network]:
    """Yield convolutions of stride 1 whose neurons are averaged in groups of 2, 3 or 4.

    The groups leave no neuron out, as where they replace a strided convolution.
    """
    for mode, kernel, pixels, n in product(modes, (1, 2, 3), (1, 2, 3, 4, 5), (2, 3, 4)):
        for padding in range(kernel):
            unpadded = padding == 0 and mode != modes[0]
            neurons = pixels + 2 * padding - kernel + 1
            if unpadded or not fits(kernel, padding, mode, pixels) or neurons % n:
                continue
            layers = convolution(kernel, padding=padding, mode=mode)
            yield Network([*layers, nn.AvgPool1d(n)], (1, pixels))


def fits(kernel: int, padding: int, mode: PaddingMode, pixels: int) -> bool:
    """Whether torch can apply this convolution: no padding reaches beyond what it copies."""
    copied = {"zeros": padding, "circular": pixels, "reflect": pixels - 1, "replicate": padding}
    return padding <= copied[mode] and kernel <= pixels + 2 * padding


def copying_mode(network: Network) -> str:
    """Name the padding mode if it lets one filter see a pixel twice at one weight, else ""."""
    first = network.module[0]
    if not isinstance(first, nn.Conv1d) or first.padding == (0,) or first.padding_mode == "zeros":
        return ""
    # Periodic windows repeat once they start a whole period apart.
    apart = (network.weighted[0].maps.shape[1] - 1) * first.stride[0]
    if first.padding_mode == "circular" and apart < network.shape[1]:
        return ""
    return first.padding_mode
