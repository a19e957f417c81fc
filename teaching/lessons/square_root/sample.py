"""The sampled networks: of the kind that is drawn, on more inputs and with wider layers."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

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

RECORDED = 32
"""Pieces of each size that come with the lesson: enough to decide all lines at its start."""

FILE = Path(__file__).with_name("recorded.npz")


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


Pieces: TypeAlias = Sequence[Piece]
"""What is drawn at once: a piece, or all that are recorded."""


def sampling(settings: Settings) -> Sampling[Pieces]:
    """Return how to draw the networks: the sizes take turns. Those of the start are recorded."""
    key, turns = _key(settings), settings.networks * len(SIZES)
    if key != _key(Settings()):
        return Sampling(key=key, wanted=turns, draw=lambda number: [_draw(settings, number)])
    there = min(turns, RECORDED * len(SIZES))

    def draw(number: int) -> Pieces:
        return [_draw(settings, there + number - 1)] if number else _recorded()[:there]

    return Sampling(key=(key, there), wanted=turns - there + (there > 0), draw=draw)


def _key(settings: Settings) -> tuple[Hashable, ...]:
    architecture = (
        settings.widths
        if settings.is_dense
        else (settings.kernel, settings.stride, settings.depth, settings.padding)
    )
    return (
        settings.kind, architecture, settings.logits, settings.linear, settings.gates,
        settings.sample,
    )  # fmt: skip


def _recorded() -> Pieces:
    """Read the networks of the start; what is predicted of them is computed."""
    import numpy as np

    from simulations.engine.gradient_norms import GradientNorms

    with np.load(FILE) as file:
        samples = [
            GradientNorms(d=SIZES[n % len(SIZES)], norms=norms, factors=factors)
            for n, (norms, factors) in enumerate(
                zip(file["norms"].astype(float), file["factors"].astype(float), strict=True)
            )
        ]
    return [_piece(Settings(), n, sample) for n, sample in enumerate(samples)]


def record() -> None:
    """Draw the start's networks and write them to `FILE`; needed when the engine draws others."""
    import numpy as np

    pieces = [_draw(Settings(), number) for number in range(RECORDED * len(SIZES))]
    np.savez_compressed(
        FILE,
        norms=np.stack([piece.sample.norms for piece in pieces]).astype(np.float32),
        factors=np.stack([piece.sample.factors for piece in pieces]).astype(np.float32),
    )


def _draw(settings: Settings, number: int) -> Piece:
    from simulations.small_samples import module_samples  # torch takes a second

    block, place = divmod(number, len(SIZES))
    chosen = sampled(settings, SIZES[place])
    sample = module_samples.sample_module(
        chosen.module,
        chosen.shape,
        settings.sample,
        range(block * NETWORKS, (block + 1) * NETWORKS),
        relu=settings.gates,
    )
    return _piece(settings, number, sample)


def _piece(settings: Settings, number: int, sample: "GradientNorms") -> Piece:
    """Put what is predicted beside the first piece of each size."""
    import numpy as np

    from simulations.small_samples import growth
    from theory.modules import predictions

    if number >= len(SIZES):
        return Piece(sample=sample, predicted=np.empty(0), largest=0.0)
    chosen = sampled(settings, SIZES[number])
    predicted = predictions.predict_second_moments(chosen.module, chosen.shape).ravel()
    return Piece(sample=sample, predicted=predicted, largest=growth.typical_largest(predicted))


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


def collected(drawn: Sequence[Pieces]) -> "Growth | None":
    """Put the pieces of each size together; None before there is one of each."""
    pieces = [piece for some in drawn for piece in some]
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
