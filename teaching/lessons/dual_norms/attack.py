"""The attack at hand, as the library computes it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from teaching.lessons.dual_norms.settings import Settings
from teaching.pictures.numbers import number
from theory.attacks import attack_growth, norms, plain_norms, planar_attacks
from theory.attacks.plain_norms import dot
from theory.attacks.planar_attacks import Point

SHELLS = 20
"""Balls of growing size that are searched for the largest rise of a loss."""

NEAR = 0.05
"""First order counts as reached within this share of itself."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """An attack on two pixels.

    Attributes
    ----------
    best : the perturbation of size ε that the library calls best.
    own : the student's, on the same ball.
    gain, own_gain : gradient · δ of either.
    measure : the exponent that the gradient is measured with: q, or p where that is assumed.
    predicted : ε times the norm of the gradient with that exponent.
    """

    best: Point
    own: Point
    gain: float
    own_gain: float
    measure: float
    predicted: float


def attack(settings: Settings) -> Attack:
    """Return the attack with the chosen gradient, norm, size and direction."""
    g, p, epsilon = settings.gradient, settings.exponent, settings.epsilon
    first, second = plain_norms.best_perturbation(g, p, size=epsilon)
    x, y = planar_attacks.unit_circle(p)[settings.own]
    best, own = (first, second), (epsilon * x, epsilon * y)
    measure = norms.dual_exponent(p) if settings.dual == "q" else p
    return Attack(
        best=best,
        own=own,
        gain=dot(g, best),
        own_gain=dot(g, own),
        measure=measure,
        predicted=epsilon * plain_norms.norm(g, measure),
    )


def loss_change(settings: Settings) -> Callable[[Point], float]:
    """Return what takes a perturbation δ to L(x + δ) - L(x)."""
    if settings.loss == "linear":
        return lambda delta: dot(settings.gradient, delta)
    loss = planar_attacks.curved_loss(settings.gradient)
    before = loss((0.0, 0.0))
    return lambda delta: loss(delta) - before


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What attacks of growing size do to the loss.

    Attributes
    ----------
    sizes : ε, `SHELLS` of them.
    first_order : gradient · δ of the best perturbation of each size.
    rise : the largest rise of the loss that a search of each ball finds.
    of_best : the rise of the loss by the best perturbation of the largest size.
    """

    sizes: Sequence[float]
    first_order: Sequence[float]
    rise: Sequence[float]
    of_best: float

    @property
    def gap(self) -> float:
        """How far the largest rise is from first order, at the largest size."""
        return abs(self.first_order[-1] - self.rise[-1])

    @property
    def is_near(self) -> bool:
        """Whether first order tells both rises, at the largest size."""
        told = self.first_order[-1]
        return max(self.gap, abs(told - self.of_best)) <= NEAR * abs(told)


def reach(settings: Settings, largest: float) -> Reach:
    """Return what attacks of up to a size do."""
    sizes = [largest * n / SHELLS for n in range(1, SHELLS + 1)]
    change = loss_change(settings)
    x, y = plain_norms.best_perturbation(settings.gradient, settings.exponent)
    gain = dot(settings.gradient, (x, y))
    return Reach(
        sizes=sizes,
        first_order=[size * gain for size in sizes],
        rise=planar_attacks.search(change, settings.exponent, sizes),
        of_best=change((largest * x, largest * y)),
    )


def pixel_gradient(settings: Settings, d: int) -> list[float]:
    """Return a gradient of d pixels: all of size 1, with alternating signs, or one alone."""
    if settings.pixels == "one":
        return [1.0] + [0.0] * (d - 1)
    return [(-1.0) ** n for n in range(d)]


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
        norm=plain_norms.dual_norm(g, p),
        gain=dot(g, plain_norms.best_perturbation(g, p, size=size)),
        wanted=settings.epsilon * sum(map(abs, g)),
    )


def named(exponent: float) -> str:
    """Write an exponent."""
    return "∞" if math.isinf(exponent) else f"{exponent:.3g}"
