"""What each layer of a network computes, read from torch's Jacobians: no DAG is built.

A layer is known only by what torch computes of unit vectors, with one weight set to 1 and all
others to 0.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call, vmap

WEIGHTED = (nn.Linear, nn.Conv1d, nn.Conv2d)


@dataclass(frozen=True, kw_only=True)
class LayerMaps:
    """What one layer computes.

    Attributes
    ----------
    maps : shape (weights, outputs, inputs). Entry (k, i, j) is how often neuron i sees input j
        over weight k. A layer without weights has one map, times `divisor`.
    fan_in : incoming weights of a neuron; None for a layer without weights.
    divisor : of the map of a layer without weights, such as the n of an average over n.
    shape : of the layer's output, without the batch dimension.
    gates : whether the layer is a ReLU.
    """

    maps: NDArray[np.int64]
    fan_in: int | None
    divisor: int
    shape: tuple[int, ...]
    gates: bool = False


def layer_maps(layer: nn.Module, shape: tuple[int, ...]) -> LayerMaps:
    """Find what a layer computes from its Jacobians.

    Parameters
    ----------
    layer : linear apart from its bias, or a ReLU.
    shape : of its input, without the batch dimension.
    """
    if isinstance(layer, nn.ReLU):
        identity = np.eye(prod(shape), dtype=np.int64)[None]
        return LayerMaps(maps=identity, fan_in=None, divisor=1, shape=shape, gates=True)
    units = torch.eye(prod(shape)).reshape(-1, *shape)
    if not isinstance(layer, WEIGHTED):
        seen = layer(units)
        divisor = round(1 / float(seen[seen > 0].min()))
        maps = _whole(divisor * seen.flatten(start_dim=1).T)[None]
        return LayerMaps(maps=maps, fan_in=None, divisor=divisor, shape=tuple(seen.shape[1:]))
    weight = layer.weight
    without_bias = {} if layer.bias is None else {"bias": torch.zeros_like(layer.bias)}

    def on_units(one_weight: Tensor) -> Tensor:
        parameters = {"weight": one_weight.view_as(weight), **without_bias}
        seen: Tensor = functional_call(layer, parameters, (units,))
        return seen

    columns: Tensor = vmap(on_units)(torch.eye(weight.numel()))
    maps = _whole(columns.flatten(start_dim=2).mT)
    fan_in, shape = weight[0].numel(), tuple(columns.shape[2:])
    return LayerMaps(maps=maps, fan_in=fan_in, divisor=1, shape=shape)


def network_maps(module: nn.Sequential, shape: tuple[int, ...]) -> list[LayerMaps]:
    """Find what each layer of a network computes."""
    layers: list[LayerMaps] = []
    for layer in module:
        layers.append(layer_maps(layer, layers[-1].shape if layers else shape))
    return layers


def _whole(values: Tensor) -> NDArray[np.int64]:
    rounded = values.round().long()
    if not torch.allclose(values, rounded.to(values.dtype)):
        raise ValueError("a layer's Jacobian is not a whole number over one divisor")
    array: NDArray[np.int64] = rounded.numpy()
    return array
