"""What a student can set in the lesson on one neuron."""

from dataclasses import dataclass

from simulations.small_samples import one_neuron
from teaching.fields import choice, flag, sample_number, whole
from theory.attacks.attack_growth import WeightSize

SIZES = {
    "inverse": WeightSize(factor=1.0, exponent=0.5),
    "one": WeightSize(factor=1.0, exponent=0.0),
    "square": WeightSize(factor=1.0, exponent=1.0),
}
"""Standard deviations for the variances 1/d, 1 and 1/d²."""

EPSILON = 0.01
"""The attack changes each pixel by about one hundredth of its typical size, 1."""

FEWEST, MOST = 2, 7
"""The numbers of inputs are 4 to the powers from one to the other."""

DIMENSIONS = tuple(4**n for n in range(FEWEST, MOST + 1))


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    fours : the number of inputs d is 4 to this power.
    law : of the weights.
    variance : of the weights: 1/d, 1 or 1/d².
    same : whether all weights are made positive.
    chance : whether the signs of the perturbation are chosen by chance, not by the attacker.
    p : norm of the attack.
    crowd : pieces of the sample.
    sample : seed of the neuron in the picture, and of the crowd.
    guess : the answer to the puzzle.
    """

    fours: int = whole(3, low=FEWEST, high=MOST)
    law: str = choice("gaussian", "uniform", "laplace")
    variance: str = choice("inverse", "one", "square")
    same: bool = flag()
    chance: bool = flag()
    p: str = choice("inf", "2", "1")
    crowd: int = whole(32, low=0, high=40)
    sample: int = sample_number()
    guess: int = whole(100, low=1, high=999_999)

    @property
    def d(self) -> int:
        """The number of inputs."""
        return int(4**self.fours)

    @property
    def here(self) -> int:
        """The place of d among `DIMENSIONS`."""
        return self.fours - FEWEST

    @property
    def exponent(self) -> float:
        """The exponent p as a number."""
        return float(self.p)

    @property
    def weights(self) -> one_neuron.WeightLaw:
        """The weights' law, with variance 1."""
        return one_neuron.LAWS[self.law]

    @property
    def size(self) -> WeightSize:
        """The weights' standard deviation."""
        return SIZES[self.variance]
