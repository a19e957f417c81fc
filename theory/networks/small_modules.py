"""The networks of `theory.networks.small_networks` as torch modules, with channels."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from torch import nn

from theory.networks.sequential_networks import (
    Network,
    PaddingMode,
    convolution,
    dense,
    with_logit,
    without_last,
)
from theory.networks.small_networks import around

Padding: TypeAlias = PaddingMode | Literal["none"]

_PADS: dict[PaddingMode, type[nn.Module]] = {
    "zeros": nn.ZeroPad1d,
    "circular": nn.CircularPad1d,
    "reflect": nn.ReflectionPad1d,
    "replicate": nn.ReplicationPad1d,
}


def pad(before: int, after: int, padding: PaddingMode) -> nn.Module:
    """Build a layer that surrounds signals as `layer_stack.padded` does, mirrors apart."""
    return _PADS[padding]((before, after))


def dense_network(
    size: int, *, widths: Sequence[int], logits: int = 1, linear: bool = False
) -> Network:
    """Build the network of `theory.networks.small_networks.dense_dag`; parameters as there."""
    network = dense(size, *widths, logits)
    return without_last(network) if linear else network


def convolutional_network(
    size: int,
    *,
    kernel: int,
    stride: int,
    padding: Padding,
    layers: int,
    channels: int = 1,
    logits: int = 1,
    linear: bool = False,
) -> Network:
    """Build the network of `theory.networks.small_networks.convolutional_dag`.

    Parameters
    ----------
    size, kernel, stride, padding, layers, logits, linear : as there.
    channels : of each convolution; the input has one.
    """
    built: list[nn.Module] = []
    for below in (1, *[channels] * (layers - 1)):
        if padding != "none" and kernel > 1:
            built.append(pad(*around(kernel), padding))
        built += convolution(kernel, stride=stride, channels=(below, channels))
    network = with_logit(built, (1, size), logits=logits)
    return without_last(network) if linear else network
