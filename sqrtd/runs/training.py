"""Experiments on trained networks, for the command line and for Python."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from empirical.measures.trained import Cell, Sweep
from empirical.sweeps.experiment import FIGURES, Experiment
from empirical.sweeps.experiment_file import PRESETS, read_experiment_file, read_preset
from empirical.sweeps.sweep import Agenda, agenda, run_sweep
from empirical.sweeps.timing import seconds_a_network
from evidence.errors import UserError
from running.files import explained
from running.places import check_place, is_there
from running.pools import Pool, open_pool, thread_pool
from running.store import Store
from sqrtd.runs.training_run import TrainingRun
from sqrtd.terminal.devices import read_device

FOLDER = Path("results") / "train"
"""Where the folders of experiments go, relative to the output folder."""

SPARE_SECONDS = 30.0
"""What is left of a limited time for the networks in hand to stop, and for the files of results."""


class _TimeUpError(Exception):
    """Ends a sweep whose time is over."""


def read_experiment(run: TrainingRun) -> Experiment:
    """Read the experiment of a run, with as many networks as its budget allows.

    Raises
    ------
    UserError
        For an unknown experiment, a preset of a file, or a file that cannot be read.
    """
    experiment, preset = run.experiment, run.preset
    if preset not in (None, *PRESETS):
        raise UserError(f"unknown preset {preset!r}; give {', '.join(PRESETS)}")
    if isinstance(experiment, Experiment):
        if preset or run.data:
            raise UserError(
                "an Experiment has its own images and networks; leave preset and data away"
            )
    elif experiment in FIGURES:
        experiment = read_preset(str(experiment), preset or PRESETS[0], data=run.data)
    elif Path(experiment).suffix != ".toml":
        raise UserError(
            f"unknown experiment {str(experiment)!r}; give {', '.join(FIGURES)} or FILE.toml"
        )
    elif preset:
        raise UserError(f"{experiment} has no presets; leave --preset away")
    else:
        experiment = read_experiment_file(Path(experiment), data=run.data)
    if run.epochs is not None:
        experiment = replace(experiment, recipe=experiment.recipe.in_epochs(run.epochs))
    return experiment.times(run.budget)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A sweep that is ready to run.

    Attributes
    ----------
    run : what was asked for.
    agenda : what there is to do.
    device : where to train.
    store, pool : keeps and trains the networks.
    workers : how many networks train at a time.
    costs : seconds that a network takes, for each cell that has networks to train.
    place : the folder of the results.
    deadline : when training has to stop, as of `time.monotonic`.
    """

    run: TrainingRun
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
def prepared(run: TrainingRun, *, dry_run: bool = False) -> Iterator[Job]:
    """Read experiment, images and store, and measure the speed. A dry run creates no file.

    Raises
    ------
    UserError
        In the block, too, for what cannot be read, trained, stored or had.
    """
    began = time.monotonic()
    experiment = read_experiment(run)
    if run.until_decided and experiment.figure is None:
        raise UserError(
            f"{experiment.name} is of no figure, so it has no claims to decide: give its file a "
            f"figure, which is one of {', '.join(FIGURES)}, or leave until-decided away"
        )
    device = read_device(run.device)
    with ExitStack() as stack:
        out = run.out
        if out is None:
            out = stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True))
        place = Path(out) / FOLDER / experiment.name
        check_place(place)
        kept = place / "networks.sqlite" if run.store is None else Path(run.store)
        if run.workers is not None or run.scheduler is not None:
            # First, because processes inherit the path, to which a user's file adds its folder.
            pool = stack.enter_context(open_pool(workers=run.workers, scheduler=run.scheduler))
        else:  # networks that share a GPU wait for each other
            pool = thread_pool(workers=1 if device.type == "cuda" else None)
        # What cannot be read, built or had leaves no file behind, not even an empty store.
        is_kept = is_there(kept)
        store = stack.enter_context(closing(Store(kept if is_kept else Path(":memory:"))))
        todo = agenda(experiment, seed=run.seed, device=device, store=store, record=place)
        timed = [cell for cell, _ in experiment.cells] if run.until_decided else todo.due_cells
        costs = seconds_a_network(
            todo.plan,
            timed,
            device,
            progress=lambda _, activity: run.progress(0.0, activity),  # not yet the work itself
        )
        if not dry_run:
            if run.store is not None and not is_kept:
                store = stack.enter_context(closing(Store(kept)))
            with explained(place):
                place.mkdir(parents=True, exist_ok=True)
            if run.store is None and not is_kept:
                store = stack.enter_context(closing(Store(kept)))
        yield Job(
            run=run,
            agenda=todo,
            device=device,
            store=store,
            pool=pool,
            workers=pool.workers,
            costs=costs,
            place=place,
            deadline=(math.inf if run.hours is None else began + 3600 * run.hours - SPARE_SECONDS),
        )


def train_due(job: Job) -> Sweep:
    """Train what is not finished, until the job's time is up; the agenda says what is left.

    Raises
    ------
    UserError
        If no checkpoints can be written.
    """

    def until_the_deadline(fraction: float, activity: str) -> None:
        job.run.progress(fraction, activity)
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
