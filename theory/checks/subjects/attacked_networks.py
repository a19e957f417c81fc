"""Smooth networks under attack, and the test of "at first order in ε".

A first-order statement says that its remainder is at most a constant times ε². On networks whose
curvature is bounded this is tested twice: the remainder against that bound, network by network;
and the exponent with which it shrinks, over two decades of ε.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evidence.findings import Exact, Progress, compare
from theory.attacks.norms import best_perturbation, dual_norm, norm
from theory.attacks.smooth_networks import SOFTPLUS, TANH, Array, SmoothNetworks, smooth_networks
from theory.checks.subjects.sized_vectors import EXPONENTS

DIMENSIONS = (1, 2, 5, 16)
SIZES = 1e-4 * 2.0 ** np.arange(8, dtype=np.float64)
"""Attack-sizes ε from 1e-4 to 1.3e-2: each is half the next, remainders there are far above
rounding (1e-8 against 1e-16) and cubic terms far below the quadratic ones."""

NETWORKS = 16
RANDOM_PERTURBATIONS = 16
FIRST_ORDER_SLOPES = (1.8, 2.2)
LOSS_ROUNDING = 1e-13
"""A loss below 100 has an absolute rounding error of about 1e-14."""


@dataclass(frozen=True, kw_only=True)
class AttackedNetworks:
    """One family of networks under l_p-attacks of all SIZES (S of them).

    Attributes
    ----------
    p : exponent of the attack's norm.
    networks : B networks with d inputs.
    x : the attacked points, shape (B, 1, d).
    gradient : ∂_x L there, shape (B, d).
    worst : the perturbation of each size that raises the loss most, shape (S, B, d).
    increase : by how much it does, shape (S, B).
    change : the largest |L(x + δ) - L(x)| found, rise or fall, shape (S, B).
    """

    p: float
    networks: SmoothNetworks
    x: Array
    gradient: Array
    worst: Array
    increase: Array
    change: Array

    @property
    def name(self) -> str:
        """Dimension, exponent and activation in words."""
        d = self.x.shape[-1]
        return f"d = {d}, p = {self.p:g}, {self.networks.activation.name} networks"

    @property
    def loss(self) -> Array:
        """The loss at x, shape (B,)."""
        return self.networks.loss(self.x)[:, 0]

    @property
    def first_order(self) -> Array:
        """ε times the dual norm of ∂_x L, shape (S, B): what Eq. 2 and Lemma 1 predict."""
        return np.asarray(SIZES[:, None] * dual_norm(self.gradient, self.p))

    @property
    def remainder_bound(self) -> Array:
        """The bound on |ΔL - ∂_x L · δ| over the ball, shape (S, B).

        Half the loss's curvature times the largest ‖δ‖_2² in the l_p-ball, which is
        ε² max(1, d^(1 - 2/p)).
        """
        widest = max(1.0, self.x.shape[-1] ** (1 - 2 / self.p))
        return np.asarray(SIZES[:, None] ** 2 * widest * self.networks.loss_curvature() / 2)


def attacked_networks(
    rng: np.random.Generator, progress: Progress, *, candidates: int = 1
) -> list[AttackedNetworks]:
    """Attack networks of all DIMENSIONS in all norms, smallest dimension first.

    Parameters
    ----------
    rng : draws networks and points.
    progress : called before each family of networks.
    candidates : of so many random points, each network is attacked at the one whose two largest
        logits are closest, so that small attacks can change the class.
    """
    families = [(d, activation) for d in DIMENSIONS for activation in (TANH, SOFTPLUS)]
    attacked = []
    for number, (d, activation) in enumerate(families):
        progress(number / len(families), "attacks on smooth networks")
        networks = smooth_networks(rng, NETWORKS, d, activation)
        points = rng.normal(size=(NETWORKS, candidates, d))
        largest = np.sort(networks.logits(points), axis=2)[..., -2:]
        nearest = (largest[..., 1] - largest[..., 0]).argmin(1)
        x = points[np.arange(NETWORKS), nearest][:, None]
        attacked += [_attack(rng, networks, x, p) for p in EXPONENTS]
    return attacked


def first_order(
    statement: str,
    attacked: Sequence[AttackedNetworks],
    remainder: Callable[[AttackedNetworks], Array],
) -> Exact:
    """Test that a remainder, of shape (S or fewer of the largest sizes, B), shrinks like ε².

    One exponent a family of networks: of the root mean square over its networks, so that a
    network whose curvature happens to vanish along its attack cannot spoil the fit.
    """

    def wrong(family: AttackedNetworks) -> str:
        slope = remainder_slope(remainder(family))
        if FIRST_ORDER_SLOPES[0] <= slope <= FIRST_ORDER_SLOPES[1]:
            return ""
        return f"{family.name}: the remainder shrinks like ε^{slope:.2f}, not like ε^2"

    return compare(statement, attacked, wrong)


def remainder_slope(remainder: Array) -> float:
    """The exponent of ε with which a remainder shrinks; 0 where it is exactly zero."""
    typical = np.sqrt((remainder**2).mean(1))
    if not typical.all():
        return 0.0
    return float(np.polyfit(np.log(SIZES[-len(typical) :]), np.log(typical), 1)[0])


def _attack(
    rng: np.random.Generator, networks: SmoothNetworks, x: Array, p: float
) -> AttackedNetworks:
    gradient = networks.loss_gradient(x)[:, 0]
    before = networks.loss(x)
    worst, increase, change = [], [], []
    for size in SIZES:
        deltas = _perturbations(rng, networks, x, p, float(size))
        rises = networks.loss(x + deltas) - before
        best = rises.argmax(1)
        worst.append(deltas[np.arange(len(best)), best])
        increase.append(rises.max(1))
        change.append(np.abs(rises).max(1))
    return AttackedNetworks(
        p=p,
        networks=networks,
        x=x,
        gradient=gradient,
        worst=np.array(worst),
        increase=np.array(increase),
        change=np.array(change),
    )


def _perturbations(
    rng: np.random.Generator, networks: SmoothNetworks, x: Array, p: float, size: float
) -> Array:
    """Perturbations of size ε that compete for the largest change, shape (B, T, d).

    The first-order maximizer and its opposite; where they lead when each is replaced by the
    maximizer of the gradient *there* (the fixed points are the maximizers over the ball); and
    random ones, on the sphere and at its extreme points.
    """
    up = best_perturbation(networks.loss_gradient(x), p, size=size)
    down = -up
    tried = [up, down]
    for _ in range(4):
        up = best_perturbation(networks.loss_gradient(x + up), p, size=size)
        down = -best_perturbation(networks.loss_gradient(x + down), p, size=size)
        tried += [up, down]
    directions = rng.normal(size=(len(x), RANDOM_PERTURBATIONS, x.shape[-1]))
    tried.append(size * directions / norm(directions, p)[..., None])
    tried.append(best_perturbation(directions, p, size=size))
    return np.concatenate(tried, axis=1)
