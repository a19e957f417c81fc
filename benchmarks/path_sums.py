"""All path sums and assumption (S), each in one sweep: against scipy, and against networkx.

The scipy sweep multiplies the layers' sparse matrices, built beforehand, with a vector from the
output down to the inputs: the least that a pass over the edges can cost in scipy. Enumeration
visits every path; their number grows exponentially with depth, the edges linearly.
"""

import resource
import time
from collections.abc import Callable
from fractions import Fraction

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from torch import nn

from theory.dag import Dag

LAYERS, IN_DEGREE = 8, 10


def layered(edges: int) -> Dag:
    """Layers of equal width joined by IN_DEGREE random permutations each, so that (S) holds."""
    rng = np.random.default_rng(0)
    width = edges // (LAYERS * IN_DEGREE)
    heads = np.repeat(np.arange(width, width * (LAYERS + 1)), IN_DEGREE)
    below = [
        rng.permuted(np.tile(np.arange(width), (IN_DEGREE, 1)), axis=1).T + layer * width
        for layer in range(LAYERS)
    ]
    tails = np.concatenate(below).ravel()
    last, output = np.arange(width * LAYERS, width * (LAYERS + 1)), width * (LAYERS + 1)
    return Dag(
        range(output + 1),
        np.concatenate([tails, last]),
        np.concatenate([heads, np.full(width, output)]),
        inputs=width,
        outputs=[output],
    )


def scipy_sweep(dag: Dag) -> Callable[[], NDArray[np.float64]]:
    """Build the layers' matrices and return the sweep over them."""
    width = dag.number_of_inputs
    matrices = []
    for layer in range(LAYERS):
        chosen = dag.heads // width - 1 == layer
        ends = dag.tails[chosen] - layer * width, dag.heads[chosen] - (layer + 1) * width
        values = np.full(int(chosen.sum()), 1 / IN_DEGREE)
        matrices.append(sparse.csr_array((values, ends), shape=(width, width + 1))[:, :width])

    def sweep() -> NDArray[np.float64]:
        values = np.full(width, 1 / width)
        for matrix in reversed(matrices):
            values = matrix @ values
        return values

    return sweep


def side_by_side(*works: Callable[[], object]) -> list[float]:
    """Least seconds of each work over nine rounds, taken in turn."""
    rounds = []
    for _ in range(9):
        row = []
        for work in works:
            start = time.perf_counter()
            work()
            row.append(time.perf_counter() - start)
        rounds.append(row)
    return np.min(rounds, axis=0).tolist()


def against_scipy() -> None:
    print("     edges  scipy sweep   path sums  ratio         (S)  ratio  error of (S)")
    times = []
    for edges in (10**5, 10**6, 10**7):
        dag = layered(edges)
        o = dag.outputs[0]
        reference = scipy_sweep(dag)
        if not np.allclose(dag.path_sums(o, exact=False), reference()):
            raise SystemExit("the two sweeps differ")
        error = dag.is_symmetric(o).error
        scipy, sums, symmetry = side_by_side(
            reference,
            lambda: dag.path_sums(o, exact=False),  # noqa: B023
            lambda: dag.is_symmetric(o),  # noqa: B023
        )
        times.append((scipy, sums, symmetry))
        print(
            f"{edges:10,d} {scipy * 1e3:9.2f} ms {sums * 1e3:8.2f} ms {sums / scipy:6.2f} "
            f"{symmetry * 1e3:8.2f} ms {symmetry / scipy:6.2f}  {error:.1e}"
        )
    exponents = np.log10(np.array(times[-1]) / np.array(times[0])) / 2
    print("exponent in the edges, 10^5 to 10^7: ", end="")
    print("scipy {:.2f}, path sums {:.2f}, (S) {:.2f}".format(*exponents))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB\n")


def enumerated(graph: nx.MultiDiGraph, dag: Dag) -> dict[object, Fraction]:
    """Sum over all paths as networkx enumerates them: the slow reference."""
    o = dag.outputs[0]
    sums = {}
    for x in dag.inputs:
        sums[x] = Fraction(0)
        for path in nx.all_simple_edge_paths(graph, x, o):
            product = Fraction(1)
            for _, head, _ in path:
                product /= graph.in_degree(head)
            sums[x] += product
    return sums


def against_enumeration() -> None:
    print("hidden layers   edges   paths  path sums  enumeration    ratio")
    width = 4
    for depth in range(1, 7):
        layers = [nn.Linear(width, width) for _ in range(depth)]
        dag = Dag.from_module(nn.Sequential(*layers, nn.Linear(width, 1)), (width,))
        graph = dag.to_networkx()
        if dag.path_sums(dag.outputs[0]) != enumerated(graph, dag):
            raise SystemExit("the sweep and the enumeration differ")
        (sweep,) = side_by_side(lambda: dag.path_sums(dag.outputs[0]))  # noqa: B023
        start = time.perf_counter()
        enumerated(graph, dag)
        slow = time.perf_counter() - start
        print(
            f"{depth:13d} {len(dag.tails):7d} {width ** (depth + 1):7d} {sweep * 1e3:7.2f} ms "
            f"{slow * 1e3:9.2f} ms {slow / sweep:8.1f}"
        )


if __name__ == "__main__":
    against_scipy()
    against_enumeration()
