"""Weights of mean 0 and He's variance: Gaussian ones and others."""

import math

import torch
from torch import Tensor

from running.draws import Draws
from simulations.engine.gradient_rows import WeightLaw
from simulations.networks import initialization


def draw_weights(draws: Draws, shape: tuple[int, ...], in_degree: int, law: WeightLaw) -> Tensor:
    """Draw each network its own weights, shape (networks, *shape).

    Parameters
    ----------
    draws : the networks' random numbers.
    shape : of one network's weights.
    in_degree : their fan-in; the variance is 2/fan-in.
    law : "gaussian", "rademacher" (two values), or "uniform".
    """
    normal = draws.normal(*shape)
    if law == "rademacher":
        normal = torch.where(normal < 0, -1.0, 1.0)
    elif law == "uniform":
        normal = torch.erf(normal / math.sqrt(2)) * math.sqrt(3)
    return normal.mul_(math.sqrt(initialization.he_variance(in_degree)))
