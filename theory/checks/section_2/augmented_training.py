"""Eq. 3, Eq. 4 and Proposition 2: adversarial augmentation is a penalty on the dual norm."""

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from evidence.findings import Evidence, Progress, compare, silent
from theory.attacks.norms import dual_norm
from theory.attacks.smooth_networks import Array
from theory.checks.exact_checks import refuted_by
from theory.checks.section_2.first_order import METHOD
from theory.checks.subjects.attacked_networks import (
    SIZES,
    AttackedNetworks,
    attacked_networks,
    first_order,
)


def check_equation_3(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 3: the loss after an ε/2-sized attack is L + (ε/2) times the dual norm of ∂_x L."""
    attacked = attacked_networks(np.random.default_rng([seed, 3]), progress)
    return Evidence(
        method=METHOD + "Eq. 3 is held against the loss after the worst attack of size ε/2.",
        stated=[
            first_order(
                "max L(x + δ) over ‖δ‖ ≤ ε/2, less L + (ε/2)‖∂_x L‖_q, shrinks like ε²",
                attacked,
                lambda family: _after_half_attack(family) - _penalized(family)[1:],
            )
        ],
        controls=[
            first_order(
                "false neighbour: with the weight ε",
                attacked,
                lambda family: _after_half_attack(family) - (family.loss + family.first_order)[1:],
            ),
            first_order(
                "false neighbour: after an attack of size ε",
                attacked,
                lambda family: family.loss + family.increase - _penalized(family),
            ),
            first_order(
                "false neighbour: with the squared dual norm",
                attacked,
                lambda family: (
                    _after_half_attack(family)
                    - _with_penalty(family, dual_norm(family.gradient, family.p) ** 2)[1:]
                ),
            ),
        ],
    )


def check_equation_4(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 4: the mean of L(x) and L(x + ε δ), with δ as in Eq. 2."""
    attacked = attacked_networks(np.random.default_rng([seed, 4]), progress)
    return Evidence(
        method=(
            "The text says that Eq. 4 trains on ε-sized attacks x + δ that raise the loss most, "
            "and that its δ satisfies Eq. 2, where ‖δ‖ ≤ ε and |L(x + δ) − L(x)| is largest. Both "
            "are taken at their word, in exact fractions: in one dimension the δ of Eq. 2 has "
            "|δ| = ε, and on all quadratic losses with small whole coefficients, at x = 0, both "
            "ends of [−ε, ε] and the vertex are compared. The corrected statement also on random "
            "smooth networks, as for Lemma 1."
        ),
        stated=[
            refuted_by(
                "ε δ, with δ as in Eq. 2, has norm ε",
                "d = 1, ε = 1/2: δ = 1/2 has norm ε, and ε δ = 1/4",
            ),
            compare("a δ that attains the maximum of Eq. 2 raises the loss", _quadratics(), _falls),
        ],
        corrected=[
            compare(
                "ε δ, with δ of norm 1, has norm ε",
                [Fraction(1, n) for n in range(1, 9)],
                lambda size: (
                    ""
                    if (size * Fraction(3, 5)) ** 2 + (size * Fraction(4, 5)) ** 2 == size**2
                    else f"ε = {size}"
                ),
            ),
            compare(
                "a δ that maximizes L(x + δ) over ‖δ‖ ≤ ε raises the loss at least as much as Eq. "
                "2's δ does, and never lowers it",
                _quadratics(),
                _maximizer_falls,
            ),
            first_order(
                "½(L(x) + L(x + δ)) − L(x) − (ε/2)‖∂_x L‖_q shrinks like ε², for that δ",
                attacked,
                lambda family: _augmented(family) - _penalized(family),
            ),
        ],
        controls=[
            first_order(
                "false neighbour: the same with x + ε δ for x + δ",
                attacked,
                lambda family: _augmented_as_printed(family) - _penalized(family),
            ),
            first_order(
                "false neighbour: the same without the factor ½",
                attacked,
                lambda family: family.loss + family.increase - _penalized(family),
            ),
        ],
    )


def check_proposition_2(*, seed: int, progress: Progress = silent) -> Evidence:
    """Proposition 2: at first order in ε the losses of Eq. 3 and Eq. 4 are equal."""
    attacked = attacked_networks(np.random.default_rng([seed, 22]), progress)
    euclidean = [family for family in attacked if family.p == 2]
    signed = [family for family in attacked if math.isinf(family.p)]
    return Evidence(
        method=METHOD + "Eq. 4 is taken once as printed, at x + ε δ with ‖δ‖ = ε, and once at "
        "x + δ. Double-backpropagation (Drucker and LeCun) adds a multiple of the squared "
        "l_2-norm of ∂_x L: whether it is the penalty of Eq. 3 at p = 2 is compared in exact "
        "fractions, on pairs of gradients of whole length.",
        stated=[
            refuted_by(
                "on the linear loss L(x) = x, which first order describes exactly, Eq. 4 at "
                "x + ε δ with δ as in Eq. 2 is Eq. 3",
                "d = 1, L(x) = x, ε = 1/2: Eq. 4 is L + 1/8, Eq. 3 is L + 1/4",
            ),
            first_order(
                "the loss of Eq. 4, at x + ε δ with δ as in Eq. 2, less that of Eq. 3 shrinks "
                "like ε²",
                attacked,
                lambda family: _augmented_as_printed(family) - _penalized(family),
            ),
            refuted_by(
                "some weight makes double-backpropagation's penalty the (ε/2)‖∂_x L‖_2 of "
                "l_2-attacks, for all gradients at once",
                "d = 1, gradients 1 and 2: the weights would be 1/2 ε and 1/4 ε",
            ),
        ],
        corrected=[
            first_order(
                "½(L(x) + L(x + δ)), with the worst δ of norm ε, less L + (ε/2)‖∂_x L‖_q "
                "shrinks like ε²",
                attacked,
                lambda family: _augmented(family) - _penalized(family),
            ),
            first_order(
                "for l_2-attacks: less L + (ε/2)‖∂_x L‖_2, whose penalty is the root of "
                "double-backpropagation's",
                euclidean,
                lambda family: (
                    _augmented(family) - _with_penalty(family, (family.gradient**2).sum(1) ** 0.5)
                ),
            ),
            first_order(
                "for FGSM attacks: less L + (ε/2)‖∂_x L‖_1",
                signed,
                lambda family: (
                    _augmented(family) - _with_penalty(family, np.abs(family.gradient).sum(1))
                ),
            ),
        ],
        controls=[
            first_order(
                "false neighbour: with the weight ε for ε/2",
                attacked,
                lambda family: _augmented(family) - family.loss - family.first_order,
            ),
            first_order(
                "false neighbour: with the penalty subtracted",
                attacked,
                lambda family: _augmented(family) - family.loss + family.first_order / 2,
            ),
            first_order(
                "false neighbour: FGSM attacks as an l_2-penalty",
                signed,
                lambda family: (
                    _augmented(family) - _with_penalty(family, (family.gradient**2).sum(1) ** 0.5)
                ),
            ),
            first_order(
                "false neighbour: l_2-attacks as a squared l_2-penalty",
                euclidean,
                lambda family: (
                    _augmented(family)
                    - _with_penalty(family, dual_norm(family.gradient, family.p) ** 2)
                ),
            ),
        ],
    )


@dataclass(frozen=True, kw_only=True)
class Quadratic:
    """The loss L(t) = constant + slope t + bend t² in one dimension, attacked at 0 with size ε."""

    slope: Fraction
    bend: Fraction
    size: Fraction

    def change(self, delta: Fraction) -> Fraction:
        """How much the perturbation delta changes the loss."""
        return self.slope * delta + self.bend * delta**2

    @property
    def candidates(self) -> list[Fraction]:
        """Where the change is extreme: the ends, and the vertex where it lies between them."""
        vertex = -self.slope / (2 * self.bend) if self.bend else self.size
        return [self.size, -self.size, *([vertex] if abs(vertex) < self.size else [])]

    @property
    def name(self) -> str:
        """The loss in words."""
        terms = {"t": self.slope, "t²": self.bend}
        signed = [
            f"{'−' if factor < 0 else '+'} {'' if abs(factor) == 1 else f'{abs(factor)} '}{power}"
            for power, factor in terms.items()
            if factor
        ]
        return f"d = 1, L(t) = {' '.join(['const', *signed])} at t = 0, ε = {self.size}"


def _quadratics() -> list[Quadratic]:
    coefficients = sorted(
        product([0, 1, -1, 2, -2], repeat=2), key=lambda pair: (sum(map(abs, pair)), pair[0] < 0)
    )
    return [
        Quadratic(slope=Fraction(slope), bend=Fraction(bend), size=Fraction(1, n))
        for slope, bend in coefficients
        if slope
        for n in (2, 3, 4, 10)
    ]


def _falls(loss: Quadratic) -> str:
    most = max(abs(loss.change(delta)) for delta in loss.candidates)
    for delta in loss.candidates:
        if loss.change(delta) == -most:
            best = max(map(loss.change, loss.candidates))
            return f"{loss.name}: δ = {delta} changes L by {-most}, δ could raise it by {best}"
    return ""


def _maximizer_falls(loss: Quadratic) -> str:
    changes = list(map(loss.change, loss.candidates))
    largest = max(changes, key=abs)
    return "" if max(changes) >= max(largest, Fraction(0)) else loss.name


def _penalized(family: AttackedNetworks) -> Array:
    """Eq. 3 at every size, shape (S, B)."""
    return np.asarray(family.loss + family.first_order / 2)


def _with_penalty(family: AttackedNetworks, penalty: Array) -> Array:
    """The loss plus ε/2 times a penalty of shape (B,), at every size, shape (S, B)."""
    return np.asarray(family.loss + SIZES[:, None] / 2 * penalty)


def _augmented(family: AttackedNetworks) -> Array:
    """Eq. 4 with x + δ, the worst δ of norm ε, shape (S, B)."""
    return np.asarray(family.loss + family.increase / 2)


def _augmented_as_printed(family: AttackedNetworks) -> Array:
    """Eq. 4 with x + ε δ, the worst δ of norm ε, shape (S, B)."""
    after = [
        family.networks.loss(family.x + size * delta[:, None])[:, 0]
        for size, delta in zip(SIZES, family.worst, strict=True)
    ]
    return np.asarray((family.loss + np.array(after)) / 2)


def _after_half_attack(family: AttackedNetworks) -> Array:
    """The loss after the worst attack of half of each size but the first, shape (S - 1, B)."""
    return np.asarray(family.loss + family.increase[:-1])
