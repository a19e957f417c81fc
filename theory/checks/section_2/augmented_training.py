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
                "false neighbour: with the weight 0.525 ε for ε/2",
                attacked,
                lambda family: (
                    _after_half_attack(family) - (family.loss + 0.525 * family.first_order)[1:]
                ),
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
            "The sentence before Eq. 4 trains on ε-sized attacks x + δ; Eq. 4 prints x + ε δ, "
            "with a δ that satisfies Eq. 2 and so has the size ε already. Both are compared with "
            "what the text says that Eq. 4 is, an ε-sized attack: in exact fractions in one "
            "dimension, and on random smooth networks as for Lemma 1. Eq. 2 is also taken at its "
            "word that |L(x + δ) − L(x)| is largest: on all quadratic losses with small whole "
            "coefficients, at x = 0, both ends of [−ε, ε] and the vertex are compared."
        ),
        stated=[
            refuted_by(
                "the δ of Eq. 2 makes x + ε δ an ε-sized attack",
                "d = 1, ε = 1/2: δ = 1/2 has size ε, and ε δ has size 1/4",
            ),
            first_order(
                "½(L(x) + L(x + ε δ)) − L(x) − (ε/2)‖∂_x L‖_q shrinks like ε², for the δ of Eq. 2",
                attacked,
                lambda family: _augmented_as_printed(family) - _penalized(family),
            ),
        ],
        literal=[
            compare("a δ that attains the maximum of Eq. 2 raises the loss", _quadratics(), _falls)
        ],
        corrected=[
            compare(
                "the δ that raises L most over ‖δ‖ ≤ ε raises it at least as much as Eq. 2's δ "
                "does, and never lowers it",
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
                "false neighbour: the same with x + 0.95 δ for x + δ",
                attacked,
                lambda family: (
                    _augmented_at(family, np.full(len(SIZES), 0.95)) - _penalized(family)
                ),
            ),
            first_order(
                "false neighbour: the same with weights 0.55 and 0.45 for the two ½",
                attacked,
                lambda family: family.loss + 0.45 * family.increase - _penalized(family),
            ),
        ],
    )


def check_proposition_2(*, seed: int, progress: Progress = silent) -> Evidence:
    """Proposition 2: at first order in ε the losses of Eq. 3 and Eq. 4 are equal."""
    attacked = attacked_networks(np.random.default_rng([seed, 22]), progress)
    euclidean = [family for family in attacked if family.p == 2]
    signed = [family for family in attacked if math.isinf(family.p)]
    return Evidence(
        method=METHOD + "Eq. 4 is read at x + δ, as the text before it says, and to the letter at "
        "x + ε δ with ‖δ‖ = ε. Double-backpropagation (Drucker and LeCun) adds a multiple of the "
        "squared l_2-norm of ∂_x L: to the letter, it would have to be the penalty of Eq. 3 at "
        "p = 2 with one weight for all gradients.",
        stated=[
            first_order(
                "½(L(x) + L(x + δ)), with the worst δ of norm ε, less L + (ε/2)‖∂_x L‖_q "
                "shrinks like ε²",
                attacked,
                lambda family: _augmented(family) - _penalized(family),
            ),
            first_order(
                "for l_2-attacks: less L + (ε/2)‖∂_x L‖_2",
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
        literal=[
            refuted_by(
                "on the linear loss L(x) = x, which first order describes exactly, Eq. 4 at "
                "x + ε δ with δ as in Eq. 2 is Eq. 3",
                "d = 1, L(x) = x, ε = 1/2: Eq. 4 is L + 1/8, Eq. 3 is L + 1/4",
            ),
            refuted_by(
                "some weight makes double-backpropagation's penalty the (ε/2)‖∂_x L‖_2 of "
                "l_2-attacks, for all gradients at once",
                "d = 1, gradients 1 and 2: the weights would be 1/2 ε and 1/4 ε",
            ),
        ],
        controls=[
            first_order(
                "false neighbour: with the weight 0.525 ε for ε/2",
                attacked,
                lambda family: _augmented(family) - family.loss - 0.525 * family.first_order,
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
    return _augmented_at(family, SIZES)


def _augmented_at(family: AttackedNetworks, factors: Array) -> Array:
    """Eq. 4 with the worst δ times a factor for each size, shape (S, B)."""
    after = [
        family.networks.loss(family.x + factor * delta[:, None])[:, 0]
        for factor, delta in zip(factors, family.worst, strict=True)
    ]
    return np.asarray((family.loss + np.array(after)) / 2)


def _after_half_attack(family: AttackedNetworks) -> Array:
    """The loss after the worst attack of half of each size but the first, shape (S - 1, B)."""
    return np.asarray(family.loss + family.increase[:-1])
