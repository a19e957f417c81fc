"""What a student can set in the lesson on the law, and the networks it stands for."""

import math
from dataclasses import dataclass

from teaching.fields import choice, sample_number, whole
from theory.attacks.attack_growth import WeightSize, like_he_at

SIDES = (4, 8, 16, 32, 64, 128)
"""Pixels along an edge of the images, which have 3 channels."""

NORMS = {"inf": math.inf, "2": 2.0, "1": 1.0}
"""The p of an attack, by its name in the address."""

DENSE_WIDTHS, CONV_WIDTHS, KERNEL = (64, 64), (4, 8), 3

NETWORKS = 4
"""Networks in a piece of the sample, all of one size."""

HE = 4
"""Where the slider of weights stands for He initialization."""

EPSILON = 0.01
"""Of the attack that flips labels; a pixel has the standard deviation 1."""


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    look : what is drawn: the gain, the gain over the output, or flipped labels.
    kind : of network.
    p : of the attack's norm.
    eighths : the exponent a in the weights' standard deviation ∝ in-degree^(-a), in eighths.
    networks : of each size, in pieces of `NETWORKS`.
    helps : the answer to the puzzle's question.
    sample : its seed.
    """

    look: str = choice("gain", "ratio", "flips")
    kind: str = choice("dense", "neuron", "conv")
    p: str = choice("inf", "2", "1")
    eighths: int = whole(HE, low=0, high=10)
    networks: int = whole(8, low=1, high=16)
    helps: str = choice("open", "yes", "no")
    sample: int = sample_number()

    @property
    def norm(self) -> float:
        """The p of the attack's norm."""
        return NORMS[self.p]

    @property
    def weights(self) -> WeightSize:
        """The weights' size: He's at the smallest image's dimension, whatever the exponent."""
        return like_he_at(dimension(SIDES[0]), self.eighths / 8)


def dimension(side: int) -> int:
    """Return the input dimension d of an image."""
    return 3 * side**2


DIMENSIONS = tuple(dimension(side) for side in SIDES)


def in_degrees(kind: str, side: int) -> tuple[int, ...]:
    """Return the in-degree of the neurons of each layer, from the input on."""
    if kind == "neuron":
        return (dimension(side),)
    if kind == "dense":
        return (dimension(side), *DENSE_WIDTHS)
    channels = (3, *CONV_WIDTHS)
    return (*(KERNEL**2 * above for above in channels[:-1]), channels[-1] * side**2)
