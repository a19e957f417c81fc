"""Classifiers whose smallest fooling perturbations and steepest gradients are known exactly."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evidence.findings import Progress

DIRECTIONS: dict[tuple[float, tuple[int, ...]], tuple[int, int]] = {
    (1.0, (1,)): (1, 1),
    (2.0, (1,)): (1, 1),
    (math.inf, (1,)): (1, 1),
    (1.0, (1, 1)): (1, 2),
    (1.0, (2, -1)): (2, 3),
    (math.inf, (1, 1)): (2, 1),
    (math.inf, (2, -1)): (3, 2),
    (2.0, (3, 4)): (5, 5),
    (2.0, (1, -2, 2)): (3, 3),
    (1.5, (1,) * 8): (2, 4),
    (3.0, (1,) * 8): (4, 2),
}
"""Exponents p with vectors w whose l_q-norm and l_p-norm, here in this order, are both whole."""


@dataclass(frozen=True, kw_only=True)
class Ridge:
    """The margin f_c - f_k = a (1 - t/r_1) (1 - t/r_2) ..., t = w · δ, at the input x + δ.

    Attributes
    ----------
    margin : a > 0, the margin at x.
    roots : the r_i, one to three numbers other than 0.
    dual_norm, norm : the l_q-norm and the l_p-norm of w.
    """

    margin: Fraction
    roots: Sequence[Fraction]
    dual_norm: Fraction
    norm: Fraction

    @property
    def coefficients(self) -> list[Fraction]:
        """The margin's coefficients as a polynomial in t, constant first."""
        polynomial = [self.margin]
        for root in self.roots:
            shifted = [Fraction(0), *(-value / root for value in polynomial)]
            polynomial = [a + b for a, b in zip([*polynomial, Fraction(0)], shifted, strict=True)]
        return polynomial

    @property
    def smallest_perturbation(self) -> Fraction:
        """The smallest l_p-norm of a δ at which the margin is 0.

        By Hölder's inequality t = w · δ reaches |t| = ‖w‖_q ‖δ‖_p and no more.
        """
        return min(abs(root) for root in self.roots) / self.dual_norm

    def slope(self, t: Fraction) -> Fraction:
        """The derivative of the margin in t."""
        return sum(
            (n * a * t ** (n - 1) for n, a in enumerate(self.coefficients) if n), Fraction(0)
        )

    def steepest(self, radius: Fraction) -> Fraction:
        """The largest |derivative in t| over the l_p-ball of that radius around x."""
        return max(map(abs, self._extreme_slopes(radius)))

    def flattest(self, radius: Fraction) -> Fraction:
        """The smallest |derivative in t| over the same ball."""
        slopes = self._extreme_slopes(radius)
        return max(Fraction(0), min(slopes), -max(slopes))

    def change(self, t: Fraction) -> Fraction:
        """How much the margin at t exceeds that at 0."""
        return sum((a * t**n for n, a in enumerate(self.coefficients) if n), Fraction(0))

    def _extreme_slopes(self, radius: Fraction) -> list[Fraction]:
        """The derivative, which is at most quadratic, at the ends and at its vertex."""
        reach = radius * self.dual_norm
        extreme = [reach, -reach]
        if len(self.roots) == 3:
            *_, quadratic, cubic = self.coefficients
            vertex = -quadratic / (3 * cubic)
            if abs(vertex) <= reach:
                extreme.append(vertex)
        return [self.slope(t) for t in extreme]


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """One ridge for each rival class k ≠ c, seen from x, attacked in the l_p-norm."""

    p: float
    d: int
    rivals: Sequence[Ridge]

    @property
    def smallest_perturbation(self) -> Fraction:
        """The smallest l_p-norm of a δ at which some f_k reaches f_c."""
        return min(rival.smallest_perturbation for rival in self.rivals)

    def bound(
        self,
        radius: Fraction,
        *,
        choose: Callable[..., Fraction] = min,
        norm_of: Callable[[Ridge], Fraction] = lambda rival: rival.dual_norm,
    ) -> Fraction:
        """Eq. 14 with the largest gradients over the ball of a radius."""
        return choose(
            rival.margin / (rival.steepest(radius) * norm_of(rival)) for rival in self.rivals
        )

    @property
    def name(self) -> str:
        """The classifier in words."""
        margins = "; ".join(
            f"{rival.margin}" + "".join(f" (1 − t/{root})" for root in rival.roots)
            for rival in self.rivals
        )
        return (
            f"d = {self.d}, p = {self.p:g}, t = w · δ with ‖w‖_q = {self.rivals[0].dual_norm}, "
            f"f_c − f_k = {margins}"
        )


def parabola() -> Classifier:
    """The margin 1 − t² in one dimension, whose smallest perturbation is 1."""
    roots = (Fraction(1), Fraction(-1))
    one = Fraction(1)
    return Classifier(p=2.0, d=1, rivals=[Ridge(margin=one, roots=roots, dual_norm=one, norm=one)])


def ridge_classifiers(rng: np.random.Generator, progress: Progress) -> list[Classifier]:
    """Linear classifiers first, then a parabola, then random ones; smallest dimension first."""
    linear = [
        Classifier(
            p=p,
            d=len(w),
            rivals=[Ridge(margin=Fraction(1), roots=[Fraction(1)], dual_norm=q, norm=r)],
        )
        for (p, w), (q, r) in _exact_directions()
    ]
    drawn = []
    for number in range(15):
        progress(number / 15, "classifiers of known smallest perturbation")
        for (p, w), (dual_norm, norm) in _exact_directions():
            rivals = []
            for _ in range(int(rng.integers(1, 4))):
                scale = Fraction(int(rng.integers(1, 4)))
                roots = [
                    Fraction(int(rng.choice([-1, 1]) * rng.integers(1, 9)), 2)
                    for _ in range(int(rng.integers(1, 4)))
                ]
                rivals.append(
                    Ridge(
                        margin=Fraction(int(rng.integers(1, 5))),
                        roots=roots,
                        dual_norm=scale * dual_norm,
                        norm=scale * norm,
                    )
                )
            drawn.append(Classifier(p=p, d=len(w), rivals=rivals))
    return [*linear, parabola(), *sorted(drawn, key=_size)]


def _exact_directions() -> list[tuple[tuple[float, tuple[int, ...]], tuple[Fraction, Fraction]]]:
    return [(key, (Fraction(q), Fraction(r))) for key, (q, r) in DIRECTIONS.items()]


def _size(classifier: Classifier) -> tuple[int, int]:
    return classifier.d, sum(len(rival.roots) for rival in classifier.rivals)
