"""`sqrtd train`: what it runs, prints and saves."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Column, Table

from empirical.data.load import DataError
from empirical.measures.image_measures import Measures
from empirical.measures.trained import Cell, Sweep
from empirical.sweeps.experiment import FIGURES, Experiment, ExperimentError
from empirical.sweeps.experiment_file import PRESETS, read_experiment_file, read_preset
from empirical.sweeps.record import write_record
from empirical.sweeps.sweep import Agenda, agenda, run_sweep
from empirical.sweeps.timing import seconds_a_network
from empirical.sweeps.train_one import plan
from empirical.training.recipe import TrainingError
from evidence.errors import BadInputError
from evidence.findings import Progress
from running.pools import Pool, PoolError, open_pool, thread_pool
from running.store import Store, StoreError
from running.user_files import UserFileError
from simulations.networks.sources import SourceError
from sqrtd.terminal.devices import read_device
from sqrtd.verdicts.results import explained, replacing, save_figure

EXPLAINED = (
    DataError,
    ExperimentError,
    PoolError,
    SourceError,
    StoreError,
    TrainingError,
    UserFileError,
)
"""Errors whose message is one line for the user."""

FOLDER = Path("results") / "train"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A sweep that is ready to run.

    Attributes
    ----------
    agenda : what there is to do.
    device : where to train.
    store, pool : keeps and trains the networks.
    workers : how many networks train at a time.
    costs : seconds that a network of each cell takes.
    place : the folder of the results.
    """

    agenda: Agenda
    device: torch.device
    store: Store
    pool: Pool
    workers: int
    costs: Mapping[Cell, float]
    place: Path

    def seconds(self, cells: Sequence[Cell]) -> float:
        """Return about how long these networks take, one entry a network."""
        return sum(self.costs[cell] for cell in cells) / self.workers


def read_experiment(options: argparse.Namespace) -> Experiment:
    """Read the experiment that the command line names, with as many networks as it wants.

    Raises
    ------
    BadInputError
        For an unknown experiment, a preset of a file, or a file that cannot be read.
    """
    name = options.experiment
    try:
        if name in FIGURES:
            preset = read_preset(name, options.preset or PRESETS[0], data=options.data)
            return preset.times(options.budget)
        if not name.endswith(".toml"):
            raise BadInputError(
                f"unknown experiment {name!r}; give {', '.join(FIGURES)} or FILE.toml"
            )
        if options.preset:
            raise BadInputError(f"{name} has no presets; leave --preset away")
        return read_experiment_file(Path(name), data=options.data).times(options.budget)
    except ExperimentError as error:
        raise BadInputError(str(error)) from error


@contextmanager
def prepared(
    experiment: Experiment, options: argparse.Namespace, progress: Progress
) -> Iterator[Job]:
    """Read images and store, and measure the speed. A dry run creates no file.

    Raises
    ------
    BadInputError
        In the block, too, for what cannot be trained, stored or had.
    """
    device = read_device(options.device)
    place = options.out / FOLDER / experiment.name
    kept = options.store or place / "networks.sqlite"
    if options.dry_run and not kept.exists():
        kept = Path(":memory:")
    try:
        with ExitStack() as stack:
            if options.workers or options.scheduler:
                # First, because processes inherit the path, to which a user's file adds its folder.
                pool = stack.enter_context(
                    open_pool(workers=options.workers, scheduler=options.scheduler)
                )
            else:  # networks that share a GPU wait for each other
                pool = thread_pool(workers=1 if device.type == "cuda" else None)
            # What cannot be read or built leaves no file behind.
            planned = plan(experiment, options.seed, device)
            cells = [cell for cell, _ in experiment.cells]
            costs = seconds_a_network(
                planned,
                cells,
                device,
                progress=lambda _, activity: progress(0.0, activity),  # not yet the work itself
            )
            if not options.dry_run:
                with explained(place):
                    place.mkdir(parents=True, exist_ok=True)
            store = stack.enter_context(closing(Store(kept)))
            yield Job(
                agenda=agenda(experiment, seed=options.seed, device=device, store=store),
                device=device,
                store=store,
                pool=pool,
                workers=pool.workers,
                costs=costs,
                place=place,
            )
    except EXPLAINED as error:
        raise BadInputError(str(error)) from error


