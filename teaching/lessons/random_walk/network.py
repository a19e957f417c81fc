"""The network of the lesson: eight neurons, of which a bias node may feed two."""

from collections import Counter
from collections.abc import Callable, Hashable

from teaching.edited_network import Edges, EditedNetwork
from theory.dag import Dag

NETWORK = EditedNetwork(
    names=("x1", "x2", "x3", "h1", "h2", "h3", "h4", "o"),
    inputs=3,
    most_edges=16,
    most_parallel=3,
)
INPUTS = NETWORK.names[: NETWORK.inputs]
O = NETWORK.o  # noqa: E741  (the paper's letter)

START: Edges = (
    (0, 3),
    (1, 3),
    (1, 4),
    (2, 4),
    (3, 5),
    (4, 5),
    (2, 6),
    (3, 6),
    (4, 6),
    (5, 7),
    (6, 7),
)


def network(edges: Edges, *, bias: bool) -> Dag:
    """Build the DAG; neurons without incoming edges stand after its inputs.

    Parameters
    ----------
    edges : as positions in the names of `NETWORK`.
    bias : whether a bias node feeds h1 and o.
    """
    return NETWORK.dag(edges, bias=("h1", O) if bias else ())


def counted_degrees(dag: Dag, kind: str) -> list[int]:
    """Return the degree that each node of the DAG counts with, in the order of its nodes.

    Parameters
    ----------
    dag : from `network`.
    kind : "in" as in Lemma 7, or "out". Neither weighs a node that has none: it counts 1.
    """
    edges = dag.edge_lists
    return [degree or 1 for degree in (edges.in_degrees if kind == "in" else edges.out_degrees)]


def counted_degree(dag: Dag, kind: str) -> Callable[[Hashable], int]:
    """Return the same as a function of a node, without the list: out-degrees edge by edge.

    Parameters
    ----------
    dag, kind : as above.
    """
    leaving = Counter(tail for tail, _ in dag.edges())
    return lambda node: (dag.in_degree(node) if kind == "in" else leaving[node]) or 1
