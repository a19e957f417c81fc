"""Sweeps: all networks of an experiment, trained side by side, kept and resumed."""

import json
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import torch

from empirical.measures.trained import Cell, Sweep, TrainedNetwork
from empirical.sweeps.arrays import from_arrays, to_arrays
from empirical.sweeps.experiment import Experiment
from empirical.sweeps.reporting import AbandonedError, reports
from empirical.sweeps.train_one import Plan, plan, train_and_measure
from evidence.findings import Progress, silent
from running.pools import Pool, PoolError
from running.store import Store

Which: TypeAlias = tuple[Cell, int]
"""A network of a sweep: its cell and index."""


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """What a sweep consists of, and what of it is finished.

    Attributes
    ----------
    experiment : the sweep's.
    plan : what decides the networks beside cell and index.
    keys : the store's key of each network, in the experiment's order.
    finished : the networks that the store has.
    """

    experiment: Experiment
    plan: Plan
    keys: Mapping[Which, str]
    finished: Mapping[str, TrainedNetwork]

    @property
    def due(self) -> list[Which]:
        """Return what is not finished, in the experiment's order."""
        return [which for which, key in self.keys.items() if key not in self.finished]


def agenda(experiment: Experiment, *, seed: int, device: torch.device, store: Store) -> Agenda:
    """Read the images, and find what of an experiment is finished.

    Raises
    ------
    DataError, StoreError, UserFileError : images, a store or a user's file that cannot be read.
    """
    planned = plan(experiment, seed, device)
    keys = {
        (cell, index): _key(planned, cell, index)
        for cell, repeats in experiment.cells
        for index in range(repeats)
    }
    wanted = set(keys.values())
    stored = {key: arrays for key, arrays in store.networks(planned.run).items() if key in wanted}
    return Agenda(
        experiment=experiment,
        plan=planned,
        keys=keys,
        finished={key: from_arrays(arrays) for key, arrays in stored.items()},
    )


def run_sweep(
    agenda: Agenda,
    *,
    device: torch.device,
    store: Store,
    pool: Pool,
    folder: Path,
    costs: Mapping[Cell, float],
    progress: Progress = silent,
) -> Sweep:
    """Train and measure what is not finished; the finished networks come from the store.

    Parameters
    ----------
    agenda : what there is to do.
    device : where to train.
    store : keeps each network as soon as it is finished.
    pool : trains them, each on one torch thread.
    folder : for checkpoints and progress; the workers need it under the same path.
    costs : the time that each network of a cell takes, in any unit.
    progress : called four times a second or more. An exception from it, or Ctrl-C, ends the work;
        finished networks are stored, and the others have checkpoints.

    Raises
    ------
    DataError, ExperimentError, SourceError, TrainingError : of the first network that cannot be
        trained, while the others stop.
    PoolError, StoreError : workers that are lost or do not see the folder, or a store that cannot
        be written.
    """
    finished = dict(agenda.finished)
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    # One network of every cell comes before a second of any, because a sweep that is ended early
    # should tell most; what takes longest first, so that no worker is left with it at the end.
    due = sorted(agenda.due, key=lambda which: (which[1], -costs[which[0]]))
    total = sum(costs[cell] for cell, _ in due)
    threads = torch.get_num_threads()  # which a pool of threads changes
    try:
        with reports(folder) as there:
            waiting: dict[Future[TrainedNetwork], Which] = {}
            try:
                for cell, index in due:
                    key = agenda.keys[cell, index]
                    future = pool.submit(
                        train_and_measure,
                        agenda.plan,
                        cell,
                        index,
                        device,
                        checkpoints / f"{_training_key(agenda.plan, cell, index)}.pt",
                        there.file(key),
                    )
                    waiting[future] = cell, index
                while waiting:
                    done, _ = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
                    for future in done:
                        key = agenda.keys[waiting.pop(future)]
                        finished[key] = _keep(store, agenda.plan.run, key, future.result())
                    left = sum(
                        costs[cell] * (1 - there.fraction(agenda.keys[cell, index]))
                        for cell, index in waiting.values()
                    )
                    text = f"{len(finished)} of {len(agenda.keys)} networks"
                    progress(1 - left / total, text)
            finally:
                for future in waiting:
                    future.cancel()
    except AbandonedError as error:
        raise PoolError(str(error)) from error
    except BrokenExecutor as error:
        raise PoolError(
            "a worker process died, perhaps for lack of memory; what is finished is stored"
        ) from error
    finally:
        torch.set_num_threads(threads)
    return finished_sweep(agenda, finished)


def finished_sweep(agenda: Agenda, finished: Mapping[str, TrainedNetwork]) -> Sweep:
    """Put finished networks, all or some, into the order of their experiment."""
    return Sweep(
        name=agenda.experiment.name,
        data=agenda.plan.data,
        epsilon=agenda.experiment.epsilon,
        networks=[finished[key] for key in agenda.keys.values() if key in finished],
    )


def _keep(store: Store, run: str, key: str, network: TrainedNetwork) -> TrainedNetwork:
    store.put_network(run, key, f"network {network.index} of {network.cell}", to_arrays(network))
    return network


def _key(plan: Plan, cell: Cell, index: int) -> str:
    """Name all that decides a network's measures, but for `Plan.run`."""
    measuring = {"epsilon": plan.epsilon, "pgd": plan.pgd}
    return _digest(_training(plan, cell, index) | measuring)


def _training_key(plan: Plan, cell: Cell, index: int) -> str:
    """Name all that decides a network: one that is measured otherwise is not trained anew."""
    return _digest(_training(plan, cell, index) | {"run": plan.run})


def _training(plan: Plan, cell: Cell, index: int) -> dict[str, Any]:
    """Return what decides a network.

    Where the images lie, and how many were wanted, shows in the images themselves.
    """
    return {
        "digest": plan.digest,
        "recipe": asdict(plan.recipe),
        "seed": plan.seed,
        "cell": asdict(cell),
        "index": index,
        "source": plan.sources[cell.network],
    }


def _digest(decides: Mapping[str, Any]) -> str:
    text = json.dumps(decides, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:24]
