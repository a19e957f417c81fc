"""Processes measure what threads measure, and are gone when their parent is."""

import os
import signal
import socket
import subprocess
import sys
from multiprocessing import popen_spawn_posix

import pytest
from small_samples import ENSEMBLES, NETWORKS, assert_equal

from running import pools
from running.pools import PoolError, open_pool
from running.stopping import stoppable
from simulations.engine.ensemble import Ensemble
from simulations.engine.sampler import Sampler


@pytest.fixture(scope="module")
def expected():
    return Sampler(seed=5).sample(ENSEMBLES, NETWORKS)


def test_one_thread_gives_the_same_numbers_as_many(expected, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with open_pool() as pool:
        assert pool.workers == 1
        assert_equal(Sampler(seed=5, pool=pool).sample(ENSEMBLES, NETWORKS), expected)


def test_two_processes_give_the_same_numbers(expected):
    handler = signal.getsignal(signal.SIGINT)
    with open_pool(workers=2) as pool:
        assert signal.getsignal(signal.SIGINT) is handler
        assert pool.workers == 2
        assert_equal(Sampler(seed=5, pool=pool).sample(ENSEMBLES, NETWORKS), expected)
        nonsense = Ensemble(network="dense", size=8, inputs="nonsense")
        with pytest.raises(ValueError, match=r"^unknown input 'nonsense'"):
            Sampler(seed=5, pool=pool).sample([nonsense], NETWORKS)


def test_one_process_gives_the_same_numbers_and_ctrl_c_is_not_for_it(expected):
    with open_pool(workers=1) as pool:
        os.kill(pool.submit(os.getpid).result(), signal.SIGINT)
        assert_equal(Sampler(seed=5, pool=pool).sample(ENSEMBLES, NETWORKS), expected)
        pool.submit(os._exit, 1)
        with pytest.raises(PoolError, match=r"^a worker process died"):
            Sampler(seed=5, pool=pool).sample(ENSEMBLES, NETWORKS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("at", [0, 1])
def test_a_signal_while_a_process_starts_is_not_lost(number, at, monkeypatch, capfd):
    """It comes to this process and to the new one, as from a terminal; no half process is left."""
    launched = []
    launch = popen_spawn_posix.Popen._launch

    def at_the_worst_moment(popen, process):
        if len(launched) == at:
            os.kill(os.getpid(), number)
        launch(popen, process)
        launched.append(popen.pid)
        os.kill(popen.pid, signal.SIGINT)

    monkeypatch.setattr(popen_spawn_posix.Popen, "_launch", at_the_worst_moment)
    with stoppable() as stops, pytest.raises(KeyboardInterrupt), open_pool(workers=2):
        pytest.fail("the signal is lost")
    assert stops.first == number
    for pid in launched:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert capfd.readouterr() == ("", "")


ABANDONED = """
import os, signal
from running.pools import open_pool

if __name__ == "__main__":
    with open_pool(workers=1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    script = tmp_path / "abandoned.py"
    script.write_text(ABANDONED)
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    # The worker holds the pipe too: there is no end to read before both are gone.
    said, _ = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert int(said) != process.pid


def refused(reason, **arguments):
    with pytest.raises(PoolError, match=reason), open_pool(**arguments):
        pass


def test_processes_and_a_scheduler_exclude_each_other():
    refused("not both$", workers=1, scheduler="x")


@pytest.mark.parametrize(
    ("workers", "shown"), [(0, "0"), (-3, "-3"), (1025, "1,025"), (10**20, r"about 10\^20")]
)
def test_the_number_of_workers_has_limits(workers, shown):
    refused(f"must be from 1 to 1,024, not {shown}$", workers=workers)


def test_a_scheduler_without_dask_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused(r"pip install 'sqrtd\[cluster\]'$", scheduler="tcp://127.0.0.1:8786")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "", "tls://127.0.0.1:1"])
def test_an_address_that_nobody_answers_is_said_to_be(address, monkeypatch):
    monkeypatch.setattr(pools, "SECONDS_TO_ANSWER", 0.5)
    refused(f"^no Dask scheduler answers at '{address}'; start one", scheduler=address)


def test_a_server_of_another_kind_is_no_scheduler(monkeypatch):
    monkeypatch.setattr(pools, "SECONDS_TO_ANSWER", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        refused(f"^no Dask scheduler answers at '{address}'", scheduler=address)
