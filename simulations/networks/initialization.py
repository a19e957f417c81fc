"""Weights at initialization, as hypothesis H3 of the paper draws them."""

import math

import torch
from torch import nn

from theory.attacks.attack_growth import WeightSize


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


def resize_weights_(module: nn.Module, weights: WeightSize) -> None:
    """Give He-initialized Linear and Conv weights another standard deviation, in place.

    Parameters
    ----------
    module : as `he_initialize_` left it.
    weights : their new size, by fan-in.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d):
            fan_in = layer.weight[0].numel()
            with torch.no_grad():
                layer.weight *= weights.at(fan_in) / math.sqrt(he_variance(fan_in))
