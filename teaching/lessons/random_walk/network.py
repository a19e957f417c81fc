"""The network of the lesson: eight neurons whose edges the student adds and removes."""

from collections import Counter
from collections.abc import Hashable
from fractions import Fraction

import numpy as np

from teaching.fields import AddressError
from theory.dag import Dag
from theory.path_polynomial import path_polynomials_at

NODES = ("x1", "x2", "x3", "h1", "h2", "h3", "h4", "o")
INPUTS = 3
O = "o"  # noqa: E741  (the paper's letter)
BIAS = "1"
"""The bias node: a constant, without incoming edges."""

MOST_EDGES = 16
MOST_PARALLEL = 3

Edges = tuple[tuple[int, int], ...]
"""Edges as positions in `NODES`, tail first, in ascending order of heads."""

START: Edges = (
    (0, 3), (1, 3), (1, 4), (2, 4), (3, 5), (4, 5), (2, 6), (3, 6), (4, 6), (5, 7), (6, 7)
)  # fmt: skip


def read_edges(text: str) -> Edges:
    """Read edges from "03.13.14": two digits each.

    Raises
    ------
    AddressError : what `write_edges` would not have written.
    """
    if text == "none":
        return ()
    digits = [tuple(part) for part in text.split(".")]
    if any(len(pair) != 2 or not set(pair) <= set("01234567") for pair in digits):
        raise AddressError("edges are written as pairs of the digits 0 to 7, such as 03.13")
    edges = sorted(((int(a), int(b)) for a, b in digits), key=lambda edge: edge[::-1])
    for edge in edges:
        _check(edge)
    for edge, times in Counter(edges).items():
        if times > MOST_PARALLEL:
            raise AddressError(f"the edge {_name(edge)} is there {times} times")
    if len(edges) > MOST_EDGES:
        raise AddressError(f"the network has at most {MOST_EDGES} edges")
    return tuple(edges)


def write_edges(edges: Edges) -> str:
    """Write edges as `read_edges` reads them."""
    return ".".join(f"{tail}{head}" for tail, head in edges) or "none"


def with_edge(edges: Edges, tail: str, head: str) -> Edges:
    """Add an edge.

    Raises
    ------
    AddressError : one that goes against the order, into an input, or is one too many.
    """
    edge = NODES.index(tail), NODES.index(head)
    if edge[0] > edge[1]:
        edge = edge[::-1]
    return read_edges(write_edges((*edges, edge)))


def without_edge(edges: Edges, edge: tuple[int, int]) -> Edges:
    """Remove an edge, once if it is parallel to others.

    Raises
    ------
    AddressError : an edge that is not there.
    """
    if edge not in edges:
        raise AddressError("that edge is not there any more")
    left = list(edges)
    left.remove(edge)
    return tuple(left)


def network(edges: Edges, *, bias: bool) -> tuple[Dag, list[str]]:
    """Build the DAG, and name the nodes where a walk would get stuck.

    `Dag` refuses neurons without incoming edges, as Lemma 7 must. To compute what becomes of the
    sum, they are declared inputs here, after the real ones.

    Parameters
    ----------
    edges : between `NODES`.
    bias : whether a bias node feeds h1 and o.

    Returns
    -------
    The DAG, and its dead ends: the bias node, and neurons that have lost all their edges.
    """
    fed = {head for _, head in edges}
    dead = [NODES[node] for node in range(INPUTS, len(NODES)) if node not in fed]
    ends = [(NODES[tail], NODES[head]) for tail, head in edges]
    if bias:
        ends += [(BIAS, "h1"), (BIAS, O)]
        dead = [BIAS, *(node for node in dead if node not in ("h1", O))]
    first = [*NODES[:INPUTS], *dead]
    nodes = [*first, *(node for node in NODES[INPUTS:] if node not in dead)]
    place = {node: position for position, node in enumerate(nodes)}
    positions = np.array([(place[a], place[b]) for a, b in ends], dtype=np.int64).reshape(-1, 2)
    dag = Dag(nodes, positions[:, 0], positions[:, 1], inputs=len(first), outputs=[place[O]])
    return dag, dead


def out_degree_sums(dag: Dag) -> dict[Hashable, Fraction]:
    """Sum the products of 1/out-degree, the tails' instead of the heads', over paths to o.

    Parameters
    ----------
    dag : from `network`.
    """
    below = np.bincount(dag.tails, minlength=len(dag.nodes)).tolist()
    degrees = dag.in_degrees.tolist()
    # 1/out-degree of the tail, for each edge, is a value at the node below: sum it there.
    t = [Fraction(1)] * len(degrees)
    for node in range(dag.number_of_inputs, len(degrees)):
        t[node] = Fraction(1, below[node] or 1)
    t[dag.position(O)] = Fraction(1)
    sums = path_polynomials_at(dag, O, t)
    return {x: value / (below[dag.position(x)] or 1) for x, value in sums.items()}


def _check(edge: tuple[int, int]) -> None:
    tail, head = edge
    if head < INPUTS:
        raise AddressError(f"{NODES[head]} is an input: no edge leads into it")
    if tail >= head:
        raise AddressError(f"{_name(edge)} would close a cycle: edges go up, from left to right")


def _name(edge: tuple[int, int]) -> str:
    return f"{NODES[edge[0]]} → {NODES[edge[1]]}"
