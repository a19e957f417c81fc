"""What is measured on a trained network: accuracy, loss gradient, adversarial vulnerability."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from empirical.images import ImageData
from empirical.networks import SIZES

PAPER_EPSILON = 0.006
"""Size of the paper's attacks, in standard deviations of a pixel (Section 4)."""

_BATCH = 100  # small enough for the caches


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Measures of one network on held-out images.

    Attributes
    ----------
    images : how many.
    accuracy : share predicted correctly.
    gradient_norm : mean over the images of the l1-norm of the loss gradient.
    changed : how many predictions the attack changed.
    accuracy_drop : accuracy before minus accuracy after the attack.
    """

    images: int
    accuracy: float
    gradient_norm: float
    changed: int
    accuracy_drop: float

    @property
    def vulnerability(self) -> float:
        """Share of changed predictions (Definition 1, as far as one gradient step finds it)."""
        return self.changed / self.images


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


def loss_gradients(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Gradient ∂_x L(x, c) of each image's own cross-entropy loss, shape (N, C, H, W).

    The network must be in evaluation mode: in training mode a batch norm ties the images of a
    batch together, and the gradient of one image's loss with respect to it means something else.

    Parameters
    ----------
    network : from images to logits, in evaluation mode.
    images, labels : shapes (N, C, H, W) and (N,), on the device of the network.
    """
    inputs = images.detach().clone().requires_grad_()
    loss = functional.cross_entropy(network(inputs), labels, reduction="sum")
    return torch.autograd.grad(loss, inputs)[0]


def measure(network: nn.Module, data: ImageData, *, epsilon: float) -> Measures:
    """Measure a trained network on the held-out images.

    The network is left in evaluation mode and without gradients of its weights: Foolbox would
    compute them with every attack.

    Parameters
    ----------
    network : from images to logits.
    data : normalized images of the size that the network takes.
    epsilon : l-infinity size of the attack, in standard deviations of a pixel.
    """
    from empirical.attacks import fgsm  # imports Foolbox, which only those who attack wait for

    network.eval().requires_grad_(False)
    device = next(network.parameters()).device
    images = data.held_out_images.to(device, memory_format=torch.channels_last)
    labels = data.held_out_labels.to(device)
    norms, before, after = [], [], []
    for start in range(0, len(labels), _BATCH):
        some, theirs = images[start : start + _BATCH], labels[start : start + _BATCH]
        norms.append(loss_gradients(network, some, theirs).abs().sum(dim=(1, 2, 3)))
        before.append(_predictions(network, some))
        attacked = fgsm(network, some, theirs, epsilon=epsilon, bounds=data.bounds)
        after.append(_predictions(network, attacked))
    clean, attacked = torch.cat(before), torch.cat(after)
    right = int((clean == labels).sum())
    return Measures(
        images=len(labels),
        accuracy=right / len(labels),
        gradient_norm=float(torch.cat(norms).double().mean()),
        changed=int((attacked != clean).sum()),
        accuracy_drop=(right - int((attacked == labels).sum())) / len(labels),
    )


@torch.no_grad()
def _predictions(network: nn.Module, images: Tensor) -> Tensor:
    predictions: Tensor = network(images).argmax(dim=1)
    return predictions
