"""The functions of `import sqrtd`.

Each reads its arguments into one description of a run, which is what the command line does, too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from empirical.measures.gradient_norms import gradient_norms as gradient_norms
from empirical.measures.looks import looked_again
from empirical.measures.trained import Cell, Sweep
from empirical.sweeps.record import with_looks
from simulations.engine.simulation_run import SimulationRun
from sqrtd.ledgers import read_ledger
from sqrtd.runs.described import with_options_of
from sqrtd.runs.simulation import GrowthOfGradients, run_simulation
from sqrtd.runs.trained_networks import TrainedNetworks
from sqrtd.runs.training import Job, prepared, train_due
from sqrtd.runs.training_run import TrainingRun
from sqrtd.runs.until_decided import train_until_decided
from sqrtd.verdicts.open_claims import next_networks, open_claims
from sqrtd.verdicts.run import prepare_run, run_checks
from sqrtd.verdicts.verification import Verification
from theory.modules.predictions import predict_second_moments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn


@with_options_of(SimulationRun)
def simulate(run: SimulationRun) -> GrowthOfGradients:
    """Sample random networks of growing size, and compare their input gradients with theory.

        >>> growth = sqrtd.simulate("dense", dims=[64, 256, 1024])
        >>> growth.exponent("loss-norm-1")

    Raises
    ------
    UserError : what cannot be sampled, stored or had, in one line.
    """
    return GrowthOfGradients(run=run, simulation=run_simulation(run))


def predict(module: "nn.Module", input_shape: Sequence[int]) -> "NDArray[np.float64]":
    """Compute the second moments E[(∂_x f)²] of a module's input gradient, under hypothesis (H).

        >>> sqrtd.predict(nn.Sequential(nn.Linear(64, 100), nn.ReLU(), nn.Linear(100, 10)), (64,))

    They are those of the first output f, for every coordinate of the input, at He's variance
    2/fan-in of the weights: exact up to rounding, whatever the weights that the module holds.

    Parameters
    ----------
    module : a network of linear layers, convolutions, ReLUs, averages, additions and the like.
    input_shape : of one input, without the batch.

    Returns
    -------
    Shape `input_shape`.

    Raises
    ------
    DagError : a module that theory has no prediction for, and why.
    """
    return predict_second_moments(module, input_shape)


@with_options_of(TrainingRun)
def train(run: TrainingRun) -> TrainedNetworks:
    """Train the networks of an experiment, and measure gradients, accuracy and vulnerability.

        >>> sqrtd.train("figure-3", preset="smoke")

    Raises
    ------
    UserError : what cannot be read, trained, stored or had, in one line.
    """
    with prepared(run) as job:
        if not run.until_decided:
            return TrainedNetworks(experiment=job.agenda.experiment, sweep=train_due(job))
        looks: list[Sweep] = []

        def look(job: Job) -> Mapping[Cell, int]:
            now = job.agenda.sweep
            looks.append(looked_again(looks[-1], now) if looks else with_looks(job.place, now))
            claims = open_claims(job.agenda.experiment.figure, looks[-1], read_ledger())
            return next_networks(claims, job.costs, looks[-1])

        job = train_until_decided(job, look)
        sweep = job.agenda.sweep if job.agenda.due else looks[-1]
        return TrainedNetworks(experiment=job.agenda.experiment, sweep=sweep)


def verify(
    claims: Sequence[str] | None = None,
    *,
    seed: int = 0,
    budget: float = 1.0,
    device: str = "cpu",
    data: str = "digits",
    store: Path | str | None = None,
    results: Path | str | None = None,
    show_progress: bool = False,
) -> Verification:
    """Put claims of the paper to the test; write no file.

        >>> sqrtd.verify(["lemma-7", "eq-6"])

    Parameters
    ----------
    claims : their ids, which `sqrtd claims` lists; all if None, which takes many minutes.
    seed : decides every random number.
    budget : how much may be sampled, relative to the default 1.
    device : "cpu", "cuda" or "cuda:N".
    data : images to train on: "digits", or "cifar10:PATH".
    store : SQLite file that keeps the sampled networks, for the next call to go on from.
    results : folder whose `results` hold trained networks, for the claims on these. If None: the
        working directory, and for figures that it lacks, what comes with the package.
    show_progress : whether to show bars on stderr.

    Raises
    ------
    UserError : an unknown claim, or settings that cannot be had, in one line.
    """
    ledger = read_ledger()
    selected, settings = prepare_run(
        ledger,
        claims,
        seed=seed,
        budget=budget,
        device=device,
        data=data,
        store=None if store is None else Path(store),
        results=None if results is None else Path(results),
    )
    return run_checks(ledger, selected, settings, Console(stderr=True, quiet=not show_progress))
