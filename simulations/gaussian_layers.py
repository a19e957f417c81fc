"""Dense layers with Gaussian weights, drawn exactly in law without drawing their weights.

Let W be an n x m matrix of independent N(0, σ²). For one input h, the forward product z = W h is
N(0, σ² |h|²) in every entry. Given z, W is z hᵀ / |h|² plus a matrix of independent N(0, σ²) whose
rows are projected orthogonally to h. So for the rows v_1 ... v_R of V, with the QR decomposition
Vᵀ = Q T,

    V W = (V z) hᵀ / |h|² + Tᵀ Ξ (1 - h hᵀ / |h|²),

because QᵀW has as many independent N(0, σ²) entries as Ξ, min(R, n) x m. That takes O(R (n + m))
random numbers and operations where W itself takes n m.
"""

import math

import torch
from torch import Tensor

from simulations import initialization
from simulations.draws import Draws


def forward_product(h: Tensor, neurons: int, draws: Draws) -> Tensor:
    """Draw W h for He-initialized W, shape (networks, neurons).

    Parameters
    ----------
    h : each network's own input of the layer, shape (networks, in-degree).
    """
    size = h.norm(dim=1, keepdim=True)
    return draws.normal(neurons) * (size * math.sqrt(initialization.he_variance(h.shape[1])))


def backward_product(v: Tensor, h: Tensor, z: Tensor, draws: Draws) -> Tensor:
    """Draw V W given W h = z, shape (networks, rows, in-degree).

    Parameters
    ----------
    v : rows to be multiplied with W, shape (networks, rows, neurons).
    h : the layer's input, shape (networks, in-degree).
    z : W h, from `forward_product`, shape (networks, neurons).
    """
    in_degree = h.shape[1]
    triangle = torch.linalg.qr(v.transpose(1, 2), mode="r").R
    triangle *= math.sqrt(initialization.he_variance(in_degree))
    noise = draws.normal(triangle.shape[1], in_degree)
    # Sums instead of matrix products, which round differently in a batch of one. Where all of h
    # is 0 so is z, and nothing is known of W.
    square = h.square().sum(1, keepdim=True).clamp_min(torch.finfo(h.dtype).tiny)
    along_noise = (noise * h[:, None]).sum(2)
    coefficient = (v * z[:, None]).sum(2) - (triangle * along_noise[:, :, None]).sum(1)
    product = (coefficient / square)[:, :, None] * h[:, None]
    for row in range(triangle.shape[1]):
        product.addcmul_(triangle[:, row, :, None], noise[:, row, None])
    return product
