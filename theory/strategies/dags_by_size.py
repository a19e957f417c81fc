"""All small DAGs in order of size, where random ones would leave gaps."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, count
from typing import TypeAlias

import numpy as np

from theory.dag import Dag

Tails: TypeAlias = Sequence[Sequence[int]]
"""For each neuron, in order, the positions of the nodes it is connected to, inputs first."""


def small_dags(*, max_inputs: int = 4, max_neurons: int = 6) -> Iterator[Dag]:
    """Yield every DAG up to renaming, without end: fewest edges first, then fewest nodes.

    Parameters
    ----------
    max_inputs, max_neurons : of the DAGs; their edges are not limited.

    Yields
    ------
    DAGs with nodes named as in `named_dag`. The inputs are in the order in which they are first
    read; the neurons of one DAG may come in several orders.
    """
    for edges in count(1):
        most = min(max_neurons, edges)
        sizes = [(d, n) for d in range(1, max_inputs + 1) for n in range(1, most + 1)]
        for inputs, neurons in sorted(sizes, key=sum):
            for tails in _all_tails(inputs, neurons, edges):
                if _reads_in_order(inputs, tails):
                    yield named_dag(inputs, tails)


def named_dag(inputs: int, tails: Tails, outputs: Sequence[int] | None = None) -> Dag:
    """Build a DAG from position lists.

    Parameters
    ----------
    inputs : number of inputs, at positions 0, 1, ...
    tails : one list a neuron; the neurons' positions follow the inputs'.
    outputs : positions; the neurons without successors if None.

    Returns
    -------
    A DAG with nodes x1, x2, ... (inputs), o1, o2, ... (outputs) and h1, h2, ... (all others).
    """
    last = inputs + len(tails)
    if outputs is None:
        read = {tail for below in tails for tail in below}
        outputs = [head for head in range(inputs, last) if head not in read]
    numbers: Counter[str] = Counter()
    nodes = []
    for position in range(last):
        letter = "x" if position < inputs else "o" if position in outputs else "h"
        numbers[letter] += 1
        nodes.append(f"{letter}{numbers[letter]}")
    return Dag(
        nodes,
        np.array([tail for below in tails for tail in below], dtype=np.int64),
        np.repeat(np.arange(inputs, last), [len(below) for below in tails]),
        inputs=inputs,
        outputs=outputs,
    )


def _all_tails(first: int, neurons: int, edges: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield all ways to give `edges` edges to neurons at positions `first`, `first` + 1, ..."""
    if neurons == 1:
        yield from ((below,) for below in combinations_with_replacement(range(first), edges))
        return
    for in_degree in range(1, edges - neurons + 2):
        for below in combinations_with_replacement(range(first), in_degree):
            for above in _all_tails(first + 1, neurons - 1, edges - in_degree):
                yield below, *above


def _reads_in_order(inputs: int, tails: Tails) -> bool:
    read = dict.fromkeys(tail for below in tails for tail in below if tail < inputs)
    return list(read) == list(range(len(read)))
