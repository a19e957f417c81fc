"""Sweeps: all networks of an experiment, trained side by side, kept and resumed."""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from empirical.measures.trained import Cell, NetworkId, Sweep, TrainedNetwork
from empirical.sweeps.arrays import from_arrays, to_arrays
from empirical.sweeps.damage import require_possible_network
from empirical.sweeps.experiment import Experiment
from empirical.sweeps.record import EXPERIMENT, RecordError, read_sweep
from empirical.sweeps.reporting import reports
from empirical.sweeps.train_one import Plan, plan, train_and_measure
from empirical.training.recipe import Recipe
from evidence.findings import Progress, silent
from running.places import is_file
from running.pools import Pool
from running.store import Arrays, Store
from running.work import Task, run_tasks


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """What a sweep consists of, and what of it is finished.

    Attributes
    ----------
    experiment : the sweep's.
    plan : what decides the networks beside cell and index.
    keys : the store's key of each network, in the experiment's order.
    finished : the finished networks by their keys. `run_sweep` adds to them.
    recorded : the networks of an earlier record, wanted or not, that the store lacks; `run_sweep`
        puts them there.
    in_record : how many networks of each cell that record has, of the same recipe and seed.
    """

    experiment: Experiment
    plan: Plan
    keys: Mapping[NetworkId, str]
    finished: dict[str, TrainedNetwork]
    recorded: Mapping[str, TrainedNetwork]
    in_record: Mapping[Cell, int]

    @property
    def due(self) -> list[NetworkId]:
        """Return what is not finished, in the experiment's order."""
        return [network for network, key in self.keys.items() if key not in self.finished]

    @property
    def due_cells(self) -> list[Cell]:
        """Return the cells of what is not finished, each once."""
        return list(dict.fromkeys(network.cell for network in self.due))

    def with_networks(self, counts: Mapping[Cell, int], store: Store) -> "Agenda":
        """Return what there is to do for other numbers of networks of the same cells.

        Raises
        ------
        ExperimentError, StoreError : too many networks, or a store that cannot be read.
        """
        cells = [(cell, counts[cell]) for cell, _ in self.experiment.cells]
        wanted = _agenda(replace(self.experiment, cells=cells), self.plan, self.recorded, store)
        return replace(wanted, in_record=self.in_record)

    @property
    def sweep(self) -> Sweep:
        """Return what is finished, in the experiment's order."""
        return Sweep(
            name=self.experiment.name,
            data=self.plan.data,
            epsilon=self.experiment.epsilon,
            networks=[self.finished[key] for key in self.keys.values() if key in self.finished],
            paired=self.experiment.paired,
        )


def agenda(
    experiment: Experiment,
    *,
    seed: int,
    device: torch.device,
    store: Store,
    record: Path | None = None,
) -> Agenda:
    """Read the images, and find what of an experiment is finished.

    Parameters
    ----------
    experiment, seed, device : what is to be trained, and where.
    store : has the networks of earlier runs.
    record : a folder where `write_record` may have left more of them.

    Raises
    ------
    DataError, RecordError, StoreError, UserFileError : images, a record, a store or a user's file
        that cannot be read.
    """
    planned = plan(experiment, seed, device)
    recorded = {} if record is None else _recorded(record, planned)
    return _agenda(experiment, planned, recorded, store)


def _agenda(
    experiment: Experiment, planned: Plan, recorded: Mapping[str, TrainedNetwork], store: Store
) -> Agenda:
    keys = {
        NetworkId(cell, index): _key(planned, NetworkId(cell, index))
        for cell, repeats in experiment.cells
        for index in range(repeats)
    }
    ids = {key: network for network, key in keys.items()}
    finished = {key: network for key, network in recorded.items() if key in ids}
    stored = store.networks(planned.run)
    with store.undamaged():
        for key in ids.keys() & stored.keys():
            finished[key] = _as_written(stored[key], ids[key])
    return Agenda(
        experiment=experiment,
        plan=planned,
        keys=keys,
        finished=finished,
        recorded={key: network for key, network in recorded.items() if key not in stored},
        in_record=Counter(
            network.cell
            for key, network in recorded.items()
            if key == _key(planned, NetworkId(network.cell, network.index))
        ),
    )


def _as_written(arrays: Arrays, wanted: NetworkId) -> TrainedNetwork:
    """Return a network of the store; `ValueError` for one that no training can have put there."""
    network = from_arrays(arrays)
    if (network.cell, network.index) != (wanted.cell, wanted.index):
        raise ValueError(f"it has network {network.index} of {network.cell} for another one")
    require_possible_network(network)
    return network


