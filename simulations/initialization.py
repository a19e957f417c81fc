"""Weights at initialization, as hypothesis H3 of the paper draws them."""

import math

import torch
from torch import nn


def he_variance(in_degree: int) -> float:
    """Variance of a weight that enters a neuron of this in-degree (H3; He et al. 2015, Eq. 10)."""
    return 2 / in_degree


def he_initialize_(module: nn.Module, generator: torch.Generator) -> None:
    """Draw every Linear and Conv weight of a module anew, in place.

    Weights are independent Gaussians of mean 0 and variance `he_variance(fan-in)`; biases become
    0. The fan-in is a neuron's in-degree wherever padding adds no zeros. Other layers, such as
    batch norms, are left as they are.

    Parameters
    ----------
    module : any module, changed in place.
    generator : the source of randomness, on the device of the module.
    """
    for layer in module.modules():
        if not isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d):
            continue
        fan_in = layer.weight[0].numel()
        with torch.no_grad():
            layer.weight.normal_(0, math.sqrt(he_variance(fan_in)), generator=generator)
            if layer.bias is not None:
                layer.bias.zero_()
