"""Where blocks are measured: threads, processes, or the workers of a Dask cluster."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import torch

from evidence.errors import UserError, require_whole_number

if TYPE_CHECKING:
    import distributed

Result = TypeVar("Result")

SECONDS_TO_ANSWER, SECONDS_TO_A_WORKER = 3, 10
"""How long a scheduler may take to answer, and then to have its first worker."""

MOST_WORKERS = 1024
"""Processes, each of which takes some 0.3 GB."""

MOST_DEATHS = 10
"""How often a block is submitted again after Dask gave it up, as it does after some deaths (4)."""


def run_name(what: str, device: torch.device) -> str:
    """Name what decides the bits of results beside their keys, and workers must have in common.

    Parameters
    ----------
    what : kind and version of the results, such as "blocks 1, seed 0".
    device : its kind, and the version of torch, decide how numbers are rounded.
    """
    return f"{what}, {device.type}, torch {torch.__version__}"


class PoolError(UserError):
    """Workers that can not be had, or are lost; the message says what would be right."""


class Pool(Protocol):
    """Calls functions elsewhere, several at a time."""

    @property
    def workers(self) -> int:
        """How many calls run at a time."""

    def submit(self, function: Callable[..., Result], /, *arguments: Any) -> Future[Result]:  # noqa: ANN401
        """Call a function as soon as a worker is free."""


@dataclass(frozen=True)
class _Local:
    """An executor of this machine."""

    executor: Executor
    workers: int

    def submit(self, function: Callable[..., Result], /, *arguments: Any) -> Future[Result]:  # noqa: ANN401
        return self.executor.submit(function, *arguments)


def thread_pool(*, workers: int | None = None) -> Pool:
    """Return threads, as many as cores if None; they leave when nobody holds the pool."""
    workers = workers or os.cpu_count() or 1
    return _Local(ThreadPoolExecutor(workers), workers)


@contextmanager
def open_pool(*, workers: int | None = None, scheduler: str | None = None) -> Iterator[Pool]:
    """Start, or reach, what measures the blocks; with neither argument, threads.

    Parameters
    ----------
    workers : how many processes. They end with this one, even if it is killed.
    scheduler : address of a Dask scheduler, such as tcp://HOST:8786. Scheduler and workers need
        the same sqrtd and torch as this process, and the files that the ensembles name under the
        same paths. Workers may come, die and be replaced at any time; while there is none, the
        calls wait.

    Raises
    ------
    PoolError : both arguments, a number of workers that is not positive, a scheduler that does not
        answer or has no worker, or no Dask here.
    """
    if workers is not None and scheduler is not None:
        raise PoolError("give either a number of workers or a scheduler, not both")
    if workers is not None:
        with _processes(workers) as pool:
            yield pool
    elif scheduler is not None:
        with _cluster(scheduler) as pool:
            yield pool
    else:
        yield thread_pool()


def require_workers(workers: int) -> None:
    """Make sure that a number of processes can be had.

    Raises
    ------
    PoolError : more than `MOST_WORKERS`, or none.
    """
    try:
        require_whole_number("the number of workers", workers, most=MOST_WORKERS)
    except UserError as error:
        raise PoolError(str(error)) from error


@contextmanager
def _processes(workers: int) -> Iterator[Pool]:
    require_workers(workers)
    # Forked processes would inherit threads of torch in whatever state they are.
    executor = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
    )
    pool = _Processes(executor, workers)
    try:
        for _ in range(workers):
            pool.submit(os.getpid)
        yield pool
    finally:
        executor.shutdown(cancel_futures=True)


class _Processes(_Local):
    """Processes, each of which starts when it is first needed."""

    def submit(self, function: Callable[..., Result], /, *arguments: Any) -> Future[Result]:  # noqa: ANN401
        with _stops_later():
            return super().submit(function, *arguments)


@contextmanager
def _stops_later() -> Iterator[None]:
    """Start processes that leave Ctrl-C, which the terminal sends to all, to their parent.

    A process inherits which signals are blocked. Signals to this one wait for the end of the
    block: in the middle, they would leave half a process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    resource_tracker.ensure_running()  # which unblocks the signals when it is started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for stop in came:
            signal.raise_signal(stop)


