"""Eq. 2 and Lemma 1 put to the test: an attack moves the loss by ε times the dual norm."""

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.attacks.norms import norm
from theory.attacks.smooth_networks import Array
from theory.checks.exact_checks import refuted_by
from theory.checks.subjects.attacked_networks import (
    LOSS_ROUNDING,
    SIZES,
    AttackedNetworks,
    attacked_networks,
    first_order,
    remainder_slope,
)
from theory.checks.subjects.linear_attacks import (
    differs_from_dual_norm,
    is_not_aligned,
    linear_attacks,
    unequal,
)

METHOD = (
    "Random smooth networks (tanh, softplus) with a cross-entropy loss, attacked in l_p-balls of "
    "sizes from 1e-4 to 1e-2 by the first-order maximizer, by the points to which it leads when "
    "iterated, and by random perturbations. The remainder is held against the bound ε² max(1, "
    "d^(1 − 2/p)) M/2, with M proved to bound the Hessian of the loss everywhere (slack 1e-13 for "
    "the rounding of the loss), and the exponent with which its root mean square shrinks, by "
    "regression over two decades of ε, must lie in [1.8, 2.2]. "
)


def check_equation_2(*, seed: int, progress: Progress = silent) -> Evidence:
    """Eq. 2: at first order, max |L(x + δ) - L(x)| over ‖δ‖ <= ε is ε times the dual norm."""
    rng = np.random.default_rng([seed, 2])
    attacked = attacked_networks(rng, progress)
    linear = linear_attacks(rng)
    return Evidence(
        method=METHOD
        + "The linear part, max |∂_x L · δ| = ε‖∂_x L‖, is compared on random vectors, attained "
        "and never exceeded, to 1e-12. The loss must be differentiable at x, as a ReLU network "
        "is at almost every x; at a kink the statement fails (last control).",
        stated=[
            compare(
                "| max |ΔL| − ε‖∂_x L‖_q | is at most the proved multiple of ε²",
                attacked,
                lambda family: _beyond_bound(family, family.change),
            ),
            first_order(
                "max |ΔL| − ε‖∂_x L‖_q shrinks like ε²",
                attacked,
                lambda family: family.change - family.first_order,
            ),
            compare(
                "the largest of |g · δ| over ‖δ‖_p ≤ ε is ε‖g‖_q", linear, differs_from_dual_norm
            ),
            compare(
                "at p = 2 the best δ is ε g/‖g‖_2, at p = ∞ it is ε times the signs of g",
                [attack for attack in linear if attack.p in (2.0, np.inf)],
                is_not_aligned,
            ),
        ],
        controls=[
            first_order(
                "false neighbour: max |ΔL| − ε‖∂_x L‖_p, the norm itself for its dual",
                attacked,
                lambda family: family.change - _undual(family),
            ),
            first_order(
                "false neighbour: max |ΔL| − 1.05 ε‖∂_x L‖_q",
                attacked,
                lambda family: family.change - 1.05 * family.first_order,
            ),
            compare(
                "false neighbour: max |ΔL| = ε‖∂_x L‖_q exactly, not at first order only",
                attacked,
                _differs_at_all,
            ),
            first_order(
                "false neighbour: |L(x + δ) − L(x)| − ε‖∂_x L‖_q for a random δ of norm ε",
                attacked,
                lambda family: _random_change(rng, family) - family.first_order,
            ),
            refuted_by(
                "false neighbour: also at a kink, with the gradient 0 that frameworks give there",
                "d = 1, L(x) = max(x, 0) at x = 0: max |ΔL| = ε shrinks like "
                f"ε^{remainder_slope(SIZES[:, None]):.2f}",
            ),
        ],
        tables=[_slopes(attacked)],
    )


