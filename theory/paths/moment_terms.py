"""The terms of Equations 8 and 13, one by one, of DAGs alone: without torch."""

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import prod
from typing import TypeVar

from theory.graph.graph import Graph
from theory.paths.enumerated_paths import enumerate_paths

AnyGraph = TypeVar("AnyGraph", bound=Graph)


def share(divisor: int) -> Fraction:
    """Return E[w_p²] E[σ_p²] = (2/divisor) (1/2) of one neuron on a path."""
    return Fraction(2, divisor) * Fraction(1, 2)


def fan_in(dag: Graph) -> Callable[[Hashable], int]:
    """Return the n of a neuron's weights of variance 2/n: with He's, connected or not."""
    divisors = {
        dag.nodes[layer.first + row]: divisor
        for layer in dag.listed_layers
        for row, divisor in enumerate(layer.divisors)
    }
    return divisors.__getitem__


def with_h3_variances(dag: AnyGraph) -> AnyGraph:
    """Give every edge a weight of its own, of variance 2/in-degree as H3 says, ReLUs kept.

    He's variance is another one beside zero padding, where a neuron's in-degree is below its
    fan-in.
    """
    edges = dag.edge_lists
    return type(dag)(
        dag.nodes,
        edges.tails,
        edges.heads,
        inputs=dag.number_of_inputs,
        outputs=[dag.position(o) for o in dag.outputs],
        relus=sorted(dag.relus),
    )


def path_variances(dag: Graph, x: Hashable) -> list[Fraction]:
    """List Π E[w_p²] E[σ_p²] of the enumerated paths from `x` to the first output, as they are.

    A neuron without a ReLU has E[σ_p²] = 1, and weights have the variance that the DAG gives them.

    Parameters
    ----------
    dag : the DAG of a network without averages, additions and maxima.
    x : one of its inputs.

    Returns
    -------
    The terms of Eq. 13's second line, in the order of `Dag.paths`.
    """
    divisor = fan_in(dag)

    def variance(neuron: Hashable) -> Fraction:
        alive = Fraction(1, 2) if dag.position(neuron) in dag.relus else Fraction(1)
        return Fraction(2, divisor(neuron)) * alive

    return [
        prod((variance(neuron) for neuron in path[1:]), start=Fraction(1))
        for path in enumerate_paths(dag, x, dag.outputs[0])
    ]


def sum_over_paths(dag: Graph, x: Hashable, divisor: Callable[[Hashable], int]) -> Fraction:
    """Add, over the enumerated paths from `x`, the products of `share` over p̃."""
    products = (
        prod((share(divisor(p)) for p in path[1:]), start=Fraction(1))
        for path in enumerate_paths(dag, x, dag.outputs[0])
    )
    return sum(products, Fraction(0))
