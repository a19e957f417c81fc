"""Products of weights as linked terms of formulas, and as plain words."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from htpy import Element

from teaching.lessons.path_products.network import Network, Path, edges
from teaching.pictures.mathml import Term, rational, row, sub, sup
from theory.paths.weight_laws import Factor

Edge = tuple[str, str]

OMEGA, OMEGA_PRIME = sub("ω", "p"), sub("ω", "p′")


def link(edge: Edge) -> str:
    """Name what lights up together with an edge."""
    return f"edge-{edge[0]}-{edge[1]}"


def expected(*terms: Term) -> Element:
    """Return E[...]."""
    return row("E", "[", *terms, "]")


def linked(net: Network, on: Iterable[Edge]) -> list[Term]:
    """Write the product of the weights on some edges, powers collected, each linked to its edges.

    Parameters
    ----------
    net : the network.
    on : edges, as often as their weights occur.
    """
    places: dict[Factor, list[Edge]] = {}
    for edge in on:
        places.setdefault(net.factors[edge], []).append(edge)
    terms: list[Term] = []
    for factor, there in places.items():
        terms += ["·"] * (bool(terms) and isinstance(factor, Fraction))
        names = dict.fromkeys(link(edge) for edge in there)
        terms.append(row(_power(factor, len(there)), link=" ".join(names)))
    return terms or [1]


def each(net: Network, path: Path, *, power: int = 1) -> list[Element]:
    """Write E[w] E[w'] ... for the weights of a path, or E[w²] E[w'²] ..., one by one."""
    return [
        row(expected(_power(net.factors[edge], power)), link=link(edge)) for edge in edges(path)
    ]


def signed(value: Fraction) -> str:
    """Write a fraction without mathematics, with a minus sign as long as it should be."""
    return str(value).replace("-", "−")


def plain(factors: Sequence[Factor]) -> str:
    """Write a product without mathematics: "au", or "a/3"."""
    letters = "".join(factor for factor in factors if isinstance(factor, str))
    return letters + "".join(f"/{f.denominator}" for f in factors if isinstance(f, Fraction))


def _power(factor: Factor, power: int) -> Element:
    base = rational(factor) if isinstance(factor, Fraction) else row(factor)
    if power == 1:
        return base
    return sup(row("(", base, ")") if isinstance(factor, Fraction) else base, power)
