"""Training steps of every method: images a second of ours and of plain PyTorch, in one run.

The network is Figure 3's (6 blocks of 64 channels, 32 x 32 pixels), the batch 128, and a step is
the objective, its gradient by the weights and an SGD update. Beside ours stands each method as one
writes it down in PyTorch: modules and images in the default memory layout, `loss.backward()`,
gradient penalties through `create_graph=True`, and the cross-Lipschitz regularizer from K retained
backward passes and the differences of all pairs, as in the authors' published code. (A step of
theirs also computes the gradient norms that it logs, and pools before the batch norm; here both
sides have the same network, that of the paper's text, and log nothing.)

The two run in processes of their own, since ours tells the C library to keep its memory, and take
turns step by step, so that what else runs on the machine slows both. Each side counts by its
fastest step, as everything else only adds to that. Processor time, in brackets, still adds up when
the two threads have to wait for a core. Before that, losses and gradients of both are compared.
"""

import argparse
import math
import os
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from empirical.training.memory import keep_freed_memory
from empirical.training.methods import METHODS
from running.streams import stream
from simulations.networks.initialization import he_initialize_
from simulations.networks.paper_networks import figure_3_average, figure_3_max, figure_3_strided

SIZE, BATCH, CORES, EPSILON = 32, 128, 2, 0.01
NETWORKS = {"average": figure_3_average, "strided": figure_3_strided, "max": figure_3_max}

Objective = Callable[[nn.Module, Tensor, Tensor], Tensor]


def mean_loss_and_gradients(
    network: nn.Module, images: Tensor, labels: Tensor, *, create_graph: bool = False
) -> tuple[Tensor, Tensor]:
    images = images.clone().requires_grad_()
    loss = functional.cross_entropy(network(images), labels)
    retain = {"create_graph": True} if create_graph else {"retain_graph": True}
    return loss, torch.autograd.grad(loss, images, **retain)[0] * len(images)


