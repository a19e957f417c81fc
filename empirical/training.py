"""Plain training of a classifier."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from theory.evidence import Progress, silent

LEARNING_RATE = 0.05
MOMENTUM = 0.9
BATCH = 50


class TrainingError(RuntimeError):
    """Training that went astray; the message is one line for the user."""


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> None:
    """Minimize the cross-entropy by stochastic gradient descent, in place.

    Momentum 0.9, batches of 50 in a new random order every epoch (what is left of a last batch
    waits for the next), and a learning rate that falls linearly from 0.05 to 0, so that the
    network comes to rest instead of ending at a random phase of its last few batches. On one CPU
    with a fixed number of threads, the same arguments give the same weights, bit for bit.

    Parameters
    ----------
    network : from images to logits; left on `device`, in training mode.
    images : shape (N, C, H, W), normalized.
    labels : classes, shape (N,).
    epochs : passes over the images.
    generator : the order of the images, on the CPU.
    device : where to train.
    progress : called after every batch.

    Raises
    ------
    TrainingError : the loss is no longer a finite number.
    """
    # This layout of the memory makes convolutions about twice as fast on a CPU.
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = images.to(device, memory_format=torch.channels_last)
    labels = labels.to(device)
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    batch = min(BATCH, len(images))
    batches = len(images) // batch
    for epoch in range(epochs):
        order = torch.randperm(len(images), generator=generator)[: batches * batch].to(device)
        for step, chosen in enumerate(order.reshape(batches, batch), start=epoch * batches):
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * (1 - step / (epochs * batches))
            optimizer.zero_grad()
            loss = functional.cross_entropy(network(images[chosen]), labels[chosen])
            if not math.isfinite(loss.item()):
                raise TrainingError(
                    f"the loss became {loss.item()} in epoch {epoch + 1} of {epochs}: "
                    "check that the images are finite and normalized"
                )
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            progress((step + 1) / (epochs * batches), f"epoch {epoch + 1} of {epochs}")
