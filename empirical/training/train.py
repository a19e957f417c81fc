"""Training of a classifier by any objective and recipe, with checkpoints."""

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from empirical.errors import TrainingError
from empirical.training.checkpoints import (
    fingerprint,
    read_checkpoint,
    undamaged,
    write_checkpoint,
)
from empirical.training.memory import keep_freed_memory
from empirical.training.recipe import Recipe
from evidence.findings import Progress, silent
from running.streams import stream

CHECKPOINT_SECONDS = 30.0
"""Time between two checkpoints, and so the most that a killed training loses."""

CHECK_STEPS = 20
"""Steps between two looks at the loss: each makes a GPU wait."""


class Objective(Protocol):
    """What training minimizes, such as those of `empirical.training.methods`."""

    def __call__(
        self,
        network: nn.Module,
        images: Tensor,
        labels: Tensor,
        *,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Return a scalar, to be differentiated by the weights of the network.

        Parameters
        ----------
        network : from images to logits, in training mode.
        images, labels : a batch, shapes (N, C, H, W) and (N,).
        generator : for what is drawn at random, on the CPU.
        """


class Trained(NamedTuple):
    """What a training leaves beside the weights.

    Attributes
    ----------
    loss : the objective in the last step.
    seconds : what all steps took, those before an interruption included: processor time on a CPU,
        where other work on the machine does not count, and wall time on a GPU.
    """

    loss: float
    seconds: float


def train_network(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    objective: Objective,
    recipe: Recipe,
    seed: int,
    name: tuple[str | int, ...] = (),
    checkpoint: Path | None = None,
    device: torch.device | str = "cpu",
    progress: Progress = silent,
) -> Trained:
    """Minimize an objective by a recipe, in place, and continue where a killed training stopped.

    Every epoch has a new random order of the images; what is left of a last batch waits for the
    next. The order of an epoch and the noise of a step have random streams of their own, so that an
    interruption changes nothing: on one CPU with a fixed number of threads, the same arguments give
    the same weights, bit for bit, in one go or in many. Layers that draw from torch's global
    generator (dropout) find it seeded at every step, and it is put back at the end; with several
    trainings in threads of one process, their draws would mix.

    On CPU, the C library is told to keep memory for the next step (`empirical.training.memory`).

    Parameters
    ----------
    network : from images to logits, with its initial weights; left on `device`, in training mode.
    images : shape (N, C, H, W), normalized.
    labels : classes, shape (N,).
    objective : what to minimize; its `repr` must tell it from others.
    recipe : epochs, batches and learning rates.
    seed, name : name the random streams; networks of one seed need different names.
    checkpoint : file to continue from, if it is there, and to write every 30 seconds and at the
        end; a finished one makes this call return at once. None writes nothing.
    device : where to train.
    progress : called after every step. An exception from it stops the training.

    Raises
    ------
    ValueError : no images, or not as many labels.
    TrainingError : the loss is no longer a finite number; or a checkpoint that cannot be read or
        written, is damaged, or is of another training (objective, recipe, seed, initial network or
        data).
    """
    if not 0 < len(images) == len(labels):
        raise ValueError(f"cannot train on {len(images)} images with {len(labels)} labels")
    device = torch.device(device)
    if device.type == "cpu":
        keep_freed_memory()
    identity = _identity(network, images, labels, objective, recipe, seed, name, checkpoint)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = images.to(device, memory_format=torch.channels_last)
    labels = labels.to(device)
    network.train()
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.SGD(weights, lr=recipe.learning_rate, momentum=recipe.momentum)
    batch = min(recipe.batch, len(images))
    batches = len(images) // batch
    steps = recipe.epochs * batches
    first, before = _continue(network, optimizer, checkpoint, identity, device, steps)
    value = before.loss
    order = torch.empty(0)
    written = time.monotonic()
    clock = time.perf_counter if device.type == "cuda" else time.thread_time
    start = clock() - before.seconds
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        for step in range(first, steps):
            epoch, index = divmod(step, batches)
            if index == 0 or step == first:
                generator = stream(seed, *name, "order", epoch)
                order = torch.randperm(len(images), generator=generator).to(device)
            chosen = order[index * batch : (index + 1) * batch]
            noise = stream(seed, *name, "noise", step)
            torch.manual_seed(noise.initial_seed())
            optimizer.param_groups[0]["lr"] = recipe.learning_rate_at(step, steps)
            optimizer.zero_grad()
            shown = images[chosen]
            if recipe.flips:
                shown = _mirrored(shown, stream(seed, *name, "flips", step))
            loss = objective(network, shown, labels[chosen], generator=noise)
            loss.backward(inputs=weights)  # type: ignore[no-untyped-call]
            optimizer.step()
            last = step + 1 == steps
            due = checkpoint is not None and (
                last or time.monotonic() - written >= CHECKPOINT_SECONDS
            )
            if last or due or step % CHECK_STEPS == 0:
                value = _check_loss(loss, epoch, recipe.epochs)
            if last or due:  # the step itself may have gone astray after a finite loss
                _check_weights(weights, epoch, recipe.epochs)
            if checkpoint is not None and due:
                state = {
                    "step": step + 1,
                    "loss": value,
                    "seconds": clock() - start,
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                }
                write_checkpoint(checkpoint, identity, state)
                written = time.monotonic()
            progress((step + 1) / steps, f"epoch {epoch + 1} of {recipe.epochs}")
    return Trained(value, clock() - start)


def _mirrored(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror each image left to right with probability 1/2."""
    chosen = torch.randint(2, (len(images), 1, 1, 1), generator=generator).to(images.device)
    return torch.where(chosen == 1, images.flip(3), images)


def _identity(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    objective: Objective,
    recipe: Recipe,
    seed: int,
    name: tuple[str | int, ...],
    checkpoint: Path | None,
) -> dict[str, str]:
    """What a checkpoint must agree with; nothing where none is asked for."""
    if checkpoint is None:
        return {}
    return {
        "method": repr(objective),
        "recipe": repr(recipe),
        "seed": str(seed),
        "name": repr(name),
        "initial network": fingerprint(*network.state_dict().values()),
        "set of images": fingerprint(images, labels),
    }


def _continue(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    checkpoint: Path | None,
    identity: Mapping[str, str],
    device: torch.device,
    steps: int,
) -> tuple[int, Trained]:
    """Load the checkpoint, if there is one; return the number of steps done, and what they left."""
    state: dict[str, Any] | None = None
    if checkpoint is not None:
        state = read_checkpoint(checkpoint, identity, device=device)
    if checkpoint is None or state is None:
        return 0, Trained(math.nan, 0.0)
    with undamaged(checkpoint):
        return _restore(network, optimizer, state, steps)


def _restore(
    network: nn.Module, optimizer: torch.optim.Optimizer, state: Mapping[str, Any], steps: int
) -> tuple[int, Trained]:
    """Put a checkpoint's state in place, as of `_continue`.

    Raises
    ------
    Exception : whatever torch says of another state; ValueError for one that no training has left.
    """
    step, loss, seconds = state["step"], state["loss"], state["seconds"]
    if type(step) is not int or not 0 < step <= steps:
        raise ValueError(f"it is of step {step!r} of {steps}")
    if not (math.isfinite(loss) and 0 <= seconds < math.inf):
        raise ValueError(f"its loss is {loss!r}, after {seconds!r} seconds")
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    for weight in optimizer.param_groups[0]["params"]:
        momentum = optimizer.state[weight].get("momentum_buffer", weight)
        for tensor in (weight, weight if momentum is None else momentum):
            if tensor.shape != weight.shape or not tensor.isfinite().all():
                raise ValueError("its weights or their momenta are unfit")
    return step, Trained(float(loss), float(seconds))


def _check_weights(weights: Sequence[Tensor], epoch: int, epochs: int) -> None:
    if not all(bool(weight.isfinite().all()) for weight in weights):
        raise TrainingError(
            f"the weights became infinite in epoch {epoch + 1} of {epochs}: "
            "take a smaller learning rate or epsilon"
        )


def _check_loss(loss: Tensor, epoch: int, epochs: int) -> float:
    value = loss.item()
    if not math.isfinite(value):
        raise TrainingError(
            f"the loss became {value} in epoch {epoch + 1} of {epochs}: "
            "take a smaller learning rate or epsilon, and check that the images are finite"
        )
    return value
