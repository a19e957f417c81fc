"""What is measured on a trained network: accuracy, loss gradient, adversarial vulnerability."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from empirical.attacks.gradient_steps import one_step, pgd, steepest_ascent
from empirical.attacks.loss_gradients import check_logits, differentiate, evaluation_mode
from empirical.measures.image_measures import ImageMeasures
from running.image_decoding import DataError

_BATCH = 100  # small enough for the caches of a CPU, at 32 pixels and below
_PIXELS = {"cpu": _BATCH * 32**2, "cuda": 16 * _BATCH * 32**2}  # of a channel, in a batch


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
    give predictions, losses, gradient norms and the attacked images. Three more forward passes show
    what FGSM changes, what the l2-step of the same length changes, and what FGSM without bounds
    adds to the loss. The network is measured in evaluation mode, and then left as it was.

    Lemma 1 compares that increase of the loss with ε‖∂_x L‖_1. It needs a loss that is
    differentiable at x. On digits, the equal pixels of the background make maxima tie, where it is
    not: the ratio of the two then tends to a limit beside 1 as ε falls (0.998 to 0.9998 for small
    max-pooled networks; 1.0000 once noise of 0.01 breaks the ties). The increase is a difference
    of two losses, which a float32 network rounds to about 1e-6 times its logits.

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
    with evaluation_mode(network):
        for batch, classes in _batches(network, images, labels):
            clean = differentiate(network, batch, classes)
            before = clean.logits.argmax(dim=1)
            attacked = one_step(batch, clean.gradients, epsilon=epsilon, bounds=bounds)
            after = _predictions(network, attacked, classes)
            size = epsilon * math.sqrt(batch[0].numel())
            attacked = one_step(batch, clean.gradients, epsilon=size, bounds=bounds, p=2)
            after_l2 = _predictions(network, attacked, classes)
            attacked = batch + steepest_ascent(clean.gradients, size=epsilon, p=math.inf)
            with torch.no_grad():
                increase = _losses(network(attacked), classes) - _losses(clean.logits, classes)
            measured = {
                "correct": before == classes,
                "loss": clean.losses,
                "gradient_norm": clean.gradients.abs().sum(dim=(1, 2, 3)),
                "gradient_norm_l2": clean.gradients.square().sum(dim=(1, 2, 3)).sqrt(),
                "changed": after != before,
                "still_correct": after == classes,
                "increase": increase,
                "changed_l2": after_l2 != before,
                "still_correct_l2": after_l2 == classes,
            }
            if pgd_generator is not None:
                attacked = pgd(
                    network, batch, classes, epsilon=epsilon, bounds=bounds, generator=pgd_generator
                )
                after = _predictions(network, attacked, classes)
                measured |= {"pgd_changed": after != before, "pgd_still_correct": after == classes}
            parts.append(measured)
    together = {name: torch.cat([part[name] for part in parts]).cpu() for name in parts[0]}
    return ImageMeasures(
        **{
            name: (values.double() if values.is_floating_point() else values).numpy()
            for name, values in together.items()
        }
    )


def _batches(network: nn.Module, images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
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
        batch = images[start : start + size].to(device, memory_format=torch.channels_last)
        yield batch, labels[start : start + size].to(device)


@torch.no_grad()
def _predictions(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    logits: Tensor = network(images)
    check_logits(logits, labels)
    predictions: Tensor = logits.argmax(dim=1)
    return predictions


def _losses(logits: Tensor, labels: Tensor) -> Tensor:
    """In float64: a loss near 0 is a difference of two logits, and would round to their size."""
    check_logits(logits, labels)
    return functional.cross_entropy(logits.double(), labels, reduction="none")
