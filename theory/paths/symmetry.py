"""Assumption (S), decided at random points modulo random primes.

(S) says that the path polynomials G_x of all inputs are equal. Two different polynomials of degree
at most L agree at a random point modulo a prime P with probability at most L / P (Schwartz 1980,
J. ACM 27; Zippel 1979, EUROSAM), unless P divides every coefficient of their difference. Each
coefficient is smaller than the number of paths, so fewer than log2(paths) / 30 of the primes above
2^30 do, among the 50,697,537 between 2^30 and 2^31. "Not symmetric" is certain: two inputs with
different values have different polynomials.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import ceil, log2
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from theory.graph.graph import Graph
from theory.paths.path_polynomial import path_polynomials_modulo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from theory.paths.backward_sweep import BackwardSweep

LOW, HIGH = 2**30, 2**31
NUMBER_OF_PRIMES = 50_697_537
LARGEST_ERROR = 2.0**-40


@dataclass(frozen=True, kw_only=True)
class Symmetry:
    """Whether assumption (S) holds relative to one output; true or false in a condition.

    Attributes
    ----------
    holds : the answer.
    method : how it was found.
    error : probability, at most, that the answer is wrong; 0 where (S) fails.
    witnesses : two inputs with different multisets of path-degrees; None where (S) holds.
    """

    holds: bool
    method: str
    error: float
    witnesses: tuple[Hashable, Hashable] | None

    def __bool__(self) -> bool:
        return self.holds


class _Points(NamedTuple):
    """What the test needs of a DAG, from lists or from arrays.

    Attributes
    ----------
    longest : edges of the longest path to the node.
    degrees : the distinct in-degrees, ascending.
    values : of one variable for each of them and a prime below 2^31, the path polynomials of all
        inputs modulo the prime.
    """

    longest: int
    degrees: Sequence[int]
    values: Callable[[Sequence[int], int], Sequence[int]]


def decide_symmetry(
    dag: Graph, sweep: "BackwardSweep | None", o: Hashable, *, seed: int
) -> Symmetry:
    """Compare the path polynomials of all inputs at random points, one sweep a point.

    Parameters
    ----------
    dag : the network's DAG.
    sweep : over it; None to use lists, which serves small DAGs and gives the same answer.
    o : any of its nodes.
    seed : draws the primes and the points.
    """
    points = _with_lists(dag, o) if sweep is None else _with_arrays(dag, sweep, o)
    longest = max(1, points.longest)
    paths = longest * log2(max(2, points.degrees[-1]))
    error_of_one = longest / LOW + paths / 30 / NUMBER_OF_PRIMES
    trials = ceil(log2(LARGEST_ERROR) / log2(error_of_one)) if error_of_one < 1 else 1
    random = Random(f"(S) {seed}")  # noqa: S311  (the same on every machine; nothing is secret)
    differs = None
    for _ in range(trials):
        prime = _random_prime(random)
        values = points.values([random.randrange(prime) for _ in points.degrees], prime)
        differs = next((x for x, value in enumerate(values) if value != values[0]), None)
        if differs is not None:
            break
    method = f"path polynomials at {trials} random points, each modulo a random 31-bit prime"
    if differs is not None:
        witnesses = dag.nodes[0], dag.nodes[differs]
        return Symmetry(holds=False, method=method, error=0.0, witnesses=witnesses)
    error = min(1.0, error_of_one**trials) if dag.number_of_inputs > 1 else 0.0
    return Symmetry(holds=True, method=method, error=error, witnesses=None)


def _with_lists(dag: Graph, o: Hashable) -> _Points:
    edges = dag.edge_lists
    degrees = sorted(set(edges.in_degrees))

    def values(variables: Sequence[int], prime: int) -> Sequence[int]:
        of_degree = dict(zip(degrees, variables, strict=True))
        t = [of_degree[degree] for degree in edges.in_degrees]
        return path_polynomials_modulo(dag, o, t, prime)

    return _Points(edges.levels[dag.position(o)], degrees, values)


def _with_arrays(dag: Graph, sweep: "BackwardSweep", o: Hashable) -> _Points:
    import numpy as np

    start = dag.position(o)

    def values(variables: Sequence[int], prime: int) -> Sequence[int]:
        t = np.array(variables, dtype=np.int64)[sweep.degree_of]

        def times_variable(carried: "NDArray[np.int64]", nodes: slice) -> "NDArray[np.int64]":
            return carried % prime * t[nodes] % prime

        carried = sweep.run(start, np.int64(1), times_variable) % prime
        found: list[int] = carried[: dag.number_of_inputs].tolist()
        return found

    return _Points(sweep.level(start), sweep.degrees.tolist(), values)


def _random_prime(random: Random) -> int:
    while True:
        candidate = random.randrange(LOW, HIGH) | 1
        if _is_prime(candidate):
            return candidate


def _is_prime(odd: int) -> bool:
    """Miller and Rabin's test; these bases decide below 3.2e9 (Jaeschke 1993, Math. Comp. 61)."""
    twos = ((odd - 1) & (1 - odd)).bit_length() - 1
    return all(
        pow(base, odd >> twos, odd) == 1
        or any(pow(base, (odd - 1) >> n, odd) == odd - 1 for n in range(1, twos + 1))
        for base in (2, 3, 5, 7)
    )
