"""Training methods of Sections 2 and 4.2: what the training of a network minimizes.

An objective is called as `objective(network, images, labels, generator=...)` and returns a scalar,
the mean over the batch, to be differentiated by the network's weights. Its `repr` names it fully.

Epsilon is ε_∞ of Eq. 5 everywhere: an l_p-attack has the size ε_p = ε_∞ d^(1/p), with d the number
of values of an image, and a penalty on the dual l_q-norm has the strength ε_p with 1/p + 1/q = 1.
So one epsilon means the same for both norms and at every resolution.

Networks are taken in the mode that they are in, which is training mode during a training, as in the
authors' published code. Batch norms then tie the images of a batch together, and ∂_x L of an image
is the gradient of the batch's *summed* loss by that image, through the batch's mean and variance;
∂_x f_k likewise of the summed logit. Every forward pass, those at attacked images included, also
updates the batch norms' running statistics. Attacks are not cut off at the range of the pixels.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from empirical.attacks.gradient_steps import (
    is_maximum_norm,
    project,
    steepest_ascent,
    uniform_in_ball,
)
from empirical.training.second_derivatives import FastSecondDerivatives
from empirical.training.train import Objective

PGD_STEPS = 7
"""Steps of an attack in PGD training, as Madry et al. (2018) and the authors' code on CIFAR-10."""


