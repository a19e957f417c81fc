"""What a student can set in the lesson on 1/√d."""

from dataclasses import dataclass
from typing import Literal

from teaching.fields import choice, flag, sample_number, whole

MOST_INPUTS = 7
MOST_WIDE = 4
"""Neurons of a hidden layer that is drawn."""

MOST_PIECES = 60


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    kind : of the network, "dense" or "conv".
    inputs : the drawn network's input dimension d.
    logits : its logits; the proof is about the first one.
    first, second : neurons of the dense network's hidden layers; 0 for no second one.
    kernel, stride, depth, padding : of the convolutions, all alike, `depth` of them.
    linear : whether the logits have no ReLU.
    gates : what closes ReLUs in the sampled networks: "masks" as H1 says, or "real".
    variance : of a weight: "h3" for 2/in-degree, "he" for 2/fan-in.
    printed : whether statements are taken as they are printed, where they had to be corrected.
    x : the chosen input, counted from 0.
    networks : pieces of the sample that are drawn at each d.
    sample : its seed.
    """

    kind: str = choice("dense", "conv")
    inputs: int = whole(4, low=1, high=MOST_INPUTS)
    logits: int = whole(2, low=1, high=3)
    first: int = whole(3, low=1, high=MOST_WIDE)
    second: int = whole(2, low=0, high=MOST_WIDE)
    kernel: int = whole(3, low=1, high=3)
    stride: int = whole(1, low=1, high=3)
    depth: int = whole(1, low=1, high=2)
    padding: str = choice("circular", "zeros", "reflect", "none")
    linear: bool = flag()
    gates: Literal["masks", "real"] = choice("masks", "real")
    variance: str = choice("h3", "he")
    printed: bool = flag()
    x: int = whole(0, low=0, high=MOST_INPUTS - 1)
    networks: int = whole(32, low=0, high=MOST_PIECES)
    sample: int = sample_number()

    @property
    def is_dense(self) -> bool:
        """Whether the network is a succession of dense layers."""
        return self.kind == "dense"

    @property
    def pads_zeros(self) -> bool:
        """Whether neurons beside the border may lack edges."""
        return not self.is_dense and self.padding == "zeros"

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of the dense network's hidden layers."""
        return tuple(width for width in (self.first, self.second) if width)

    @property
    def chosen(self) -> int:
        """The chosen input, or the last one where there are not so many."""
        return min(self.x, self.inputs - 1)
