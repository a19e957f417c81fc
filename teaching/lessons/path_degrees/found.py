"""What the library finds of the network at hand, once for the whole page."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from theory.dag import Dag
from theory.paths import path_polynomial
from theory.paths.path_polynomial import PathDegree
from theory.paths.symmetry import Symmetry

O = "o"  # noqa: E741  (the paper's letter)

Multisets: TypeAlias = Mapping[Hashable, Counter[PathDegree]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A network, and what its inputs have.

    Attributes
    ----------
    dag : the network.
    multisets : by input, how many of its paths have each path-degree, by polynomial algebra.
    sums : by input, the sum of the products of 1/in-degree, by one sweep.
    symmetry : whether (S) holds, by random points.
    """

    dag: Dag
    multisets: Multisets
    sums: Mapping[Hashable, Fraction]
    symmetry: Symmetry

    @property
    def classes(self) -> Sequence[Sequence[Hashable]]:
        """The inputs, those with the same multiset together."""
        inputs: dict[frozenset[tuple[PathDegree, int]], list[Hashable]] = {}
        for x, multiset in self.multisets.items():
            inputs.setdefault(frozenset(multiset.items()), []).append(x)
        return list(inputs.values())


def found(dag: Dag) -> Found:
    """Let the library look at a network."""
    return Found(
        dag=dag,
        multisets=path_polynomial.path_polynomials(dag, O),
        sums=dag.path_sums(O),
        symmetry=dag.is_symmetric(O),
    )
