"""A linear classifier of two classes under l_∞-attacks, in exact fractions.

f(x) = w · x decides between the classes 1 (where f(x) > 0) and -1. Every figure has two ways: from
the formula, and from all corners of the attack's ball, where a convex function is largest. Only the
standard library is used.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal, TypeAlias

Loss: TypeAlias = Literal["cross-entropy", "squared"]


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """A labelled image, and a classifier that is attacked there.

    Attributes
    ----------
    weights, image : w and x, each of length d.
    label : the true class, 1 or -1.
    size : ε of the attack, at least 0.
    """

    weights: Sequence[Fraction]
    image: Sequence[Fraction]
    label: int
    size: Fraction

    @property
    def margin(self) -> Fraction:
        """The label times f(x): positive where the predicted class is the true one."""
        return self.label * _dot(self.weights, self.image)

    @property
    def reach(self) -> Fraction:
        """How far an attack moves f(x): ε times the dual norm of w, ε ‖w‖_1."""
        return self.size * sum(map(abs, self.weights), Fraction(0))

    @property
    def is_right(self) -> bool:
        """Whether the predicted class is the true one."""
        return _class(_dot(self.weights, self.image)) == self.label

    @property
    def flips(self) -> bool:
        """Whether some perturbation changes the predicted class (Definition 1)."""
        f = _dot(self.weights, self.image)
        return f <= self.reach if f > 0 else f + self.reach > 0

    @property
    def flips_at_a_corner(self) -> bool:
        """The same, from all corners."""
        return len({_class(_dot(self.weights, x)) for x in (self.image, *self._corners())}) == 2

    @property
    def zero_one_rise(self) -> int:
        """The largest rise of the zero-one loss under attack, from all corners."""
        wrong = (_class(_dot(self.weights, x)) != self.label for x in self._corners())
        return int(self.is_right and any(wrong))

    def rise(self, loss: Loss) -> float:
        """Return Eq. 2's δL = max |L(x + δ) - L(x)|, from the formula."""
        margin, reach = float(self.margin), float(self.reach)
        if loss == "squared":
            return 2 * abs(1 - margin) * reach + reach**2
        return loss_at(loss, margin - reach) - loss_at(loss, margin)

    def rise_at_a_corner(self, loss: Loss) -> float:
        """Return the same, from all corners: L is convex, so it is largest at one of them."""
        before = loss_at(loss, float(self.margin))
        after = (float(self.label * _dot(self.weights, x)) for x in self._corners())
        return max(abs(loss_at(loss, margin) - before) for margin in after)

    def first_order(self, loss: Loss) -> float:
        """Return ε ‖∂_x L‖_1, by the chain rule over the margin."""
        return abs(slope_at(loss, float(self.margin))) * float(self.reach)

    def first_order_at_a_corner(self, loss: Loss) -> float:
        """Return max |∂_x L · δ|, from all corners."""
        slope = self.label * slope_at(loss, float(self.margin))
        deltas = ([b - a for a, b in zip(self.image, x, strict=True)] for x in self._corners())
        return max(abs(slope * float(_dot(self.weights, delta))) for delta in deltas)

    def remainder(self, loss: Loss) -> float:
        """Return what `rise` may exceed `first_order` by: half the largest L'' times reach²."""
        return (1 if loss == "squared" else 1 / 8) * float(self.reach) ** 2

    def _corners(self) -> Iterator[list[Fraction]]:
        for signs in product((1, -1), repeat=len(self.image)):
            yield [a + sign * self.size for a, sign in zip(self.image, signs, strict=True)]


def loss_at(loss: Loss, margin: float) -> float:
    """Return the loss at a margin m: log(1 + e^-m), or (1 - m)²."""
    if loss == "squared":
        return (1 - margin) ** 2
    return math.log1p(math.exp(-abs(margin))) + max(-margin, 0.0)


def slope_at(loss: Loss, margin: float) -> float:
    """Return the derivative of the loss by the margin."""
    if loss == "squared":
        return -2 * (1 - margin)
    small = math.exp(-abs(margin))
    return -(small if margin > 0 else 1) / (1 + small)


def _class(f: Fraction) -> int:
    return 1 if f > 0 else -1


def _dot(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(first, second, strict=True)), Fraction(0))
