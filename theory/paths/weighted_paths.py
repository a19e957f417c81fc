"""Paths one by one with the weights they take: the slow reference for pairs of paths.

`theory.paths.path_pairs` walks all pairs of paths at once. Here each path is written down with its
weights, and a pair is correlated exactly when both take the same ones.
`theory.checks.oracles.symbolic_paths` does so with symbols; this needs no sympy, and is quick
enough for a page.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias

from theory.graph.graph import Graph
from theory.graph.layers import NOTHING, Kind, takes_maximum
from theory.paths.enumerated_paths import input_paths

Weight: TypeAlias = tuple[int, int, int]
"""The layer, the filter, and the slot of a random weight."""


@dataclass(frozen=True, kw_only=True)
class EdgeWeight:
    """What an edge multiplies by.

    Attributes
    ----------
    weight : the random weight; None for a fixed one, such as the 1/n of an average.
    divisor : a random weight has variance 2/divisor, a fixed one is 1/divisor.
    maximum : name of the layer if the edge leads into a maximum; else empty.
    """

    weight: Weight | None
    divisor: int
    maximum: str = ""


def edge_weights(dag: Graph) -> list[EdgeWeight]:
    """Return what each edge multiplies by, in the order of `dag.tails`."""
    return [
        EdgeWeight(
            weight=(number, of_filter, slot) if layer.kind is Kind.WEIGHTED else None,
            divisor=divisor,
            maximum=layer.name if layer.kind is Kind.MAXIMUM else "",
        )
        for number, layer in enumerate(dag.listed_layers)
        for tails, of_filter, divisor in zip(
            layer.tails, layer.filters, layer.divisors, strict=True
        )
        for slot, tail in enumerate(tails)
        if tail != NOTHING
    ]


@dataclass(frozen=True, kw_only=True)
class WeightedPath:
    """A path from an input to o.

    Attributes
    ----------
    start : the input's position in `dag.nodes`.
    edges : numbers of its edges, as in `dag.tails`, the one out of the input first.
    weights : the random weights on it, in ascending order.
    divisor : product of the divisors of its random weights, whose variances are 2/divisor.
    fixed : product of the divisors of its fixed weights: n for an average over n.
    gates : positions of its neurons with a ReLU.
    maximum : name of a maximum on it; empty if there is none.
    """

    start: int
    edges: tuple[int, ...]
    weights: tuple[Weight, ...]
    divisor: int
    fixed: int
    gates: frozenset[int]
    maximum: str

    @property
    def square(self) -> Fraction:
        """E[ω_p²]; DagError for a path through a maximum, whose weight depends on the others."""
        return self.covariance(self)

    @property
    def gated_square(self) -> Fraction:
        """E[(ω_p σ_p)²] with each ReLU on it open with probability 1/2 (H1); errors as above."""
        return self.square * Fraction(1, 2 ** len(self.gates))

    def covariance(self, other: "WeightedPath") -> Fraction:
        """E[ω_p ω_p'] under H2 to H5: not 0 where both take the same random weights.

        Raises
        ------
        DagError : a path through a maximum.
        """
        for path in (self, other):
            if path.maximum:
                raise takes_maximum(path.maximum)
        if self.weights != other.weights:
            return Fraction(0)
        return Fraction(2 ** len(self.weights), self.divisor * self.fixed * other.fixed)


def weighted_paths(dag: Graph, o: Hashable) -> list[WeightedPath]:
    """Enumerate the paths from all inputs to `o`, by input.

    No weight may be on a path twice, which H2 and H4 exclude.
    """
    on_edge = edge_weights(dag)
    heads = dag.edge_lists.heads

    def path(start: int, edges: tuple[int, ...]) -> WeightedPath:
        passed = [on_edge[edge] for edge in edges]
        return WeightedPath(
            start=start,
            edges=edges,
            weights=tuple(one.weight for one in passed if one.weight),
            divisor=prod(one.divisor for one in passed if one.weight),
            fixed=prod(one.divisor for one in passed if not one.weight),
            gates=frozenset(heads[edge] for edge in edges) & dag.relus,
            maximum=next((one.maximum for one in passed if one.maximum), ""),
        )

    found = (path(start, edges) for start, edges in input_paths(dag, o))
    return sorted(found, key=lambda path: path.start)


def enumerated_pair_sums(
    paths: Sequence[WeightedPath], *, gates: bool
) -> dict[int, tuple[Fraction, Fraction]]:
    """Sum over pairs of paths from each input, one by one.

    Parameters
    ----------
    paths : from `weighted_paths`.
    gates : whether each ReLU on a pair is open with probability 1/2 (H1). With them the sums are
        the first line of Eq. 13, E[(∂_x o)²], and its second; without, those of
        `theory.paths.path_pairs.path_pair_sums`.

    Returns
    -------
    By the input's position, the sum over all pairs, and over the pairs p = p' alone.

    Raises
    ------
    DagError : a path through a maximum.
    """
    alike: defaultdict[tuple[int, tuple[Weight, ...]], list[WeightedPath]] = defaultdict(list)
    for path in paths:
        alike[path.start, path.weights].append(path)
    # Many pairs are worth the same: they are counted first, by whole numbers, which are quick.
    counted: Counter[tuple[int, int, int, int, bool, str]] = Counter()
    worth: dict[tuple[int, int, int, int, bool, str], Fraction] = {}
    for (start, weights), group in alike.items():
        for one, other in product(group, group):
            closing = len(one.gates | other.gates) if gates else 0
            divisor = one.divisor * one.fixed * other.fixed
            maximum = one.maximum or other.maximum
            kind = (start, len(weights), divisor, closing, one is other, maximum)
            if kind not in worth:
                worth[kind] = one.covariance(other) / 2**closing
            counted[kind] += 1
    every: defaultdict[int, Fraction] = defaultdict(Fraction)
    same: defaultdict[int, Fraction] = defaultdict(Fraction)
    for kind, times in counted.items():
        start, *_, equal, _ = kind
        every[start] += times * worth[kind]
        same[start] += times * worth[kind] * equal
    return {start: (every[start], same[start]) for start in every}


def correlated_pair(paths: Sequence[WeightedPath]) -> tuple[WeightedPath, WeightedPath] | None:
    """Return two paths from one input over the same random weights, against Lemma 10, if any."""
    seen: dict[tuple[int, tuple[Weight, ...]], WeightedPath] = {}
    for path in paths:
        other = seen.setdefault((path.start, path.weights), path)
        if other is not path:
            return other, path
    return None
