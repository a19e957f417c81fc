"""What `sqrtd audit` is asked for, and how it is measured."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import UserError
from evidence.findings import Progress, silent

if TYPE_CHECKING:
    from simulations.audit.network_audit import Audit
    from sqrtd.audit.trained_weights import TrainedWeights


OF_TRAINED = 0.3
"""Share of the progress bar for the trained weights, if there are any."""


@dataclass(frozen=True)
class AuditRun:
    """What a designer wants to know of a network.

    Attributes
    ----------
    network : FILE.py:factory, a function that takes a size and returns (nn.Module, input shape); or
        a built-in family, as of `sqrtd simulate`.
    sizes : what the factory is called with, such as the pixels of an image's edge; two or more.
        If none are given, 8, 16, 32 and 64, as far as it takes them.
    networks : random networks of each size, and eight times as many of the smallest one; half as
        many with each remedy.
    weights : a file with the trained network's state_dict, as torch.save writes it; it needs
        --images.
    images : a folder of class folders, or CIFAR-10's binary one, to measure these weights on; other
        sizes are resized to the network's.
    epsilon : size of the attacks on these images, in 1/255 of the pixels' range.
    seed : decides every random number.
    device : cpu, cuda or cuda:N.
    store : an SQLite file that keeps finished work, for the next run to go on from.
    workers : how many processes; threads of one if not given.
    scheduler : address of a Dask scheduler instead, such as tcp://HOST:8786.
    progress : called with the fraction done, and a few words on what is done.
    """

    network: str
    _: KW_ONLY
    sizes: Sequence[int] | None = None
    networks: int = 64
    weights: Path | None = None
    images: Path | None = None
    epsilon: float = 1.0
    seed: int = 0
    device: str = "cpu"
    store: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    progress: Progress = field(default=silent, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise UserError for what does not fit together."""
        if (self.weights is None) != (self.images is None):
            given, lacking = ("weights", "images") if self.weights else ("images", "weights")
            raise UserError(f"--{given} needs --{lacking}: trained weights are measured on images")


def run_audit(run: AuditRun) -> "tuple[Audit, Sequence[TrainedWeights]]":
    """Measure what a designer asks for.

    Returns
    -------
    What random networks show, and what the trained one does at each size that its weights fit.

    Raises
    ------
    UserError : for what cannot be measured, and for a store or workers that cannot be had.
    """
    from running.pools import open_pool
    from running.store import Store
    from simulations.audit.network_audit import audit
    from simulations.engine.configurations import configure
    from simulations.engine.simulation_run import SimulationRun
    from sqrtd.audit.trained_weights import fitting, measure_weights
    from sqrtd.terminal.devices import read_device

    device = read_device(run.device)
    with ExitStack() as stack:
        # First, because processes inherit the path, to which a user's file adds its folder.
        pool = stack.enter_context(open_pool(workers=run.workers, scheduler=run.scheduler))
        ensembles = configure(
            SimulationRun(
                run.network,
                sizes=run.sizes,
                networks=run.networks,
                seed=run.seed,
                store=run.store,
                workers=run.workers,
                scheduler=run.scheduler,
            )
        )
        trained: Sequence[TrainedWeights] = ()
        if run.weights is not None and run.images is not None:
            # Before the random networks, so that what does not fit is found at once.
            trained = measure_weights(
                fitting(ensembles, run.weights),
                run.images,
                epsilon=run.epsilon,
                seed=run.seed,
                device=device,
                progress=lambda part, what: run.progress(OF_TRAINED * part, what),
            )
        before = OF_TRAINED if trained else 0.0
        store = stack.enter_context(closing(Store(run.store))) if run.store else None
        audited = audit(
            ensembles,
            networks=run.networks,
            seed=run.seed,
            device=device,
            pool=pool,
            store=store,
            progress=lambda part, what: run.progress(before + (1 - before) * part, what),
        )
    return audited, trained
