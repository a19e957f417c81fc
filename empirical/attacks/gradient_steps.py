"""Adversarial attacks on batches of images: one gradient step, and projected gradient steps.

The one-step attack in l_∞ is the paper's FGSM (Goodfellow et al. 2014); its images are those of
Foolbox's `LinfFastGradientAttack`, bit for bit, which the tests hold it against. Here it starts
from a gradient that is there already, so that measuring a network takes one backward pass.
"""

import math

import torch
from torch import Tensor, nn

from empirical.attacks.loss_gradients import differentiate
from running.image_decoding import DataError

PGD_STEPS = 10
"""Steps of PGD, as in the authors' published code. Madry et al. train with 7 on CIFAR-10."""

_TINY = 1e-12
"""No l2-norm is divided by less, as in Foolbox."""


def one_step(
    images: Tensor,
    gradients: Tensor,
    *,
    epsilon: float,
    bounds: tuple[float, float],
    p: float = math.inf,
) -> Tensor:
    """Attack with one gradient step: FGSM at p = ∞, its l2-relative at p = 2.

    Parameters
    ----------
    images, gradients : shape (N, C, H, W); the gradients of the loss at the images.
    epsilon : l_p-size of the attack, in the unit of the pixels.
    bounds : smallest and largest value that a pixel may take, before the attack and after.
    p : ∞ or 2.

    Returns
    -------
    The attacked images, shape (N, C, H, W).

    Raises
    ------
    ValueError : another p, or an epsilon that is negative or not finite.
    DataError : images beyond the bounds.
    """
    _check(images, epsilon, bounds)
    attacked = images + steepest_ascent(gradients, size=epsilon, p=p)
    return project(attacked, images, epsilon=epsilon, bounds=bounds, p=p)


def pgd(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    bounds: tuple[float, float],
    generator: torch.Generator | None,
    p: float = math.inf,
    steps: int = PGD_STEPS,
) -> Tensor:
    """Attack with projected gradient ascent (Madry et al. 2018).

    The attack starts at a point drawn uniformly from the l_p-ball around each image. Every step
    has the l_p-size 2.5 ε / steps, so that it can reach any point of the ball from any other, and
    still move along its boundary; at 10 steps that is the ε/4 of Madry et al. on CIFAR-10 (ε = 8,
    steps of 2). After each step it returns to the ball and to the bounds. The last point counts,
    not the best one.

    Parameters
    ----------
    network : from images to logits, in evaluation mode.
    images, labels : shapes (N, C, H, W) and (N,), on the device of the network.
    epsilon, bounds, p : as in `one_step`.
    generator : draws the starting points, on its own device, image after image, so that batches
        change nothing. None starts at the images themselves, as Foolbox does without
        `random_start`.
    steps : gradient steps, 1 or more.

    Returns
    -------
    The attacked images, shape (N, C, H, W).

    Raises
    ------
    ValueError, DataError, TrainingError : fewer than one step, or as in `one_step` and
        `differentiate`.
    """
    if steps < 1:
        raise ValueError(f"PGD takes one step or more, not {steps}")
    _check(images, epsilon, bounds)
    attacked = images
    if generator is not None:
        start = images + uniform_in_ball(images, p, generator).mul_(epsilon)
        attacked = project(start, images, epsilon=epsilon, bounds=bounds, p=p)
    for _ in range(steps):
        gradients = differentiate(network, attacked, labels).gradients
        attacked = attacked + steepest_ascent(gradients, size=2.5 * epsilon / steps, p=p)
        attacked = project(attacked, images, epsilon=epsilon, bounds=bounds, p=p)
    return attacked


def steepest_ascent(gradients: Tensor, *, size: float, p: float) -> Tensor:
    """Maximize δ · ∂_x L over ‖δ‖_p <= size: the δ of Eq. 2, shape (N, C, H, W).

    At p = ∞ it is size times the signs of the gradient, at p = 2 size times its direction. (An
    l2-norm below 1e-12 counts as 1e-12, so that such a δ is shorter; where the gradient is 0,
    δ is.)

    Raises
    ------
    ValueError : p is neither 2 nor ∞.
    """
    if is_maximum_norm(p):
        return size * gradients.sign()
    return size * (gradients * (1 / _l2_norms(gradients)))


def project(
    attacked: Tensor,
    images: Tensor,
    *,
    epsilon: float,
    bounds: tuple[float, float],
    p: float,
) -> Tensor:
    """Bring attacked images back into the l_p-ball of size ε around the images, and the bounds.

    Raises
    ------
    ValueError : p is neither 2 nor ∞.
    """
    delta = attacked - images
    if is_maximum_norm(p):
        delta = delta.clamp(-epsilon, epsilon)
    else:
        delta = delta * (epsilon / _l2_norms(delta)).clamp(max=1)
    return (images + delta).clamp(*bounds)


def _l2_norms(images: Tensor) -> Tensor:
    """Shape (N, 1, 1, 1)."""
    norms: Tensor = images.flatten(1).square().sum(dim=1).sqrt().clamp(min=_TINY)
    return norms[:, None, None, None]


def uniform_in_ball(images: Tensor, p: float, generator: torch.Generator) -> Tensor:
    """Draw from the unit l_p-ball, each image's numbers after those of the one before.

    Parameters
    ----------
    images : shape (N, C, H, W), for their shape, precision and device.
    p : ∞ or 2.
    generator : on its own device.

    Raises
    ------
    ValueError : another p.
    """
    noise = torch.empty(images.shape, dtype=images.dtype, device=generator.device)
    if is_maximum_norm(p):
        for row in noise:
            row.uniform_(-1, 1, generator=generator)
        return noise.to(images.device)
    for row in noise:
        row.normal_(generator=generator)
        radius = torch.rand((), generator=generator, device=generator.device)
        row.mul_(radius ** (1 / row.numel()) / row.norm())
    return noise.to(images.device)


def is_maximum_norm(p: float) -> bool:
    """Tell p = ∞ from p = 2; raise ValueError for any other."""
    if p not in (2, math.inf):
        raise ValueError(f"attacks are measured in l_2 or l_∞, not in l_{p:g}")
    return p == math.inf


def _check(images: Tensor, epsilon: float, bounds: tuple[float, float]) -> None:
    if not 0 <= epsilon < math.inf:
        raise ValueError(f"the size of an attack must be a number of at least 0, not {epsilon}")
    low, high = (float(end) for end in images.aminmax())
    if not bounds[0] <= low <= high <= bounds[1]:  # also where a pixel is NaN
        raise DataError(
            f"pixels reach from {low:.6g} to {high:.6g}, beyond their bounds "
            f"{bounds[0]:.6g} and {bounds[1]:.6g}"
        )
