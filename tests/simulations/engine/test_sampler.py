"""The same numbers in whatever order blocks are finished, each measured once, and a clean stop."""

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
import torch
from small_samples import ENSEMBLES, NETWORKS, assert_equal, stored_keys

from running.pools import PoolError
from running.store import Store
from running.work import TASKS_A_WORKER
from simulations.engine import sampler
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.ensemble import MOST_IN_A_BLOCK, Block, Ensemble
from simulations.engine.sampler import Sampler, blocks_run


class OtherOrder:
    """Measures one block at a time, a random one of those it has."""

    workers = 3

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.thread = ThreadPoolExecutor(1)
        self.waiting = []

    def submit(self, function, *arguments):
        future = Future()
        with self.lock:
            self.waiting.append((future, function, arguments))
        self.thread.submit(self.measure_one)
        return future

    def measure_one(self):
        with self.lock:
            which = self.random.randrange(len(self.waiting))
            future, function, arguments = self.waiting.pop(which)
        future.set_result(function(*arguments))


class Scripted:
    """Finishes, at once, what its script says; the rest waits forever."""

    def __init__(self, script, workers=2):
        self.script = script
        self.workers = workers
        self.futures = []
        self.most = 0

    def submit(self, function, *arguments):
        future = Future()
        self.script(len(self.futures), future)
        self.futures.append(future)
        self.most = max(self.most, sum(not f.done() for f in self.futures))
        return future


def no_block(index, future):
    """An empty block, at once."""
    future.set_result(
        Block(
            norms=np.zeros((MOST_IN_A_BLOCK, 2, 4)),
            factors=np.zeros(MOST_IN_A_BLOCK),
            squares=np.zeros(64, dtype=np.float32),
        )
    )


@pytest.fixture(scope="module")
def expected():
    return Sampler(seed=5).sample(ENSEMBLES, NETWORKS)


@pytest.fixture
def measured(monkeypatch):
    """The blocks that are measured, one entry each time."""
    blocks = []

    def measure(ensemble, seed, number, device, *, networks):
        blocks.append((ensemble, number, networks))
        return original(ensemble, seed, number, device, networks=networks)

    original = sampler.measure_block
    monkeypatch.setattr(sampler, "measure_block", measure)
    return blocks


