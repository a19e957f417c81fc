"""What rests on what: the claims that a claim needs, and what falls if it falls."""

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from sqrtd.verdicts.claims import Claim


@dataclass(frozen=True, kw_only=True)
class Fall:
    """What would lose its support if a claim fell; ids in the ledger's order.

    Attributes
    ----------
    statements : the claims whose statement rests on it directly.
    proofs : those of which only the proof does.
    further : all that rest on these, step by step.
    """

    statements: Sequence[str]
    proofs: Sequence[str]
    further: Sequence[str]

    @property
    def all(self) -> list[str]:
        """All of them."""
        return [*self.statements, *self.proofs, *self.further]


def dependencies(claims: Sequence[Claim]) -> nx.DiGraph:
    """Return the graph of the claims' ids, with an edge from each claim to what rests on it.

    The attribute `statement` of an edge says whether the statement rests on it, or the proof alone.

    Raises
    ------
    ValueError : a claim rests on one that is not there, or on itself by a circle.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(claim.id for claim in claims)
    for claim in claims:
        for support in (*claim.rests_on, *claim.proof_rests_on):
            if support not in graph:
                raise ValueError(f"{claim.id} rests on {support!r}, which is no claim")
            graph.add_edge(support, claim.id, statement=support in claim.rests_on)
    if not nx.is_directed_acyclic_graph(graph):
        circle = [support for support, _ in nx.find_cycle(graph)]
        raise ValueError(f"these claims rest on each other: {', '.join(circle)}")
    return graph


def fall(graph: nx.DiGraph, id: str) -> Fall:  # noqa: A002
    """Return what would lose its support if one claim of the graph fell."""
    direct = graph[id]
    below = nx.descendants(graph, id)
    return Fall(
        statements=[one for one in graph if one in direct and direct[one]["statement"]],
        proofs=[one for one in graph if one in direct and not direct[one]["statement"]],
        further=[one for one in graph if one in below and one not in direct],
    )
