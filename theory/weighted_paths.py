"""Paths one by one with the weights they take: the slow reference for pairs of paths.

`theory.path_pairs` walks all pairs of paths at once. Here each path is written down with its
weights, and a pair is correlated exactly when both take the same ones. `theory.symbolic_paths` does
so with symbols; this needs no sympy, and is quick enough for a page.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

import numpy as np

from theory.dag import Dag
from theory.layers import NOTHING, Kind, takes_maximum

Weight: TypeAlias = tuple[int, int, int]
"""The layer, the filter, and the slot of a random weight."""


@dataclass(frozen=True, kw_only=True)
class WeightedPath:
    """A path from an input to o.

    Attributes
    ----------
    start : the input's position in `dag.nodes`.
    edges : numbers of its edges, as in `dag.tails`, the one out of the input first.
    weights : the random weights on it, in ascending order.
    fixed : product of its fixed weights: 1/n for an average over n.
    variance : product of the variances 2/fan-in of its random weights.
    gates : positions of its neurons with a ReLU.
    maximum : name of a maximum on it; empty if there is none.
    """

    start: int
    edges: tuple[int, ...]
    weights: tuple[Weight, ...]
    fixed: Fraction
    variance: Fraction
    gates: frozenset[int]
    maximum: str

    @property
    def square(self) -> Fraction:
        """E[ω_p²]; DagError for a path through a maximum, whose weight depends on the others."""
        return self.covariance(self)

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
        return self.fixed * other.fixed * self.variance


def weighted_paths(dag: Dag, o: Hashable) -> list[WeightedPath]:
    """Enumerate the paths from all inputs to `o`, by input.

    No weight may be on a path twice, which H2 and H4 exclude.
    """
    layer_of = {
        layer.first + row: number
        for number, layer in enumerate(dag.layers)
        for row in range(len(layer.tails))
    }
    firsts = np.searchsorted(dag.heads, np.arange(len(dag.nodes))).tolist()
    one = WeightedPath(
        start=dag.position(o), edges=(), weights=(), fixed=Fraction(1), variance=Fraction(1),
        gates=frozenset(), maximum="",
    )  # fmt: skip

    def down(path: WeightedPath) -> Iterator[WeightedPath]:
        neuron = path.start
        if neuron < dag.number_of_inputs:
            yield path
            return
        number = layer_of[neuron]
        layer = dag.layers[number]
        row = neuron - layer.first
        divisor, edge = int(layer.divisors[row]), firsts[neuron]
        weighted = layer.kind is Kind.WEIGHTED
        gates = path.gates | ({neuron} & dag.relus)
        variance = path.variance * (Fraction(2, divisor) if weighted else 1)
        fixed = path.fixed * (1 if weighted else Fraction(1, divisor))
        maximum = layer.name if layer.kind is Kind.MAXIMUM else path.maximum
        for slot, tail in enumerate(layer.tails[row].tolist()):
            if tail == NOTHING:
                continue
            weight = ((number, int(layer.filters[row]), slot),) if weighted else ()
            yield from down(
                WeightedPath(
                    start=tail, edges=(edge, *path.edges), weights=(*weight, *path.weights),
                    fixed=fixed, variance=variance, gates=gates, maximum=maximum,
                )
            )  # fmt: skip
            edge += 1

    return sorted(down(one), key=lambda path: path.start)


def enumerated_pair_sums(
    paths: Sequence[WeightedPath], *, gates: bool
) -> dict[int, tuple[Fraction, Fraction]]:
    """Sum over pairs of paths from each input, one by one.

    Parameters
    ----------
    paths : from `weighted_paths`.
    gates : whether each ReLU on a pair is open with probability 1/2 (H1). With them the sums are
        the first line of Eq. 13, E[(∂_x o)²], and its second; without, those of
        `theory.path_pairs.path_pair_sums`.

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
    # Many pairs have the same value: count them first, and multiply fractions once.
    counted: Counter[tuple[int, bool, Fraction, int]] = Counter()
    for (start, _), group in alike.items():
        for one, other in product(group, group):
            killing = len(one.gates | other.gates) if gates else 0
            counted[start, one is other, one.covariance(other), killing] += 1
    every: defaultdict[int, Fraction] = defaultdict(Fraction)
    same: defaultdict[int, Fraction] = defaultdict(Fraction)
    for (start, equal, value, killing), times in counted.items():
        summand = times * value / 2**killing
        every[start] += summand
        same[start] += summand if equal else 0
    return {start: (every[start], same[start]) for start in every}


def correlated_pair(paths: Sequence[WeightedPath]) -> tuple[WeightedPath, WeightedPath] | None:
    """Return two paths from one input over the same random weights, against Lemma 10, if any."""
    seen: dict[tuple[int, tuple[Weight, ...]], WeightedPath] = {}
    for path in paths:
        other = seen.setdefault((path.start, path.weights), path)
        if other is not path:
            return other, path
    return None
