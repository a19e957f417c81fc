"""What is kept of random networks' input gradients: norms, and the factors of the loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

NORMS = (1.0, 2.0, 4.0, float("inf"))
"""The q of the norms that are measured, in the order in which they are kept."""


@dataclass(frozen=True, kw_only=True)
class GradientNorms:
    """The norms of networks of one input dimension.

    Attributes
    ----------
    d : the input dimension.
    norms : ‖row‖_q for the rows ∂_x f_0 and, with two logits or more, ∂_x L(x, 0), and q in
        `NORMS`, shape (networks, rows, 4).
    factors : `loss_factors` of the networks, shape (networks,).
    """

    d: int
    norms: NDArray[np.float64]
    factors: NDArray[np.float64]

    def norm(self, q: float, *, loss: bool = False) -> NDArray[np.float64]:
        """Return ‖∂_x f_0‖_q, or ‖∂_x L‖_q, shape (networks,)."""
        return self.norms[:, int(loss), NORMS.index(q)]

    def mean_square(self, *, loss: bool = False) -> NDArray[np.float64]:
        """Return the mean square of the gradient's coordinates, shape (networks,)."""
        return self.norm(2, loss=loss) ** 2 / self.d

    def mean_absolute(self, *, loss: bool = False) -> NDArray[np.float64]:
        """Return the mean absolute value of the gradient's coordinates, shape (networks,)."""
        return self.norm(1, loss=loss) / self.d


def joined(samples: Sequence[GradientNorms]) -> GradientNorms:
    """Put networks of one input dimension together."""
    return GradientNorms(
        d=samples[0].d,
        norms=np.concatenate([sample.norms for sample in samples]),
        factors=np.concatenate([sample.factors for sample in samples]),
    )


def loss_factors(logits: Tensor) -> Tensor:
    """Return (1 - q_c)² + Σ_{k≠c} q_k² for the label c = 0 and q the softmax of the logits.

    By Step 2 of Theorem 3's proof, ∂_x L has this many times the variance of one logit's gradient.

    Parameters
    ----------
    logits : shape (networks, K).

    Returns
    -------
    Shape (networks,), in float64.
    """
    q = logits.double().softmax(1)
    return (1 - q[:, 0]) ** 2 + q[:, 1:].square().sum(1)


def scaled_sums_(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Sum powers of rows, which are overwritten.

    Parameters
    ----------
    rows : shape (networks, rows, d).

    Returns
    -------
    s = max |row_i|, and Σ_i |row_i / s|^q for q = 1, 2, 4, which vanish nowhere, shape (networks,
    rows, 4); and the squares of each network's first row, shape (networks, d).
    """
    largest = rows.abs_().amax(2, keepdim=True)
    rows /= largest.clamp_min(torch.finfo(rows.dtype).tiny)
    squares = rows.square()
    sums = [rows.sum(2), squares.sum(2), torch.square(squares, out=rows).sum(2)]
    return torch.stack([largest[:, :, 0], *sums], 2), squares[:, 0].mul_(largest[:, 0].square())


def norms_of_sums(sums: Tensor) -> Tensor:
    """Return ‖row‖_q for q in `NORMS` from the sums of `scaled_sums_`, same shape."""
    largest, first, second, fourth = sums.unbind(2)
    relative = {
        1.0: first,
        2.0: second.sqrt(),
        4.0: fourth.sqrt().sqrt(),
        float("inf"): torch.ones_like(first),
    }
    return torch.stack([relative[q] for q in NORMS], 2) * largest[:, :, None]
