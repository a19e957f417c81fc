"""Norms of the input gradients of some random networks, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NORMS = (1.0, 2.0, 4.0, float("inf"))
"""The q of the norms that are measured."""


@dataclass(frozen=True, kw_only=True)
class GradientNorms:
    """The norms of networks of one input dimension.

    Attributes
    ----------
    d : the input dimension.
    norms : ‖row‖_q for the rows ∂_x f_0 and, with two logits or more, ∂_x L(x, 0), and q in
        `NORMS`, shape (networks, rows, 4).
    factors : (1 - q_c)² + Σ_{k≠c} q_k² of the label c = 0 (proof of Theorem 3, Step 2), shape
        (networks,).
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
