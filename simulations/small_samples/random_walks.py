"""Random walks up a DAG: from an output, against the edges, to a node without incoming edges.

The walk of Lemma 7's proof, taken step by step. `Dag.path_sums` has the probabilities of its ends.
"""

from collections import Counter
from collections.abc import Hashable
from random import Random

from theory.dag import Dag


def walker(*names: str | int) -> Random:
    """Return the generator of a walker or of a crowd: the same for the same names."""
    return Random(f"walks {names}")  # noqa: S311  (nothing is secret)


def walk(dag: Dag, o: Hashable, rng: Random) -> list[tuple[int, Hashable]]:
    """Climb from `o`, over an incoming edge chosen with equal probability, until there is none.

    Parameters
    ----------
    dag : the network's DAG.
    o : any of its nodes.
    rng : chooses the edges; parallel edges count each.

    Returns
    -------
    The steps: the number of each edge, as in `dag.tails`, and the node it leads up to.
    """
    edges = dag.edge_lists
    steps = []
    position = dag.position(o)
    while edges.in_degrees[position]:
        edge = rng.randrange(*edges.first_edges[position : position + 2])
        position = edges.tails[edge]
        steps.append((edge, dag.nodes[position]))
    return steps


def ends_of_walks(dag: Dag, o: Hashable, walks: int, rng: Random) -> Counter[Hashable]:
    """Count where independent walks from `o` end.

    Parameters
    ----------
    dag, o, rng : as in `walk`.
    walks : how many.
    """
    ends: Counter[Hashable] = Counter()
    for _ in range(walks):
        steps = walk(dag, o, rng)
        ends[steps[-1][1] if steps else o] += 1
    return ends
