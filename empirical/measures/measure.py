"""What is measured on a trained network: accuracy, loss gradient, adversarial vulnerability."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from empirical.attacks.gradient_steps import one_step, pgd
from empirical.attacks.loss_gradients import check_logits, differentiate
from empirical.data.images import ImageData
from empirical.measures.image_measures import ImageMeasures, Measures
from empirical.training.networks import SIZES
from running.image_files import DataError

PAPER_EPSILON = 0.006
"""Size of the paper's attacks, in standard deviations of a pixel (Section 4)."""

_BATCH = 100  # small enough for the caches of a CPU, at 32 pixels and below
_PIXELS = {"cpu": _BATCH * 32**2, "cuda": 16 * _BATCH * 32**2}  # of a channel, in a batch


def attack_size(data: ImageData) -> float:
    """The attack size epsilon for `data`: the paper's first-order effect at our sizes.

    At first order an attack moves the loss by epsilon ||∂L||_1 (Lemma 1), which by Corollary 5 is
    epsilon sqrt(d) up to a constant. The paper's 0.006 at 32, 64 and 128 pixels gives epsilon
    sqrt(d) = 0.33, 0.67 and 1.33; at 256 pixels the paper itself is "way beyond the linear
    approximation validity". The images here are smaller, so the same effects at our three sizes
    take a larger epsilon: 0.024 at 8, 16 and 32 pixels in colour, 0.042 in grey. It is one number
    for all sizes, and still a small fraction of a pixel's standard deviation, 1. The paper's own
    0.006 changes so few predictions here, one in 400 on small digits, that chance would drown them.
    """
    paper = math.sqrt(3 * 128**2)
    return PAPER_EPSILON * paper / math.sqrt(data.channels * max(SIZES) ** 2)


def measure(network: nn.Module, data: ImageData, *, epsilon: float) -> Measures:
    """Measure a trained network on the held-out images, without PGD.

    Parameters
    ----------
    network : from images to logits, as in `measure_images`.
    data : normalized images of the size that the network takes.
    epsilon : l-infinity size of the attack, in standard deviations of a pixel.

    Raises
    ------
    ValueError, DataError, TrainingError : as `measure_images`.
    """
    return measure_images(
        network, data.held_out_images, data.held_out_labels, epsilon=epsilon, bounds=data.bounds
    ).summary()


def measure_images(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    bounds: tuple[float, float],
    pgd_generator: torch.Generator | None = None,
) -> ImageMeasures:
    """Measure a trained network on each image.

    The attacks raise the loss of the true label c, as in Eq. 2. One forward and one backward pass
    give predictions, losses, gradient norms and the attacked images; a second and a third forward
    pass show what FGSM and the l2-step of the same length change. The network is measured in
    evaluation mode, and then left as it was.

    Parameters
    ----------
    network : from images to logits; the images are taken to its device.
    images, labels : shapes (N, C, H, W), normalized, and (N,).
    epsilon : l-infinity size of the attacks, in standard deviations of a pixel.
    bounds : smallest and largest value that a pixel may take.
    pgd_generator : draws the starting points of PGD with `attacks.PGD_STEPS` steps, which makes
        measuring about nine times as long; None runs no PGD.

    Raises
    ------
    ValueError : an unfit epsilon, or outputs that are no logits.
    DataError : images beyond the bounds, none at all, or labels that are no classes.
    TrainingError : logits that are not finite.
    """
    parts = []
    with evaluating(network):
        for some, theirs in batches(network, images, labels):
            clean = differentiate(network, some, theirs)
            before = clean.logits.argmax(dim=1)
            attacked = one_step(some, clean.gradients, epsilon=epsilon, bounds=bounds)
            after = _predictions(network, attacked, theirs)
            size = epsilon * math.sqrt(some[0].numel())
            attacked = one_step(some, clean.gradients, epsilon=size, bounds=bounds, p=2)
            after_l2 = _predictions(network, attacked, theirs)
            found = {
                "correct": before == theirs,
                "loss": clean.losses,
                "gradient_norm": clean.gradients.abs().sum(dim=(1, 2, 3)),
                "gradient_norm_l2": clean.gradients.square().sum(dim=(1, 2, 3)).sqrt(),
                "changed": after != before,
                "still_correct": after == theirs,
                "changed_l2": after_l2 != before,
                "still_correct_l2": after_l2 == theirs,
            }
            if pgd_generator is not None:
                attacked = pgd(
                    network, some, theirs, epsilon=epsilon, bounds=bounds, generator=pgd_generator
                )
                after = _predictions(network, attacked, theirs)
                found |= {"pgd_changed": after != before, "pgd_still_correct": after == theirs}
            parts.append(found)
    together = {name: torch.cat([part[name] for part in parts]).cpu() for name in parts[0]}
    return ImageMeasures(
        **{
            name: (values.double() if values.is_floating_point() else values).numpy()
            for name, values in together.items()
        }
    )


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode for a while."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def batches(network: nn.Module, images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield images and labels on the network's device, as many at once as are fast there.

    Raises
    ------
    DataError : no images, images of another shape, or labels of another number.
    """
    if images.ndim != 4 or len(images) == 0 or labels.shape != images.shape[:1]:
        raise DataError(
            "measuring takes images of shape (N, C, H, W) and N labels, not shapes "
            f"{tuple(images.shape)} and {tuple(labels.shape)}"
        )
    device = next(network.parameters()).device
    pixels = _PIXELS["cuda" if device.type == "cuda" else "cpu"]
    size = max(1, pixels // max(32**2, images[0, 0].numel()))
    for start in range(0, len(labels), size):
        some = images[start : start + size].to(device, memory_format=torch.channels_last)
        yield some, labels[start : start + size].to(device)


@torch.no_grad()
def _predictions(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    logits: Tensor = network(images)
    check_logits(logits, labels)
    predictions: Tensor = logits.argmax(dim=1)
    return predictions
