"""A network with trained weights, measured on images at each size that the weights fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from empirical.data.images import ImageData, resized
from empirical.data.load import load_data
from empirical.measures.measure import measure_images
from evidence.errors import UserError
from evidence.findings import Progress, silent
from evidence.intervals import Interval
from evidence.levels import FIGURE_ERROR
from evidence.moments import moment_interval
from evidence.shares import share_interval
from running.arrays import read_tensors
from running.places import is_there, require_file
from running.streams import stream
from simulations.engine.ensemble import Ensemble
from simulations.networks.families import build

HELD_OUT, TRAIN = 128, 2000
"""Images to measure on, and to normalize by, at most."""

_CIFAR = ("cifar-10-batches-bin", "cifar-10-batches-py", "data_batch_1.bin", "data_batch_1")

_AT_ONCE = 100


class Fitted(NamedTuple):
    """A network of one size with its weights, and the shape of its input."""

    size: int
    network: nn.Module
    shape: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TrainedWeights:
    """What a trained network does at one size; each interval holds with 95 %.

    Attributes
    ----------
    size, d, images : of the network, and how many images were measured.
    data : which images these are.
    epsilon, epsilon_255 : l-infinity size of the attacks, in standard deviations of a pixel over
        all images, and in 1/255 of the pixels' range.
    accuracy : share of images predicted correctly.
    norm_1, norm_2 : means of ‖∂_x L‖_1 and ‖∂_x L‖_2, in nats per standard deviation.
    zero : how many gradients are exactly 0.
    fgsm, pgd : share of predictions that one step, and projected steps, of size ε change.
    first_order, damage : means of ε‖∂_x L‖_1, and of L(x + ε sign ∂_x L) - L(x).
    """

    size: int
    d: int
    images: int
    data: str
    epsilon: float
    epsilon_255: float
    accuracy: Interval
    norm_1: Interval
    norm_2: Interval
    zero: int
    fgsm: Interval
    pgd: Interval
    first_order: float
    damage: float


def read_weights(file: Path) -> Mapping[str, Tensor]:
    """Read a state_dict, running none of the code that a file may hold.

    A dictionary that holds it as "state_dict" is taken for it.

    Raises
    ------
    UserError : no such file, or one that holds something else.
    """
    require_file(file)
    try:
        state = read_tensors(file)
    except Exception as error:  # whatever torch, pickle and zip say of other bytes
        raise UserError(
            f"{str(file)!r} is no file of weights: give one that torch.save(model.state_dict(), "
            "FILE) wrote"
        ) from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(
        isinstance(name, str) and isinstance(x, Tensor) for name, x in state.items()
    ):
        raise UserError(f"{file} holds no state_dict: save model.state_dict(), not the model")
    return state


def fitting(ensembles: Sequence[Ensemble], file: Path) -> list[Fitted]:
    """Build the networks of all sizes that the weights fit, with these weights.

    Raises
    ------
    UserError : the weights fit no size, and what does not fit at the last one; or as
        `read_weights`.
    """
    state = read_weights(file)
    found, complaint = [], ""
    for ensemble in ensembles:
        with torch.random.fork_rng(devices=[]):
            network, shape = build(ensemble.network, ensemble.size, ensemble.options)
        complaint = _mismatch(network.state_dict(), state) or complaint
        if not _mismatch(network.state_dict(), state):
            network.load_state_dict(dict(state))
            found.append(Fitted(ensemble.size, network, shape))
    if not found:
        sizes = ", ".join(str(ensemble.size) for ensemble in ensembles)
        raise UserError(f"the weights in {file} fit no network of size {sizes}: {complaint}")
    return found


def _mismatch(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> str:
    """Return the first thing that does not fit, in words; empty if all fits."""
    for name, tensor in wanted.items():
        if name not in given:
            return f"it lacks {name!r}"
        if given[name].shape != tensor.shape:
            return f"{name!r} has shape {tuple(given[name].shape)}, wanted is {tuple(tensor.shape)}"
        if given[name].is_complex() or given[name].layout != torch.strided:
            return f"{name!r} is complex or sparse"
        if not given[name].isfinite().all():
            return f"{name!r} is not finite"
    return next((f"{name!r} is not in the network" for name in given if name not in wanted), "")


def measure_weights(
    networks: Sequence[Fitted],
    folder: Path,
    *,
    epsilon: float,
    seed: int,
    device: torch.device,
    progress: Progress = silent,
) -> list[TrainedWeights]:
    """Measure networks on held-out images of a folder.

    Images are resized to the network's size, and normalized by one mean and one standard deviation
    of all pixels of the training images there. A network that wants other numbers has to make them
    itself, in its first layer.

    Parameters
    ----------
    networks : from `fitting`.
    folder : class folders, or CIFAR-10, as `empirical.data.load` reads them.
    epsilon : l-infinity size of the attacks, in 1/255 of the pixels' range.
    seed : decides which images, and where PGD starts.
    device : where it is computed.
    progress : called as images are read, and after each size.

    Raises
    ------
    DataError : images that cannot be read, or whose labels the network does not have.
    UserError : a network that takes no square images of these colours.
    """
    for size, _, shape in networks:
        if len(shape) != 3 or shape[1] != shape[2]:
            raise UserError(
                f"at size {size} the network takes inputs of shape {shape}; --images needs one "
                "that takes square images, (channels, pixels, pixels)"
            )
    is_cifar = folder.name in _CIFAR[:2] or any(is_there(folder / name) for name in _CIFAR)
    data = load_data(
        f"{'cifar10' if is_cifar else 'imagefolder'}:{folder}",
        seed=seed,
        size=max(fitted.shape[1] for fitted in networks),
        train=TRAIN,
        held_out=HELD_OUT,
        progress=lambda part, what: progress(part / 2, what),
    )
    measured = []
    for number, fitted in enumerate(networks):
        progress((1 + number / len(networks)) / 2, f"trained weights at size {fitted.size}")
        measured.append(_measured(fitted, data, epsilon, seed, device))
    return measured


def _measured(
    fitted: Fitted, data: ImageData, epsilon: float, seed: int, device: torch.device
) -> TrainedWeights:
    channels, pixels, _ = fitted.shape
    if channels != data.channels:
        raise UserError(
            f"at size {fitted.size} the network takes {channels} colours, and the images have "
            f"{data.channels}"
        )
    mean, deviation = _normalization(data.train_images, pixels)
    images = resized(data.held_out_images, pixels).clamp_(0, 255).sub_(mean).div_(deviation)
    size = epsilon / deviation
    # Rounding must not put black and white beyond their own bounds.
    low, high = (float(end) for end in images.aminmax())
    each = measure_images(
        fitted.network.to(device),
        images,
        data.held_out_labels,
        epsilon=size,
        bounds=(min(-mean / deviation, low), max((255 - mean) / deviation, high)),
        pgd_generator=stream(seed, "audit", "pgd"),
    )
    count = len(each.correct)
    assert each.pgd_changed is not None  # noqa: S101  (it has a generator)
    return TrainedWeights(
        size=fitted.size,
        d=images[0].numel(),
        images=count,
        data=data.description,
        epsilon=size,
        epsilon_255=epsilon,
        accuracy=share_interval(int(each.correct.sum()), count, FIGURE_ERROR),
        norm_1=moment_interval(each.gradient_norm, FIGURE_ERROR),
        norm_2=moment_interval(each.gradient_norm_l2, FIGURE_ERROR),
        zero=int((each.gradient_norm == 0).sum()),
        fgsm=share_interval(int(each.changed.sum()), count, FIGURE_ERROR),
        pgd=share_interval(int(each.pgd_changed.sum()), count, FIGURE_ERROR),
        first_order=float(size * each.gradient_norm.mean()),
        damage=float(each.increase.mean()),
    )


def _normalization(images: Tensor, pixels: int) -> tuple[float, float]:
    """Mean and standard deviation of all pixels at a size, a few images at a time."""
    total, squares, count = 0.0, 0.0, 0
    for start in range(0, len(images), _AT_ONCE):
        values = resized(images[start : start + _AT_ONCE], pixels).double()
        total += float(values.sum())
        squares += float(values.square().sum())
        count += values.numel()
    mean = total / count
    variance = squares / count - mean**2
    if not variance > 0:
        raise UserError("all pixels of the images are equal")
    return mean, variance**0.5
