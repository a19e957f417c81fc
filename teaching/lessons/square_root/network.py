"""The networks of the lesson: the small one that is drawn, and larger ones of its kind."""

from collections.abc import Hashable
from dataclasses import replace
from functools import lru_cache

from torch import nn

from teaching.fields import AddressError
from teaching.lessons.square_root.settings import Settings
from theory import moment_comparisons
from theory.dag import Dag
from theory.moment_comparisons import without_last
from theory.path_networks import (
    CircularPad,
    Network,
    PaddingMode,
    convolution,
    dense,
    fits,
    with_logit,
)

WIDER = 16
"""Neurons of a sampled network's hidden layer for each one that is drawn."""

CHANNELS = 8
"""Of a sampled network's convolutions, which are drawn with one."""

MODES: dict[str, PaddingMode] = {"none": "zeros", "zeros": "zeros", "reflect": "reflect"}


def drawn(settings: Settings) -> Network:
    """Return the small network, expanded once for all pages."""
    return _network(settings.inputs, *_architecture(settings), wide=False)


def with_one_logit(settings: Settings) -> Network:
    """Return the small network without its other logits, which have no part in ∂_x f_1."""
    return drawn(replace(settings, logits=1))


def sampled(settings: Settings, d: int) -> Network:
    """Return a network of the same kind on d inputs, with wider hidden layers."""
    return _network(d, *_architecture(settings), wide=True)


def sampled_key(settings: Settings) -> Hashable:
    """Return what decides the law of the sampled networks' weights."""
    return _architecture(settings)


def dag_of(settings: Settings) -> Dag:
    """Return the small network's DAG, with the variances that the student has chosen."""
    network = drawn(settings)
    if has_he_only(settings) or not moment_comparisons.is_zero_padded(network):
        return network.dag
    return moment_comparisons.with_h3_variances(network.dag)


def has_he_only(settings: Settings) -> bool:
    """Whether weights have He's variance, which torch draws, instead of H3's."""
    return settings.variance == "he"


def check(settings: Settings) -> None:
    """Refuse convolutions that do not fit the layer below.

    Raises
    ------
    AddressError : one that does not.
    """
    if settings.is_dense:
        return
    below, kernel = settings.inputs, settings.kernel
    around = _padding(settings)
    for layer in range(1, settings.depth + 1):
        if settings.padding == "circular":
            padded, fitting = below + around, around <= below
        else:
            padded = below + 2 * around
            fitting = fits(kernel, around, MODES[settings.padding], below)
        if not fitting or padded < kernel:
            raise AddressError(
                f"convolution {layer} sees {below} neuron{'s' * (below > 1)}, too few for kernel "
                f"{kernel} with this padding: take more inputs, or a smaller kernel or stride"
            )
        below = (padded - kernel) // settings.stride + 1


def hidden_sizes(settings: Settings) -> tuple[int, ...]:
    """Return the sizes of the dense network's hidden layers."""
    return tuple(size for size in (settings.first, settings.second) if size)


def dense_sizes(settings: Settings) -> tuple[int, ...]:
    """Return the sizes of all layers of the dense network."""
    return (settings.inputs, *hidden_sizes(settings), settings.logits)


def dense_network(*sizes: int) -> Network:
    """Return a dense network with a ReLU after each neuron, expanded once for all pages."""
    return _network(sizes[0], sizes[1:-1], None, sizes[-1], False, wide=False)


Convolutions = tuple[int, int, int, str, int]
"""Kernel, stride, number, padding, and neurons of padding at each end (circular: at one)."""


def _architecture(
    settings: Settings,
) -> tuple[tuple[int, ...], Convolutions | None, int, bool]:
    """Return all that decides a network but its inputs: what the drawn ones are kept by."""
    convolutions = None
    if not settings.is_dense:
        around = _padding(settings)
        convolutions = (
            settings.kernel, settings.stride, settings.depth, settings.padding, around
        )  # fmt: skip
    hidden = hidden_sizes(settings) if settings.is_dense else ()
    return hidden, convolutions, settings.logits, settings.linear


def _padding(settings: Settings) -> int:
    if settings.padding == "circular":
        return max(0, settings.kernel - settings.stride)
    return 0 if settings.padding == "none" else settings.kernel // 2


# Only what torch.fx makes of a module is kept; the figures are computed anew for every page.
@lru_cache(maxsize=64)
def _network(
    inputs: int,
    hidden: tuple[int, ...],
    convolutions: Convolutions | None,
    logits: int,
    linear: bool,
    *,
    wide: bool,
) -> Network:
    if convolutions is None:
        network = dense(inputs, *(size * (WIDER if wide else 1) for size in hidden), logits)
    else:
        layers = _convolutions(convolutions, CHANNELS if wide else 1)
        network = with_logit(layers, (1, inputs), logits=logits)
    return without_last(network) if linear else network


def _convolutions(convolutions: Convolutions, channels: int) -> list[nn.Module]:
    kernel, stride, depth, padding, around = convolutions
    layers: list[nn.Module] = []
    for below in (1, *[channels] * (depth - 1)):
        if padding == "circular":
            layers += [CircularPad(0, around)] * bool(around)
            layers += convolution(kernel, stride=stride, channels=(below, channels))
        else:
            layers += convolution(
                kernel, padding=around, mode=MODES[padding], stride=stride,
                channels=(below, channels),
            )  # fmt: skip
    return layers
