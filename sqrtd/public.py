"""The functions of `import sqrtd`.

Each reads its arguments into one description of a run, which is what the command line does, too.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console

from empirical.sweeps.experiment import Experiment
from evidence.errors import UserError
from evidence.findings import Progress, silent
from simulations.engine.configurations import SimulationRun
from sqrtd.ledgers import read_ledger
from sqrtd.runs.simulation import GrowthOfGradients, run_simulation
from sqrtd.runs.trained_networks import TrainedNetworks
from sqrtd.runs.training import TrainingRun, prepared, read_experiment, train_due
from sqrtd.verdicts.run import prepare_run, run_checks
from sqrtd.verdicts.verification import Verification
from theory.modules.predictions import predict_second_moments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from simulations.engine.gradient_rows import Relu, WeightLaw
    from simulations.networks.user_factories import Factory


def simulate(
    network: "str | Factory",
    *,
    sizes: Sequence[int] | None = None,
    dims: Sequence[int] | None = None,
    widths: Sequence[int] | None = None,
    inputs: str = "noise",
    relu: "Relu" = "real",
    weights: "WeightLaw" = "gaussian",
    networks: int | None = None,
    precision: float | None = None,
    seed: int = 0,
    device: str = "cpu",
    store: Path | str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress = silent,
) -> GrowthOfGradients:
    """Sample random networks of growing size, and compare their input gradients with theory.

        >>> growth = sqrtd.simulate("dense", dims=[64, 256, 1024])
        >>> growth.exponent("loss-norm-1")

    Parameters
    ----------
    network : a built-in family such as "dense" or "conv" (`simulations.FAMILIES`), FILE.py:factory,
        or a function that takes a size and returns an nn.Module and the shape of its input.
    sizes : what the factory is called with, such as the pixels of an edge; two or more.
    dims : input dimensions d instead of sizes.
    widths : neurons or channels of the hidden layers; the factory's own if None.
    inputs : "noise", "smooth", "constant", or "images:PATH".
    relu : "real"; or "masks", by which each neuron is off with probability 1/2, as H1 says.
    weights : their law: "gaussian", "rademacher" or "uniform", always of variance 2/fan-in.
    networks : of each size; 1000 if None. With a precision the most, 100,000 if None.
    precision : sample until all expectations are known to this relative error, such as 0.05.
    seed : decides every random number.
    device : "cpu", "cuda" or "cuda:N".
    store : SQLite file that keeps finished work, for the next call to go on from.
    workers : processes; threads of this one if None.
    scheduler : address of a Dask scheduler instead.
    progress : called with the fraction done, and a few words on what is done.

    Raises
    ------
    UserError : what cannot be sampled, stored or had, in one line.
    """
    run = SimulationRun(
        network=network,
        sizes=sizes,
        dims=dims,
        widths=widths,
        inputs=inputs,
        relu=relu,
        weights=weights,
        networks=networks,
        precision=precision,
        seed=seed,
        device=device,
        store=None if store is None else Path(store),
        workers=workers,
        scheduler=scheduler,
    )
    return GrowthOfGradients(run=run, simulation=run_simulation(run, progress=progress))


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


def train(
    experiment: str | Path | Experiment,
    *,
    preset: str | None = None,
    data: str | None = None,
    budget: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    out: Path | str | None = None,
    store: Path | str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress = silent,
) -> TrainedNetworks:
    """Train the networks of an experiment, and measure gradients, accuracy and vulnerability.

        >>> sqrtd.train("figure-3", preset="smoke")

    Parameters
    ----------
    experiment : "figure-1", "figure-2" or "figure-3"; a TOML file, such as a changed copy of a
        preset; or an `empirical.Experiment`, which then has its own data.
    preset : of a figure: "smoke" (a minute), "cpu" (some hours) or "paper"; "smoke" if None.
    data : images instead of the experiment's own, such as "digits" or "cifar10:PATH".
    budget : how many networks of each kind, relative to the experiment's own number.
    seed : decides every random number.
    device : "cpu", "cuda" or "cuda:N".
    out : keep checkpoints and finished networks under this folder's results/train/NAME, for the
        next call to go on from; nothing is kept if None.
    store : SQLite file that keeps the finished networks instead of one in that folder.
    workers : processes; threads of this one if None.
    scheduler : address of a Dask scheduler instead.
    progress : called with the fraction done, and a few words on what is done.

    Raises
    ------
    UserError : what cannot be read, trained, stored or had, in one line.
    """
    if not isinstance(experiment, Experiment):
        experiment = read_experiment(str(experiment), preset=preset, data=data, budget=budget)
    elif preset or data:
        raise UserError("an Experiment has its own images and networks; leave preset and data away")
    else:
        experiment = experiment.times(budget)
    with TemporaryDirectory(ignore_cleanup_errors=True) as forgotten:
        run = TrainingRun(
            experiment=experiment,
            seed=seed,
            device=device,
            out=Path(forgotten if out is None else out),
            store=None if store is None else Path(store),
            workers=workers,
            scheduler=scheduler,
        )
        with prepared(run, progress) as job:
            return TrainedNetworks(experiment=experiment, sweep=train_due(job, progress))


def verify(
    claims: Sequence[str] | None = None,
    *,
    seed: int = 0,
    budget: float = 1.0,
    device: str = "cpu",
    data: str = "digits",
    store: Path | str | None = None,
    recorded: Path | str | None = None,
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
    recorded : folder whose `results` hold trained networks, for the claims on these.
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
        recorded=None if recorded is None else Path(recorded),
    )
    return run_checks(ledger, selected, settings, Console(stderr=True, quiet=not show_progress))
