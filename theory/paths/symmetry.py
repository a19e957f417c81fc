"""Assumption (S), decided at random points modulo random primes.

(S) says that the path polynomials G_x of all inputs are equal. Two different polynomials of degree
at most L agree at a random point modulo a prime P with probability at most L / P (Schwartz 1980,
J. ACM 27; Zippel 1979, EUROSAM), unless P divides every coefficient of their difference. Each
coefficient is smaller than the number of paths, so fewer than log2(paths) / 30 of the primes above
2^30 do, among the 50,697,537 between 2^30 and 2^31. "Not symmetric" is certain: two inputs with
different values have different polynomials.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray
from sympy import isprime

from theory.graph.graph import Graph
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


def decide_symmetry(dag: Graph, sweep: BackwardSweep, o: Hashable, *, seed: int) -> Symmetry:
    """Compare the path polynomials of all inputs at random points, one sweep a point.

    Parameters
    ----------
    dag : the network's DAG.
    sweep : over it.
    o : any of its nodes.
    seed : draws the primes and the points.
    """
    start = dag.position(o)
    longest = max(1, sweep.level(start))
    paths = longest * log2(max(2, int(dag.in_degrees.max())))
    error_of_one = longest / LOW + paths / 30 / NUMBER_OF_PRIMES
    trials = ceil(log2(LARGEST_ERROR) / log2(error_of_one)) if error_of_one < 1 else 1
    rng = np.random.default_rng([seed, 0x53])
    different = np.empty(0, dtype=np.int64)
    for _ in range(trials):
        prime = _random_prime(rng)
        variables = rng.integers(0, prime, size=len(sweep.degrees))[sweep.degree_of]
        values = _polynomials_at(sweep, start, variables, prime)[: dag.number_of_inputs]
        different = np.flatnonzero(values != values[0])
        if different.size:
            break
    method = f"path polynomials at {trials} random points, each modulo a random 31-bit prime"
    if different.size:
        witnesses = dag.nodes[0], dag.nodes[int(different[0])]
        return Symmetry(holds=False, method=method, error=0.0, witnesses=witnesses)
    error = min(1.0, error_of_one**trials) if dag.number_of_inputs > 1 else 0.0
    return Symmetry(holds=True, method=method, error=error, witnesses=None)


def _polynomials_at(
    sweep: "BackwardSweep", start: int, variables: NDArray[np.int64], prime: int
) -> NDArray[np.int64]:
    """Evaluate all path polynomials to node `start` modulo a prime below 2^31."""

    def times_variable(carried: NDArray[np.int64], nodes: slice) -> NDArray[np.int64]:
        return carried % prime * variables[nodes] % prime

    return sweep.run(start, np.int64(1), times_variable) % prime


def _random_prime(rng: np.random.Generator) -> int:
    while True:
        candidate = int(rng.integers(LOW, HIGH)) | 1
        if isprime(candidate):
            return candidate
