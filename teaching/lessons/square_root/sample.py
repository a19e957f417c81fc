"""The sampled networks: of the kind that is drawn, on more inputs and with wider layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from evidence.levels import LESSON_ERROR
from teaching.lesson import Sampling
from teaching.lessons.square_root.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulations.engine.gradient_norms import GradientNorms
    from simulations.small_samples.growth import Growth
    from theory.networks.sequential_networks import Network
    from theory.networks.small_modules import Padding

SIZES = (36, 108, 324, 972)
"""Input dimensions of the sampled networks: multiples of all strides and their squares."""

NETWORKS = 32
"""Networks in a piece of the sample."""

WIDER = 16
"""Neurons of a sampled network's hidden layer for each one that is drawn."""

CHANNELS = 8
"""Channels of a sampled network's convolutions; the picture shows one."""

SEED = 7


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Some networks of one size.

    Attributes
    ----------
    sample : what was measured.
    predicted : E[(∂_x f_1)²] of each coordinate of such a network, shape (d,); empty but in the
        first piece of each size.
    largest : `growth.typical_largest` of these; 0 in other pieces.
    """

    sample: "GradientNorms"
    predicted: "NDArray[np.float64]"
    largest: float


def sampling(settings: Settings) -> Sampling[Piece]:
    """Return how to draw the networks: the sizes take turns."""
    architecture = (
        settings.widths
        if settings.is_dense
        else (settings.kernel, settings.stride, settings.depth, settings.padding)
    )
    return Sampling(
        key=(settings.kind, architecture, settings.logits, settings.linear, settings.gates),
        wanted=settings.networks * len(SIZES),
        draw=lambda number: _draw(settings, number),
    )


def _draw(settings: Settings, number: int) -> Piece:
    import numpy as np

    from simulations.small_samples import (  # torch takes a second: not before a sample
        growth,
        module_samples,
    )
    from theory.modules import predictions

    block, place = divmod(number, len(SIZES))
    chosen = sampled(settings, SIZES[place])
    predicted, largest = np.empty(0), 0.0
    if block == 0:
        predicted = predictions.predict_second_moments(chosen.module, chosen.shape).ravel()
        largest = growth.typical_largest(predicted)
    networks = range(block * NETWORKS, (block + 1) * NETWORKS)
    return Piece(
        sample=module_samples.sample_module(
            chosen.module, chosen.shape, SEED, networks, relu=settings.gates
        ),
        predicted=predicted,
        largest=largest,
    )


def sampled(settings: Settings, d: int) -> "Network":
    """Build the module of a network on d inputs."""
    from theory.networks import small_modules

    if settings.is_dense:
        return small_modules.dense_network(
            d,
            widths=[WIDER * width for width in settings.widths],
            logits=settings.logits,
            linear=settings.linear,
        )
    return small_modules.convolutional_network(
        d,
        kernel=settings.kernel,
        stride=settings.stride,
        padding=cast("Padding", settings.padding),
        layers=settings.depth,
        channels=CHANNELS,
        logits=settings.logits,
        linear=settings.linear,
    )


def collected(pieces: Sequence[Piece]) -> "Growth | None":
    """Put the pieces of each size together; None before there is one of each."""
    if len(pieces) < len(SIZES):
        return None
    from simulations.engine import gradient_norms
    from simulations.small_samples import growth

    by_size = [pieces[place :: len(SIZES)] for place in range(len(SIZES))]
    return growth.Growth(
        samples=[gradient_norms.joined([piece.sample for piece in one]) for one in by_size],
        predicted=[one[0].predicted for one in by_size],
        largest=[one[0].largest for one in by_size],
        error=LESSON_ERROR,
    )
