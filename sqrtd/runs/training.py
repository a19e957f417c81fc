"""Experiments on trained networks, for the command line and for Python."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from empirical.measures.trained import Cell, Sweep
from empirical.sweeps.experiment import FIGURES, Experiment
from empirical.sweeps.experiment_file import PRESETS, read_experiment_file, read_preset
from empirical.sweeps.sweep import Agenda, agenda, run_sweep
from empirical.sweeps.timing import seconds_a_network
from evidence.errors import UserError
from evidence.findings import Progress
from running.files import explained
from running.pools import Pool, open_pool, thread_pool
from running.store import Store
from sqrtd.terminal.devices import read_device

FOLDER = Path("results") / "train"
"""Where the folders of experiments go, relative to the output folder."""

SPARE_SECONDS = 30.0
"""What is left of a limited time for the networks in hand to stop, and for the files of results."""


class _TimeUpError(Exception):
    """Ends a sweep whose time is over."""


@dataclass(frozen=True, kw_only=True)
class TrainingRun:
    """What a user wants trained, and where.

    Attributes
    ----------
    experiment : what to train, and how to measure it.
    seed : decides every random number.
    device : cpu, cuda or cuda:N.
    out : the results go to its folder results/train/NAME.
    store : SQLite file that keeps finished networks; networks.sqlite in that folder if None.
    workers, scheduler : as in `running.pools.open_pool`.
    hours : how long the run may take, reading the images included; None for as long as it takes.
    dry_run : whether to prepare the run only, without creating a file.
    """

    experiment: Experiment
    seed: int = 0
    device: str = "cpu"
    out: Path = Path()
    store: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    hours: float | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        """Raise UserError for numbers that mean nothing."""
        if self.seed < 0:
            raise UserError(f"a seed is a whole number from 0 up, not {self.seed}")
        if self.hours is not None and not self.hours > 0:
            raise UserError(f"hours are a number above 0, not {self.hours}")

    @property
    def place(self) -> Path:
        """The folder of the results."""
        return self.out / FOLDER / self.experiment.name


def read_experiment(
    name: str,
    *,
    preset: str | None = None,
    data: str | None = None,
    budget: float = 1.0,
    epochs: int | None = None,
) -> Experiment:
    """Read an experiment, with as many networks as a budget allows.

    Parameters
    ----------
    name : a figure that has presets, or FILE.toml.
    preset : of a figure; the smallest if None.
    data : images to take instead of the experiment's own.
    budget : how many networks of each kind, relative to the experiment's own number.
    epochs : of a training, instead of the experiment's own; learning rates fall within them.

    Raises
    ------
    UserError
        For an unknown experiment, a preset of a file, or a file that cannot be read.
    """
    if preset not in (None, *PRESETS):
        raise UserError(f"unknown preset {preset!r}; give {', '.join(PRESETS)}")
    if not 0 < budget < math.inf:
        raise UserError(f"a budget is a number above 0, not {budget}")
    if name in FIGURES:
        experiment = read_preset(name, preset or PRESETS[0], data=data)
    elif not name.endswith(".toml"):
        raise UserError(f"unknown experiment {name!r}; give {', '.join(FIGURES)} or FILE.toml")
    elif preset:
        raise UserError(f"{name} has no presets; leave --preset away")
    else:
        experiment = read_experiment_file(Path(name), data=data)
    if epochs is not None:
        experiment = replace(experiment, recipe=experiment.recipe.in_epochs(epochs))
    return experiment.times(budget)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A sweep that is ready to run.

    Attributes
    ----------
    agenda : what there is to do.
    device : where to train.
    store, pool : keeps and trains the networks.
    workers : how many networks train at a time.
    costs : seconds that a network takes, for each cell that has networks to train.
    place : the folder of the results.
    deadline : when training has to stop, as of `time.monotonic`.
    """

    agenda: Agenda
    device: torch.device
    store: Store
    pool: Pool
    workers: int
    costs: Mapping[Cell, float]
    place: Path
    deadline: float

    def seconds(self, cells: Sequence[Cell]) -> float:
        """Return about how long these networks take, one entry a network."""
        return sum(self.costs[cell] for cell in cells) / self.workers


@contextmanager
def prepared(asked: TrainingRun, progress: Progress) -> Iterator[Job]:
    """Read images and store, and measure the speed. A dry run creates no file.

    Raises
    ------
    UserError
        In the block, too, for what cannot be trained, stored or had.
    """
    began = time.monotonic()
    experiment, place = asked.experiment, asked.place
    device = read_device(asked.device)
    kept = asked.store or place / "networks.sqlite"
    with ExitStack() as stack:
        if asked.workers is not None or asked.scheduler is not None:
            # First, because processes inherit the path, to which a user's file adds its folder.
            pool = stack.enter_context(open_pool(workers=asked.workers, scheduler=asked.scheduler))
        else:  # networks that share a GPU wait for each other
            pool = thread_pool(workers=1 if device.type == "cuda" else None)
        # What cannot be read or built leaves no file behind, not even an empty store.
        is_kept = kept.exists()
        store = stack.enter_context(closing(Store(kept if is_kept else Path(":memory:"))))
        todo = agenda(experiment, seed=asked.seed, device=device, store=store, record=place)
        costs = seconds_a_network(
            todo.plan,
            list(dict.fromkeys(network.cell for network in todo.due)),
            device,
            progress=lambda _, activity: progress(0.0, activity),  # not yet the work itself
        )
        if not asked.dry_run:
            with explained(place):
                place.mkdir(parents=True, exist_ok=True)
            if not is_kept:
                store = stack.enter_context(closing(Store(kept)))
        yield Job(
            agenda=todo,
            device=device,
            store=store,
            pool=pool,
            workers=pool.workers,
            costs=costs,
            place=place,
            deadline=(
                math.inf if asked.hours is None else began + 3600 * asked.hours - SPARE_SECONDS
            ),
        )


def train_due(job: Job, progress: Progress) -> Sweep:
    """Train what is not finished, until the job's time is up; the agenda says what is left.

    Raises
    ------
    UserError
        If no checkpoints can be written.
    """

    def until_the_deadline(fraction: float, activity: str) -> None:
        progress(fraction, activity)
        if time.monotonic() > job.deadline:
            raise _TimeUpError

    try:
        until_the_deadline(0.0, "begins")
        with explained(job.place):
            run_sweep(
                job.agenda,
                device=job.device,
                store=job.store,
                pool=job.pool,
                folder=job.place.resolve(),
                costs=job.costs,
                progress=until_the_deadline,
            )
    except _TimeUpError:
        pass
    return job.agenda.sweep
