"""Samples of ensembles: read from the store, or measured block by block and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from evidence.findings import Progress, silent
from running.arrays import Kind, require_kinds, require_positive
from running.pools import Pool, run_name, thread_pool
from running.store import Arrays, Store, StoredBlock
from running.work import Task, check_run, run_tasks
from simulations.engine.ensemble import (
    MOST_MAPPED,
    Block,
    Ensemble,
    measure_block,
    networks_in_a_block,
    plan,
)
from simulations.engine.gradient_norms import NORMS, GradientNorms

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
    counts : networks in each of these parts, shape (parts,).
    """

    ensemble: Ensemble
    logits: int
    squares: NDArray[np.float32]
    counts: NDArray[np.int64]


class _Piece(NamedTuple):
    """A block of networks, or the first ones of it, where no more were asked for.

    Attributes
    ----------
    ensemble, number : which block.
    networks : how many of it.
    """

    ensemble: Ensemble
    number: int
    networks: int

    @property
    def key(self) -> str:
        """Under which it is stored: a whole block under its ensemble's key."""
        key = self.ensemble.key()
        is_whole = self.networks == networks_in_a_block(self.ensemble)
        return key if is_whole else f"{key}, first {self.networks}"


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
        self.pool = pool
        self._known: dict[_Piece, Block] = {}

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
                key=piece,
                function=_measure,
                arguments=(run, *piece, self.seed, self.device),
            )
            for ensemble in dict.fromkeys(ensembles)
            for piece in self._missing(ensemble, networks)
        ]
        pool = self.pool or thread_pool()
        run_tasks(tasks, pool, keep=self._keep, report=lambda part: progress(part, activity))
        return [self._sample(ensemble, networks) for ensemble in ensembles]

    def _missing(self, ensemble: Ensemble, networks: int) -> list[_Piece]:
        """Return what is still to be measured."""
        missing = [piece for piece in _pieces(ensemble, networks) if piece not in self._known]
        if missing and self.store is not None:
            run = blocks_run(self.seed, self.device)
            numbers = range(missing[0].number, missing[-1].number + 1)
            # All blocks but the last one have the same key.
            for pieces in (missing[:-1], missing[-1:]):
                stored = self.store.blocks(run, pieces[0].key, numbers) if pieces else {}
                with self.store.undamaged():
                    self._known.update(
                        {p: _as_written(p, stored[p.number]) for p in pieces if p.number in stored}
                    )
        return [piece for piece in missing if piece not in self._known]

    def _keep(self, finished: Mapping[_Piece, Block]) -> None:
        if self.store is not None:
            self.store.put_blocks(
                blocks_run(self.seed, self.device),
                [
                    StoredBlock(piece.key, piece.number, repr(piece.ensemble), vars(block))
                    for piece, block in finished.items()
                ],
            )
        self._known.update(finished)

    def _sample(self, ensemble: Ensemble, networks: int) -> Sample:
        blocks = [self._known[piece] for piece in _pieces(ensemble, networks)]
        planned = plan(ensemble)
        return Sample(
            ensemble=ensemble,
            d=planned.d,
            logits=planned.logits,
            norms=np.concatenate([block.norms for block in blocks]),
            factors=np.concatenate([block.factors for block in blocks]),
            squares=np.concatenate([block.squares for block in blocks]),
            counts=np.concatenate([block.counts for block in blocks]),
        )


def _as_written(piece: _Piece, arrays: Arrays) -> Block:
    """Return a block of the store; `ValueError` for one that `measure_block` cannot have made."""
    planned = plan(piece.ensemble)
    rows = 2 if planned.logits > 1 else 1
    mapped = planned.d if planned.d <= MOST_MAPPED else 0
    require_kinds(
        arrays,
        {
            "norms": Kind("f", (piece.networks, rows, len(NORMS))),
            "factors": Kind("f", (piece.networks,)),
            "squares": Kind("f", (None, mapped)),
        },
    )
    require_positive(arrays, "norms", "squares")
    if not 1 <= len(arrays["squares"]) <= piece.networks:
        raise ValueError(f"squares are of {len(arrays['squares'])} parts")
    return Block(**arrays)


def _pieces(ensemble: Ensemble, networks: int) -> list[_Piece]:
    """Return the blocks of the first networks, the last one no larger than needed."""
    whole = networks_in_a_block(ensemble)
    return [
        _Piece(ensemble, start // whole, min(whole, networks - start))
        for start in range(0, networks, whole)
    ]


def blocks_run(seed: int, device: torch.device) -> str:
    """Name what decides a block's bits beside its ensemble and number."""
    return run_name(f"blocks {VERSION}, seed {seed}", device)


def _measure(
    run: str, ensemble: Ensemble, number: int, networks: int, seed: int, device: torch.device
) -> Block:
    """Measure a block, or the first networks of it, on any worker."""
    check_run(run, blocks_run(seed, device))
    return measure_block(ensemble, seed, number, device, networks=networks)
