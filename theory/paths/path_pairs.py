"""Second moments of input gradients: a sum over pairs of paths, weight sharing included.

E[(d_x o)^2] is the sum over all pairs of paths from x to o of E[product of both]. Pairs are walked
down from o together: a state is the pair of nodes that both paths have reached, and its value sums
all pairs of path ends above. The node that stands later in the order goes first; when both stand
in one layer they go together, because they may use the same weight.

- Weights have expectation 0 (H3), layers are independent (H4), and weights of one neuron are
  uncorrelated (H5): so two paths leave a weighted layer only over the *same* weight, and a path
  that leaves it alone contributes 0. With shared weights the same weight may enter two neurons.
- ReLUs kill half of the neurons independently (H1): E[s^2] = 1/2 for one neuron, 1/4 for two.
- Averaging and adding neurons have fixed weights, and both paths may leave them over any edge.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from fractions import Fraction

from theory.graph.graph import Graph
from theory.graph.layers import NOTHING, DagError, Kind, ListedLayer

HALF = Fraction(1, 2)


def second_moments(dag: Graph, o: Hashable) -> dict[Hashable, Fraction]:
    """Compute E[(d_x o)^2] under (H) exactly, for every input x (see `Dag.second_moments`)."""
    walk = _Walk(dag, killing=HALF)
    start = dag.position(o)
    moments = walk.down(start)
    return dict(zip(dag.inputs, moments, strict=True))


def path_pair_sums(dag: Graph, o: Hashable) -> dict[Hashable, tuple[Fraction, Fraction]]:
    """Sum E[w_p w_p'] over pairs of paths from each input, without ReLUs (Lemmas 9 and 10).

    Returns
    -------
    By input, the sum over *all* pairs, and the sum over the pairs p = p' alone, which is the sum
    of the products of variances. As no term is negative, they are equal exactly when every two
    distinct path-products are uncorrelated.
    """
    walk = _Walk(dag, killing=Fraction(1))
    start = dag.position(o)
    every, same = walk.down(start), walk.down(start, distinct=False)
    return dict(zip(dag.inputs, zip(every, same, strict=True), strict=True))


class _Walk:
    """Walks pairs of paths down a DAG.

    Parameters
    ----------
    dag : the network's DAG.
    killing : expectation of a ReLU's gate, 1/2 under H1, 1 for path-products alone.
    """

    def __init__(self, dag: Graph, *, killing: Fraction) -> None:
        self.dag = dag
        self.killing = killing
        self.layer_of: list[ListedLayer | None] = [None] * dag.number_of_inputs
        for layer in dag.listed_layers:
            self.layer_of += [layer] * len(layer.tails)
        # Below the lowest layer in which two paths can meet again, pairs that are apart stay so.
        self.lowest_meeting = min(
            (layer.first for layer in dag.listed_layers if _can_meet(layer)), default=len(dag.nodes)
        )

    def down(self, start: int, *, distinct: bool = True) -> list[Fraction]:
        """Sum over all pairs of paths to `start`, or over equal pairs only, for each input."""
        pending: list[defaultdict[int, Fraction]] = [
            defaultdict(Fraction) for _ in range(start + 1)
        ]
        pending[start][start] = Fraction(1)
        for first in range(start, self.dag.number_of_inputs - 1, -1):
            for second, value in pending[first].items():
                for a, b, share in self._leave(first, second, distinct):
                    if a == b or max(a, b) >= self.lowest_meeting:
                        pending[max(a, b)][min(a, b)] += value * share
            pending[first].clear()
        inputs = self.dag.number_of_inputs
        return [pending[x][x] if x <= start else Fraction(0) for x in range(inputs)]

    def _leave(
        self,
        first: int,
        second: int,
        distinct: bool,
    ) -> Iterator[tuple[int, int, Fraction]]:
        """Yield the pairs of nodes reached from (first, second), first >= second, with factors."""
        layer = self.layer_of[first]
        if layer is None or (layer.kind is Kind.WEIGHTED and self.layer_of[second] is not layer):
            return
        if layer.kind is Kind.MAXIMUM:
            raise DagError(
                f"{self.dag.nodes[first]!r} is a maximum: which of its inputs it takes depends on "
                "all weights, so (H) gives it no second moment"
            )
        row = first - layer.first
        tails = layer.tails[row]
        divisor = layer.divisors[row]
        alive = self._alive(first)
        if layer.kind is Kind.WEIGHTED:
            if first == second:
                others, alive_both = tails, alive
            elif layer.filters[row] == layer.filters[second - layer.first]:
                others = layer.tails[second - layer.first]
                alive_both = alive * self._alive(second)
            else:
                return
            share = Fraction(2, divisor) * alive_both
            for a, b in zip(tails, others, strict=True):
                if NOTHING not in (a, b):
                    yield a, b, share
            return
        there = [tail for tail in tails if tail != NOTHING]
        weight = Fraction(1, divisor)
        if first != second:
            for a in there:
                yield a, second, weight * alive
        elif distinct:
            for a in there:
                for b in there:
                    yield a, b, weight**2 * alive
        else:
            for a in there:
                yield a, a, weight**2 * alive

    def _alive(self, neuron: int) -> Fraction:
        return self.killing if neuron in self.dag.relus else Fraction(1)


def _can_meet(layer: ListedLayer) -> bool:
    """Whether two paths through different neurons of a layer can come together below it."""
    if layer.kind is not Kind.WEIGHTED:
        return True
    uses = [
        (of_filter, slot, tail)
        for of_filter, tails in zip(layer.filters, layer.tails, strict=True)
        for slot, tail in enumerate(tails)
        if tail != NOTHING
    ]
    return len(set(uses)) < len(uses)