def run(job: Job, progress: Progress) -> Sweep:
    """Train what is not finished.

    Raises
    ------
    BadInputError
        If no checkpoints can be written.
    """
    with explained(job.place):
        return run_sweep(
            job.agenda,
            device=job.device,
            store=job.store,
            pool=job.pool,
            folder=job.place.resolve(),
            costs=job.costs,
            progress=progress,
        )


def _names() -> tuple[Column, ...]:
    """Return new columns that name a cell, broken into lines where the terminal is narrow."""
    return Column("network", overflow="fold"), Column("px"), Column("method", overflow="fold")


def print_plan(job: Job) -> None:
    """Print what would be run, and for how long."""
    console = Console(markup=False, highlight=False)
    todo = job.agenda
    table = Table(*_names(), "ε", "networks", "finished", "seconds each")
    for cell, repeats in todo.experiment.cells:
        finished = sum(todo.keys[cell, index] in todo.finished for index in range(repeats))
        table.add_row(
            cell.network,
            str(cell.size),
            cell.method,
            "-" if cell.method == "plain" else f"{cell.epsilon:g}",
            str(repeats),
            str(finished),
            f"{job.costs[cell]:.3g}",
        )
    recipe = todo.experiment.recipe
    console.print(table)
    console.print(f"Images: {todo.plan.data}.", soft_wrap=True)
    console.print(
        f"{recipe.epochs} epochs in batches of {recipe.batch}; measured by FGSM"
        f"{' and PGD' if todo.experiment.pgd else ''} with ε = {todo.experiment.epsilon:g}.",
        soft_wrap=True,
    )
    due = [cell for cell, _ in todo.due]
    if not due:
        console.print(f"All networks are trained; results go to {job.place}.", soft_wrap=True)
        return
    console.print(
        f"{len(due)} of {todo.experiment.networks} networks are to be trained, {job.workers} at a "
        f"time: about {duration(job.seconds(due))}. Results go to {job.place}.",
        soft_wrap=True,
    )


def duration(seconds: float) -> str:
    """Write a time in the unit that fits."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(1, seconds):.0f} seconds"


def save(
    place: Path,
    experiment: Experiment,
    sweep: Sweep,
    origin: Mapping[str, Any],
    figures: Mapping[str, Any],
) -> list[Path]:
    """Write the results into a folder, each moved there when all are whole.

    Returns
    -------
    The files.

    Raises
    ------
    BadInputError
        If a file cannot be written.
    """
    # The time that the networks took would make the figures of equal runs differ.
    source = {name: value for name, value in origin.items() if name != "network_seconds"}
    with explained(place), ExitStack() as moves:
        drawings = []
        for name, figure in figures.items():
            for suffix in (".png", ".svg"):
                drawings.append(place / f"{name}{suffix}")
                file = moves.enter_context(replacing(drawings[-1]))
                save_figure(figure, file, suffix, source)
        return [*write_record(place, experiment, sweep, origin), *drawings]


def print_sweep(sweep: Sweep, files: Sequence[Path]) -> None:
    """Print the means of each kind of network."""
    console = Console(markup=False, highlight=False)
    table = Table(*_names(), "ε", "nets", "accuracy", "E‖∂L‖_1", "vulnerability")
    for cell, networks in sweep.groups():
        found = [one.measures.summary() for one in networks]

        def mean(name: str, found: Sequence[Measures] = found) -> float:
            return float(sum(getattr(one, name) for one in found) / len(found))

        table.add_row(
            cell.network,
            str(cell.size),
            cell.method,
            "-" if cell.method == "plain" else f"{cell.epsilon:g}",
            str(len(networks)),
            f"{mean('accuracy'):.1%}",
            f"{mean('gradient_norm'):.3g}",
            f"{mean('vulnerability'):.1%}",
        )
    console.print(table)
    console.print(f"Saved as {', '.join(map(str, files))}", soft_wrap=True)