def test_samples_hold_the_networks_that_were_asked_for(expected):
    assert [sample.ensemble for sample in expected] == ENSEMBLES
    assert [sample.d for sample in expected] == [64, 96]
    assert [sample.norms.shape for sample in expected] == [(NETWORKS, 2, 4), (NETWORKS, 1, 4)]
    assert all(sample.factors.shape == (NETWORKS,) for sample in expected)
    for sample in expected:
        assert sample.counts.sum() == NETWORKS
        assert sample.squares.shape == (len(sample.counts), sample.d)
        squares = np.add.reduceat(sample.norm(2) ** 2, np.cumsum([0, *sample.counts[:-1]]))
        assert sample.squares.sum(axis=1) == pytest.approx(squares, rel=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_completion_changes_nothing(expected, seed):
    assert_equal(Sampler(seed=5, pool=OtherOrder(seed)).sample(ENSEMBLES, NETWORKS), expected)


def test_growing_samples_are_the_same_and_measured_once(expected, measured, tmp_path):
    store = Store(tmp_path / "blocks.sqlite")
    growing = Sampler(seed=5, store=store)
    asked = (1, 300, NETWORKS, 7)
    for networks in asked:
        twice = growing.sample([*ENSEMBLES, ENSEMBLES[0]], networks)
        assert all(len(sample.norms) == networks for sample in twice)
    assert_equal(growing.sample(ENSEMBLES, NETWORKS), expected)
    assert_equal(Sampler(seed=5, store=store).sample(ENSEMBLES, NETWORKS), expected)
    whole = MOST_IN_A_BLOCK
    pieces = [(number, whole) for number in range(NETWORKS // whole)]
    pieces += [(networks // whole, networks % whole) for networks in asked]
    assert sorted(measured, key=repr) == sorted(
        ((ensemble, *piece) for ensemble in ENSEMBLES for piece in pieces), key=repr
    )
    store.close()


def test_another_seed_gives_other_numbers(expected):
    (other,) = Sampler(seed=6).sample(ENSEMBLES[:1], NETWORKS)
    networks, others = ({tuple(n) for n in s.norms[:, 0]} for s in (expected[0], other))
    assert len(networks) == len(others) == NETWORKS
    assert not networks & others


def test_a_run_that_was_stopped_goes_on_where_it_was(expected, measured, tmp_path):
    store = Store(tmp_path / "blocks.sqlite")

    def stop_halfway(fraction, activity):
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sampler(seed=5, store=store).sample(ENSEMBLES, NETWORKS, progress=stop_halfway)
    run = blocks_run(5, torch.device("cpu"))
    keys = [key for ensemble in ENSEMBLES for key in stored_keys(ensemble, NETWORKS)]
    stored = sum(len(store.blocks(run, key, range(12))) for key in keys)
    assert 12 < stored <= 24
    measured.clear()
    assert_equal(Sampler(seed=5, store=store).sample(ENSEMBLES, NETWORKS), expected)
    assert len(measured) == 24 - stored
    store.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_few_blocks_are_in_hand_at_a_time(workers):
    pool = Scripted(lambda index, future: None, workers=workers)

    def stop(fraction, activity):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sampler(seed=0, pool=pool).sample(ENSEMBLES, 10**7, progress=stop)
    assert len(pool.futures) == TASKS_A_WORKER * workers
    assert all(future.cancelled() for future in pool.futures)


def test_fewer_workers_than_before_are_no_error():
    pool = Scripted(no_block, workers=5)

    def lose_workers(fraction, activity):
        pool.workers = 1

    Sampler(seed=0, pool=pool).sample(ENSEMBLES[:1], 10**4, progress=lose_workers)
    assert len(pool.futures) == -(-(10**4) // MOST_IN_A_BLOCK)


def test_a_block_that_fails_stops_the_others_and_keeps_its_reason():
    def fail_third(index, future):
        if index == 2:
            future.set_exception(ModuleError("the module must map inputs to logits"))

    pool = Scripted(fail_third)
    with pytest.raises(ModuleError, match=r"^the module must map inputs to logits$"):
        Sampler(seed=0, pool=pool).sample(ENSEMBLES, NETWORKS)
    assert all(future.cancelled() for index, future in enumerate(pool.futures) if index != 2)


def test_a_block_that_fails_in_a_thread_keeps_its_reason():
    ensemble = Ensemble(network="dense", size=8, inputs="nonsense")
    with pytest.raises(ValueError, match=r"^unknown input 'nonsense'"):
        Sampler(seed=0).sample([ensemble], 1000)


def test_progress_is_told_of_every_part():
    fractions = []
    Sampler(seed=0, pool=Scripted(no_block)).sample(
        ENSEMBLES[:1], 10**4, progress=lambda fraction, _: fractions.append(fraction)
    )
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len(fractions) >= 5  # 40 blocks, at most 8 in hand


def test_a_worker_with_other_versions_is_refused():
    run = blocks_run(0, torch.device("cpu")).replace("torch", "an older torch")
    with pytest.raises(
        PoolError, match=r"a worker would compute other numbers: .* we have .*older"
    ):
        sampler._measure(run, ENSEMBLES[0], 0, MOST_IN_A_BLOCK, 0, torch.device("cpu"))


def test_the_number_of_torch_threads_is_restored():
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        Sampler(seed=0).sample(ENSEMBLES, 1000)
        with ThreadPoolExecutor(1) as fresh:
            assert fresh.submit(torch.get_num_threads).result() == 3
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(threads)
