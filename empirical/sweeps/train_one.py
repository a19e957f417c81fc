"""One network of a sweep: built, trained and measured, on any worker."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from empirical.data.images import ImageData
from empirical.measures.first_order import first_order_damage
from empirical.measures.measure import measure_images
from empirical.measures.trained import Cell, TrainedNetwork
from empirical.sweeps.architectures import build_network
from empirical.sweeps.experiment import Experiment, Images
from empirical.sweeps.prepared import digest, forget_images, read_images, resized_images
from empirical.sweeps.reporting import Reporter
from empirical.training.methods import METHODS
from empirical.training.recipe import Recipe, TrainingError
from empirical.training.train import train_network
from evidence.findings import Progress
from running.image_files import DataError
from running.pools import PoolError
from running.streams import stream
from simulations.networks.sources import SourceError, source_of

VERSION = 3
"""Raised whenever a network's numbers change: results of older code are then not reused."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What decides the numbers of a network beside its cell and index.

    Attributes
    ----------
    run : names the versions of the code and the kind of device, which every worker must share.
    folder : where relative paths of users' files start, on every worker.
    sources : names what a user's file held at the start, by network; empty for built-in ones.
    images, epsilon, pgd, recipe : as in `Experiment`; a path of images is absolute.
    largest : the most pixels along one side at which images are read.
    data : describes the images.
    digest : of the images, which every worker must find alike.
    seed : decides all random numbers.
    """

    run: str
    folder: Path
    sources: Mapping[str, str]
    images: Images
    epsilon: float
    pgd: bool
    recipe: Recipe
    largest: int
    data: str
    digest: str
    seed: int


def plan(experiment: Experiment, seed: int, device: torch.device) -> Plan:
    """Read the images of an experiment, and say what decides its numbers.

    Raises
    ------
    DataError, UserFileError : images, or a user's file, that cannot be read.
    """
    largest = max(experiment.sizes)
    images = replace(experiment.images, data=_with_absolute_path(experiment.images.data))
    data = read_images(images, seed, largest, device)
    return Plan(
        run=_run_name(device),
        folder=Path.cwd(),
        sources={cell.network: source_of(cell.network, "") for cell, _ in experiment.cells},
        images=images,
        epsilon=experiment.epsilon,
        pgd=experiment.pgd,
        recipe=experiment.recipe,
        largest=largest,
        data=data.description,
        digest=digest(data),
        seed=seed,
    )


def images_at(plan: Plan, size: int, device: torch.device) -> ImageData:
    """Return the images at one size, normalized.

    Raises
    ------
    DataError : as `read_images`, or other images than those that the plan was made of.
    """
    data = read_images(plan.images, plan.seed, plan.largest, device)
    if digest(data) != plan.digest:  # a worker of a cluster may have read them long ago
        forget_images()
        data = read_images(plan.images, plan.seed, plan.largest, device)
    if digest(data) != plan.digest:
        raise DataError(f"{plan.images.data}: a worker finds other images than this process")
    return resized_images(plan.images, plan.seed, size, device, largest=plan.largest)


def initial_network(plan: Plan, cell: Cell, index: int, data: ImageData) -> nn.Module:
    """Build the network as it is before training; each one has weights of its own.

    Raises
    ------
    ExperimentError : as `build_network`.
    SourceError : a user's file that is not as it was at the start.
    """
    generator = stream(plan.seed, *_name(cell, index), "weights")
    here = cell
    if ":" in cell.network:
        here = replace(cell, network=str(plan.folder / cell.network))
    network = build_network(here, channels=data.channels, classes=data.classes, generator=generator)
    if source_of(here.network, "") != plan.sources[cell.network]:
        raise SourceError(f"{cell.network} changed during the run; start it again")
    return network


def train_and_measure(
    plan: Plan,
    cell: Cell,
    index: int,
    device: torch.device,
    checkpoint: Path,
    report: Path,
) -> TrainedNetwork:
    """Train a network, or go on from its checkpoint, and measure it on the held-out images.

    On one torch thread, so that sums keep one order, in any worker.

    Parameters
    ----------
    plan, cell, index : which network.
    device : where to train.
    checkpoint : the network's own.
    report : where progress goes; see `empirical.sweeps.reporting`.

    Raises
    ------
    AbandonedError : nobody waits for the network any more.
    PoolError : a worker with another version of the code, which would give other numbers.
    DataError, ExperimentError, SourceError, TrainingError : as what is called.
    """
    if _run_name(device) != plan.run:
        raise PoolError(
            f"a worker would train other networks: it has {_run_name(device)}, we have {plan.run}"
        )
    torch.set_num_threads(1)
    progress = Reporter(report)
    progress(0.0, "")
    data = images_at(plan, cell.size, device)
    network = initial_network(plan, cell, index, data)
    try:
        loss, seconds = train_network(
            network,
            data.train_images,
            data.train_labels,
            objective=METHODS[cell.method](cell.epsilon),
            recipe=plan.recipe,
            seed=plan.seed,
            name=_name(cell, index),
            checkpoint=checkpoint,
            device=device,
            progress=progress,
        )
        return _measured(plan, cell, index, network, data, loss, seconds, progress)
    except TrainingError as error:
        raise TrainingError(f"network {index + 1} of {cell}: {error}") from error


def _measured(
    plan: Plan,
    cell: Cell,
    index: int,
    network: nn.Module,
    data: ImageData,
    loss: float,
    seconds: float,
    progress: Progress,
) -> TrainedNetwork:
    progress(1.0, "")
    images, labels = data.held_out_images, data.held_out_labels
    name = _name(cell, index)
    measures = measure_images(
        network,
        images,
        labels,
        epsilon=plan.epsilon,
        bounds=data.bounds,
        pgd_generator=stream(plan.seed, *name, "pgd") if plan.pgd else None,
    )
    damage = first_order_damage(network, images, labels, epsilons=[plan.epsilon])
    return TrainedNetwork(
        cell=cell,
        index=index,
        d=images[0].numel(),
        measures=measures,
        increase=damage.increase[0],
        training_loss=loss,
        seconds=seconds,
    )


def _run_name(device: torch.device) -> str:
    """Name what else decides a network's bits: another device or torch rounds otherwise."""
    return f"networks {VERSION}, {device.type}, torch {torch.__version__}"


def _with_absolute_path(data: str) -> str:
    """Return a specification of images that means the same in any folder."""
    name, _, path = data.partition(":")
    if name not in ("cifar10", "imagefolder") or not path:  # what follows others is no path
        return data
    return f"{name}:{os.path.abspath(os.path.expanduser(path))}"  # noqa: PTH100, PTH111


def _name(cell: Cell, index: int) -> tuple[str | int, ...]:
    return "trained", repr(cell), index
