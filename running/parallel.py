"""Many trainings side by side, each on one thread, so that their number changes no figure."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch

from evidence.findings import Progress, silent

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Task(Generic[Result]):
    """One piece of work.

    Attributes
    ----------
    name : for the progress display.
    cost : expected time, in any unit that all tasks share.
    work : does it; calls its argument regularly with the fraction done.
    """

    name: str
    cost: float
    work: Callable[[Progress], Result]


class _StoppedError(Exception):
    """Ends the remaining tasks after one has failed or the user has interrupted."""


def side_by_side(
    tasks: Sequence[Task[Result]], *, workers: int, progress: Progress = silent
) -> list[Result]:
    """Run tasks in threads and return their results in the order of the tasks.

    Torch splits no operation over threads meanwhile: sums keep one order, so that results do not
    depend on the number of cores, and the operations of a small network are too short to split.

    Parameters
    ----------
    tasks : pieces of work that share no state.
    workers : how many run at a time.
    progress : called from the caller's thread four times a second. An exception from it, as from
        a task or from Ctrl-C, stops all tasks at their next report and is raised.
    """
    total = sum(task.cost for task in tasks)
    fractions = [0.0] * len(tasks)
    latest = ""
    stop = threading.Event()

    def run(index: int) -> Result:
        def report(fraction: float, activity: str) -> None:
            nonlocal latest
            if stop.is_set():
                raise _StoppedError
            fractions[index] = fraction
            latest = f"{tasks[index].name}, {activity}"

        report(0.0, "begins")
        result = tasks[index].work(report)
        fractions[index] = 1.0
        return result

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pool = ThreadPoolExecutor(workers)
    try:
        futures = [pool.submit(run, index) for index in range(len(tasks))]
        pending = set(futures)
        while pending:
            done, pending = wait(futures, timeout=0.25, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()  # raises what its task raised
            part = sum(task.cost * part for task, part in zip(tasks, fractions, strict=True))
            progress(min(1.0, part / total), latest)
        return [future.result() for future in futures]
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)
