"""`make gpu`: the paper's experiments on a CUDA GPU, in pieces of some minutes.

    python -m sqrtd.commands.gpu --data DIR [--minutes 9] [--epochs 30]

needs this checkout, torch (with numpy) and a folder with `cifar-10-batches-bin`; class folders of
images in it (`imagenette2-128`) need Pillow, too. Each call goes on where the last one stopped, and
ends by itself in time; it exits with 0 when all is done, with 1 when something is left. What is
finished then lies in results/gpu/, where `sqrtd verify` reads it and draws the figures.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import torch

from empirical.sweeps.experiment import Experiment, ExperimentError
from empirical.sweeps.experiment_file import read_preset
from empirical.sweeps.record import write_record
from empirical.sweeps.sweep import agenda, finished_sweep, run_sweep
from empirical.sweeps.timing import seconds_a_network
from empirical.training.recipe import TrainingError
from evidence.errors import BadInputError
from running.image_files import DataError
from running.pools import PoolError, thread_pool
from running.store import Store, StoreError
from sqrtd.provenance import provenance
from sqrtd.terminal.devices import read_device

CIFAR10, IMAGES = "cifar-10-batches-bin", "imagenette2-128"

SPARE_SECONDS = 30.0
"""What is left at the end for the networks in hand to stop, and for the files of results."""


class _TimeUpError(Exception):
    """Ends a sweep whose time is over."""


def main(arguments: list[str] | None = None) -> int:
    """Run pieces of the experiments until the time is over, and return the exit code."""
    options = _parser().parse_args(arguments)
    deadline = time.monotonic() + 60 * options.minutes - SPARE_SECONDS
    try:
        device = read_device(options.device)
        left = sum(
            _run(experiment, options.out, device, options.seed, deadline)
            for experiment in _experiments(options.data, options.epochs, options.preset)
        )
    except KeyboardInterrupt:
        print("\nsqrtd: interrupted; the same command goes on", file=sys.stderr)
        return 130
    except (
        BadInputError,
        DataError,
        ExperimentError,
        PoolError,
        StoreError,
        TrainingError,
    ) as error:
        print(f"sqrtd: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"sqrtd: cannot write {options.out}: {error.strerror or error}", file=sys.stderr)
        return 2
    print(f"{left} networks are left: run the same command again" if left else "all is done")
    return 1 if left else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sqrtd.commands.gpu", allow_abbrev=False)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data sets")
    parser.add_argument(
        "--minutes", type=float, default=9.0, metavar="M", help="how long this call may take (9)"
    )
    parser.add_argument(
        "--epochs", type=int, default=30, metavar="N", help="epochs of a training (30; paper: 200)"
    )
    parser.add_argument("--preset", default="paper", choices=("smoke", "paper"))
    parser.add_argument("--device", default="cuda", help="cuda, cuda:N or cpu (cuda)")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, default=Path("results/gpu"), metavar="DIR")
    return parser


def _experiments(data: Path, epochs: int, preset: str) -> Iterator[Experiment]:
    """Yield the experiments, what matters most first; learning rates fall within the epochs."""
    cifar10 = f"cifar10:{data / CIFAR10}"
    for figure in ("figure-3", "figure-2"):
        yield _shortened(read_preset(figure, preset, data=cifar10), epochs)
    images = f"imagefolder:{data / IMAGES}" if (data / IMAGES).is_dir() else None
    yield _shortened(read_preset("figure-1", preset, data=images), epochs)


def _shortened(experiment: Experiment, epochs: int) -> Experiment:
    recipe = experiment.recipe
    halve_every = max(1, recipe.halve_every * epochs // recipe.epochs)
    shorter = replace(recipe, epochs=epochs, halve_every=halve_every)
    return replace(experiment, recipe=shorter)


def _run(
    experiment: Experiment, out: Path, device: torch.device, seed: int, deadline: float
) -> int:
    """Train until the deadline, write what is finished, and return how many networks are left.

    After the deadline not even the images are read, which may take minutes: all count as left.
    """
    if time.monotonic() > deadline:
        return experiment.networks
    folder = (out / experiment.name).resolve()
    folder.mkdir(parents=True, exist_ok=True)

    def progress(fraction: float, activity: str) -> None:
        print(f"\r{experiment.name}: {fraction:.1%}, {activity}", end="", flush=True)
        if time.monotonic() > deadline:
            raise _TimeUpError

    with closing(Store(folder / "networks.sqlite")) as store:
        todo = agenda(experiment, seed=seed, device=device, store=store)
        if todo.due:
            try:
                progress(0.0, "begins")
                cells = list(dict.fromkeys(cell for cell, _ in todo.due))
                costs = seconds_a_network(todo.plan, cells, device, progress=progress)
                run_sweep(
                    todo,
                    device=device,
                    store=store,
                    pool=thread_pool(workers=1),
                    folder=folder,
                    costs={cell: costs.get(cell, 0.0) for cell, _ in experiment.cells},
                    progress=progress,
                )
            except _TimeUpError:
                print()
            todo = agenda(experiment, seed=seed, device=device, store=store)
        sweep = finished_sweep(todo, todo.finished)
    if sweep.networks:
        # Of all calls: the last one may have had little left to do.
        worked = round(sum(network.seconds for network in sweep.networks), 1)
        origin = provenance(seed=seed, device=device, network_seconds=worked)
        write_record(folder, experiment, sweep, origin)
    return len(todo.due)


if __name__ == "__main__":
    sys.exit(main())
