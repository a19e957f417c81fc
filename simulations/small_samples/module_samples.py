"""The norms of the input gradients of a few random networks of one module."""

import numpy as np
import torch
from torch import nn

from running.draws import Draws
from simulations.engine.gradient_norms import NORMS, GradientNorms
from simulations.engine.gradient_rows import Relu
from simulations.engine.module_interception import sample_gradients
from simulations.engine.network_plan import plan_network
from simulations.networks.input_laws import draw_inputs
from theory.attacks.norms import norm


def sample_module(
    module: nn.Module, shape: tuple[int, ...], seed: int, networks: range, *, relu: Relu
) -> GradientNorms:
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
        gradients = sample_gradients(plan_network(module, shape), inputs, draws, relu=relu)
    finally:
        torch.set_num_threads(threads)
    rows = gradients.rows.double().numpy()
    return GradientNorms(
        d=int(np.prod(shape)),
        norms=np.stack([norm(rows, q) for q in NORMS], axis=-1),
        factors=gradients.factors.numpy(),
    )
