"""A few random networks of one module: the norms of their input gradients, and no more."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from simulations.draws import Draws
from simulations.input_laws import draw_inputs
from simulations.many_networks import Relu, sample_gradients
from simulations.network_plan import plan_network
from theory.norms import norm

QS = (1.0, 2.0, 4.0, float("inf"))
"""The q of the norms that are kept."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ModuleSample:
    """Networks of one input dimension.

    Attributes
    ----------
    d : the input dimension.
    norms : ‖∂_x f_0‖_q and, with two logits or more, ‖∂_x L(x, 0)‖_q for q in `QS`, shape
        (networks, rows, 4).
    factors : (1 - q_c)² + Σ_{k≠c} q_k² of the label c = 0 (proof of Theorem 3, Step 2), shape
        (networks,).
    """

    d: int
    norms: NDArray[np.float64]
    factors: NDArray[np.float64]

    def norm(self, q: float, *, loss: bool = False) -> NDArray[np.float64]:
        """Return ‖∂_x f_0‖_q, or ‖∂_x L‖_q, shape (networks,)."""
        return self.norms[:, int(loss), QS.index(q)]

    def mean_square(self, *, loss: bool = False) -> NDArray[np.float64]:
        """Return the mean square of the gradient's coordinates, shape (networks,)."""
        return self.norm(2, loss=loss) ** 2 / self.d


def sample_module(
    module: nn.Module, shape: tuple[int, ...], seed: int, networks: range, *, relu: Relu
) -> ModuleSample:
    """Draw networks with He's weights and measure their gradients at standard normal inputs.

    Parameters
    ----------
    module, shape : of the networks, and of one input.
    seed, networks : decide, with the shape, every number.
    relu : "real", or "masks" of fair coins (H1).
    """
    draws = Draws(seed, f"networks on inputs of shape {shape}", networks)
    inputs = draw_inputs("noise", shape, draws)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in a simulation's blocks; few networks are no faster on more
    try:
        found = sample_gradients(module, plan_network(module, shape), inputs, draws, relu=relu)
    finally:
        torch.set_num_threads(threads)
    q = found.logits.double().softmax(1)
    rows = found.rows.double().numpy()
    factors = (1 - q[:, 0]) ** 2 + q[:, 1:].square().sum(1)
    return ModuleSample(
        d=int(np.prod(shape)),
        norms=np.stack([norm(rows, one) for one in QS], axis=-1),
        factors=factors.numpy(),
    )


def joined(samples: list[ModuleSample]) -> ModuleSample:
    """Put samples of one input dimension together."""
    return ModuleSample(
        d=samples[0].d,
        norms=np.concatenate([sample.norms for sample in samples]),
        factors=np.concatenate([sample.factors for sample in samples]),
    )