def check_lemma_1(*, seed: int, progress: Progress = silent) -> Evidence:
    """Lemma 1: at first order, an ε-sized l_p-attack raises the loss by ε‖∂_x L‖_q.

    Compared as Eq. 2 is. The lemma's sentence on vulnerability is tested in `vulnerability`.
    """
    rng = np.random.default_rng([seed, 1])
    attacked = attacked_networks(rng, progress)
    linear = linear_attacks(rng)
    return Evidence(
        method=METHOD + "That the dual of an l_p-norm is the l_q-norm is compared on random "
        "vectors for p from 1 to ∞, attained and never exceeded, to 1e-12.",
        stated=[
            compare(
                "| max ΔL − ε‖∂_x L‖_q | is at most the proved multiple of ε²",
                attacked,
                lambda family: _beyond_bound(family, family.increase),
            ),
            first_order(
                "max ΔL − ε‖∂_x L‖_q shrinks like ε²",
                attacked,
                lambda family: family.increase - family.first_order,
            ),
            compare(
                "the dual of the l_p-norm is the l_q-norm, 1/p + 1/q = 1, for 1 ≤ p ≤ ∞",
                linear,
                differs_from_dual_norm,
            ),
        ],
        controls=[
            first_order(
                "false neighbour: max ΔL − ε‖∂_x L‖_p",
                attacked,
                lambda family: family.increase - _undual(family),
            ),
            first_order(
                "false neighbour: max ΔL − 0.95 ε‖∂_x L‖_q",
                attacked,
                lambda family: family.increase - 0.95 * family.first_order,
            ),
            first_order(
                "false neighbour: min ΔL − ε‖∂_x L‖_q, the sign of the perturbation reversed",
                attacked,
                lambda family: _reversed_change(family) - family.first_order,
            ),
            compare(
                "false neighbour: the dual of the l_p-norm is the l_q-norm with 1/p + 1/q = 1.01",
                [attack for attack in linear if np.isfinite(attack.p)],
                lambda attack: unequal(
                    attack, attack.value, norm(attack.gradient, 1 / (1.01 - 1 / attack.p))
                ),
            ),
        ],
        tables=[_slopes(attacked)],
    )


def _beyond_bound(family: AttackedNetworks, achieved: Array) -> str:
    """Say where a change of the loss is farther from first order than the proved bound."""
    remainder = np.abs(achieved - family.first_order)
    excess = remainder / (family.remainder_bound + LOSS_ROUNDING)
    if (excess <= 1).all():
        return ""
    return f"{family.name}: a remainder is {excess.max():.3g} times its bound"


def _undual(family: AttackedNetworks) -> Array:
    """ε times the l_p-norm of ∂_x L where the l_q-norm would be right, shape (S, B)."""
    return np.asarray(SIZES[:, None] * norm(family.gradient, family.p))


def _differs_at_all(family: AttackedNetworks) -> str:
    remainder = np.abs(family.change - family.first_order)
    if (remainder <= LOSS_ROUNDING).all():
        return ""
    return f"{family.name}, ε = {SIZES[-1]:g}: a difference of {remainder.max():.2g}"


def _random_change(rng: np.random.Generator, family: AttackedNetworks) -> Array:
    directions = rng.normal(size=family.x.shape)
    directions /= norm(directions, family.p)[..., None]
    return np.array(
        [
            np.abs(family.networks.loss(family.x + size * directions)[:, 0] - family.loss)
            for size in SIZES
        ]
    )


def _reversed_change(family: AttackedNetworks) -> Array:
    return np.array(
        [
            family.networks.loss(family.x - delta[:, None])[:, 0] - family.loss
            for delta in family.worst
        ]
    )


def _slopes(attacked: list[AttackedNetworks]) -> Table:
    kinds: dict[tuple[int, str], list[float]] = {}
    for family in attacked:
        kind = family.x.shape[-1], family.networks.activation.name
        slope = remainder_slope(family.increase - family.first_order)
        kinds.setdefault(kind, []).append(slope)
    return Table(
        title="Exponent of ε with which max ΔL − ε‖∂_x L‖_q shrinks, over all p",
        columns=["d", "networks", "smallest", "largest"],
        rows=[[*kind, min(slopes), max(slopes)] for kind, slopes in kinds.items()],
    )
