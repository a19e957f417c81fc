"""One network of a sweep: built, trained and measured, on any worker."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from empirical.data.images import ImageData
from empirical.errors import TrainingError
from empirical.measures.measure import measure_images
from empirical.measures.trained import NetworkId, TrainedNetwork
from empirical.sweeps.architectures import build_network, explained
from empirical.sweeps.experiment import Experiment, Images
from empirical.sweeps.prepared import forget_images, read_images, resized_images
from empirical.sweeps.reporting import Reporter
from empirical.training.methods import METHODS
from empirical.training.recipe import Recipe
from empirical.training.train import train_network
from running.image_decoding import DataError
from running.pools import run_name
from running.streams import stream
from running.work import check_run
from simulations.networks.sources import SourceError, source_of
from simulations.networks.user_factories import user_function

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
    images, epsilon, pgd, recipe, paired : as in `Experiment`; a path of images is absolute.
    largest : the most pixels along one side at which images are read.
    data : describes the images.
    digest : of the images, which every worker must find alike.
    seed : decides all random numbers.
    paired : as in `Experiment`.
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
    paired: bool

    def stream_name(self, network: NetworkId) -> tuple[str | int, ...]:
        """Name a network's random streams: its own, or in pairs one for all sizes."""
        cell = replace(network.cell, size=0) if self.paired else network.cell
        return "trained", repr(cell), network.index


def plan(experiment: Experiment, seed: int, device: torch.device) -> Plan:
    """Read the images of an experiment, and say what decides its numbers.

    Raises
    ------
    DataError, UserFileError : images, or a user's file, that cannot be read.
    """
    largest = max(experiment.sizes)
    images = replace(experiment.images, data=_with_absolute_path(experiment.images.data))
    data, digest = read_images(images, seed, largest, device)
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
        digest=digest,
        seed=seed,
        paired=experiment.paired,
    )


def images_at(plan: Plan, size: int, device: torch.device) -> ImageData:
    """Return the images at one size, normalized.

    Raises
    ------
    DataError : as `read_images`, or other images than those that the plan was made of.
    """
    read = plan.images, plan.seed, plan.largest, device
    if read_images(*read).digest != plan.digest:
        forget_images()  # a worker of a cluster may have read them long ago
    if read_images(*read).digest != plan.digest:
        raise DataError(f"{plan.images.data}: a worker finds other images than this process")
    return resized_images(plan.images, plan.seed, size, device, largest=plan.largest)


def initial_network(plan: Plan, network: NetworkId, data: ImageData) -> nn.Module:
    """Build a network as it is before training.

    Raises
    ------
    ExperimentError : as `build_network`.
    SourceError : a user's file that is not as it was at the start.
    """
    generator = stream(plan.seed, *plan.stream_name(network), "weights")
    cell, name = network.cell, network.cell.network
    if function := user_function(name):
        cell = replace(cell, network=str(function.located(plan.folder)))
    built = build_network(cell, channels=data.channels, classes=data.classes, generator=generator)
    if source_of(cell.network, "") != plan.sources[name]:
        raise SourceError(f"{name} changed during the run; start it again")
    return built


def train_and_measure(
    plan: Plan, network: NetworkId, device: torch.device, checkpoint: Path, report: Path
) -> TrainedNetwork:
    """Train a network, or go on from its checkpoint, and measure it on the held-out images.

    Parameters
    ----------
    plan, network : which network.
    device : where to train.
    checkpoint : the network's own.
    report : where progress goes; see `empirical.sweeps.reporting`.

    Raises
    ------
    AbandonedError : nobody waits for the network any more.
    PoolError : a worker with another version of the code, which would give other numbers.
    DataError, ExperimentError, SourceError, TrainingError : as what is called.
    """
    check_run(plan.run, _run_name(device))
    progress = Reporter(report)
    progress(0.0, "")
    cell = network.cell
    data = images_at(plan, cell.size, device)
    module = initial_network(plan, network, data)
    name = plan.stream_name(network)
    try:
        with explained(cell):
            trained = train_network(
                module,
                data.train_images,
                data.train_labels,
                objective=METHODS[cell.method](cell.epsilon),
                recipe=plan.recipe,
                seed=plan.seed,
                name=name,
                checkpoint=checkpoint,
                device=device,
                progress=progress,
            )
            progress(1.0, "")
            measures = measure_images(
                module,
                data.held_out_images,
                data.held_out_labels,
                epsilon=plan.epsilon,
                bounds=data.bounds,
                pgd_generator=stream(plan.seed, *name, "pgd") if plan.pgd else None,
            )
    except TrainingError as error:
        raise TrainingError(f"network {network.index + 1} of {cell}: {error}") from error
    return TrainedNetwork(
        cell=cell,
        index=network.index,
        d=data.held_out_images[0].numel(),
        measures=measures,
        training_loss=trained.loss,
        seconds=trained.seconds,
    )


def _run_name(device: torch.device) -> str:
    """Name what decides a network's bits beside its key."""
    return run_name(f"networks {VERSION}", device)


def _with_absolute_path(data: str) -> str:
    """Return a specification of images that means the same in any folder."""
    name, _, path = data.partition(":")
    if name not in ("cifar10", "imagefolder") or not path:  # what follows others is no path
        return data
    return f"{name}:{os.path.abspath(os.path.expanduser(path))}"  # noqa: PTH100, PTH111
