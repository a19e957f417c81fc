"""Sequences of torch layers, with the shape of their input and the DAG of their neurons."""

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal, TypeAlias

import torch
from torch import nn

from theory.dag import Dag
from theory.networks.layer_maps import LayerMaps, network_maps

PaddingMode: TypeAlias = Literal["zeros", "circular", "reflect", "replicate"]
PADDING_MODES: tuple[PaddingMode, ...] = ("zeros", "circular", "reflect", "replicate")


class Network:
    """A sequence of layers, the shape of its input, and its DAG.

    Parameters
    ----------
    layers : in the order in which they are applied. Biases are of no account.
    shape : shape of one input, without the batch dimension.
    """

    def __init__(self, layers: Sequence[nn.Module], shape: tuple[int, ...]) -> None:
        self.module = nn.Sequential(*layers)
        self.shape = shape

    def __str__(self) -> str:
        return f"{' → '.join(map(_short, self.module))} on inputs of shape {self.shape}"

    @cached_property
    def dag(self) -> Dag:
        """The DAG of its neurons."""
        return Dag.from_module(self.module, self.shape)

    @cached_property
    def maps(self) -> list[LayerMaps]:
        """What each layer computes, read from torch without the DAG."""
        return network_maps(self.module, self.shape)

    @property
    def weighted(self) -> list[LayerMaps]:
        """The layers with weights among `maps`."""
        return [layer for layer in self.maps if layer.fan_in]


def _short(layer: nn.Module) -> str:
    """Write a layer as it is built, without what is torch's default."""
    text = re.sub(r"\((\d+),\)", r"\1", repr(layer))
    text = re.sub(r"kernel_size=|in_features=|out_features=|start_dim=1, end_dim=-1", "", text)
    text = re.sub(r"padding_mode=(\w+)", r"padding_mode='\1'", text)
    text = re.sub(r", padding=0|, bias=(False|True)", "", text)
    text = re.sub(r"(Conv.*), stride=(1|\(1, 1\))(?=[,)])", r"\1", text)
    return re.sub(r"(Pool.d)\((\d+), stride=\2\)", r"\1(\2)", text)


def dense(*sizes: int) -> Network:
    """Build linear layers of the given sizes, with a ReLU after each, as H1 wants it."""
    layers: list[nn.Module] = []
    for below, above in pairwise(sizes):
        layers += [nn.Linear(below, above, bias=False), nn.ReLU()]
    return Network(layers, (sizes[0],))


def convolution(
    kernel: int,
    *,
    padding: int = 0,
    mode: PaddingMode = "zeros",
    stride: int = 1,
    channels: tuple[int, int] = (1, 1),
) -> list[nn.Module]:
    """Build a one-dimensional convolution with its ReLU."""
    layer = nn.Conv1d(
        *channels, kernel, stride=stride, padding=padding, padding_mode=mode, bias=False
    )
    return [layer, nn.ReLU()]


def with_logit(layers: Sequence[nn.Module], shape: tuple[int, ...], *, logits: int = 1) -> Network:
    """Add a logit, or more, that sees everything, and its ReLU, which the paper counts (H1)."""
    features = nn.Sequential(*layers)(torch.zeros(1, *shape)).numel()
    head = nn.Linear(features, logits, bias=False)
    return Network([*layers, nn.Flatten(), head, nn.ReLU()], shape)


def without_last(network: Network) -> Network:
    """Leave out the last layer, such as the ReLU on the logit."""
    return Network(list(network.module)[:-1], network.shape)
