"""Input gradients of random convolutional networks: all at once, against a loop and `vmap`.

Every network is drawn anew: conv 3 x 3, 3 -> C, ReLU, conv 3 x 3, C -> C, ReLU, a dense head to 10
logits; then a logit and the cross-entropy loss are differentiated by the input. Times are a
network's, drawing its weights included, the methods taken in turn, each with the best of its
settings: ours with two threads or two processes, the loop and `vmap` with one or two threads, and
`vmap` with two sizes of block. The loop builds its module once and draws the weights in place,
which spares it the default initialization.

The limit beside them is what two cores cannot beat: the convolutions' operations at the rate of one
large convolution on one core, plus the filters' normals, on two cores without any other cost.
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev, vmap
from torch.nn import functional

from running.pools import Pool, open_pool, thread_pool
from simulations.engine.ensemble import Ensemble, measure_block, networks_in_a_block
from simulations.networks.families import build
from simulations.networks.initialization import he_initialize_, he_variance

LOGITS, CORES, ROUNDS = 10, 2, 5
SECONDS = 0.06  # what one method's turn is to take


def network(channels: int, side: int, padding: str) -> nn.Sequential:
    def convolution(inputs: int) -> nn.Conv2d:
        return nn.Conv2d(inputs, channels, 3, padding=1, padding_mode=padding, bias=False)

    head = nn.Linear(channels * side**2, LOGITS, bias=False)
    layers = convolution(3), nn.ReLU(), convolution(channels), nn.ReLU(), nn.Flatten(), head
    return nn.Sequential(*layers)


def loop(channels: int, side: int, padding: str) -> Callable[[int], None]:
    """One network after the other."""
    module, generator = network(channels, side, padding), torch.Generator().manual_seed(0)
    label = torch.zeros(1, dtype=torch.long)

    def run(nets: int) -> None:
        for _ in range(nets):
            he_initialize_(module, generator)
            x = torch.randn(1, 3, side, side, generator=generator).requires_grad_()
            logits = module(x)
            torch.autograd.grad(logits[0, 0], x, retain_graph=True)
            torch.autograd.grad(functional.cross_entropy(logits, label), x)

    return run


def vectorized(channels: int, side: int, padding: str, block: int) -> Callable[[int], None]:
    """`torch.func.vmap` over stacked parameters, a block at a time."""
    module, generator = network(channels, side, padding), torch.Generator().manual_seed(0)
    label = torch.zeros(1, dtype=torch.long)

    def outputs(x: Tensor, parameters: dict[str, Tensor]) -> Tensor:
        logits = functional_call(module, parameters, (x[None],))
        return torch.stack([logits[0, 0], functional.cross_entropy(logits, label)])

    def run(nets: int) -> None:
        for _ in range(nets // block):
            parameters = {
                name: he_weights((block, *weight.shape), generator)
                for name, weight in module.named_parameters()
            }
            x = torch.randn(block, 3, side, side, generator=generator)
            vmap(jacrev(outputs))(x, parameters)

    return run


def ours(channels: int, side: int, padding: str, pool: Pool) -> Callable[[int], None]:
    """The engine's blocks in a pool, as the sampler runs them."""
    ensemble = family(channels, side, padding)

    def run(nets: int) -> None:
        blocks = range(nets // networks_in_a_block(ensemble))
        wait([pool.submit(one_block, ensemble, block) for block in blocks])

    return run


def one_block(ensemble: Ensemble, block: int) -> None:
    torch.set_num_threads(1)
    measure_block(ensemble, 0, block, "cpu")


def family(channels: int, side: int, padding: str) -> Ensemble:
    options = (("logits", LOGITS), ("padding", padding), ("widths", (channels, channels)))
    return Ensemble(network="conv", size=side, options=options)


def he_weights(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    fan_in = math.prod(shape[2:])
    return torch.empty(shape).normal_(0, math.sqrt(he_variance(fan_in)), generator=generator)


def check(channels: int, side: int, padding: str) -> None:
    """The engine's networks must be the benchmark's."""
    theirs = [weight.shape for weight in network(channels, side, padding).parameters()]
    module, shape = build("conv", side, family(channels, side, padding).options)
    if [weight.shape for weight in module.parameters()] != theirs or shape != (3, side, side):
        raise SystemExit("the networks differ")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured_rates() -> tuple[float, float]:
    """Operations a second of one large convolution, and normals a second, on one core."""
    torch.set_num_threads(1)
    x, weights, normals = torch.randn(2, 64, 64, 64), torch.randn(64, 64, 3, 3), torch.empty(10**6)
    matrix = torch.randn(1024, 1024)
    works = (
        (lambda: functional.conv2d(x, weights, padding=1), 2 * 9 * 64**2 * x[:, 0].numel()),
        (lambda: normals.normal_(), normals.numel()),
        (lambda: matrix @ matrix, 2 * 1024**3),
    )
    convolution, normal, product = (
        amount / min(seconds(work) for _ in range(9)) for work, amount in works
    )
    print(
        f"one core: convolution {convolution / 1e9:.0f} GFLOP/s, matrix product "
        f"{product / 1e9:.0f} GFLOP/s, a normal {1e9 / normal:.1f} ns"
    )
    return convolution, normal


def compare(
    channels: int, side: int, padding: str, rates: tuple[float, float], pools: Sequence[Pool]
) -> None:
    check(channels, side, padding)
    operations = 3 * 2 * 9 * channels * (3 + channels) * side**2  # forward, and backward twice
    filters = 9 * channels * (3 + channels)
    limit = (operations / rates[0] + filters / rates[1]) / CORES
    block = networks_in_a_block(family(channels, side, padding))
    alone = loop(channels, side, padding)
    methods = [
        *[("ours", 1, CORES * block, ours(channels, side, padding, pool)) for pool in pools],
        *[("loop", threads, 1, alone) for threads in (1, CORES)],
        *[
            ("vmap", threads, size, vectorized(channels, side, padding, size))
            for threads in (1, CORES)
            for size in sorted({max(4, block // 4), block})
        ],
    ]
    times: list[list[float]] = [[] for _ in methods]
    turns = []
    for _, threads, size, run in methods:
        torch.set_num_threads(threads)
        run(size)
        once = seconds(lambda: run(size))  # noqa: B023
        turns.append(size * max(1, round(SECONDS / once)))
    for _ in range(ROUNDS):
        for (_, threads, _, run), nets, row in zip(methods, turns, times, strict=True):
            torch.set_num_threads(threads)
            row.append(seconds(lambda: run(nets)) / nets)  # noqa: B023
    medians = np.median(times, axis=1)
    best = {
        name: min(
            (median, threads)
            for median, (other, threads, _, _) in zip(medians, methods, strict=True)
            if other == name
        )
        for name in ("loop", "vmap", "ours")
    }
    fast = best["ours"][0]
    cells = "".join(
        f"{median * 1e3:9.3f} ({threads}) {median / fast:5.1f}"
        for median, threads in (best["loop"], best["vmap"])
    )
    print(
        f"{padding:>9} {channels:4d} {side:4d} {block:6d} {fast * 1e3:9.3f}{cells}"
        f"{limit * 1e3:9.3f} {fast / limit:5.1f}",
        flush=True,
    )


if __name__ == "__main__":
    if (os.cpu_count() or 1) < CORES:
        raise SystemExit(f"this benchmark needs {CORES} cores")
    measured = measured_rates()
    print("milliseconds a network; (threads) of the best setting; ratio to ours\n")
    print(
        "  padding    C side  block      ours     loop     ratio     vmap     ratio    limit ratio"
    )
    with open_pool(workers=CORES) as processes:
        for padding in ("zeros", "circular"):
            for channels in (16, 64):
                for side in (8, 16, 32, 64):
                    compare(channels, side, padding, measured, (thread_pool(), processes))
