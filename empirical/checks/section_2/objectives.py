"""Section 2 on the objectives that networks are trained with, on a small smooth network.

The statements are of the theory, and tested there. Here it is the training code that has to obey
them: no training is needed to see that.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from empirical.attacks.gradient_steps import steepest_ascent
from empirical.training.methods import METHODS, attack_size
from evidence.findings import Evidence, Exact, Progress, compare, silent

DUALS = {"linf-augmentation": "l1-penalty", "l2-augmentation": "l2-penalty"}
SIZES = [1e-3 / 2**k for k in range(6)]
"""ε_∞: at these, second orders are far above rounding in float64 and below the first."""

SECOND_ORDER = (1.8, 2.2)
ROUNDING = 1e-10


@dataclass(frozen=True)
class _Small:
    """A network of one hidden layer with smooth activations, and labelled images."""

    network: nn.Module
    images: Tensor
    labels: Tensor

    @classmethod
    def drawn(cls, seed: int) -> "_Small":
        generator = torch.Generator().manual_seed(seed)
        layers = nn.Flatten(), nn.Linear(12, 8), nn.Softplus(), nn.Linear(8, 3)
        network = nn.Sequential(*layers).double()
        with torch.no_grad():
            for weight in network.parameters():
                weight.normal_(generator=generator)
        images = torch.randn(4, 3, 2, 2, generator=generator, dtype=torch.float64)
        return cls(network, images, torch.tensor([0, 1, 2, 0]))

    def loss(self, method: str, epsilon: float = 0.0) -> float:
        return float(METHODS[method](epsilon)(self.network, self.images, self.labels).detach())

    def logit_gradients(self) -> Tensor:
        """∂_x f_k of each image, shape (N, K, d)."""
        inputs = self.images.clone().requires_grad_()
        rows = [
            torch.autograd.grad(logit.sum(), inputs, retain_graph=True)[0].flatten(1)
            for logit in self.network(inputs).unbind(1)
        ]
        return torch.stack(rows, dim=1)


def check_proposition_2_in_training(*, seed: int, progress: Progress = silent) -> Evidence:
    """Proposition 2 on our objectives: augmentation is the dual penalty at first order in ε."""
    progress(0.0, "objectives of training")
    small = _Small.drawn(seed)
    swapped = dict(zip(DUALS, reversed(DUALS.values()), strict=True))
    return Evidence(
        method="The objectives that networks are trained with, on a small network with smooth "
        "activations: the exponent with which their difference shrinks, for ε_∞ from "
        f"{SIZES[-1]:g} to {SIZES[0]:g}, must lie in {list(SECOND_ORDER)}.",
        stated=[
            _second_order(small, "augmentation less the dual penalty", DUALS.items()),
        ],
        controls=[
            _second_order(
                small,
                "false neighbour: augmentation less plain training",
                [(method, "plain") for method in DUALS],
            ),
            _second_order(
                small,
                "false neighbour: augmentation less the penalty on the other norm",
                swapped.items(),
            ),
            _second_order(
                small,
                "false neighbour: augmentation less the dual penalty with 1.05 ε",
                DUALS.items(),
                times=1.05,
            ),
        ],
    )


def check_equation_5_in_training(*, seed: int, progress: Progress = silent) -> Evidence:
    """Equation 5 on our attacks: ε_p = ε_∞ d^(1/p) moves a pixel by ε_∞, in root mean square."""
    progress(0.0, "sizes of attacks")
    small = _Small.drawn(seed)

    def moved(p: float, size: float) -> str:
        delta = steepest_ascent(small.images, size=size, p=p).flatten(1)
        root = delta.square().mean(dim=1).sqrt()
        worst = float((root - SIZES[0]).abs().max())
        return f"p = {p:g}: off by {worst:.2g}" if worst > ROUNDING * SIZES[0] else ""

    d = small.images[0].numel()
    return Evidence(
        method="The attacks that networks are trained and measured with, on random gradients of "
        f"{d} pixels.",
        stated=[
            compare(
                "the attack of size ε_p = ε_∞ d^(1/p) moves pixels by ε_∞, in root mean square",
                [math.inf, 2.0],
                lambda p: moved(p, attack_size(SIZES[0], p, small.images)),
            )
        ],
        controls=[
            compare(
                "false neighbour: the attack of size ε_∞ does, for every p",
                [math.inf, 2.0],
                lambda p: moved(p, SIZES[0]),
            )
        ],
    )


def check_equation_15_in_training(*, seed: int, progress: Progress = silent) -> Evidence:
    """Equation 15 on our objective: K - 1 backward passes give the mean over all K² pairs."""
    progress(0.0, "cross-Lipschitz regularizer")
    small = _Small.drawn(seed)
    rows = small.logit_gradients()
    pairs = (rows[:, :, None] - rows[:, None]).square().sum(3)

    def differs(regularizer: Tensor) -> str:
        added = small.loss("cross-lipschitz", 1.0) - small.loss("plain")
        expected = float(regularizer.mean())
        same = math.isclose(added, expected, rel_tol=ROUNDING)
        return "" if same else f"the objective adds {added:.6g}, not {expected:.6g}"

    return Evidence(
        method="What cross-Lipschitz training adds to the loss, by K − 1 backward passes, on a "
        "small network, against the squared differences of all pairs of logit gradients.",
        stated=[
            compare(
                "the objective adds the mean over all K² pairs of ‖∂_x f_h − ∂_x f_k‖_2²",
                [pairs.mean(dim=(1, 2))],
                differs,
            )
        ],
        controls=[
            compare(
                "false neighbour: the mean over the K (K − 1) pairs of different classes",
                [pairs.sum(dim=(1, 2)) / (pairs.shape[1] * (pairs.shape[1] - 1))],
                differs,
            )
        ],
    )


def _second_order(
    small: _Small, statement: str, pairs: Iterable[tuple[str, str]], *, times: float = 1.0
) -> Exact:
    """Test that the objectives of two methods differ by second orders of ε."""

    def wrong(pair: tuple[str, str]) -> str:
        one, other = pair
        apart = [
            abs(small.loss(one, epsilon) - small.loss(other, times * epsilon)) for epsilon in SIZES
        ]
        if not all(apart):
            return f"{one}, {other}: they do not differ at all"
        slope = float(np.polyfit(np.log(SIZES), np.log(apart), 1)[0])
        if SECOND_ORDER[0] <= slope <= SECOND_ORDER[1]:
            return ""
        return f"{one}, {other}: the difference shrinks like ε^{slope:.2f}"

    return compare(f"{statement} shrinks like ε²", list(pairs), wrong)
