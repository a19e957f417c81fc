"""Multisets of path-degrees, written as the polynomial G."""

from collections import Counter
from collections.abc import Iterator, Mapping

from htpy import Element

from teaching.pictures.mathml import Term, row, sub, subsup
from theory.paths.path_polynomial import PathDegree


def ordered(path_degrees: Mapping[PathDegree, int]) -> list[PathDegree]:
    """Return the distinct path-degrees in the order of their terms."""
    return sorted(path_degrees)


def written(path_degrees: Mapping[PathDegree, int], *, linked: bool = False) -> Element:
    """Write a multiset as a sum of products of t.

    Parameters
    ----------
    path_degrees : how many paths have each.
    linked : whether term number n has the link "term-n".
    """
    terms: list[Term] = []
    for number, path_degree in enumerate(ordered(path_degrees)):
        factors = [*_coefficient(path_degrees[path_degree]), *_powers(path_degree)]
        terms += ["+"] * bool(number)
        terms.append(row(*factors, link=f"term-{number}") if linked else row(*factors))
    return row(*(terms or [0]))


def _coefficient(paths: int) -> list[Term]:
    return [paths] if paths > 1 else []


def _powers(path_degree: PathDegree) -> Iterator[Term]:
    for degree, times in Counter(path_degree).items():
        yield sub("t", degree) if times == 1 else subsup("t", degree, times)
