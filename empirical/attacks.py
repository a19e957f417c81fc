"""Adversarial attacks, by Foolbox; the import takes a second."""

import warnings

from torch import Tensor, nn

with warnings.catch_warnings():
    # Foolbox 3.3.4 still imports from the old place of this function.
    warnings.filterwarnings(
        "ignore", message="Please import `gaussian_filter`", category=DeprecationWarning
    )
    from foolbox.attacks.fast_gradient_method import LinfFastGradientAttack
    from foolbox.criteria import Misclassification
    from foolbox.models.pytorch import PyTorchModel


def fgsm(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    bounds: tuple[float, float],
) -> Tensor:
    """The images after Foolbox's fast gradient sign attack of l-infinity size `epsilon`.

    Parameters
    ----------
    network : from images to logits, in evaluation mode.
    images, labels : shapes (N, C, H, W) and (N,), on the device of the network.
    epsilon : size of the attack, in the unit of the pixels.
    bounds : smallest and largest value that a pixel may take, before the attack and after.
    """
    model = PyTorchModel(network, bounds=bounds, device=images.device)
    attacked: Tensor = LinfFastGradientAttack().run(
        model, images, Misclassification(labels), epsilon=epsilon
    )
    return attacked
