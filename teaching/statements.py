"""The statements of the paper as the lessons name them: what the ledger holds, given from outside.

The ledger stands in another room, which uses this one: `sqrtd teach` hands its statements over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A claim of the ledger.

    Attributes
    ----------
    id : such as "lemma-7".
    number : the paper's, such as "Lemma 7"; empty where it has none.
    where : its place in the paper.
    says : the statement.
    verdict : of the last recorded run of the ledger; empty where none is at hand.
    checks : the functions that test it, as "module:name".
    rests_on : ids of the claims that it, or its proof, rests on.
    """

    id: str
    number: str
    where: str
    says: str
    verdict: str = ""
    checks: Sequence[str] = ()
    rests_on: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Its number, or else its id."""
        return self.number or self.id


Statements: TypeAlias = Mapping[str, Statement]
"""By id, in the ledger's order."""


def arrows(statements: Statements, shown: Collection[str]) -> list[tuple[str, str]]:
    """Return what rests on what among some statements, without what follows from other arrows.

    Parameters
    ----------
    statements : the whole ledger, through whose other statements arrows lead, too.
    shown : ids between which arrows are wanted.

    Returns
    -------
    Pairs of ids: the first supports the second.
    """

    @cache
    def below(one: str) -> frozenset[str]:
        direct = statements[one].rests_on if one in statements else ()
        return frozenset(direct).union(*(below(other) for other in direct))

    nearest: list[tuple[str, str]] = []
    for one in shown:
        support = below(one) & set(shown)
        nearest += [
            (other, one)
            for other in sorted(support)
            if not any(other in below(between) for between in support)
        ]
    return nearest
