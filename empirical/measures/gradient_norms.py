"""Norms of loss gradients for scripts of one's own: one image, one norm, whatever the batch."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from empirical.attacks.loss_gradients import differentiate, evaluation_mode
from running.image_decoding import DataError


class GradientNorms(NamedTuple):
    """Norms of ∂_x L(x, c), one an image, each of shape (N,), in float64.

    Attributes
    ----------
    l1, l2, linf : Σ|g_i|, (Σ g_i²)^(1/2) and max |g_i|, in nats per unit of a pixel. l1 is what the
        damage of attacks in l-infinity follows, l2 of those in l2, linf of those in l1.
    """

    l1: NDArray[np.float64]
    l2: NDArray[np.float64]
    linf: NDArray[np.float64]


def gradient_norms(model: nn.Module, images: Tensor, labels: Tensor) -> GradientNorms:
    """Measure the gradient of each image's own cross-entropy loss with respect to its pixels.

        >>> norms = sqrtd.gradient_norms(model, images, labels)
        >>> norms.l1.mean()

    Images go through the model one by one, so that on a CPU an image's norms are the same to the
    last bit whichever others come with it. The model is in evaluation mode meanwhile; afterwards
    each submodule's mode is what it was. No parameter's `.grad` is made or changed. Gradients are
    in the model's precision, and their norms are sums in float64.

    Parameters
    ----------
    model : from (1, *input) to (1, K) logits, K >= 2.
    images : shape (N, *input), of floats in the model's precision; taken to its device. N may be 0.
    labels : classes 0 to K - 1, whole numbers of shape (N,).

    Raises
    ------
    DataError : images that are no floats, labels that are no whole numbers, not one for each image
        or no classes.
    ValueError : outputs that are no logits.
    TrainingError : logits that are not finite.
    """
    if images.ndim < 2 or not images.is_floating_point():
        raise DataError(
            f"images are floats of shape (N, *input), not {images.dtype} of {tuple(images.shape)}"
        )
    if labels.shape != images.shape[:1] or labels.is_floating_point() or labels.is_complex():
        raise DataError(
            f"{len(images)} images need as many whole numbers as labels, not {labels.dtype} of "
            f"shape {tuple(labels.shape)}"
        )
    parameter = next(model.parameters(), images)
    rows = np.empty((len(images), 3))
    # Tensors of inference mode cannot be differentiated.
    with torch.inference_mode(mode=False), evaluation_mode(model):
        for number in range(len(images)):
            image = images[number : number + 1].clone().to(parameter.device)
            label = labels[number : number + 1].clone().to(parameter.device, torch.long)
            gradient = differentiate(model, image, label).gradients.double().flatten().abs()
            norms = gradient.sum(), gradient.square().sum().sqrt(), gradient.max()
            rows[number] = [float(norm) for norm in norms]
    return GradientNorms(*rows.T.copy())
