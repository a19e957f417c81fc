"""Where two paths part, as the proofs of Lemmas 9 and 10 look for it."""

from collections.abc import Hashable, Sequence
from itertools import takewhile

Path = Sequence[Hashable]
"""Nodes from an input upwards."""


def parting_node(p: Path, q: Path, *, forward: bool = False) -> Hashable:
    """Find the first node at which two paths part.

    Parameters
    ----------
    p, q : two different paths without parallel edges.
    forward : going on from their common input (Lemma 10), not back from their common end (Lemma 9).

    Returns
    -------
    The last node that both have in common: two different edges enter it, or leave it if `forward`.

    Raises
    ------
    ValueError
        If the paths are one, do not have that end in common, or one is a part of the other; the
        message says which.
    """
    if tuple(p) == tuple(q):
        raise ValueError("the two paths are one")
    ways = (p, q) if forward else (p[::-1], q[::-1])
    common = [a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(*ways, strict=False))]
    if not common:
        verb = "starts" if forward else "ends"
        raise ValueError(f"one path {verb} at {ways[0][0]}, the other at {ways[1][0]}")
    if len(common) == min(len(p), len(q)):
        raise ValueError(f"one path is a part of the other, up to {common[-1]}")
    return common[-1]


def parts_at(p: Path, q: Path, node: Hashable, *, forward: bool = False) -> bool:
    """Tell whether two paths part at a node, by definition.

    Both go through it, are the same from there to the common end, and go on to different nodes.

    Parameters
    ----------
    p, q : nodes from an input upwards.
    node : a candidate.
    forward : as in `parting_node`.
    """
    if node not in p or node not in q:
        return False
    i, j = p.index(node), q.index(node)
    if forward:
        return p[: i + 1] == q[: j + 1] and _differ(p[i + 1 : i + 2], q[j + 1 : j + 2])
    return p[i:] == q[j:] and _differ(p[max(i - 1, 0) : i], q[max(j - 1, 0) : j])


def _differ(one: Path, other: Path) -> bool:
    """Tell whether two nodes are there, each in a list of its own, and differ."""
    return bool(one) and bool(other) and one != other
