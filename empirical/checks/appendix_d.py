"""Back-propagating through the attack (Appendix D)."""

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from empirical.measures.curves import pairs
from empirical.measures.superposition import displaced, side_by_side, superposed_throughout
from empirical.measures.trained import Sweep
from evidence.findings import Evidence, Exact, Progress, compare, silent

EPSILONS = (0.01, 0.1, 1.0)

SHAPE = (4, 3, 8, 8)
"""Of a batch of images."""


def check_appendix_d(*, seed: int, progress: Progress = silent) -> Evidence:
    """Test that back-propagating through FGSM's attack makes no difference (Appendix D).

    FGSM's δ = ε sign(∂_x L) has the derivative 0 by the weights, wherever it has one. So what flows
    back through δ is 0, and the loss of Eq. 4 has the same gradient whether δ is a function of the
    weights or a fixed image, bit for bit: compared on random networks at several ε. The false
    neighbour is the same of l2-attacks, whose direction has a derivative.

    Parameters
    ----------
    seed : draws weights and images.
    progress : called for each attack.
    """
    networks = _networks(seed)
    cases = [(name, epsilon) for name in networks for epsilon in EPSILONS]

    def same(attack: str, p: float) -> Exact:
        def wrong(case: tuple[str, float]) -> str:
            name, epsilon = case
            apart = _apart(networks[name], epsilon, p, seed)
            return f"{name}, ε = {epsilon:g}: they differ by up to {apart:.2g}" if apart else ""

        progress(0.5, attack)
        return compare(
            f"with {attack}, the loss of Eq. 4 has the same gradient by the weights, bit for bit, "
            "whether gradients flow through δ or not",
            cases,
            wrong,
        )

    return Evidence(
        method="Gradients by the weights of the loss of Eq. 4 on a batch of random images, with "
        f"and without gradients through the attack, for {len(cases)} combinations of a network and "
        "an ε, in training mode. Training starts from equal weights and takes the same steps, so "
        "that equal gradients make equal networks.",
        stated=[same("FGSM (p = ∞)", math.inf)],
        controls=[same("l2-attacks", 2)],
    )


def check_through_l2(sweep: Sweep, *, error: float) -> Evidence:
    """Test that gradients through an l2-attack make no significant difference after training.

    This statement is ours: the paper tried FGSM alone. "No significant difference" is read as: the
    curves coincide within the margins of the dual pairs, over all strengths and over the stronger
    half.
    """
    cells = pairs(sweep, "l2-augmentation", "l2-through-attack")
    name = "l2-augmentation and l2-through-attack"
    return Evidence(
        method="Networks trained with and without gradients through the l2-attack, at equal ε, "
        "with the margins of the dual pairs. The false neighbour is the variant at three times the "
        "strength or more.",
        stated=superposed_throughout(sweep, cells, name, error),
        controls=displaced(sweep, cells, cells, name, error),
        tables=[side_by_side(sweep, {name: cells})],
        data=sweep.data,
    )


def _networks(seed: int) -> dict[str, nn.Module]:
    """Return small networks of random weights: dense, convolutional, with batch norms."""
    channels, side = SHAPE[1:3]
    networks: dict[str, Sequence[nn.Module]] = {
        "dense": [nn.Flatten(), nn.Linear(channels * side**2, 16), nn.ReLU(), nn.Linear(16, 5)],
        "convolution": [
            nn.Conv2d(channels, 6, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(6 * side**2, 5),
        ],
        "batch norm": [
            nn.Conv2d(channels, 6, 3, stride=2),
            nn.BatchNorm2d(6),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(6, 5),
        ],
    }
    generator = torch.Generator().manual_seed(seed)
    built: dict[str, nn.Module] = {
        name: nn.Sequential(*layers).double() for name, layers in networks.items()
    }
    with torch.no_grad():
        for network in built.values():
            for weight in network.parameters():
                weight.normal_(std=0.2, generator=generator)
    return built


def _apart(network: nn.Module, epsilon: float, p: float, seed: int) -> float:
    """Return the largest difference that gradients through the attack make to a weight's."""
    generator = torch.Generator().manual_seed(seed + 1)
    images = torch.randn(SHAPE, generator=generator, dtype=torch.float64)
    labels = torch.arange(SHAPE[0])
    with_and_without = []
    for through in (True, False):
        inputs = images.clone().requires_grad_()
        loss = functional.cross_entropy(network(inputs), labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, inputs, create_graph=True)
        attack = epsilon * (gradient.sign() if math.isinf(p) else gradient / gradient.norm(p))
        attacked = images + (attack if through else attack.detach())
        after = functional.cross_entropy(network(attacked), labels, reduction="sum")
        objective = (loss + after) / 2
        with_and_without.append(torch.autograd.grad(objective, [*network.parameters()]))
    return max(float((a - b).abs().max()) for a, b in zip(*with_and_without, strict=True))
