"""Tasks on a pool: what is kept, in which order they begin, how progress grows, how they end."""

import os
import threading
from concurrent.futures import Future

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from running.pools import PoolError, open_pool, thread_pool
from running.work import TASKS_A_WORKER, Task, check_run, run_tasks


def task(key, function=pow, arguments=(2, 3), cost=1.0):
    return Task(key=key, function=function, arguments=arguments, cost=cost)


def silent(fraction):
    pass


class Stepwise:
    """Settles the futures of one round at a time: all that wait, with what their call gives."""

    workers = 2

    def __init__(self):
        self.begun = []
        self.waiting = []

    def submit(self, function, *arguments):
        future = Future()
        self.begun.append(arguments)
        self.waiting.append((future, function, arguments))
        return future

    def settle(self):
        for future, function, arguments in self.waiting:
            try:
                future.set_result(function(*arguments))
            except ValueError as error:
                future.set_exception(error)
        self.waiting = []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=20), st.integers(1, 3))
def test_every_result_is_kept_once_and_progress_grows_to_one(costs, workers):
    kept, fractions = {}, []

    def keep(results):
        assert results
        assert not kept.keys() & results.keys()
        kept.update(results)

    tasks = [task(i, arguments=(2, i), cost=cost) for i, cost in enumerate(costs)]
    run_tasks(tasks, thread_pool(workers=workers), keep=keep, report=fractions.append)
    assert kept == {i: 2**i for i in range(len(costs))}
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_no_tasks_are_no_work():
    run_tasks([], thread_pool(workers=1), keep=pytest.fail, report=pytest.fail)


def test_tasks_begin_in_their_order_and_few_are_in_hand():
    pool = Stepwise()
    most = []

    def report(fraction):
        most.append(len(pool.waiting))
        pool.settle()

    tasks = [task(i, arguments=(2, i)) for i in range(20)]
    run_tasks(tasks, pool, keep=lambda results: None, report=report)
    assert [arguments[-1] for arguments in pool.begun] == list(range(20))
    assert max(most) == TASKS_A_WORKER * pool.workers


def test_progress_counts_what_tasks_in_hand_have_done():
    pool = Stepwise()
    fractions = []

    def report(fraction):
        fractions.append(fraction)
        pool.settle()

    tasks = [task("short", cost=1.0), task("long", cost=3.0)]
    done = {"short": 0.5, "long": 0.25}.__getitem__
    run_tasks(tasks, pool, keep=lambda results: None, report=report, fraction_done=done)
    assert fractions == [(0.5 + 0.75) / 4, 1.0]


def test_keep_and_report_are_called_in_the_callers_thread():
    threads = set()

    def note(_):
        threads.add(threading.current_thread())

    run_tasks([task(i) for i in range(8)], thread_pool(workers=2), keep=note, report=note)
    assert threads == {threading.current_thread()}


def refuse(number):
    if number == 1:
        raise ValueError("the second is broken")
    return number


def test_what_is_finished_beside_a_failure_is_kept_and_what_waits_is_cancelled():
    pool = Stepwise()
    kept = {}
    futures = []

    def report(fraction):
        futures.extend(future for future, *_ in pool.waiting)
        pool.waiting, rest = pool.waiting[:3], pool.waiting[3:]
        pool.settle()
        pool.waiting = rest

    tasks = [task(i, refuse, (i,)) for i in range(20)]
    with pytest.raises(ValueError, match=r"^the second is broken$"):
        run_tasks(tasks, pool, keep=kept.update, report=report)
    assert kept == {0: 0, 2: 2}
    assert all(future.cancelled() for future in futures[3:])
    assert len(pool.begun) == TASKS_A_WORKER * pool.workers


def test_an_interrupt_cancels_what_waits():
    pool = Stepwise()

    def interrupt(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tasks([task(i) for i in range(20)], pool, keep=pytest.fail, report=interrupt)
    assert all(future.cancelled() for future, *_ in pool.waiting)


def test_tasks_run_on_one_torch_thread_and_the_number_is_put_back():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    kept = {}
    try:
        counts = [task(i, torch.get_num_threads, ()) for i in range(4)]
        run_tasks(counts, thread_pool(workers=2), keep=kept.update, report=silent)
        assert set(kept.values()) == {1}
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_a_worker_that_dies_is_one_line():
    with (
        open_pool(workers=1) as pool,
        pytest.raises(PoolError, match=r"^a worker process died"),
    ):
        run_tasks([task(0, os._exit, (1,))], pool, keep=pytest.fail, report=silent)


def test_other_versions_are_refused():
    check_run("blocks 1, cpu", "blocks 1, cpu")
    with pytest.raises(PoolError, match="it has blocks 1, cpu, we have blocks 2, cpu"):
        check_run("blocks 2, cpu", "blocks 1, cpu")


def test_what_finished_beside_an_interruption_is_kept():
    """The user presses Ctrl-C while a result lies ready that the loop has not yet seen."""
    pool, kept = Stepwise(), {}

    def interrupted(fraction):
        pool.settle()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tasks(
            [task(i, arguments=(2, i)) for i in range(3)],
            pool,
            keep=kept.update,
            report=interrupted,
        )
    assert kept == {0: 1, 1: 2, 2: 4}
