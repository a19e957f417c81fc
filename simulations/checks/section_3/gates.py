"""Which neurons real ReLUs kill: dense neurons, and one filter at neighbouring positions."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from evidence.means import Samples
from running.draws import Draws
from simulations.networks.initialization import he_variance
from simulations.networks.input_laws import draw_inputs

WIDTH = 64
"""In-degree, and number, of the dense neurons."""

SIDE, CHANNELS = 6, 16
BATCH = 256

KILLED = "share of neurons killed"
OWN_WEIGHTS = "correlation of a gate with the sum Σ_i w_i x_i of its own weights"
ONE_WEIGHT = f"correlation of a gate with one of its {WIDTH} terms w_i x_i"
TWO_NEURONS = "correlation of the gates of two neurons of a dense layer"


def neighbours(layer: int, inputs: str) -> str:
    """Name the correlation of one filter's gates at neighbouring positions."""
    return f"correlation of one filter's gates at neighbours, layer {layer}, {inputs} inputs"


def measure_gates(seed: int, networks: int, device: torch.device) -> Mapping[str, Samples]:
    """Measure the gates s (1 if alive) of single layers, one average a network.

    All variables have known mean and variance: s 1/2 and 1/4, and Σ_i w_i x_i given x the mean 0
    and the variance σ² |x|². So a mean of products of the centred variables, each over its
    standard deviation, estimates a correlation without bias.

    Parameters
    ----------
    seed, networks, device : decide every number.

    Returns
    -------
    By name (`KILLED`, ..., `neighbours`), one figure a network, shape (networks,).
    """
    parts: dict[str, list[Tensor]] = {}
    for start in range(0, networks, BATCH):
        draws = Draws(seed, "gates", range(start, min(start + BATCH, networks)), device=device)
        for name, values in (*_dense(draws), *_convolutions(draws)):
            parts.setdefault(name, []).append(values)
    return {name: torch.cat(of_name).double().cpu().numpy() for name, of_name in parts.items()}


def wide_layer_correlation() -> float:
    """Compute the correlation of one filter's gates at two positions fed by independent ReLUs.

    Gates of two centred normals of correlation ρ have the correlation (2/π) arcsin ρ (Sheppard
    1899). Here ρ is the cosine of the two windows, ReLUs of many independent normals:
    ρ = E[relu]² / E[relu²] = (1/2π) / (1/2) = 1/π.
    """
    return 2 / math.pi * math.asin(1 / math.pi)


def _dense(draws: Draws) -> list[tuple[str, Tensor]]:
    x = draw_inputs("noise", (WIDTH,), draws)[:, None]
    terms = draws.normal(WIDTH, WIDTH) * x
    sums = terms.sum(2)
    signs = _signs(sums)
    return [
        (KILLED, (1 - signs).mean(1) / 2),
        (OWN_WEIGHTS, (signs * sums).mean(1) / x.norm(dim=2).squeeze(1)),
        (ONE_WEIGHT, (signs[:, :, None] * terms.sign() * terms.abs() / x.abs()).mean((1, 2))),
        (TWO_NEURONS, (signs[:, ::2] * signs[:, 1::2]).mean(1)),
    ]


def _convolutions(draws: Draws) -> list[tuple[str, Tensor]]:
    correlations = []
    for inputs in ("noise", "smooth"):
        h = draw_inputs(inputs, (3, SIDE, SIDE), draws)
        for layer in (1, 2):
            z = _convolve(h, draws)
            signs = _signs(z)
            products = signs * signs.roll(1, dims=3)
            correlations.append((neighbours(layer, inputs), products.mean((1, 2, 3))))
            h = z.relu()
    return correlations


def _convolve(h: Tensor, draws: Draws) -> Tensor:
    """Convolve each network's h with its own filters, circularly."""
    networks, channels = h.shape[:2]
    filters = draws.normal(CHANNELS, channels, 3, 3) * math.sqrt(he_variance(9 * channels))
    padded = functional.pad(h, (1, 1, 1, 1), mode="circular")
    z = functional.conv2d(
        padded.reshape(1, -1, *padded.shape[2:]), filters.flatten(0, 1), groups=networks
    )
    return z.view(networks, CHANNELS, *h.shape[2:])


def _signs(z: Tensor) -> Tensor:
    """Return 2 s - 1: the gates, centred and over their standard deviation."""
    return (z > 0).float() * 2 - 1
