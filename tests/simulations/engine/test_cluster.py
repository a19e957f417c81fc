"""A Dask cluster on this machine, whose workers are killed on the way."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import distributed
import pytest
import torch
from small_samples import ENSEMBLES, NETWORKS, assert_equal, stored_keys

from running import pools
from running.pools import PoolError, open_pool
from running.store import Store
from simulations.engine.ensemble import Ensemble
from simulations.engine.sampler import Sampler, blocks_run

SCHEDULER = ("distributed.cli.dask_scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard")
WORKER = ("distributed.cli.dask_worker", "--nthreads=1", "--no-dashboard")


@contextmanager
def started(folder, *arguments, **environment):
    """A part of the cluster in a session of its own, so that its children can be killed too."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
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


def address_of(scheduler):
    return next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A client of a scheduler with two workers, which their nannies replace when they die.

    The scheduler gives a block up at once when its worker dies, not only after four deaths.
    """
    folder = tmp_path_factory.mktemp("cluster")
    impatient = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with ExitStack() as stack:
        address = address_of(stack.enter_context(started(folder, *SCHEDULER, **impatient)))
        for _ in range(2):
            stack.enter_context(started(folder, *WORKER, address))
        client = stack.enter_context(distributed.Client(address, set_as_default=False))
        client.wait_for_workers(2, timeout=120)
        yield client


@pytest.fixture
def pool(cluster):
    with open_pool(scheduler=cluster.scheduler.address) as pool:
        yield pool


def test_a_cluster_whose_workers_are_killed_gives_the_same_numbers(cluster, pool, tmp_path):
    killed = []

    def kill_one(fraction, activity):
        if len(killed) < 2 and fraction > len(killed) / 3:
            answers = cluster.run(os.getpid, on_error="ignore").values()
            for pid in list(set(answers).difference(killed))[:1]:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    store = Store(tmp_path / "blocks.sqlite")
    samples = Sampler(seed=5, pool=pool, store=store).sample(ENSEMBLES, NETWORKS, progress=kill_one)
    assert len(killed) == 2
    assert_equal(samples, Sampler(seed=5).sample(ENSEMBLES, NETWORKS))
    run = blocks_run(5, torch.device("cpu"))
    for one in ENSEMBLES:
        stored = [len(store.blocks(run, key, range(100))) for key in stored_keys(one, NETWORKS)]
        assert stored == [11, 1]
    store.close()


def test_an_error_keeps_its_reason(pool):
    nonsense = Ensemble(network="dense", size=8, inputs="nonsense")
    with pytest.raises(ValueError, match=r"^unknown input 'nonsense'"):
        Sampler(seed=5, pool=pool).sample([nonsense], NETWORKS)


def kill_worker_once(path: Path):
    """Return a call that kills its worker the first time; of no module, so that it is sent."""

    def call() -> str:
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return "measured"

    return call


def test_what_was_on_a_killed_worker_is_given_to_another(pool, tmp_path):
    assert pool.submit(kill_worker_once(tmp_path / "killed")).result(120) == "measured"


def test_what_kills_too_many_workers_is_given_up(pool, tmp_path, monkeypatch):
    """The control of the test before: without another try the scheduler's word is final."""
    monkeypatch.setattr(pools, "MOST_DEATHS", 0)
    with pytest.raises(PoolError, match=r"^a block ends every worker"):
        pool.submit(kill_worker_once(tmp_path / "killed")).result(120)


def test_what_is_cancelled_leaves_the_workers_to_others(pool):
    futures = [pool.submit(pow, 2, number) for number in range(50)]
    for future in futures:
        future.cancel()
    assert pool.submit(pow, 2, 3).result(120) == 8
    assert all(future.cancelled() or future.result() is not None for future in futures)


@pytest.fixture
def lonely_scheduler(tmp_path):
    with started(tmp_path, *SCHEDULER) as scheduler:
        yield scheduler


def test_a_scheduler_without_workers_is_said_to_have_none(lonely_scheduler, monkeypatch):
    monkeypatch.setattr(pools, "SECONDS_TO_A_WORKER", 2)
    address = address_of(lonely_scheduler)
    with (
        pytest.raises(PoolError, match=rf"^the scheduler at '{address}' has no worker; start one"),
        open_pool(scheduler=address),
    ):
        pass


def test_a_scheduler_that_dies_is_said_to_be_gone(lonely_scheduler):
    address = address_of(lonely_scheduler)
    with distributed.Client(address, set_as_default=False) as client:
        future = pools._Cluster(client, address).submit(pow, 2, 3)
        lonely_scheduler.kill()
        with pytest.raises(PoolError, match=rf"^the scheduler at '{address}' is gone"):
            future.result(120)
