"""Dense layers with Gaussian weights, drawn exactly in law without drawing their weights.

Let W be an n x m matrix of independent N(0, σ²). For one input h, the forward product z = W h is
N(0, σ² |h|²) in every entry. Given z, W is z hᵀ / |h|² plus a matrix of independent N(0, σ²) whose
rows are projected orthogonally to h. So for R rows V, with a root F of their Gram matrix,
F Fᵀ = V Vᵀ,

    V W = (V z) hᵀ / |h|² + F Ξ (1 - h hᵀ / |h|²)

in law, where Ξ has min(R, n) x m independent entries N(0, σ²). That takes O(R (n + m)) random
numbers and operations where W itself takes n m.

If the direction of h is uniform and nothing else is asked of it, h itself need not be drawn. V W is
then the root of its Gram matrix, (V z)(V z)ᵀ / |h|² + F Ξ (1 - h hᵀ / |h|²) Ξᵀ Fᵀ, times a uniform
orthonormal frame. Of the Gram matrix, Ξ (1 - h hᵀ / |h|²) Ξᵀ is Wishart with m - 1 degrees of
freedom, and drawn as the Bartlett decomposition of one (Bartlett 1933).
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from scipy import special
from torch import Tensor

from running.draws import Draws
from simulations.networks import initialization


def forward_product(square: Tensor, in_degree: int, neurons: int, draws: Draws) -> Tensor:
    """Draw z = W h for He-initialized W, shape (networks, neurons).

    Parameters
    ----------
    square : |h|² of each network's own input h of the layer, shape (networks, 1).
    in_degree, neurons : m and n.
    """
    return draws.normal(neurons) * (square * initialization.he_variance(in_degree)).sqrt_()


def backward_product(v: Tensor, z: Tensor, h: Tensor, square: Tensor, draws: Draws) -> Tensor:
    """Draw V W given W h = z, shape (networks, rows, in-degree).

    Parameters
    ----------
    v : rows to be multiplied with W, shape (networks, rows, neurons).
    z : W h, from `forward_product`, shape (networks, neurons).
    h : the layer's input, shape (networks, in-degree).
    square : |h|², shape (networks, 1).
    """
    in_degree = h.shape[1]
    factor = root(v) * math.sqrt(initialization.he_variance(in_degree))
    noise = draws.normal(factor.shape[2], in_degree)
    along_h = (noise * h[:, None]).sum(2)
    coefficient = (v * z[:, None]).sum(2) - (factor * along_h[:, None]).sum(2)
    # Where all of h is 0 so is z, and nothing is known of W.
    square = square.clamp_min(torch.finfo(h.dtype).tiny)
    return _add_multiples_((coefficient / square)[:, :, None] * h[:, None], factor, noise)


def isotropic_coordinates(
    v: Tensor, z: Tensor, square: Tensor, in_degree: int, draws: Draws
) -> Tensor:
    """Draw C such that V W is C times a uniform orthonormal frame, given W h = z alone.

    Parameters
    ----------
    v, z : as in `backward_product`.
    square : |h|², shape (networks, 1); the direction of h is uniform.
    in_degree : m, more than the rows.

    Returns
    -------
    C, of shape (networks, rows, frame), the frame having min(rows, n + 1) vectors.
    """
    factor = root(v) * math.sqrt(initialization.he_variance(in_degree))
    count = factor.shape[2]
    bartlett = torch.tril(draws.normal(count, count), -1)
    degrees = range(in_degree - 1, in_degree - 1 - count, -1)
    bartlett.diagonal(dim1=1, dim2=2).copy_(chi_squares(degrees, draws).sqrt_())
    along_h = (v * z[:, None]).sum(2, keepdim=True) / square[:, None].sqrt()
    across_h = (factor[:, :, :, None] * bartlett[:, None]).sum(2)
    coordinates = torch.cat([along_h, across_h], dim=2)
    return coordinates if count + 1 < v.shape[1] else _triangular(coordinates)


def frame_product(
    coordinates: Tensor, in_degree: int, draws: Draws, *, memory: Tensor | None = None
) -> Tensor:
    """Draw C Q for a uniform orthonormal frame Q, shape (networks, rows, in-degree).

    Q is chol(Ξ Ξᵀ)⁻¹ Ξ, which is independent of Ξ Ξᵀ.

    Parameters
    ----------
    coordinates : C, shape (networks, rows, frame), lower triangular if it is square.
    in_degree : m, the frame's dimension.
    memory : as in `Draws.normal`.
    """
    noise = draws.normal(coordinates.shape[2], in_degree, memory=memory)
    cholesky = torch.linalg.cholesky(_gram(noise).double())
    factor = torch.linalg.solve_triangular(
        cholesky, coordinates.double(), upper=False, left=False
    ).to(noise.dtype)
    if factor.shape[1] > factor.shape[2]:
        return _add_multiples_(factor[:, :, :1] * noise[:, :1], factor[:, :, 1:], noise[:, 1:])
    # In place, from the last row.
    for row in range(factor.shape[1] - 1, -1, -1):
        product = noise[:, row].mul_(factor[:, row, row, None])
        for column in range(row):
            product.addcmul_(factor[:, row, column, None], noise[:, column])
    return noise


def root(matrix: Tensor) -> Tensor:
    """Return an F with F Fᵀ = M Mᵀ, shape (networks, rows, min(rows, columns)).

    F is M itself if it has no more columns than rows; else lower triangular, from the Gram-Schmidt
    process.

    Parameters
    ----------
    matrix : M, shape (networks, rows, columns); its rows may depend on each other.
    """
    rows, columns = matrix.shape[1:]
    return matrix if columns <= rows else _triangular(matrix)


def _triangular(matrix: Tensor) -> Tensor:
    """Return a lower triangular F with F Fᵀ = M Mᵀ, shape (networks, rows, rows)."""
    # In doubles, where no square of a float vanishes.
    rest = matrix.double()
    rows = rest.shape[1]
    factor = rest.new_zeros(len(rest), rows, rows)
    for row in range(rows):
        size = rest[:, row].square().sum(1, keepdim=True).sqrt_()
        direction = rest[:, row] / size.clamp_min_(torch.finfo(rest.dtype).tiny)
        factor[:, row:, row] = (rest[:, row:] * direction[:, None]).sum(2)
        rest = torch.addcmul(rest, factor[:, :, row, None], direction[:, None], value=-1)
    return factor.to(matrix.dtype)


def chi_squares(degrees: Sequence[int], draws: Draws) -> Tensor:
    """Draw chi-squares of these many degrees of freedom, shape (networks, len(degrees)).

    A normal each is mapped to the quantile of its probability.
    """
    normals = draws.normal(len(degrees))
    probabilities = special.ndtr(normals.double().cpu().numpy())
    halves = special.gammaincinv(np.array(degrees) / 2, probabilities)
    return torch.from_numpy(2 * halves).to(normals)


def _gram(rows: Tensor) -> Tensor:
    """Return M Mᵀ, shape (networks, rows, rows), network by network."""
    gram = rows.new_empty(len(rows), rows.shape[1], rows.shape[1])
    for own, result in zip(rows.unbind(), gram.unbind(), strict=True):
        torch.mm(own, own.t(), out=result)
    return gram


def _add_multiples_(product: Tensor, factor: Tensor, noise: Tensor) -> Tensor:
    """Add F Ξ in place, by sums: matrix products round differently in a batch of one."""
    for column in range(factor.shape[2]):
        product.addcmul_(factor[:, :, column, None], noise[:, column, None])
    return product