class _WithoutNoise(ABC):
    """A method that draws nothing at random; called as every `Objective` is."""

    def __call__(
        self,
        network: nn.Module,
        images: Tensor,
        labels: Tensor,
        *,
        generator: torch.Generator | None = None,  # noqa: ARG002
    ) -> Tensor:
        """Return the mean over the batch of what is minimized."""
        return self._mean(network, images, labels)

    @abstractmethod
    def _mean(self, network: nn.Module, images: Tensor, labels: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class CrossEntropy(_WithoutNoise):
    """Plain training: L(x, c)."""

    def _mean(self, network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        loss: Tensor = functional.cross_entropy(network(images), labels)
        return loss


@dataclass(frozen=True, kw_only=True)
class _WithStrength:
    """What methods with a strength have in common.

    Attributes
    ----------
    epsilon : ε_∞ of Eq. 5, of at least 0.
    """

    epsilon: float

    def __post_init__(self) -> None:
        """Raise ValueError for an epsilon that is negative or not finite."""
        if not 0 <= self.epsilon < math.inf:
            raise ValueError(f"epsilon must be a number of at least 0, not {self.epsilon}")


@dataclass(frozen=True, kw_only=True)
class GradientPenalty(_WithStrength, _WithoutNoise):
    """Eq. 3: L + (ε_p / 2) ‖∂_x L‖_q, the norm taken image by image.

    Attributes
    ----------
    q : 1 or 2; at 2 it is double-backpropagation (Drucker and LeCun 1991).
    """

    q: int

    def __post_init__(self) -> None:
        """Raise ValueError for another q, or an epsilon that is negative or not finite."""
        super().__post_init__()
        if self.q not in (1, 2):
            raise ValueError(f"gradients are penalized in l_1 or l_2, not in l_{self.q}")

    def _mean(self, network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        loss, gradients = _loss_and_gradients(network, images, labels, differentiable=True)
        norms = torch.linalg.vector_norm(gradients.flatten(1), ord=self.q, dim=1)
        strength = attack_size(self.epsilon, math.inf if self.q == 1 else 2, images)
        penalized: Tensor = loss + strength / 2 * norms.mean()
        return penalized


@dataclass(frozen=True, kw_only=True)
class AdversarialAugmentation(_WithStrength, _WithoutNoise):
    """Eq. 4: (L(x) + L(x + δ)) / 2, δ the l_p-attack that is best at first order.

    The attacked images are a batch of their own. δ is a fixed image for the weights' gradient,
    or, through the attack, the function of the weights that it is (Appendix D). At p = ∞ it is a
    multiple of signs, whose derivative is 0, so that both have the same gradient.

    Attributes
    ----------
    p : ∞, which is FGSM, or 2.
    through_attack : whether gradients flow through δ.
    """

    p: float
    through_attack: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for another p, or an epsilon that is negative or not finite."""
        super().__post_init__()
        is_maximum_norm(self.p)

    def _mean(self, network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        loss, gradients = _loss_and_gradients(
            network, images, labels, differentiable=self.through_attack
        )
        size = attack_size(self.epsilon, self.p, images)
        attacked = images + steepest_ascent(gradients, size=size, p=self.p)
        return (loss + functional.cross_entropy(network(attacked), labels)) / 2


@dataclass(frozen=True, kw_only=True)
class CrossLipschitz(_WithStrength, _WithoutNoise):
    """L + ε R with R = Σ_{k,h} ‖∂_x f_h - ∂_x f_k‖_2² / K² (Eq. 15; Hein, Andriushchenko 2017).

    K - 1 backward passes give all K² differences: with J the K gradients as rows, the sum is
    2 K Σ_k ‖∂_x f_k - mean‖² = 2 K tr(Jᵀ P J), P projecting orthogonally to (1, ..., 1); and P is
    Σ_j v_j v_jᵀ for any orthonormal basis v_1, ..., v_{K-1} of that space, so that
    R = (2/K) Σ_j ‖∂_x (v_j · f)‖_2².

    Here `epsilon` is ε itself: Eq. 5 does not apply to it.
    """

    def _mean(self, network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        inputs = images.detach().requires_grad_()
        with FastSecondDerivatives():
            logits = network(inputs)
        classes = logits.shape[1]
        total = logits.new_zeros(())
        for contrast in _contrasts(classes).to(logits):
            (gradients,) = torch.autograd.grad(
                logits, inputs, contrast.expand_as(logits), create_graph=True
            )
            total = total + gradients.square().sum()
        loss = functional.cross_entropy(logits, labels)
        regularized: Tensor = loss + self.epsilon * 2 / classes * total / len(images)
        return regularized


@dataclass(frozen=True, kw_only=True)
class ProjectedGradient(_WithStrength):
    """L(x + δ) with δ from projected gradient ascent in the l_p-ball (Madry et al. 2018).

    Every step has the l_p-size 2.5 ε_p / steps and is followed by a projection onto the ball.

    Attributes
    ----------
    p : ∞ or 2.
    steps : gradient steps, 1 or more.
    """

    p: float
    steps: int = PGD_STEPS

    def __post_init__(self) -> None:
        """Raise ValueError for another p, no steps, or an epsilon negative or not finite."""
        super().__post_init__()
        is_maximum_norm(self.p)
        if self.steps < 1:
            raise ValueError(f"PGD takes one step or more, not {self.steps}")

    def __call__(
        self,
        network: nn.Module,
        images: Tensor,
        labels: Tensor,
        *,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Return the mean loss at the attacked images."""
        attacked = self.attack(network, images, labels, generator=generator)
        return functional.cross_entropy(network(attacked), labels)

    def attack(
        self,
        network: nn.Module,
        images: Tensor,
        labels: Tensor,
        *,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Return the attacked images, shape (N, C, H, W).

        Parameters
        ----------
        network : in the mode that it is to be attacked in.
        images, labels : shapes (N, C, H, W) and (N,), on the device of the network.
        generator : draws starting points uniformly from the balls; None starts at the images.
        """
        size = attack_size(self.epsilon, self.p, images)
        attacked = images
        if generator is not None:
            attacked = images + size * uniform_in_ball(images, self.p, generator)
        for _ in range(self.steps):
            # No name for the loss: its graph is freed before the next step builds another.
            gradients = _loss_and_gradients(network, attacked, labels, differentiable=False)[1]
            moved = attacked + steepest_ascent(gradients, size=2.5 * size / self.steps, p=self.p)
            attacked = project(moved, images, epsilon=size, bounds=(-math.inf, math.inf), p=self.p)
        return attacked


METHODS: Mapping[str, Callable[[float], Objective]] = {
    "plain": lambda _: CrossEntropy(),
    "l1-penalty": lambda epsilon: GradientPenalty(epsilon=epsilon, q=1),
    "l2-penalty": lambda epsilon: GradientPenalty(epsilon=epsilon, q=2),
    "linf-augmentation": lambda epsilon: AdversarialAugmentation(epsilon=epsilon, p=math.inf),
    "l2-augmentation": lambda epsilon: AdversarialAugmentation(epsilon=epsilon, p=2),
    "linf-through-attack": lambda epsilon: AdversarialAugmentation(
        epsilon=epsilon, p=math.inf, through_attack=True
    ),
    "l2-through-attack": lambda epsilon: AdversarialAugmentation(
        epsilon=epsilon, p=2, through_attack=True
    ),
    "cross-lipschitz": lambda epsilon: CrossLipschitz(epsilon=epsilon),
    "linf-pgd": lambda epsilon: ProjectedGradient(epsilon=epsilon, p=math.inf),
    "l2-pgd": lambda epsilon: ProjectedGradient(epsilon=epsilon, p=2),
}
"""Every method by its name, as a function of epsilon, which plain training has no use for."""


def attack_size(epsilon: float, p: float, images: Tensor) -> float:
    """Return ε_p = ε_∞ d^(1/p) of Eq. 5, for images of shape (N, C, H, W) with d = C H W."""
    return float(epsilon * math.prod(images.shape[1:]) ** (1 / p))


def _loss_and_gradients(
    network: nn.Module, images: Tensor, labels: Tensor, *, differentiable: bool
) -> tuple[Tensor, Tensor]:
    """Mean loss, and the gradient of the summed loss by the images, by the weights or fixed."""
    inputs = images.detach().requires_grad_()
    if differentiable:
        with FastSecondDerivatives():
            logits = network(inputs)
    else:
        logits = network(inputs)
    loss = functional.cross_entropy(logits, labels, reduction="sum")
    (gradients,) = torch.autograd.grad(loss, inputs, retain_graph=True, create_graph=differentiable)
    return loss / len(images), gradients


def _contrasts(classes: int) -> Tensor:
    """Orthonormal basis of the vectors whose coordinates sum to 0 (Helmert), shape (K - 1, K)."""
    rows = torch.ones(classes, classes, dtype=torch.float64).tril(-1)[1:]
    rows -= torch.diag(torch.arange(1.0, classes, dtype=torch.float64), 1)[:-1]
    basis: Tensor = rows / rows.norm(dim=1, keepdim=True)
    return basis
