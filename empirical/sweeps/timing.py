"""How long networks take to train, from a few steps of each kind."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch

from empirical.measures.trained import Cell, NetworkId
from empirical.sweeps.architectures import explained
from empirical.sweeps.train_one import Plan, images_at, initial_network
from empirical.training.methods import METHODS
from evidence.findings import Progress, silent

PIXELS = 32 * 32**2
"""Pixels of a channel in a timed batch, at most: a whole one of large images takes minutes."""


def seconds_a_network(
    plan: Plan, cells: Sequence[Cell], device: torch.device, *, progress: Progress = silent
) -> Mapping[Cell, float]:
    """Estimate the wall time that training a network of each cell takes on one thread.

    Two steps of training are timed for each kind: strengths and indices change nothing.

    Parameters
    ----------
    plan : of the sweep.
    cells : which networks.
    device : where they train.
    progress : called after each kind.

    Raises
    ------
    DataError, ExperimentError : as `train_and_measure`.
    """
    kinds = {cell: replace(cell, epsilon=min(cell.epsilon, 1e-3)) for cell in cells}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        seconds = {}
        for kind in dict.fromkeys(kinds.values()):
            seconds[kind] = _seconds(plan, kind, device)
            progress(len(seconds) / len(set(kinds.values())), "measuring the speed")
    finally:
        torch.set_num_threads(threads)
    return {cell: seconds[kind] for cell, kind in kinds.items()}


def _seconds(plan: Plan, cell: Cell, device: torch.device) -> float:
    data = images_at(plan, cell.size, device)
    network = initial_network(plan, NetworkId(cell, 0), data)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    number = len(data.train_labels)
    batch = min(plan.recipe.batch, number, max(4, PIXELS // cell.size**2))
    images = data.train_images[:batch].to(device, memory_format=torch.channels_last)
    labels = data.train_labels[:batch].to(device)
    objective = METHODS[cell.method](cell.epsilon)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-6)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        with explained(cell):
            optimizer.zero_grad()
            objective(network, images, labels).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return min(times[1:]) / batch * number * plan.recipe.epochs
