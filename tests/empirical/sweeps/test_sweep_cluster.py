"""A sweep on a Dask cluster, whose workers run in another folder and die on the way."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import distributed
import numpy as np
import pytest
import torch
from tiny_experiments import tiny_cell, tiny_experiment

from empirical.sweeps.arrays import to_arrays
from empirical.sweeps.sweep import agenda, run_sweep
from running.pools import open_pool, thread_pool
from running.store import Store

CPU = torch.device("cpu")
SCHEDULER = ("distributed.cli.dask_scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard")
WORKER = ("distributed.cli.dask_worker", "--nthreads=1", "--no-dashboard")

FACTORY = """
from torch import nn
def net(size, *, channels=1, logits=10):
    layers = nn.Flatten(), nn.Linear(channels * size**2, logits)
    return nn.Sequential(*layers), (channels, size, size)
"""


@contextmanager
def started(folder, *arguments):
    """A part of the cluster in a session of its own, so that its children can be killed too."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A client of a scheduler with two workers, which their nannies replace when they die."""
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        scheduler = stack.enter_context(started(folder, *SCHEDULER))
        address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
        for _ in range(2):
            stack.enter_context(started(folder, *WORKER, address))
        client = stack.enter_context(distributed.Client(address, set_as_default=False))
        client.wait_for_workers(2, timeout=120)
        yield client


def run(experiment, folder, *, pool, progress=lambda *_: None):
    folder.mkdir(exist_ok=True)
    with closing(Store(folder / "networks.sqlite")) as store:
        todo = agenda(experiment, seed=0, device=CPU, store=store)
        return run_sweep(
            todo,
            device=CPU,
            store=store,
            pool=pool,
            folder=folder,
            costs={cell: 1.0 for cell, _ in experiment.cells},
            progress=progress,
        )


def numbers(sweep):
    """All but the wall times."""
    return [to_arrays(replace(network, seconds=0.0)) for network in sweep.networks]


def test_a_cluster_that_is_interrupted_and_loses_a_worker_gives_the_same_numbers(
    cluster, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # the workers are elsewhere, and find mine.py all the same
    (tmp_path / "mine.py").write_text(FACTORY)
    experiment = tiny_experiment(
        tiny_cell(), tiny_cell(network="mine.py:net", widths=None), repeats=2, epochs=40
    )
    folder = tmp_path / "cluster"

    def interrupt(fraction, activity):
        if fraction > 0:
            raise KeyboardInterrupt

    killed = []

    def kill_one(fraction, activity):
        if fraction > 0 and not killed:
            killed.extend(list(cluster.run(os.getpid).values())[:1])
            os.kill(killed[0], signal.SIGKILL)

    with open_pool(scheduler=cluster.scheduler.address) as pool:
        with pytest.raises(KeyboardInterrupt):
            run(experiment, folder, pool=pool, progress=interrupt)
        assert list(folder.glob(".running-*")) == []
        sweep = run(experiment, folder, pool=pool, progress=kill_one)
    assert killed
    alone = run(experiment, tmp_path / "alone", pool=thread_pool(workers=1))
    for ours, theirs in zip(numbers(sweep), numbers(alone), strict=True):
        assert ours.keys() == theirs.keys()
        for name in ours:
            np.testing.assert_array_equal(ours[name], theirs[name])
