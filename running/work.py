"""Work in tasks: one loop hands them to a pool, and keeps each result as it is finished."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, TypeVar

import torch

from running.pools import Pool, PoolError

Key = TypeVar("Key")
Result = TypeVar("Result")

TASKS_A_WORKER = 4
"""Tasks in hand for each worker: one is computed, the others keep it from waiting for us."""

REPORT_SECONDS = 0.25
"""Time between two reports, at most."""


@dataclass(frozen=True, kw_only=True)
class Task(Generic[Key, Result]):
    """One call of a function, on any worker.

    Attributes
    ----------
    key : tells the task from the others.
    function, arguments : what to call, with what. It runs on one torch thread, so that sums keep
        one order, in any worker.
    cost : expected time, in any unit that all tasks share.
    """

    key: Key
    function: Callable[..., Result]
    arguments: tuple[Any, ...]
    cost: float = 1.0


def run_tasks(
    tasks: Sequence[Task[Key, Result]],
    pool: Pool,
    *,
    keep: Callable[[Mapping[Key, Result]], None],
    report: Callable[[float], None],
    fraction_done: Callable[[Key], float] = lambda _: 0.0,
) -> None:
    """Begin tasks in their order, finish them in any, and keep each result at once.

    An error of a task, an exception from `keep` or `report`, and Ctrl-C end the work: what waits
    is cancelled, and what is finished has been kept.

    Parameters
    ----------
    tasks : with distinct keys.
    pool : computes them. It holds `TASKS_A_WORKER` tasks for each of its workers.
    keep : is given the results that are new, by key, in the caller's thread.
    report : is given the finished share of all costs, in [0, 1], four times a second or more.
    fraction_done : how far a task that has begun, or waits, is.

    Raises
    ------
    PoolError : workers that are lost.
    """
    costs_from = [*accumulate((task.cost for task in reversed(tasks)), initial=0.0)][::-1]
    waiting: dict[Future[Result], Task[Key, Result]] = {}
    begun = 0
    # The pool's threads set their own number of torch threads, which new threads inherit.
    threads = torch.get_num_threads()
    try:
        while waiting or begun < len(tasks):
            room = max(0, TASKS_A_WORKER * pool.workers - len(waiting))
            for task in tasks[begun : begun + room]:
                waiting[pool.submit(_on_one_thread, task.function, *task.arguments)] = task
                begun += 1
            finished, _ = wait(waiting, timeout=REPORT_SECONDS, return_when=FIRST_COMPLETED)
            results = {
                waiting.pop(future).key: future.result()
                for future in finished
                if future.exception() is None
            }
            if results:
                keep(results)
            for future in finished:
                future.result()  # raises what its task raised
            in_hand = sum(task.cost * (1 - fraction_done(task.key)) for task in waiting.values())
            report(1 - (costs_from[begun] + in_hand) / costs_from[0])
    except BaseException as error:
        # Finished meanwhile, and not yet seen: while the pool broke, or the user pressed Ctrl-C.
        late = {task.key: future.result() for future, task in waiting.items() if _is_done(future)}
        if late:
            keep(late)
        if isinstance(error, BrokenExecutor):
            raise PoolError("a worker process died, perhaps for lack of memory") from error
        raise
    finally:
        for future in waiting:
            future.cancel()
        torch.set_num_threads(threads)


def check_run(expected: str, here: str) -> None:
    """Refuse to compute on a worker whose results would differ in their bits.

    Parameters
    ----------
    expected, here : what `running.pools.run_name` gives to the caller, and on the worker.

    Raises
    ------
    PoolError : they differ.
    """
    if here != expected:
        raise PoolError(f"a worker would compute other numbers: it has {here}, we have {expected}")


def _is_done(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _on_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:  # noqa: ANN401
    torch.set_num_threads(1)
    return function(*arguments)
