"""Training on attacks and penalizing gradients, in exact fractions (Eq. 3, 4, 10; Remark 1).

A linear model w · x with weights (3, 4), whose norms are whole numbers: ‖w‖_1 = 7, ‖w‖_2 = 5. Only
the standard library is used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal, TypeAlias

Vector: TypeAlias = tuple[Fraction, Fraction]

WEIGHTS = (3, 4)
DUAL_NORMS = {"inf": 7, "2": 5}
"""‖w‖_q for attacks in l_p."""

TURNS = 16
"""Points on a quarter of the circle that are tried as attacks in l_2, (3, 4)/5 among them."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """An image of two pixels under attack, and the loss of the linear model there.

    Attributes
    ----------
    error : w · x less what it should be.
    loss : "quadratic" for half of its square, "linear" for the error itself.
    p : of the attack's norm, "inf" or "2".
    size : ε.
    """

    error: Fraction
    loss: Literal["quadratic", "linear"]
    p: Literal["inf", "2"]
    size: Fraction

    def loss_after(self, delta: Sequence[Fraction]) -> Fraction:
        """Return L(x + δ)."""
        error = self.error + sum(w * one for w, one in zip(WEIGHTS, delta, strict=True))
        return error if self.loss == "linear" else error**2 / 2

    @property
    def gradient(self) -> Vector:
        """∂_x L."""
        slope = Fraction(1) if self.loss == "linear" else self.error
        return slope * WEIGHTS[0], slope * WEIGHTS[1]

    @property
    def gradient_norm(self) -> Fraction:
        """‖∂_x L‖_q, the dual norm."""
        slope = Fraction(1) if self.loss == "linear" else self.error
        return abs(slope) * DUAL_NORMS[self.p]

    @property
    def attack(self) -> Vector:
        """The δ of size ε that raises L most: along the signs of ∂_x L, or along ∂_x L itself."""
        sign = -1 if self.loss == "quadratic" and self.error < 0 else 1
        along = (1, 1) if self.p == "inf" else (Fraction(3, 5), Fraction(4, 5))
        return sign * self.size * along[0], sign * self.size * along[1]

    @property
    def largest_tried(self) -> Fraction:
        """The largest L(x + δ) over many δ of size ε: all corners, or points of a circle."""
        return max(self.loss_after([self.size * one for one in unit]) for unit in self._units())

    @property
    def penalized(self) -> Fraction:
        """Eq. 3: L + (ε/2) ‖∂_x L‖_q."""
        return self.loss_after((Fraction(0), Fraction(0))) + self.size / 2 * self.gradient_norm

    @property
    def penalized_by_square(self) -> Fraction:
        """The same with the square of the norm, as in double-backpropagation."""
        return self.loss_after((Fraction(0), Fraction(0))) + self.size / 2 * self.gradient_norm**2

    def augmented(self, *, times: Fraction = Fraction(1)) -> Fraction:
        """Return Eq. 4: the mean of L(x) and L(x + δ), with δ `times` as large as it should be."""
        delta = [times * one for one in self.attack]
        return (self.loss_after((Fraction(0), Fraction(0))) + self.loss_after(delta)) / 2

    def _units(self) -> Iterator[Sequence[Fraction]]:
        for signs in product((1, -1), repeat=2):
            if self.p == "inf":
                yield [Fraction(sign) for sign in signs]
                continue
            for turn in range(TURNS + 1):
                t = Fraction(turn, TURNS)
                yield signs[0] * (1 - t**2) / (1 + t**2), signs[1] * 2 * t / (1 + t**2)


@dataclass(frozen=True, kw_only=True)
class Classified:
    """Logits f_k(x) = log w_k + a_k x on images of one pixel, seen at x = 0; the target is first.

    Attributes
    ----------
    weights : the w_k, whole numbers, for which q_k = w_k / sum of all.
    slopes : the a_k, derivatives of the logits.
    """

    weights: Sequence[int]
    slopes: Sequence[int]

    @property
    def q(self) -> list[Fraction]:
        """The classes' probabilities."""
        return [Fraction(weight, sum(self.weights)) for weight in self.weights]

    @property
    def terms(self) -> list[Fraction]:
        """The terms q_k (∂_x f_k - ∂_x f_c) of Eq. 10, whose sign is the opposite in print."""
        return [q * (a - self.slopes[0]) for q, a in zip(self.q, self.slopes, strict=True)]

    @property
    def gradient(self) -> Fraction:
        """∂_x L from the definition, L = -f_c + log(sum of exp f_k), by the quotient rule."""
        rise = sum(w * a for w, a in zip(self.weights, self.slopes, strict=True))
        return Fraction(rise, sum(self.weights)) - self.slopes[0]

    @property
    def bound(self) -> Fraction:
        """Remark 1's (1 - q_c) max |∂_x f_c - ∂_x f_k|."""
        return (1 - self.q[0]) * max(abs(a - self.slopes[0]) for a in self.slopes)
