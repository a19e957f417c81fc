"""Lemma 1 after training: the first-order damage ε‖∂_x L‖_q beside the real one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from empirical.attacks.gradient_steps import steepest_ascent
from empirical.attacks.loss_gradients import check_logits, differentiate
from empirical.measures.measure import batches, evaluating


@dataclass(frozen=True, kw_only=True)
class Damage:
    """How much an attack of each size raises the loss of each of N images.

    Attributes
    ----------
    epsilons : l_p-sizes of the attacks, in standard deviations of a pixel.
    predicted : ε‖∂_x L‖_q, in nats, shape (sizes, N).
    increase : L(x + δ, c) - L(x, c) for the δ of size ε that is best at first order, in nats, shape
        (sizes, N). It is negative where the loss bends down.
    """

    epsilons: tuple[float, ...]
    predicted: NDArray[np.float64]
    increase: NDArray[np.float64]

    def ratios(self) -> list[float]:
        """Return for each size the mean increase over the mean prediction: 1 where Lemma 1 holds.

        The ratio of means, not the mean of ratios, because Lemma 1 is on E_x, and because images
        whose gradient is nearly 0 have ratios of any size. NaN where all gradients are 0.
        """
        return [
            float(increase.mean() / predicted.mean()) if predicted.any() else math.nan
            for increase, predicted in zip(self.increase, self.predicted, strict=True)
        ]


def first_order_damage(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epsilons: Sequence[float],
    p: float = math.inf,
) -> Damage:
    """Hold the loss after an attack against its first-order prediction (Lemma 1, Eq. 2).

    The attack is one step along the gradient of the first order, ε times its signs (p = ∞) or its
    direction (p = 2), *without* the bounds of the pixels: Lemma 1 knows none, and at the bounds of
    an image, where many pixels of digits are, half of the steps would be cut off. It is a lower
    bound of the largest increase in the ball.

    Lemma 1 needs a loss that is differentiable at x. On digits, the equal pixels of the background
    make maxima tie, where it is not: the ratio then tends to a limit beside 1 (0.998 to 0.9998 for
    small max-pooled networks; 1.0000 once noise of 0.01 breaks the ties).

    The increase is a difference of two losses, which the network rounds (float32: to about 1e-6
    times its logits). Where predictions are no larger, take a float64 network and images.

    Parameters
    ----------
    network : from images to logits; measured in evaluation mode, and left as it was.
    images, labels : shapes (N, C, H, W) and (N,).
    epsilons : l_p-sizes of the attack, positive.
    p : ∞ or 2.

    Raises
    ------
    ValueError : no sizes, one that is not positive, another p, or as in `measures.measure_images`.
    DataError, TrainingError : as in `measures.measure_images`.
    """
    if not epsilons or not all(0 < epsilon < math.inf for epsilon in epsilons):
        raise ValueError(f"attacks need positive finite sizes, not {list(epsilons)}")
    predicted, increase = [], []
    with evaluating(network):
        for some, theirs in batches(network, images, labels):
            clean = differentiate(network, some, theirs)
            unit = steepest_ascent(clean.gradients, size=1.0, p=p)
            norms = (unit * clean.gradients).double().sum(dim=(1, 2, 3))  # the dual norm
            predicted.append(torch.stack([epsilon * norms for epsilon in epsilons]))
            before = _losses(clean.logits, theirs)
            with torch.no_grad():
                after = [_losses(network(some + epsilon * unit), theirs) for epsilon in epsilons]
            increase.append(torch.stack(after) - before)
    return Damage(
        epsilons=tuple(epsilons),
        predicted=torch.cat(predicted, dim=1).cpu().numpy(),
        increase=torch.cat(increase, dim=1).cpu().numpy(),
    )


def _losses(logits: Tensor, labels: Tensor) -> Tensor:
    """In float64: a loss near 0 is a difference of two logits, and would round to their size."""
    check_logits(logits, labels)
    return functional.cross_entropy(logits.double(), labels, reduction="none")
