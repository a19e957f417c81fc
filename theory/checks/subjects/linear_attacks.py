"""Linear losses under attack, where the dual norm is exact and not of first order only."""

from dataclasses import dataclass

import numpy as np

from theory.attacks.norms import ROUNDING, best_perturbation, dual_norm, norm
from theory.attacks.smooth_networks import Array
from theory.checks.subjects.attacked_networks import DIMENSIONS
from theory.checks.subjects.sized_vectors import EXPONENTS


@dataclass(frozen=True, kw_only=True)
class LinearAttack:
    """A linear loss g · x under an l_p-attack of size 1.

    Attributes
    ----------
    p : exponent of the attack's norm.
    gradient : g, shape (d,).
    best : the perturbation called best, shape (d,).
    others : further perturbations of l_p-norm 1, shape (T, d).
    """

    p: float
    gradient: Array
    best: Array
    others: Array

    @property
    def value(self) -> float:
        """What the best perturbation achieves."""
        return float(self.gradient @ self.best)


def linear_attacks(rng: np.random.Generator) -> list[LinearAttack]:
    """Small whole gradients first, then random ones with very unequal coordinates."""
    small = [np.array(g) for g in ([1.0], [1.0, 1.0], [2.0, -1.0], [1.0, 0.0], [3.0, -4.0])]
    drawn = [rng.normal(size=d) ** 3 for d in DIMENSIONS for _ in range(20)]
    attacks = []
    for gradient in small + drawn:
        d = len(gradient)
        directions = np.concatenate([rng.normal(size=(60, d)), np.eye(d), np.ones((1, d))])
        attacks += [
            LinearAttack(
                p=p,
                gradient=gradient,
                best=best_perturbation(gradient, p),
                others=directions / norm(directions, p)[:, None],
            )
            for p in (*EXPONENTS, 1.02, 50.0)
        ]
    return attacks


def differs_from_dual_norm(attack: LinearAttack) -> str:
    """Say in words where the best perturbation misses the dual norm, or another exceeds it."""
    dual = float(dual_norm(attack.gradient, attack.p))
    if abs(float(norm(attack.best, attack.p)) - 1) > ROUNDING:
        return f"{_named(attack)}: the best perturbation has norm {norm(attack.best, attack.p)}"
    most = float(np.abs(attack.others @ attack.gradient).max())
    if most > dual * (1 + ROUNDING):
        return f"{_named(attack)}: some δ of norm 1 has |g · δ| = {most:.6g} > {dual:.6g}"
    return unequal(attack, attack.value, dual)


def unequal(attack: LinearAttack, value: float, predicted: float | Array) -> str:
    """Say in words that a value is not the predicted one."""
    if abs(value - float(predicted)) <= ROUNDING * abs(float(predicted)):
        return ""
    return f"{_named(attack)}: max g · δ = {value:.6g}, not {float(predicted):.6g}"


def is_not_aligned(attack: LinearAttack) -> str:
    """Say in words where the best δ is not along g (p = 2) or along its signs (p = infinity)."""
    along = attack.gradient / norm(attack.gradient, 2)
    expected = along if attack.p == 2 else np.sign(attack.gradient)
    if np.abs(attack.best - expected).max() <= ROUNDING:
        return ""
    return f"{_named(attack)}: the best δ is {attack.best}, not {expected}"


def _named(attack: LinearAttack) -> str:
    coordinates = ", ".join(f"{coordinate:.4g}" for coordinate in attack.gradient)
    return f"d = {len(attack.gradient)}, p = {attack.p:g}, g = ({coordinates})"
