"""Samples of ensembles: read from the store, or measured block by block and stored."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from collections.abc import Iterator
from dataclasses import dataclass
import os
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from simulations.ensemble import (
    NORMS,
    Block,
    Ensemble,
    measure_block,
    networks_in_a_block,
    plan,
)
from simulations.store import Store, run_name
from theory.evidence import Progress, silent


class Pool(Protocol):
    """Where blocks are measured: an executor of `concurrent.futures`, or what looks like one."""

    def submit(self, function: Callable[..., Block], /, *arguments: Any) -> Future[Block]:  # noqa: ANN401
        """Start measuring a block."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The measured networks of one ensemble.

    Attributes
    ----------
    ensemble : what was sampled.
    d : the input dimension.
    logits : number K of logits.
    norms : ‖row‖_q for the rows ∂_x f_0 and, if K > 1, ∂_x L(x, 0), and q in
        `simulations.ensemble.NORMS`, shape (networks, rows, 4).
    factors : (1 - q_c)² + Σ_{k≠c} q_k², shape (networks,).
    squares : sums of (∂_x f_0)² over the networks of each block, shape (blocks, d); shape
        (blocks, 0) where d is too large.
    counts : networks in each of these blocks, which may be more than asked for, shape (blocks,).
    """

    ensemble: Ensemble
    d: int
    logits: int
    norms: NDArray[np.float64]
    factors: NDArray[np.float64]
    squares: NDArray[np.float32]
    counts: NDArray[np.int64]

    def norm(self, q: float, *, loss: bool = False) -> NDArray[np.float64]:
        """Return ‖∂_x f_0‖_q, or ‖∂_x L‖_q, shape (networks,)."""
        return self.norms[:, int(loss), NORMS.index(q)]

    def mean_square(self, *, loss: bool = False) -> NDArray[np.float64]:
        """Return the mean square of the gradient's coordinates, shape (networks,)."""
        return self.norm(2, loss=loss) ** 2 / self.d

    def mean_absolute(self, *, loss: bool = False) -> NDArray[np.float64]:
        """Return the mean absolute value of the gradient's coordinates, shape (networks,)."""
        return self.norm(1, loss=loss) / self.d


class Sampler:
    """Samples ensembles, and measures each block once.

    Parameters
    ----------
    seed : decides every number.
    device : where blocks are measured.
    store : keeps the blocks; in memory if None.
    pool : measures the blocks; as many threads as cores if None.
    """

    def __init__(
        self,
        *,
        seed: int,
        device: torch.device | str = "cpu",
        store: Store | None = None,
        pool: Pool | None = None,
    ) -> None:
        self.seed = seed
        self.device = torch.device(device)
        self.store = store or Store()
        self.pool = pool
        self._known: dict[Ensemble, dict[int, Block]] = {}

    def sample(
        self,
        ensembles: Sequence[Ensemble],
        networks: int,
        *,
        progress: Progress = silent,
        activity: str = "networks",
    ) -> list[Sample]:
        """Return the first networks of each ensemble.

        Parameters
        ----------
        ensembles : what to sample.
        networks : how many networks of each.
        progress, activity : told of finished blocks at least four times a second. An exception
            from it, or Ctrl-C, stops the work; what is finished is stored.
        """
        run = run_name(self.seed, self.device)
        due = []
        for ensemble in ensembles:
            if ensemble not in self._known:
                self._known[ensemble] = self.store.blocks(ensemble, run)
            for block in range(_blocks(ensemble, networks)):
                if block not in self._known[ensemble]:
                    due.append((ensemble, block))
        for done, (ensemble, number, block) in enumerate(self._measure(due, progress, activity), 1):
            self.store.put(ensemble, run, number, block)
            self._known[ensemble][number] = block
            progress(done / len(due), activity)
        return [self._sample(ensemble, networks) for ensemble in ensembles]

    def _measure(
        self, due: Sequence[tuple[Ensemble, int]], progress: Progress, activity: str
    ) -> Iterator[tuple[Ensemble, int, Block]]:
        """Yield blocks as they are finished, in any order."""
        done = 0
        with _own_pool() if self.pool is None else _kept(self.pool) as pool:
            waiting = {
                pool.submit(measure_block, ensemble, self.seed, number, self.device): (
                    ensemble,
                    number,
                )
                for ensemble, number in due
            }
            try:
                while waiting:
                    finished, _ = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
                    progress(done / len(due), activity)
                    for future in finished:
                        done += 1
                        yield *waiting.pop(future), future.result()
            finally:
                for future in waiting:
                    future.cancel()

    def _sample(self, ensemble: Ensemble, networks: int) -> Sample:
        known = self._known[ensemble]
        blocks = [known[number] for number in range(_blocks(ensemble, networks))]
        _, shape, found = plan(ensemble)
        return Sample(
            ensemble=ensemble,
            d=int(np.prod(shape)),
            logits=found.logits,
            norms=np.concatenate([block.norms for block in blocks])[:networks],
            factors=np.concatenate([block.factors for block in blocks])[:networks],
            squares=np.stack([block.squares for block in blocks]),
            counts=np.array([len(block.norms) for block in blocks]),
        )


def _blocks(ensemble: Ensemble, networks: int) -> int:
    return -(-networks // networks_in_a_block(ensemble))


@contextmanager
def _own_pool() -> Iterator[Pool]:
    """Threads, one for each core, that leave torch one thread each: sums then keep one order."""
    with ThreadPoolExecutor(
        os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        yield pool


@contextmanager
def _kept(pool: Pool) -> Iterator[Pool]:
    yield pool
