"""What a pooling passes on of weights whose variance is given and whose law is not (H3).

A neuron's n neighbours have independent weights from one input: w_i = ±v, or 0 with probability
`zero`, with E[w_i²] = 1. At x = 1 the gradient of the pooled value is the pooled weight. All is
exact, by formula and draw by draw. Only the standard library is used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

POOLS: Mapping[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "stride": lambda signs: signs[0],
    "average": lambda signs: sum(signs, Fraction(0)) / len(signs),
    "max": max,
}
"""Of the weights in units of v."""


@dataclass(frozen=True)
class WeightLaw:
    """The law of one weight.

    Attributes
    ----------
    zero : the probability of 0, below 1; v² = 1 / (1 - zero).
    """

    zero: Fraction

    @property
    def square(self) -> Fraction:
        """v², the square of a weight that is not 0."""
        return 1 / (1 - self.zero)

    def moment(self, power: int) -> Fraction:
        """Return E[w^power], for an even power: draw by draw."""
        return sum(
            (chance * self.square ** (power // 2) for sign, chance in self._draws() if sign),
            Fraction(0),
        )

    def passed(self, pool: str, window: int) -> Fraction:
        """Return E[(pooled weight)²], over all draws of the window's weights."""
        found = Fraction(0)
        for draws in product(self._draws(), repeat=window):
            signs = [sign for sign, _ in draws]
            chance = prod((one for _, one in draws), start=Fraction(1))
            found += chance * self.square * POOLS[pool](signs) ** 2
        return found

    def passed_by_formula(self, pool: str, window: int) -> Fraction:
        """Return the same: 1, 1/n, or from the distribution function of a maximum."""
        if pool == "max":
            below, not_above = (1 - self.zero) / 2, (1 + self.zero) / 2
            return self.square * (1 - not_above**window + below**window)
        return Fraction(1, window if pool == "average" else 1)

    def _draws(self) -> list[tuple[Fraction, Fraction]]:
        """Return the weights in units of v, each with its probability."""
        half = (1 - self.zero) / 2
        found = [(Fraction(1), half), (Fraction(0), self.zero), (Fraction(-1), half)]
        return [draw for draw in found if draw[1]]
