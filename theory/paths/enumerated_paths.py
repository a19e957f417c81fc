"""Paths one by one: the slow reference for path algebra, and what can be drawn.

Where parallel edges make paths with the same nodes, only the numbers of their edges tell them
apart. The functions share their

Parameters
----------
dag : the network's DAG.
x, o : any of its nodes.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from math import prod

from theory.graph.graph import Graph
from theory.paths.path_polynomial import PathDegree


def enumerate_paths(dag: Graph, x: Hashable, o: Hashable) -> Iterator[tuple[Hashable, ...]]:
    """Enumerate the paths from `x` to `o`: P(x, o), the slow reference for all path algebra.

    Yields
    ------
    The nodes of one path from x to o, both included. Parallel edges give separate paths with the
    same nodes.
    """
    start = dag.position(x)
    edges = dag.edge_lists
    tails, firsts = edges.tails, edges.first_edges
    stack: list[tuple[int, ...]] = [(dag.position(o),)]
    while stack:
        path = stack.pop()
        if path[0] == start:
            yield tuple(dag.nodes[position] for position in path)
        else:
            incoming = tails[firsts[path[0]] : firsts[path[0] + 1]]
            stack.extend((tail, *path) for tail in incoming if tail >= start)


def edge_paths(dag: Graph, x: Hashable, o: Hashable) -> Iterator[tuple[int, ...]]:
    """Enumerate the paths from `x` to `o` by the numbers of their edges.

    Yields
    ------
    The edges of one path, as numbers in `dag.tails` and `dag.heads`, from x to o; no edge where x
    is o. The order is that of `Dag.paths`, whose n-th path takes the edges of the n-th one here.
    """
    start = dag.position(x)
    return (path for _, path in _edge_paths(dag, o, range(start, start + 1)))


def input_paths(dag: Graph, o: Hashable) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Enumerate the paths to `o` from all inputs, in one go and in no order of the inputs.

    Yields
    ------
    The number of an input, and the edges of a path from it as in `edge_paths`.
    """
    return _edge_paths(dag, o, range(dag.number_of_inputs))


def _edge_paths(dag: Graph, o: Hashable, ends: range) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Go down from `o`, and stop at `ends`."""
    edges = dag.edge_lists
    tails, firsts = edges.tails, edges.first_edges
    stack: list[tuple[int, tuple[int, ...]]] = [(dag.position(o), ())]
    while stack:
        position, path = stack.pop()
        if position in ends:
            yield position, path
            continue
        stack.extend(
            (tails[edge], (edge, *path))
            for edge in range(firsts[position], firsts[position + 1])
            if tails[edge] >= ends.start
        )


def edge_path_products(
    dag: Graph, x: Hashable, o: Hashable, degrees: Sequence[int]
) -> list[Fraction]:
    """Multiply 1/degree over the nodes of each path, without x, in the order of `edge_paths`.

    Parameters
    ----------
    degrees : one a node, in the order of `dag.nodes`.
    """
    heads = dag.edge_lists.heads
    return [
        prod((Fraction(1, degrees[heads[edge]]) for edge in path), start=Fraction(1))
        for path in edge_paths(dag, x, o)
    ]


def edge_path_degrees(dag: Graph, x: Hashable, o: Hashable) -> list[PathDegree]:
    """Return the path-degree of each path, in the order of `edge_paths`."""
    edges = dag.edge_lists
    met = [edges.in_degrees[head] for head in edges.heads]
    return [tuple(sorted(met[edge] for edge in path)) for path in edge_paths(dag, x, o)]


def enumerated_sum(
    dag: Graph, x: Hashable, o: Hashable, degree: Callable[[Hashable], int]
) -> Fraction:
    """Sum the products of 1/degree over the paths from `x` to `o`, path by path (Eq. 12).

    Parameters
    ----------
    degree : of a node; `Dag.in_degree` in the paper.
    """
    products = (
        prod((Fraction(1, degree(node)) for node in path[1:]), start=Fraction(1))
        for path in enumerate_paths(dag, x, o)
    )
    return sum(products, Fraction(0))


def enumerated_path_degrees(dag: Graph, x: Hashable, o: Hashable) -> Counter[PathDegree]:
    """Count the paths from `x` to `o` by path-degree, path by path, as `Dag.path_degrees` does."""
    return Counter(
        tuple(sorted(dag.in_degree(node) for node in path[1:]))
        for path in enumerate_paths(dag, x, o)
    )


def sum_of_products(path_degrees: Counter[PathDegree]) -> Fraction:
    """Sum the products of 1/in-degree that a multiset of path-degrees determines (Lemma 8).

    Parameters
    ----------
    path_degrees : how many paths have each.
    """
    products = (
        paths * prod((Fraction(1, degree) for degree in path_degree), start=Fraction(1))
        for path_degree, paths in path_degrees.items()
    )
    return sum(products, Fraction(0))
