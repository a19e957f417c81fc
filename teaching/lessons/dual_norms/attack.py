"""The attack at hand, as the library computes it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from teaching.lessons.dual_norms.settings import Settings
from teaching.pictures.numbers import number
from theory.attacks import attack_growth, norms, planar_attacks
from theory.attacks.smooth_networks import Array

SHELLS = 20
"""Balls of growing size that are searched for the largest rise of a loss."""

NEAR = 0.05
"""First order counts as reached within this share of itself."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """An attack on two pixels.

    Attributes
    ----------
    best : the perturbation of size ε that the library calls best, shape (2,).
    own : the student's, on the same ball, shape (2,).
    gain, own_gain : gradient · δ of either.
    measure : the exponent that the gradient is measured with: q, or p where that is assumed.
    predicted : ε times the norm of the gradient with that exponent.
    """

    best: Array
    own: Array
    gain: float
    own_gain: float
    measure: float
    predicted: float


def attack(settings: Settings) -> Attack:
    """Return the attack with the chosen gradient, norm, size and direction."""
    g, p, epsilon = settings.vector, settings.exponent, settings.epsilon
    best = norms.best_perturbation(g, p, size=epsilon)
    own = epsilon * planar_attacks.unit_circle(p)[settings.own]
    measure = norms.dual_exponent(p) if settings.dual == "q" else p
    return Attack(
        best=best,
        own=own,
        gain=float(g @ best),
        own_gain=float(g @ own),
        measure=measure,
        predicted=epsilon * float(norms.norm(g, measure)),
    )


def loss_change(settings: Settings, perturbations: Array) -> Array:
    """Return L(x + δ) - L(x) for perturbations of shape (N, 2), of shape (N,)."""
    if settings.loss == "linear":
        return np.asarray(perturbations @ settings.vector)
    network = planar_attacks.curved_network(settings.vector)
    before = network.loss(np.zeros((1, 1, 2)))
    return np.asarray((network.loss(perturbations[None]) - before)[0])


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What attacks of growing size do to the loss.

    Attributes
    ----------
    sizes : ε, shape (SHELLS,).
    first_order : gradient · δ of the best perturbation, shape (SHELLS,).
    rise : the largest rise of the loss that a search of each ball finds, shape (SHELLS,).
    of_best : the rise of the loss by the best perturbation of the largest size.
    """

    sizes: Array
    first_order: Array
    rise: Array
    of_best: float

    @property
    def gap(self) -> float:
        """How far the largest rise is from first order, at the largest size."""
        return abs(float(self.first_order[-1] - self.rise[-1]))

    @property
    def is_near(self) -> bool:
        """Whether first order tells both rises, at the largest size."""
        told = float(self.first_order[-1])
        return max(self.gap, abs(told - self.of_best)) <= NEAR * abs(told)


def reach(settings: Settings, largest: float) -> Reach:
    """Return what attacks of up to a size do."""
    sizes = np.linspace(largest / SHELLS, largest, SHELLS)
    best = norms.best_perturbation(settings.vector, settings.exponent)
    rise = planar_attacks.search(
        lambda perturbations: loss_change(settings, perturbations), settings.exponent, sizes
    )
    return Reach(
        sizes=sizes,
        first_order=sizes * float(best @ settings.vector),
        rise=rise,
        of_best=float(loss_change(settings, largest * best[None])[0]),
    )


def pixel_gradient(settings: Settings, d: int) -> Array:
    """Return a gradient of d pixels: all of size 1, with alternating signs, or one alone."""
    if settings.pixels == "one":
        return np.asarray(np.eye(1, d)[0])
    return np.where(np.arange(d) % 2 == 0, 1.0, -1.0)


@dataclass(frozen=True, kw_only=True)
class ManyPixels:
    """An attack on d pixels.

    Attributes
    ----------
    size : ε_p.
    norm : ‖g‖_q.
    gain : what the best perturbation of this size adds, g · δ.
    wanted : ε_∞ d |g|, with |g| the mean of the gradient's coordinates in absolute value.
    """

    size: float
    norm: float
    gain: float
    wanted: float


def in_norms(settings: Settings) -> Mapping[float, ManyPixels]:
    """Return the attacks on the chosen number of pixels, by p: for 1, the chosen one, and ∞."""
    d = 2**settings.doublings
    return {p: many_pixels(settings, d, p) for p in (1.0, settings.exponent, math.inf)}


def listed(values: Mapping[float, float]) -> str:
    """Write figures that depend on p."""
    return ", ".join(f"{number(value)} (p = {named(p)})" for p, value in values.items())


def many_pixels(settings: Settings, d: int, p: float) -> ManyPixels:
    """Return the attack in the l_p-norm on d pixels, with ε_∞ the chosen ε."""
    g = pixel_gradient(settings, d)
    size = settings.epsilon * (1.0 if settings.fixed else attack_growth.threshold(p, d))
    return ManyPixels(
        size=size,
        norm=float(norms.dual_norm(g, p)),
        gain=float(g @ norms.best_perturbation(g, p, size=size)),
        wanted=settings.epsilon * d * float(np.abs(g).mean()),
    )


def named(exponent: float) -> str:
    """Write an exponent."""
    return "∞" if math.isinf(exponent) else f"{exponent:.3g}"
