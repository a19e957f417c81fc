"""True: Lemma 7 of the paper (Eq. 11)."""

from collections.abc import Hashable

from theory.dag import Dag


def path_sums_add_to_1(dag: Dag, o: Hashable) -> bool:
    """The path sums of all inputs, relative to one output, add to 1."""
    return sum(dag.path_sums(o).values()) == 1
