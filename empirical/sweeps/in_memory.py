"""Small sweeps that are trained when they are wanted, and of which nothing is kept."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from empirical.measures.trained import Sweep
from empirical.sweeps.experiment import Experiment
from empirical.sweeps.sweep import agenda, run_sweep
from evidence.findings import Progress, silent
from running.pools import thread_pool
from running.store import Store


def train_in_memory(
    experiment: Experiment, *, seed: int, device: torch.device, progress: Progress = silent
) -> Sweep:
    """Train and measure all networks of an experiment, as many at a time as there are cores.

    Parameters
    ----------
    experiment : what to train.
    seed : decides all random numbers.
    device : where to train.
    progress : called four times a second or more. An exception from it ends the work.

    Raises
    ------
    UserError : as `agenda` and `run_sweep`.
    """
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        closing(Store(Path(":memory:"))) as store,
    ):
        return run_sweep(
            agenda(experiment, seed=seed, device=device, store=store),
            device=device,
            store=store,
            pool=thread_pool(workers=1 if device.type == "cuda" else None),
            folder=Path(folder),
            costs={cell: cell.size**2 for cell, _ in experiment.cells},
            progress=progress,
        )
