"""Path sums by one backward sweep, against enumeration with networkx, side by side.

Enumeration visits every path; their number grows exponentially with depth, the edges linearly.
"""

import time
from collections.abc import Callable
from fractions import Fraction

import networkx as nx
from torch import nn

from theory.dag import Dag

WIDTH = 4


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


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    print("hidden layers   edges   paths     sweep  enumeration  ratio")
    for depth in range(1, 7):
        layers = [nn.Linear(WIDTH, WIDTH) for _ in range(depth)]
        dag = Dag.from_module(nn.Sequential(*layers, nn.Linear(WIDTH, 1)), (WIDTH,))
        graph = dag.to_networkx()
        if dag.path_sums(dag.outputs[0]) != enumerated(graph, dag):
            raise SystemExit("the sweep and the enumeration differ")
        sweep = min(seconds(lambda: dag.path_sums(dag.outputs[0])) for _ in range(3))  # noqa: B023
        slow = seconds(lambda: enumerated(graph, dag))  # noqa: B023
        print(
            f"{depth:13d} {len(dag.tails):7d} {WIDTH ** (depth + 1):7d} "
            f"{sweep * 1e3:6.2f} ms {slow * 1e3:9.2f} ms {slow / sweep:6.1f}"
        )


if __name__ == "__main__":
    main()
