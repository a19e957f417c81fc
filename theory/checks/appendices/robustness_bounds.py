"""Eq. 14: a lower bound on the smallest perturbation that fools a classifier."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent

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

RADII = tuple(Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8, 12, 20))


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
        """The largest |derivative in t| over the l_p-ball of that radius around x.

        The derivative is at most quadratic: extreme at the ends or at its vertex.
        """
        reach = radius * self.dual_norm
        candidates = [reach, -reach]
        if len(self.roots) == 3:
            *_, quadratic, cubic = self.coefficients
            vertex = -quadratic / (3 * cubic)
            if abs(vertex) <= reach:
                candidates.append(vertex)
        return max(abs(self.slope(t)) for t in candidates)


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


def check_equation_14(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 14: the smallest perturbation that fools the classifier is larger than the bound."""
    classifiers = _classifiers(np.random.default_rng([seed, 14]), progress)
    pairs = [(classifier, radius) for classifier in classifiers for radius in RADII]
    return Evidence(
        method=(
            "Classifiers whose margins are polynomials of degree 1 to 3, with known roots, of one "
            "linear function of the input, in up to 8 dimensions, p in {1, 3/2, 2, 3, ∞}, up to "
            "4 classes. Smallest perturbations, largest gradients over balls, and norms are exact "
            "fractions. A classifier counts as fooled where a rival's logit reaches the target's; "
            "if it must pass it, there is no smallest perturbation, and their infimum is the same. "
            "As printed, the ball's radius ε is the smallest perturbation itself: it is then an "
            "inequality that the smallest perturbation satisfies, but no guarantee that can be "
            "computed without it. Hein and Andriushchenko's theorem takes a ball of any radius R, "
            "and the minimum with R."
        ),
        stated=[
            compare(
                "the smallest fooling perturbation is larger than Eq. 14, with the ball of its own "
                "size",
                classifiers,
                lambda classifier: _not_above(
                    classifier,
                    classifier.bound(classifier.smallest_perturbation),
                    strictly=True,
                ),
            )
        ],
        corrected=[
            compare(
                "it is at least Eq. 14, with the ball of its own size",
                classifiers,
                lambda classifier: _not_above(
                    classifier, classifier.bound(classifier.smallest_perturbation)
                ),
            ),
            compare(
                "for every R it is at least min{R, Eq. 14 with the ball of radius R}",
                pairs,
                lambda pair: _not_above(pair[0], min(pair[1], pair[0].bound(pair[1])), pair[1]),
            ),
        ],
        controls=[
            compare(
                "false neighbour: it is at least Eq. 14 with a ball of any radius R",
                pairs,
                lambda pair: _not_above(pair[0], pair[0].bound(pair[1]), pair[1]),
            ),
            compare(
                "false neighbour: with the gradient at x alone",
                [c for c in classifiers if all(r.slope(Fraction(0)) for r in c.rivals)],
                lambda classifier: _not_above(classifier, classifier.bound(Fraction(0))),
            ),
            compare(
                "false neighbour: with the l_p-norm of the gradient",
                pairs,
                lambda pair: _not_above(
                    pair[0],
                    min(pair[1], pair[0].bound(pair[1], norm_of=lambda rival: rival.norm)),
                    pair[1],
                ),
            ),
            compare(
                "false neighbour: with the largest over the classes for the smallest",
                pairs,
                lambda pair: _not_above(
                    pair[0], min(pair[1], pair[0].bound(pair[1], choose=max)), pair[1]
                ),
            ),
        ],
        tables=[
            Table(
                title="Margin 1 − t² in one dimension: the smallest perturbation is 1",
                columns=["radius R", "Eq. 14 with that ball", "min with R"],
                rows=[
                    [str(radius), str(bound), str(min(radius, bound))]
                    for radius in RADII
                    for bound in [_parabola().bound(radius)]
                ],
            )
        ],
    )


def _parabola() -> Classifier:
    roots = (Fraction(1), Fraction(-1))
    one = Fraction(1)
    return Classifier(p=2.0, d=1, rivals=[Ridge(margin=one, roots=roots, dual_norm=one, norm=one)])


def _classifiers(rng: np.random.Generator, progress: Progress) -> list[Classifier]:
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
    return [*linear, _parabola(), *sorted(drawn, key=_size)]


def _exact_directions() -> list[tuple[tuple[float, tuple[int, ...]], tuple[Fraction, Fraction]]]:
    return [(key, (Fraction(q), Fraction(r))) for key, (q, r) in DIRECTIONS.items()]


def _size(classifier: Classifier) -> tuple[int, int]:
    return classifier.d, sum(len(rival.roots) for rival in classifier.rivals)


def _not_above(
    classifier: Classifier,
    bound: Fraction,
    radius: Fraction | None = None,
    *,
    strictly: bool = False,
) -> str:
    smallest = classifier.smallest_perturbation
    if smallest > bound or (smallest == bound and not strictly):
        return ""
    where = "" if radius is None else f", R = {radius}"
    return f"{classifier.name}{where}: smallest perturbation {smallest}, bound {bound}"
