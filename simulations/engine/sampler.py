"""Samples of ensembles: read from the store, or measured block by block and stored."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

from evidence.findings import Progress, silent
from running.pools import Pool, PoolError, thread_pool
from running.store import Store, run_name
from simulations.engine.ensemble import Block, Ensemble, measure_block, networks_in_a_block, plan
from simulations.engine.gradient_norms import GradientNorms

BLOCKS_A_WORKER = 4
"""Blocks in hand for each worker: one is measured, the others keep it from waiting for us."""


@dataclass(frozen=True, kw_only=True)
class Sample(GradientNorms):
    """The measured networks of one ensemble.

    Attributes
    ----------
    d, norms, factors : as in `GradientNorms`.
    ensemble : what was sampled.
    logits : number K of logits.
    squares : sums of (∂_x f_0)² over parts of the networks, shape (parts, d); shape (parts, 0)
        where d is too large.
    counts : networks in each of these parts, in all perhaps more than asked for, shape (parts,).
    """

    ensemble: Ensemble
    logits: int
    squares: NDArray[np.float32]
    counts: NDArray[np.int64]


class Sampler:
    """Samples ensembles, and measures each block once.

    Parameters
    ----------
    seed : decides every number.
    device : where blocks are measured.
    store : keeps the blocks; without it they last as long as the sampler.
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
        self.store = store
        self.pool = pool or thread_pool()
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

        Raises
        ------
        PoolError : workers that are lost, or that have other versions of the code.
        StoreError : a store that can not be read or written.
        """
        due = [
            (ensemble, number)
            for ensemble in dict.fromkeys(ensembles)
            for number in self._missing(ensemble, networks)
        ]
        # The pool's threads set their own number of torch threads, which new threads inherit.
        threads = torch.get_num_threads()
        try:
            self._measure(due, progress, activity)
        except BrokenExecutor as error:
            raise PoolError(
                "a worker process died, perhaps for lack of memory"
                + ("; what is finished is stored" if self.store else "")
            ) from error
        finally:
            torch.set_num_threads(threads)
        return [self._sample(ensemble, networks) for ensemble in ensembles]

    def _missing(self, ensemble: Ensemble, networks: int) -> list[int]:
        """Return the numbers of the blocks that are still to be measured."""
        known = self._known.setdefault(ensemble, {})
        numbers = range(_blocks(ensemble, networks))
        missing = [number for number in numbers if number not in known]
        if missing and self.store is not None:
            run = run_name(self.seed, self.device)
            known.update(self.store.blocks(ensemble, run, range(missing[0], missing[-1] + 1)))
        return [number for number in missing if number not in known]

    def _measure(
        self, due: Sequence[tuple[Ensemble, int]], progress: Progress, activity: str
    ) -> None:
        """Measure and store blocks, in any order; what waits is cancelled if it can not go on."""
        run = run_name(self.seed, self.device)
        left = iter(due)
        waiting: dict[Future[Block], tuple[Ensemble, int]] = {}
        done = 0
        try:
            while done < len(due):
                room = BLOCKS_A_WORKER * self.pool.workers - len(waiting)
                for which in islice(left, max(0, room)):
                    future = self.pool.submit(_measure_alone, run, *which, self.seed, self.device)
                    waiting[future] = which
                finished, _ = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
                self._keep(run, [(*waiting.pop(f), f.result()) for f in finished])
                done += len(finished)
                progress(done / len(due), activity)
        finally:
            for future in waiting:
                future.cancel()

    def _keep(self, run: str, finished: Sequence[tuple[Ensemble, int, Block]]) -> None:
        if finished and self.store is not None:
            self.store.put(run, finished)
        for ensemble, number, block in finished:
            self._known[ensemble][number] = block

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
            squares=np.concatenate([block.squares for block in blocks]),
            counts=np.concatenate(
                [[len(block.norms) // len(block.squares)] * len(block.squares) for block in blocks]
            ),
        )


def _blocks(ensemble: Ensemble, networks: int) -> int:
    return -(-networks // networks_in_a_block(ensemble))


def _measure_alone(
    run: str, ensemble: Ensemble, number: int, seed: int, device: torch.device
) -> Block:
    """Measure a block on one torch thread, so that sums keep one order, in any worker."""
    here = run_name(seed, device)
    if here != run:
        raise PoolError(f"a worker would measure other numbers: it has {here}, we have {run}")
    torch.set_num_threads(1)
    return measure_block(ensemble, seed, number, device)
