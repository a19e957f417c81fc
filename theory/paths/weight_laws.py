"""Expectations of products of a few weights under one finite joint law, without rounding.

A weight of a neuron with in-degree d is drawn from d tickets, of which one says 1, one says -1 and
the others 0: it has mean 0 and variance 2/d, as H3 asks. A law may break the hypotheses: it can
give all weights another mean (H3), and correlate two weights of one neuron (H5). That weights of
two layers are one (H4 broken) is said by using one name for both.

An expectation is computed in three ways: `average` over all outcomes, `expectation` as a product
over independent weights, and `mean` and `second_moment` from the law's own parameters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias

Factor: TypeAlias = str | Fraction
"""Of a product: a weight's name, or the fixed weight of an average."""


@dataclass(frozen=True, kw_only=True)
class WeightLaw:
    """The joint law of some weights.

    Attributes
    ----------
    in_degrees : by weight, in-degree d >= 2 of the neuron it enters; its variance is 2/d.
    mean : of every weight.
    pair : two weights of one neuron that are correlated; all else is independent.
    correlation : of the pair, from -1 to 1.

    Raises
    ------
    ValueError
        For an in-degree below 2, a correlation beyond ±1, and a pair with two in-degrees.
    """

    in_degrees: Mapping[str, int]
    mean: Fraction = field(default=Fraction(0))
    pair: tuple[str, str] | None = None
    correlation: Fraction = field(default=Fraction(0))

    def __post_init__(self) -> None:
        if any(degree < 2 for degree in self.in_degrees.values()):
            raise ValueError("the tickets of a weight need an in-degree of 2 or more")
        if abs(self.correlation) > 1:
            raise ValueError(f"a correlation is between -1 and 1, not {self.correlation}")
        if self.pair and len({self.in_degrees[weight] for weight in self.pair}) > 1:
            raise ValueError("the two weights of a pair enter one neuron: one in-degree")


def mean(law: WeightLaw, factor: Factor) -> Fraction:
    """Return E[w] from the law's parameters."""
    return factor if isinstance(factor, Fraction) else law.mean


def second_moment(law: WeightLaw, one: Factor, other: Factor) -> Fraction:
    """Return E[w w'] from the law's parameters: covariance plus product of the means."""
    covariance = Fraction(0)
    if isinstance(one, str) and isinstance(other, str):
        variance = Fraction(2, law.in_degrees[one])
        if one == other:
            covariance = variance
        elif law.pair and {one, other} == set(law.pair):
            covariance = law.correlation * variance
    return covariance + mean(law, one) * mean(law, other)


def average(law: WeightLaw, factors: Iterable[Factor]) -> Fraction:
    """Average a product over all equally likely outcomes of its weights: E[Π w], the slow way.

    Parameters
    ----------
    law : the joint law.
    factors : as often as they occur in the product.
    """
    fixed, powers = _collected(factors)
    blocks = _blocks(law, powers)
    drawn = list(product(*(_outcomes(law, block) for block in blocks)))
    exponents = [powers[weight] for block in blocks for weight in block]
    total = 0
    for outcome in drawn:
        values = (value for block in outcome for value in block)
        total += prod(value**power for value, power in zip(values, exponents, strict=True))
    return fixed * Fraction(total, len(drawn) * law.mean.denominator ** powers.total())


def expectation(law: WeightLaw, factors: Iterable[Factor]) -> Fraction:
    """Return E[Π w] as a product of expectations of what is independent: `average`, fast."""
    fixed, powers = _collected(factors)
    above = fixed.numerator
    below = fixed.denominator * law.mean.denominator ** powers.total()
    for block in _blocks(law, powers):
        drawn = _outcomes(law, block)
        exponents = [powers[weight] for weight in block]
        above *= sum(prod(map(pow, values, exponents)) for values in drawn)
        below *= len(drawn)
        if not above:
            return Fraction(0)
    return Fraction(above, below)


def _collected(factors: Iterable[Factor]) -> tuple[Fraction, Counter[str]]:
    """Multiply the fixed weights, and count the others."""
    fixed, powers = Fraction(1), Counter[str]()
    for factor in factors:
        if isinstance(factor, str):
            powers[factor] += 1
        else:
            fixed *= factor
    return fixed, powers


def _blocks(law: WeightLaw, weights: Iterable[str]) -> list[tuple[str, ...]]:
    """Group weights so that different groups are independent."""
    there = list(weights)
    if not law.pair or not set(law.pair) <= set(there):
        return [(weight,) for weight in there]
    return [law.pair, *((weight,) for weight in there if weight not in law.pair)]


def _outcomes(law: WeightLaw, block: Sequence[str]) -> list[tuple[int, ...]]:
    """List equally likely values of a block's weights, in units of 1/(the mean's denominator)."""
    unit, shift = law.mean.denominator, law.mean.numerator
    degree = law.in_degrees[block[0]]
    tickets = [unit, -unit, *([0] * (degree - 2))]
    if len(block) == 1:
        return [(ticket + shift,) for ticket in tickets]
    share, size = abs(law.correlation).numerator, law.correlation.denominator
    sign = 1 if law.correlation > 0 else -1
    # In that share of the cases the second weight copies the first one, else it is drawn anew.
    return [
        (one + shift, (sign * one if case < share else other) + shift)
        for case in range(size)
        for one in tickets
        for other in tickets
    ]