def _recorded(folder: Path, plan: Plan) -> dict[str, TrainedNetwork]:
    """Return the networks of a record by the keys that they would have in the store.

    Nothing where there is no record, or one that other code or another kind of device made.
    Networks of users' files are left out, of which a record does not say what was in them.
    """
    if not is_file(folder / EXPERIMENT, error=RecordError):
        return {}
    sweep, described = read_sweep(folder)
    try:
        origin = described["provenance"]
        if origin.get("run") != plan.run:
            return {}
        recorded = replace(
            plan,
            digest=origin["images"],
            recipe=Recipe(**described["recipe"]),
            seed=origin["seed"],
            epsilon=sweep.epsilon,
            pgd=described["pgd"],
            paired=sweep.paired,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RecordError(
            f"{folder / EXPERIMENT} is damaged ({error}); restore it, or move the folder away"
        ) from error
    return {
        _key(recorded, NetworkId(network.cell, network.index)): network
        for network in sweep.networks
        if plan.sources.get(network.cell.network) == ""
    }


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
    """Train and measure what is not finished; the finished networks come from the agenda.

    Parameters
    ----------
    agenda : what there is to do; each network is added to it as soon as it is finished.
    device : where to train.
    store : keeps each network as soon as it is finished.
    pool : trains them, each on one torch thread.
    folder : for progress, and for checkpoints, each until its network is finished; the workers
        need it under the same path.
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
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    # One network of every cell comes before a second of any, because a sweep that is ended early
    # should tell most; what takes longest first, so that no worker is left with it at the end.
    due = sorted(agenda.due, key=lambda network: (network.index, -costs[network.cell]))

    def put(key: str, network: TrainedNetwork) -> TrainedNetwork:
        arrays = to_arrays(network)
        description = f"network {network.index} of {network.cell}"
        store.put_network(agenda.plan.run, key, description, arrays)
        return from_arrays(arrays)

    for key, trained in agenda.recorded.items():
        put(key, trained)  # the new record may hold fewer networks

    def checkpoint_of(network: NetworkId) -> Path:
        return checkpoints / f"{_training_key(agenda.plan, network)}.pt"

    def keep(networks: Mapping[str, TrainedNetwork]) -> None:
        for key, trained in networks.items():
            agenda.finished[key] = put(key, trained)
            checkpoint_of(NetworkId(trained.cell, trained.index)).unlink(missing_ok=True)

    def report(fraction: float) -> None:
        progress(fraction, f"{len(agenda.finished)} of {len(agenda.keys)} networks")

    with reports(folder) as progress_files:
        tasks = []
        for network in due:
            key = agenda.keys[network]
            checkpoint = checkpoint_of(network)
            report_file = progress_files.file(key)
            tasks.append(
                Task(
                    key=key,
                    function=train_and_measure,
                    arguments=(agenda.plan, network, device, checkpoint, report_file),
                    cost=costs[network.cell],
                )
            )
        run_tasks(tasks, pool, keep=keep, report=report, fraction_done=progress_files.fraction)
    for network in agenda.keys:  # of a run that was killed after it had stored one
        checkpoint_of(network).unlink(missing_ok=True)
    with suppress(OSError):  # other networks have checkpoints there
        checkpoints.rmdir()
    return agenda.sweep


def _key(plan: Plan, network: NetworkId) -> str:
    """Name all that decides a network's measures, but for `Plan.run`."""
    measuring = {"epsilon": plan.epsilon, "pgd": plan.pgd}
    return _digest(_training(plan, network) | measuring)


def _training_key(plan: Plan, network: NetworkId) -> str:
    """Name all that decides a network: one that is measured otherwise is not trained anew."""
    return _digest(_training(plan, network) | {"run": plan.run})


def _training(plan: Plan, network: NetworkId) -> dict[str, Any]:
    """Return what decides a network.

    Where the images lie, and how many were wanted, shows in the images themselves.
    """
    pairing = {"paired": True} if plan.paired else {}  # keys of older stores have no such entry
    return pairing | {
        "digest": plan.digest,
        "recipe": asdict(plan.recipe),
        "seed": plan.seed,
        "cell": asdict(network.cell),
        "index": network.index,
        "source": plan.sources[network.cell.network],
    }


def _digest(decides: Mapping[str, Any]) -> str:
    text = json.dumps(decides, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:24]
