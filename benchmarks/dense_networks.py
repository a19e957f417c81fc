"""Dense networks without their weights against plain PyTorch loops, both with initialization.

The loops draw every weight, run the network and differentiate one logit and one loss: `naive` is
`simulations.engine.naive`, which builds a module for each network and differentiates every logit
and every loss; `lean` draws one module's weights anew and differentiates only what is asked for.
Both have torch's threads, one a core; blocks are measured in a pool of threads that have one torch
thread each. The generator's limit is the time that the normals of one network's first layer take
alone.
"""

import os
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch.nn import functional

from simulations.engine.ensemble import Ensemble, measure_block, networks_in_a_block
from simulations.engine.naive import naive_gradients
from simulations.networks.families import build
from simulations.networks.initialization import he_initialize_

CORES = os.cpu_count() or 1
LOGITS = 10


def dense(d: int, widths: Sequence[int]) -> Ensemble:
    return Ensemble(
        network="dense", size=d, options=(("logits", LOGITS), ("widths", tuple(widths)))
    )


def naive(ensemble: Ensemble, networks: int) -> Callable[[], object]:
    return lambda: naive_gradients(ensemble, 0, range(networks))


def lean(ensemble: Ensemble, networks: int) -> Callable[[], object]:
    module, shape = build(ensemble.network, ensemble.size, ensemble.options)
    generator = torch.Generator().manual_seed(0)
    label = torch.tensor([0])

    def loop() -> None:
        for _ in range(networks):
            he_initialize_(module, generator)
            x = torch.randn(1, *shape, generator=generator).requires_grad_()
            logits = module(x)
            torch.autograd.grad(logits[0, 0], x, retain_graph=True)
            torch.autograd.grad(functional.cross_entropy(logits, label), x)

    module.requires_grad_(False)
    return loop


def blocks(pool: ThreadPoolExecutor, ensemble: Ensemble, count: int) -> Callable[[], object]:
    def measure() -> None:
        list(pool.map(lambda block: measure_block(ensemble, 0, block, "cpu"), range(count)))

    return measure


def normals(pool: ThreadPoolExecutor, numbers: int, networks: int) -> Callable[[], object]:
    def draw(seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        row = torch.empty(numbers)
        for _ in range(networks // CORES):
            row.normal_(generator=generator)

    return lambda: list(pool.map(draw, range(CORES)))


def side_by_side(
    works: Sequence[tuple[Callable[[], object], int]], *, rounds: int = 7
) -> np.ndarray:
    """Seconds a network of works on so many networks each, taken in turn, shape (rounds, works)."""
    for work, _ in works:
        work()
    times = np.zeros((rounds, len(works)))
    for row in times:
        for column, (work, networks) in enumerate(works):
            start = time.perf_counter()
            work()
            row[column] = (time.perf_counter() - start) / networks
    return times


def against_loops(pool: ThreadPoolExecutor) -> None:
    print(f"milliseconds a network, medians of 7 rounds in turn, on {CORES} cores")
    print("      d    widths     naive      lean     ours    ratio to naive    to lean  generator")
    for d, widths, loops in (
        (49_152, (256, 256), 2),
        (4096, (64, 64), 40),
        (784, (64, 64), 100),
        (64, (64, 64), 100),
    ):
        ensemble = dense(d, widths)
        ours = 2 * CORES * networks_in_a_block(ensemble)
        times = side_by_side(
            [
                (naive(ensemble, loops), loops),
                (lean(ensemble, loops), loops),
                (blocks(pool, ensemble, 2 * CORES), ours),
                (normals(pool, 2 * d, ours), ours),
            ]
        )
        by_naive, by_lean, own, drawn = np.median(times, axis=0) * 1e3
        to_naive, to_lean = (np.median(times[:, loop] / times[:, 2]) for loop in (0, 1))
        print(
            f"{d:7,d} {'-'.join(map(str, widths)):>9} {by_naive:9.3f} {by_lean:9.3f} {own:8.4f} "
            f"{to_naive:17.0f} {to_lean:10.0f} {drawn:10.4f}"
        )


def over_dimensions(pool: ThreadPoolExecutor) -> None:
    print("\nwidths 256-256:    d  ms a network  ns a coordinate  generator alone  GiB at most")
    sizes, costs = [10**4, 10**5, 10**6, 10**7], []
    for d in sizes:
        ensemble = dense(d, (256, 256))
        networks = networks_in_a_block(ensemble) * CORES
        times = side_by_side(
            [
                (blocks(pool, ensemble, CORES), networks),
                (normals(pool, 2 * d, networks), networks),
            ],
            rounds=5,
        )
        own, drawn = np.median(times, axis=0)
        costs.append(own)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{d:20,d} {own * 1e3:13.3f} {own / d * 1e9:16.2f} {drawn / d * 1e9:16.2f} {peak:12.2f}"
        )
    exponent = np.polyfit(np.log(sizes), np.log(costs), 1)[0]
    print(f"exponent of the cost in d: {exponent:.3f}")


if __name__ == "__main__":
    # Threads of the pool have one torch thread each; the loops keep one a core.
    with ThreadPoolExecutor(CORES, initializer=torch.set_num_threads, initargs=(1,)) as workers:
        over_dimensions(workers)
        print()
        against_loops(workers)
