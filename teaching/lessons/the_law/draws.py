"""Networks of the lesson, drawn with He's weights; what another size of weights does is exact."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from running.streams import stream
from simulations.engine import autograd
from simulations.engine.ensemble import Ensemble, gradient_batches
from simulations.networks import initialization
from simulations.networks.families import build
from teaching.lessons.the_law.measured import QS, Piece
from teaching.lessons.the_law.settings import (
    CONV_WIDTHS,
    DENSE_WIDTHS,
    KERNEL,
    NETWORKS,
    SIDES,
    dimension,
)
from theory.attacks import attack_growth, norms
from theory.attacks.attack_growth import WeightSize

SEED = 1
"""Of the one network that is looked at closely."""

IMAGES = 64
"""Inputs of the one network whose labels are flipped."""


def ensemble(kind: str, side: int) -> Ensemble:
    """Return the random networks of a kind on images of one size."""
    if kind == "conv":
        return Ensemble(
            network="conv",
            size=side,
            options=(("kernel", KERNEL), ("logits", 1), ("widths", CONV_WIDTHS)),
        )
    widths = DENSE_WIDTHS if kind == "dense" else ()
    return Ensemble(
        network="dense", size=dimension(side), options=(("logits", 1), ("widths", widths))
    )


def draw(kind: str, seed: int, piece: int) -> Piece:
    """Draw some networks: the sizes take turns, from the smallest on."""
    block, place = divmod(piece, len(SIDES))
    networks = range(block * NETWORKS, (block + 1) * NETWORKS)
    batches = list(gradient_batches(ensemble(kind, SIDES[place]), seed, networks, "cpu"))
    rows = np.concatenate([batch.rows[:, 0].double().numpy() for batch in batches])
    return Piece(
        side=SIDES[place],
        norms=np.stack([norms.norm(rows, q) for q in QS], axis=1),
        outputs=np.concatenate([batch.logits[:, 0].double().numpy() for batch in batches]),
    )


def one_network(kind: str, weights: WeightSize | None) -> tuple[float, NDArray[np.float64]]:
    """Differentiate one network on the smallest image by autograd.

    Parameters
    ----------
    kind : of network.
    weights : their size, if it is to be another one than they were drawn with, which is He's.

    Returns
    -------
    Its output o and its gradient ∂_x o, shape (d,).
    """
    module, shape = _module(kind, weights)
    inputs = torch.randn(1, *shape, generator=stream(SEED, "the law's input", kind))
    found = autograd.input_gradients(module, inputs)
    return float(found.logits[0]), found.logit_gradients[0].flatten().double().numpy()


def flipped(kind: str, weights: WeightSize | None, p: float, epsilon: float) -> NDArray[np.bool_]:
    """Attack one network at `IMAGES` inputs, each by the best perturbation to first order.

    Parameters
    ----------
    kind, weights : as above.
    p, epsilon : the attack's norm, and its size for p = ∞.

    Returns
    -------
    Whether the sign of o is another one after the attack, shape (IMAGES,).
    """
    module, shape = _module(kind, weights)
    module = module.double()
    draw = stream(SEED, "the law's images", kind)
    x = torch.randn(IMAGES, *shape, generator=draw).double().requires_grad_()
    before = module(x)[:, 0]
    (gradient,) = torch.autograd.grad(before.sum(), x)
    downhill = (-before.detach().sign()[:, None] * gradient.flatten(1)).numpy()
    size = epsilon * attack_growth.threshold(p, downhill.shape[1])
    delta = torch.from_numpy(norms.best_perturbation(downhill, p, size=size)).reshape(x.shape)
    after = module(x + delta)[:, 0]
    return np.asarray((after * before < 0).numpy())


def _module(kind: str, weights: WeightSize | None) -> tuple[nn.Module, tuple[int, ...]]:
    one = ensemble(kind, SIDES[0])
    module, shape = build(one.network, one.size, one.options)
    initialization.he_initialize_(module, stream(SEED, "the law", kind))
    if weights is not None:
        initialization.resize_weights_(module, weights)
    return module, shape
