"""The networks, the weights' law, and what a student can set."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from teaching.edited_network import EditedNetwork
from teaching.fields import changed, choice, flag, whole
from theory.dag import Dag
from theory.networks.pooled_weights import WeightLaw

NETWORK = EditedNetwork(
    names=("x1", "x2", "h1", "h2", "h3", "h4", "o"), inputs=2, most_edges=11, most_parallel=1
)
EDGES = NETWORK.read("02.12.03.13.24.34.25.35.46.56")
SKIP = (0, 4)
"""From x1 to h3, which is in the second hidden layer."""

LAWS = {
    "coin": WeightLaw(Fraction(0)),
    "half": WeightLaw(Fraction(1, 2)),
    "rare": WeightLaw(Fraction(3, 4)),
}
"""By name, laws of a weight with expectation 0 and variance 1."""

WIDEST = 6
LAYERS: Mapping[str, Mapping[Hashable, int]] = {
    "longest": {"h1": 1, "h2": 1, "h3": 2, "h4": 2, "o": 3},
    "tied": {"h1": 1, "h2": 1, "h3": 1, "h4": 1, "o": 2},
}


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    skip : whether there is an edge from x1 to h3.
    layers : how neurons are grouped: by their longest or shortest distance from the inputs, or
        with the two hidden layers as one layer that is used twice.
    law : of the weights.
    pool : what is passed on.
    window : how many neurons are pooled.
    """

    skip: bool = flag()
    layers: str = choice("longest", "shortest", "tied")
    law: str = choice("coin", *(name for name in LAWS if name != "coin"))
    pool: str = choice("stride", "average", "max")
    window: int = whole(2, low=1, high=WIDEST)

    @cached_property
    def dag(self) -> Dag:
        """The network that is drawn."""
        return NETWORK.dag((*EDGES, *[SKIP] * self.skip), bias=())

    @property
    def groups(self) -> Mapping[Hashable, int]:
        """The number of the layer of each neuron."""
        if self.layers != "shortest":
            return LAYERS[self.layers]
        return {**LAYERS["longest"], **({"h3": 1, "o": 2} if self.skip else {})}

    @property
    def weight(self) -> WeightLaw:
        """The law of one weight."""
        return LAWS[self.law]


def group(settings: Settings, text: str) -> Settings:
    """Group the neurons; the shortest way is another one than the longest with the edge alone."""
    return replace(changed(settings, "layers", text), skip=settings.skip or text == "shortest")
