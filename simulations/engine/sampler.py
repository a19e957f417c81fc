"""Samples of ensembles: read from the store, or measured block by block and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from evidence.findings import Progress, silent
from running.pools import Pool, run_name, thread_pool
from running.store import Store, StoredBlock
from running.work import Task, check_run, run_tasks
from simulations.engine.ensemble import Block, Ensemble, measure_block, networks_in_a_block, plan
from simulations.engine.gradient_norms import GradientNorms

VERSION = 1
"""Raised whenever a block's numbers change: results of older code are then not reused."""


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
        progress, activity : called at least four times a second with what is finished. An exception
            from it, or Ctrl-C, stops the work; what is finished is stored.

        Raises
        ------
        PoolError : workers that are lost, or that have other versions of the code.
        StoreError : a store that can not be read or written.
        """
        run = blocks_run(self.seed, self.device)
        tasks = [
            Task(
                key=(ensemble, number),
                function=_measure,
                arguments=(run, ensemble, number, self.seed, self.device),
            )
            for ensemble in dict.fromkeys(ensembles)
            for number in self._missing(ensemble, networks)
        ]
        run_tasks(tasks, self.pool, keep=self._keep, report=lambda part: progress(part, activity))
        return [self._sample(ensemble, networks) for ensemble in ensembles]

    def _missing(self, ensemble: Ensemble, networks: int) -> list[int]:
        """Return the numbers of the blocks that are still to be measured."""
        known = self._known.setdefault(ensemble, {})
        numbers = range(_blocks(ensemble, networks))
        missing = [number for number in numbers if number not in known]
        if missing and self.store is not None:
            stored = self.store.blocks(
                blocks_run(self.seed, self.device),
                ensemble.key(),
                range(missing[0], missing[-1] + 1),
            )
            known.update({number: Block(**arrays) for number, arrays in stored.items()})
        return [number for number in missing if number not in known]

    def _keep(self, finished: Mapping[tuple[Ensemble, int], Block]) -> None:
        if self.store is not None:
            self.store.put_blocks(
                blocks_run(self.seed, self.device),
                [
                    StoredBlock(ensemble.key(), number, repr(ensemble), vars(block))
                    for (ensemble, number), block in finished.items()
                ],
            )
        for (ensemble, number), block in finished.items():
            self._known[ensemble][number] = block

    def _sample(self, ensemble: Ensemble, networks: int) -> Sample:
        known = self._known[ensemble]
        blocks = [known[number] for number in range(_blocks(ensemble, networks))]
        planned = plan(ensemble)
        return Sample(
            ensemble=ensemble,
            d=planned.d,
            logits=planned.logits,
            norms=np.concatenate([block.norms for block in blocks])[:networks],
            factors=np.concatenate([block.factors for block in blocks])[:networks],
            squares=np.concatenate([block.squares for block in blocks]),
            counts=np.concatenate(
                [[len(block.norms) // len(block.squares)] * len(block.squares) for block in blocks]
            ),
        )


def _blocks(ensemble: Ensemble, networks: int) -> int:
    return -(-networks // networks_in_a_block(ensemble))


def blocks_run(seed: int, device: torch.device) -> str:
    """Name what decides a block's bits beside its ensemble and number."""
    return run_name(f"blocks {VERSION}, seed {seed}", device)


def _measure(run: str, ensemble: Ensemble, number: int, seed: int, device: torch.device) -> Block:
    """Measure a block on any worker."""
    check_run(run, blocks_run(seed, device))
    return measure_block(ensemble, seed, number, device)
