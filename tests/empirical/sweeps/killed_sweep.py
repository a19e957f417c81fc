"""Runs a tiny sweep until somebody kills it; prints a line at every look at its progress."""

import sys
from pathlib import Path

import torch

from empirical.sweeps.sweep import agenda, run_sweep
from empirical.training import train as training
from running.pools import thread_pool
from running.store import Store

sys.path.insert(0, str(Path(__file__).parents[2] / "helpers"))
from tiny_experiments import KILLED_EXPERIMENT

training.CHECKPOINT_SECONDS = 0.0


def main(folder: Path) -> None:
    store = Store(folder / "networks.sqlite")
    device = torch.device("cpu")
    todo = agenda(KILLED_EXPERIMENT, seed=0, device=device, store=store)
    run_sweep(
        todo,
        device=device,
        store=store,
        pool=thread_pool(workers=1),
        folder=folder,
        costs={cell: 1.0 for cell, _ in KILLED_EXPERIMENT.cells},
        progress=lambda fraction, activity: print(activity, flush=True),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
