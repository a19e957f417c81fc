"""Networks of the lesson, drawn with He's weights; what another size of weights does is exact."""

import numpy as np
import torch
from numpy.typing import NDArray

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
from theory.attacks import norms
from theory.attacks.attack_growth import WeightSize

SEED = 1


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


def draw(kind: str, piece: int) -> Piece:
    """Draw some networks: the sizes take turns, from the smallest on."""
    block, place = divmod(piece, len(SIDES))
    networks = range(block * NETWORKS, (block + 1) * NETWORKS)
    batches = gradient_batches(ensemble(kind, SIDES[place]), SEED, networks, "cpu")
    rows = np.concatenate([batch.rows[:, 0].double().numpy() for batch in batches])
    return Piece(side=SIDES[place], norms=np.stack([norms.norm(rows, q) for q in QS], axis=1))


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
    one = ensemble(kind, SIDES[0])
    module, shape = build(one.network, one.size, one.options)
    initialization.he_initialize_(module, stream(SEED, "the law", kind))
    if weights is not None:
        initialization.resize_weights_(module, weights)
    inputs = torch.randn(1, *shape, generator=stream(SEED, "the law's input", kind))
    found = autograd.input_gradients(module, inputs)
    return float(found.logits[0]), found.logit_gradients[0].flatten().double().numpy()
