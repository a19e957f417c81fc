"""Sweeps of seconds, run and compared by the tests."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import torch

from empirical.sweeps.arrays import to_arrays
from empirical.sweeps.sweep import agenda, run_sweep
from running.pools import thread_pool
from running.store import Store

CPU = torch.device("cpu")


def run(experiment, folder, *, seed=0, pool=None, progress=lambda *_: None):
    folder.mkdir(exist_ok=True)
    with closing(Store(folder / "networks.sqlite")) as store:
        todo = agenda(experiment, seed=seed, device=CPU, store=store)
        return run_sweep(
            todo,
            device=CPU,
            store=store,
            pool=pool or thread_pool(workers=1),
            folder=folder,
            costs={cell: 1.0 for cell, _ in experiment.cells},
            progress=progress,
        )


def assert_equal(sweep, other):
    """All but the wall times."""
    assert (sweep.name, sweep.data, sweep.epsilon) == (other.name, other.data, other.epsilon)
    assert len(sweep.networks) == len(other.networks)
    for one, two in zip(sweep.networks, other.networks, strict=True):
        ours, theirs = (to_arrays(replace(network, seconds=0.0)) for network in (one, two))
        assert ours.keys() == theirs.keys()
        for name in ours:
            np.testing.assert_array_equal(ours[name], theirs[name])


def due(experiment, folder, *, seed=0):
    with closing(Store(folder / "networks.sqlite")) as store:
        return agenda(experiment, seed=seed, device=CPU, store=store).due
