"""The loss of every image, and its gradient: one forward and one backward pass for both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from empirical.errors import TrainingError
from running.image_decoding import DataError


@dataclass(frozen=True, kw_only=True)
class LossGradients:
    """What one forward and one backward pass tell of N images.

    Attributes
    ----------
    logits : f_k(x), shape (N, K), in the network's precision.
    losses : L(x, c), the cross-entropy in nats, shape (N,).
    gradients : ∂_x L(x, c) of each image's own loss, shape (N, C, H, W), in nats per unit of a
        pixel, which is a standard deviation where images are normalized.
    """

    logits: Tensor
    losses: Tensor
    gradients: Tensor


def differentiate(network: nn.Module, images: Tensor, labels: Tensor) -> LossGradients:
    """Differentiate each image's own cross-entropy loss with respect to its pixels.

    The weights are left alone: no gradient of theirs is computed or kept.

    Parameters
    ----------
    network : from images to K >= 2 logits, in evaluation mode.
    images, labels : shapes (N, C, H, W) and (N,), on the device of the network.

    Raises
    ------
    ValueError : a network in training mode, where a batch norm ties the images of a batch together
        and the gradient of one image's loss with respect to it means something else; or one whose
        outputs are no (N, K) logits with K >= 2.
    DataError : labels that are no classes.
    TrainingError : logits that are not finite.
    """
    check_evaluation_mode(network)
    inputs = images.detach().clone().requires_grad_()
    with torch.enable_grad():
        logits: Tensor = network(inputs)
        check_logits(logits, labels)
        losses = functional.cross_entropy(logits, labels, reduction="none")
        gradients = torch.autograd.grad(losses.sum(), inputs)[0]
    return LossGradients(logits=logits.detach(), losses=losses.detach(), gradients=gradients)


def check_evaluation_mode(network: nn.Module) -> None:
    """Raise ValueError for a network with a submodule in training mode."""
    if any(module.training for module in network.modules()):
        raise ValueError(
            "the network is in training mode, where batch norms tie images together: "
            "call its eval() first"
        )


@contextmanager
def evaluation_mode(network: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode for a while; then each submodule is as it was."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def check_logits(logits: Tensor, labels: Tensor) -> None:
    """Raise one line, as `differentiate` does, for logits that cannot be measured."""
    if logits.ndim != 2 or logits.shape[1] < 2 or len(logits) != len(labels):
        raise ValueError(
            f"for {len(labels)} images the network gives an output of shape "
            f"{tuple(logits.shape)}: wanted are two logits or more an image"
        )
    low, high = (int(end) for end in labels.aminmax())
    if low < 0 or high >= logits.shape[1]:
        raise DataError(
            f"labels reach from {low} to {high}, but the network has {logits.shape[1]} logits: "
            f"wanted are classes from 0 to {logits.shape[1] - 1}"
        )
    if not bool(logits.isfinite().all()):
        raise TrainingError(
            "the network's logits are not finite numbers: its training diverged, "
            "or the images are not finite"
        )