def _end_with_parent() -> None:
    """End this process when its parent has, whose pipe a worker would hold open itself."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  (only workers come here)

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _cluster(address: str) -> Iterator[Pool]:
    try:
        import distributed
    except ImportError as error:
        raise PoolError("a scheduler needs Dask: pip install 'sqrtd[cluster]'") from error
    # A client that reaches no scheduler hangs for a while when it is deleted: so try first, in a
    # thread, because this one may have an event loop of its own.
    with ThreadPoolExecutor(1) as thread:
        try:
            thread.submit(asyncio.run, _try(address)).result()
        except (OSError, TypeError, ValueError) as error:
            reason = f"no Dask scheduler answers at {address!r}"
            raise PoolError(f"{reason}; start one with: dask scheduler") from error
    with _quiet(), distributed.Client(address, set_as_default=False) as client:
        try:
            client.wait_for_workers(1, timeout=SECONDS_TO_A_WORKER)
        except TimeoutError as error:
            reason = f"the scheduler at {address!r} has no worker"
            raise PoolError(f"{reason}; start one with: dask worker {address}") from error
        try:
            client.submit(run_name, "", torch.device("cpu"), pure=False).result()
        except Exception as error:
            reason = f"the cluster at {address!r} can not run sqrtd ({error})"
            raise PoolError(f"{reason}; install 'sqrtd[cluster]' there") from error
        yield _Cluster(client, address)


async def _try(address: str) -> None:
    from distributed import Security
    from distributed.comm import connect

    async with asyncio.timeout(SECONDS_TO_ANSWER):
        keys = Security().get_connection_args("client")
        comm = await connect(address, timeout=SECONDS_TO_ANSWER, **keys)
        await comm.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave it to us to say what became of a scheduler or a worker."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@dataclass(frozen=True)
class _Cluster:
    """The workers of a Dask cluster. Calls on a worker that died are made again on another."""

    client: "distributed.Client"
    address: str

    @property
    def workers(self) -> int:
        """Threads of the workers that are there now, or 1 while there are none."""
        try:
            return int(sum(self.client.nthreads().values())) or 1
        except (OSError, ValueError) as error:
            raise self._lost() from error

    def submit(self, function: Callable[..., Result], /, *arguments: Any) -> Future[Result]:  # noqa: ANN401
        outcome: Future[Result] = Future()
        self._send(outcome, MOST_DEATHS, function, arguments)
        return outcome

    def _send(
        self,
        outcome: Future[Result],
        deaths_left: int,
        function: Callable[..., Result],
        arguments: tuple[Any, ...],
    ) -> None:
        from distributed import CancelledError, KilledWorker

        def settle(task: "distributed.Future[Result]") -> None:
            if outcome.cancelled():
                return
            try:
                try:
                    result = task.result()
                except KilledWorker as killed:
                    if not deaths_left:
                        reason = "a block ends every worker it is given to"
                        raise PoolError(f"{reason}, perhaps for lack of memory") from killed
                    self._send(outcome, deaths_left - 1, function, arguments)
                    return
            except CancelledError:
                _fail(outcome, self._lost())
            except Exception as error:
                _fail(outcome, error)
            else:
                if outcome.set_running_or_notify_cancel():
                    outcome.set_result(result)

        task = self.client.submit(function, *arguments, pure=False)
        # Dask forgets what nobody waits for, unless it runs.
        outcome.add_done_callback(lambda _: task.release())
        task.add_done_callback(settle)

    def _lost(self) -> PoolError:
        return PoolError(f"the scheduler at {self.address!r} is gone; start it and run again")


def _fail(outcome: Future[Result], error: Exception) -> None:
    if outcome.set_running_or_notify_cancel():
        outcome.set_exception(error)
