"""Sums over all paths in one backward sweep.

Give every in-degree a variable. The product of these variables over the nodes of a path, without
its input, is exactly its path-degree, and the sum over all paths from an input x to o is a
polynomial G_x with whole coefficients: the multiset of path-degrees of assumption (S). Sweeping
once from o against the edges gives G_x, or its value at a point, for *every* input: what a node
carries is the sum over all paths from it to o, so each edge is used once and no path is
enumerated. The functions share their

Parameters
----------
dag : the network's DAG.
o : any of its nodes; where o is an input itself, its one path is the empty one.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import TypeAlias, TypeVar

from theory.graph.graph import Graph

PathDegree: TypeAlias = tuple[int, ...]
"""The in-degrees encountered along a path, in ascending order."""

Sum = TypeVar("Sum", int, Fraction, Counter[PathDegree])


def path_polynomials(dag: Graph, o: Hashable) -> dict[Hashable, Counter[PathDegree]]:
    """Compute G_x for every input x: how many paths to `o` have each path-degree."""
    degrees = dag.edge_lists.in_degrees

    def times_variable(head: int, polynomial: Counter[PathDegree]) -> Counter[PathDegree]:
        return Counter(
            {
                tuple(sorted((*path_degree, degrees[head]))): paths
                for path_degree, paths in polynomial.items()
            }
        )

    one: Counter[PathDegree] = Counter({(): 1})
    sums = _sweep(dag, o, one=one, zero=Counter(), along=times_variable)
    return dict(zip(dag.inputs, sums, strict=False))


def same_path_degrees(dag: Graph, o: Hashable) -> bool:
    """Decide assumption (S) relative to `o` by comparing the whole multisets of all inputs.

    Certain, but the multisets grow with the network: `Dag.is_symmetric` serves large ones.
    """
    first, *others = path_polynomials(dag, o).values()
    return all(other == first for other in others)


def path_polynomials_at(dag: Graph, o: Hashable, t: Sequence[Fraction]) -> dict[Hashable, Fraction]:
    """Sum the products of `t` over the nodes of every path to `o`, for every input x, exactly.

    Parameters
    ----------
    t : one value a node, in the order of `dag.nodes`; those of the inputs are not used.
    """
    sums = _sweep(
        dag, o, one=Fraction(1), zero=Fraction(0), along=lambda head, value: t[head] * value
    )
    return dict(zip(dag.inputs, sums, strict=False))


def path_polynomials_modulo(dag: Graph, o: Hashable, t: Sequence[int], prime: int) -> list[int]:
    """Compute `path_polynomials_at` modulo a prime, in the order of the inputs."""
    sums = _sweep(dag, o, one=1, zero=0, along=lambda head, value: t[head] * value % prime)
    return [value % prime for value in sums[: dag.number_of_inputs]]


def path_sums_with(dag: Graph, o: Hashable, degrees: Sequence[int]) -> dict[Hashable, Fraction]:
    """Sum the products of 1/degree as `Dag.path_sums` does, with other degrees for the in-degrees.

    Parameters
    ----------
    degrees : one a node, in the order of `dag.nodes`; 0 counts as 1.
    """
    return path_polynomials_at(dag, o, [Fraction(1, degree or 1) for degree in degrees])


def walk_probabilities(dag: Graph, o: Hashable) -> dict[Hashable, Fraction]:
    """Compute the probability that the random walk of Lemma 7, from `o`, passes each node.

    It is the sum of Lemma 7 over the paths from that node instead of an input: `o` has 1, and
    an input has the probability that the walk ends there.
    """
    degrees = dag.edge_lists.in_degrees
    sums = _sweep(
        dag, o, one=Fraction(1), zero=Fraction(0), along=lambda head, value: value / degrees[head]
    )
    return dict(zip(dag.nodes, sums, strict=True))


def _sweep(
    dag: Graph, o: Hashable, *, one: Sum, zero: Sum, along: Callable[[int, Sum], Sum]
) -> list[Sum]:
    """Carry `one` from `o` down to every node; `along` is what passing a node does to a sum."""
    start = dag.position(o)
    edges = dag.edge_lists
    tails, firsts = edges.tails, edges.first_edges
    sums: list[Sum] = [zero] * len(dag.nodes)
    sums[start] = one
    for head in range(start, dag.number_of_inputs - 1, -1):
        if sums[head]:
            carried = along(head, sums[head])
            for tail in tails[firsts[head] : firsts[head + 1]]:
                sums[tail] = sums[tail] + carried
    return sums
