"""A simulation that is ready to run: what it samples, how long about, in how much memory."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from evidence.findings import Progress
from running.memory import require_memory
from running.pools import Pool, open_pool, require_workers
from running.store import Store
from simulations.engine.configurations import configure
from simulations.engine.ensemble import (
    MOST_MAPPED,
    NETWORKS_IN_A_PART,
    Ensemble,
    bytes_of_batch,
    measure_block,
    networks_in_a_block,
    plan,
)
from simulations.engine.sampler import Sampler
from simulations.engine.simulation_run import SimulationRun
from simulations.reports.simulate import Simulation, networks_wanted, simulate
from sqrtd.terminal.devices import read_device

BYTES_OF_NORMS = 72
"""Of a network: two rows of four norms, and a factor, in float64."""

BYTES_OF_LIBRARIES = 3e8

SECONDS_OF_TIMING = 0.1
"""A block that takes so long tells the speed."""


@dataclass(frozen=True, kw_only=True)
class SimulationJob:
    """A simulation that is ready to run.

    Attributes
    ----------
    run : what was asked for.
    ensembles : one a size, sizes ascending.
    sampler : measures and keeps the networks.
    workers : how many blocks are measured at a time.
    """

    run: SimulationRun
    ensembles: Sequence[Ensemble]
    sampler: Sampler
    workers: int

    @property
    def networks(self) -> int:
        """How many networks of each size there are, with a precision at most."""
        return networks_wanted(self.run.networks, self.run.precision)

    @property
    def memory(self) -> float:
        """About how many bytes are needed: for what is kept, and for a batch of each worker."""
        plans = [plan(ensemble) for ensemble in self.ensembles]
        mapped = sum(planned.d for planned in plans if planned.d <= MOST_MAPPED)
        kept = self.networks * (BYTES_OF_NORMS * len(plans) + 4 * mapped / NETWORKS_IN_A_PART)
        return BYTES_OF_LIBRARIES + kept + self.workers * max(map(bytes_of_batch, plans))

    def seconds_each(self) -> list[float]:
        """Measure how long one network of each size takes on one worker."""
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return [self._seconds(ensemble) for ensemble in self.ensembles]
        finally:
            torch.set_num_threads(threads)

    def _seconds(self, ensemble: Ensemble) -> float:
        whole = networks_in_a_block(ensemble)
        networks = min(2, whole)
        while True:
            start = time.perf_counter()
            measure_block(ensemble, self.run.seed, 0, self.sampler.device, networks=networks)
            seconds = time.perf_counter() - start
            if seconds > SECONDS_OF_TIMING or networks == whole:
                return seconds / networks
            networks = min(4 * networks, whole)

    def simulate(self, progress: Progress) -> Simulation:
        """Sample the networks, as `simulations.reports.simulate.simulate` does."""
        return simulate(
            self.ensembles,
            self.sampler,
            networks=self.run.networks,
            precision=self.run.precision,
            progress=progress,
        )


@contextmanager
def prepared_simulation(run: SimulationRun, *, dry_run: bool = False) -> Iterator[SimulationJob]:
    """Make the ensembles of a run, and try each. A dry run starts no processes and opens no store.

    Raises
    ------
    UserError : for what cannot be sampled or does not fit into memory, and for a store or workers
        that cannot be had.
    """
    device = read_device(run.device)
    if run.workers is not None:
        require_workers(run.workers)
    with ExitStack() as stack:
        # First, because processes inherit the path, to which a user's file adds its folder.
        pool: Pool = stack.enter_context(
            open_pool(workers=None if dry_run else run.workers, scheduler=run.scheduler)
        )
        ensembles = configure(run)
        store = None
        if run.store and not dry_run:
            store = stack.enter_context(closing(Store(Path(run.store))))
        job = SimulationJob(
            run=run,
            ensembles=ensembles,
            sampler=Sampler(seed=run.seed, device=device, store=store, pool=pool),
            workers=run.workers or pool.workers,
        )
        require_memory(
            job.memory,
            f"{job.networks:,} networks of each size on {job.workers} workers",
            "give fewer networks or workers, or smaller sizes",
        )
        yield job
