"""What the library finds of a network, and multisets of path-degrees as the polynomial G."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from htpy import Element

from teaching.pictures.mathml import Term, row, sub, subsup
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
    sums : by input, the sum of the products of 1/in-degree.
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


def written(path_degrees: Mapping[PathDegree, int], *, linked: bool = False) -> Element:
    """Write a multiset as a sum of products of t; if linked, term number n has the link "term-n".

    Parameters
    ----------
    path_degrees : how many paths have each.
    """
    terms: list[Term] = []
    for number, path_degree in enumerate(sorted(path_degrees)):
        paths = path_degrees[path_degree]
        factors = [*([paths] if paths > 1 else []), *_powers(path_degree)]
        terms += ["+"] * bool(number)
        terms.append(row(*factors, link=f"term-{number}" if linked else ""))
    return row(*(terms or [0]))


def _powers(path_degree: PathDegree) -> Iterator[Term]:
    for degree, times in Counter(path_degree).items():
        yield sub("t", degree) if times == 1 else subsup("t", degree, times)
