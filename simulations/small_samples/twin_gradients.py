"""Input gradients of twins that share their weights: strided, and with poolings (Theorem 6).

The networks of `theory.networks.strided_twins` with colours and channels, small enough to be
sampled while a student reads the page.
"""

from collections.abc import Collection

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from running.draws import Draws
from simulations.engine.gradient_rows import Relu
from simulations.engine.module_interception import sample_gradients
from simulations.engine.network_plan import plan_network
from simulations.networks.input_laws import draw_inputs
from theory.networks.small_modules import pad
from theory.networks.strided_twins import CONVOLUTIONS, Padding, Pooling, added_pixels

COLOURS, CHANNELS = 3, 16


def twin_module(
    n: int,
    kernel: int,
    *,
    replaced: Collection[int] = (),
    padding: Padding = "circular",
    pooling: Pooling = "average",
) -> nn.Sequential:
    """Build the network of `strided_twins.strided_twin` with channels and a linear logit.

    It takes inputs of shape (batch, `COLOURS`, n²). Parameters as there.
    """
    layers: list[nn.Module] = []
    channels = COLOURS
    for number in range(CONVOLUTIONS):
        strided = number not in replaced
        layers += [
            pad(*added_pixels(n, kernel, strided=strided), padding),
            nn.Conv1d(channels, CHANNELS, kernel, stride=n if strided else 1, bias=False),
            nn.ReLU(),
        ]
        if not strided:
            layers.append(nn.AvgPool1d(n) if pooling == "average" else nn.MaxPool1d(n))
        channels = CHANNELS
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels, 1, bias=False))


def twin_squares(
    n: int,
    kernel: int,
    *,
    replaced: Collection[int],
    padding: Padding = "circular",
    pooling: Pooling = "average",
    relu: Relu = "real",
    seed: int,
    networks: range,
) -> NDArray[np.float64]:
    """Measure pairs of twins at inputs of standard normal noise.

    Parameters
    ----------
    n, kernel, replaced, padding, pooling : as in `theory.networks.strided_twins.strided_twin`.
    relu : "masks" kills each neuron with probability 1/2, whatever it is (H1 as printed).
    seed, networks : decide every number, whichever networks are measured together.

    Returns
    -------
    Mean squares of the coordinates of ∂_x f, shape (2, networks): of the network with strides
    alone, and of its twin, He-initialized with the same weights.
    """
    shape = (COLOURS, n * n)
    squares = []
    for chosen in ((), replaced):
        with torch.device("meta"):
            module = twin_module(n, kernel, replaced=chosen, padding=padding, pooling=pooling)
        draws = Draws(seed, f"twins, n = {n}", networks)
        gradients = sample_gradients(
            plan_network(module, shape),
            draw_inputs("noise", shape, draws),
            draws,
            relu=relu,
            rows="logits",
        )
        squares.append(gradients.rows[:, 0].double().square().mean(1).numpy())
    return np.stack(squares)