def penalty(q: int) -> Objective:
    def objective(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        loss, gradients = mean_loss_and_gradients(network, images, labels, create_graph=True)
        gradients = gradients.flatten(1)
        strength = EPSILON * gradients.shape[1] ** (1 - 1 / q)
        return loss + strength / 2 * gradients.norm(q, dim=1).mean()

    return objective


def step_along(gradients: Tensor, size: float, p: float) -> Tensor:
    if p == math.inf:
        return size * gradients.sign()
    norms = gradients.flatten(1).norm(dim=1).clamp(min=1e-12)
    return size * gradients / norms[:, None, None, None]


def augmentation(p: float, *, through: bool = False) -> Objective:
    def objective(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        loss, gradients = mean_loss_and_gradients(network, images, labels, create_graph=through)
        size = EPSILON * images[0].numel() ** (1 / p)
        attacked = images + step_along(gradients, size, p)
        return (loss + functional.cross_entropy(network(attacked), labels)) / 2

    return objective


def cross_lipschitz(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    images = images.clone().requires_grad_()
    logits = network(images)
    classes = logits.shape[1]
    rows = [
        torch.autograd.grad(logits[:, k].sum(), images, create_graph=True)[0]
        for k in range(classes)
    ]
    total = sum((rows[h] - rows[k]) ** 2 for k in range(classes) for h in range(k))
    regularizer = 2 * total.sum() / classes**2 / len(images)
    return functional.cross_entropy(logits, labels) + EPSILON * regularizer


def pgd(p: float, steps: int = 7) -> Objective:
    def objective(network: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
        size = EPSILON * images[0].numel() ** (1 / p)
        attacked = images
        for _ in range(steps):
            _, gradients = mean_loss_and_gradients(network, attacked, labels)
            delta = attacked + step_along(gradients, 2.5 * size / steps, p) - images
            if p == math.inf:
                delta = delta.clamp(-size, size)
            else:
                norms = delta.flatten(1).norm(dim=1).clamp(min=1e-12)
                delta = delta * (size / norms).clamp(max=1)[:, None, None, None]
            attacked = images + delta
        return functional.cross_entropy(network(attacked), labels)

    return objective


PLAIN_PYTORCH: dict[str, Objective] = {
    "plain": lambda network, images, labels: functional.cross_entropy(network(images), labels),
    "l1-penalty": penalty(1),
    "l2-penalty": penalty(2),
    "linf-augmentation": augmentation(math.inf),
    "l2-augmentation": augmentation(2),
    "linf-through-attack": augmentation(math.inf, through=True),
    "l2-through-attack": augmentation(2, through=True),
    "cross-lipschitz": cross_lipschitz,
    "linf-pgd": pgd(math.inf),
    "l2-pgd": pgd(2),
}


def objective_of(side: str, method: str) -> Objective:
    return PLAIN_PYTORCH[method] if side == "theirs" else METHODS[method](EPSILON)


def inputs(
    kind: str, batch: int, dtype: torch.dtype, side: str
) -> tuple[nn.Module, Tensor, Tensor]:
    network, shape = NETWORKS[kind](SIZE)
    he_initialize_(network, stream(0, "weights"))
    images = torch.randn(batch, *shape, generator=stream(0, "images"))
    labels = torch.randint(10, (batch,), generator=stream(0, "labels"))
    layout = torch.channels_last if side == "ours" else torch.contiguous_format
    return network.to(dtype, memory_format=layout), images.to(dtype, memory_format=layout), labels


def check(kind: str, method: str) -> None:
    """Both must compute the same."""
    results = []
    for side in ("ours", "theirs"):
        network, images, labels = inputs(kind, 3, torch.float64, side)
        value = objective_of(side, method)(network, images, labels)
        gradients = torch.autograd.grad(value, list(network.parameters()))
        results.append([value, *gradients])
    for ours, theirs in zip(*results, strict=True):
        if not torch.allclose(ours, theirs, rtol=1e-6, atol=1e-9):
            raise SystemExit(f"{method}: the two differ")


def serve(pipe: Connection, side: str, kind: str, threads: int) -> None:
    """Take one training step of each method that comes, and send back the seconds."""
    torch.set_num_threads(threads)
    if side == "ours":
        keep_freed_memory()
    network, images, labels = inputs(kind, BATCH, torch.float32, side)
    weights = list(network.parameters())
    optimizer = torch.optim.SGD(weights, lr=1e-4, momentum=0.9)
    wanted = weights if side == "ours" else None  # as in `train_network`
    while (method := pipe.recv()) is not None:
        objective = objective_of(side, method)
        start, busy = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        objective(network, images, labels).backward(inputs=wanted)
        optimizer.step()
        pipe.send((time.perf_counter() - start, time.process_time() - busy))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", choices=NETWORKS, default="average")
    parser.add_argument("--methods", nargs="+", choices=PLAIN_PYTORCH, default=PLAIN_PYTORCH)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=CORES)
    arguments = parser.parse_args()
    if (os.cpu_count() or 1) < arguments.threads:
        raise SystemExit(f"this benchmark needs {arguments.threads} cores")
    context = get_context("spawn")
    pipes = []
    for side in ("ours", "theirs"):
        pipe, end = context.Pipe()
        process = (end, side, arguments.network, arguments.threads)
        context.Process(target=serve, args=process, daemon=True).start()
        pipes.append(pipe)
    print(
        f"{arguments.network} pooling, batch {BATCH}, {arguments.threads} threads: images a "
        "second, and how many times PyTorch's ours are; in brackets by processor time\n"
    )
    print(f"{'method':>20} {'ours':>8} {'PyTorch':>8} {'ratio':>6}")
    ratios = {}
    for method in arguments.methods:
        check(arguments.network, method)
        times = []
        for turn in range(arguments.rounds + 1):
            row = []
            for pipe in pipes:
                pipe.send(method)
                row.append(pipe.recv())
            if turn:  # the first warms up
                times.append(row)
        (ours, our_work), (theirs, their_work) = np.min(times, axis=0)
        ratios[method] = f"{theirs / ours:6.2f} ({their_work / our_work:.2f})"
        print(
            f"{method:>20} {BATCH / ours:8.1f} {BATCH / theirs:8.1f} {ratios[method]}", flush=True
        )
    for pipe in pipes:
        pipe.send(None)
    if ratio := ratios.get("cross-lipschitz"):
        print(f"\ncross-lipschitz, ours against the authors' way: {ratio.strip()} times as fast")


if __name__ == "__main__":
    main()
