"""False: the converse of Lemma 8 of the paper (Eq. 12)."""

from collections.abc import Hashable
from fractions import Fraction

from theory.dag import Dag


def equal_path_sums_mean_symmetry(dag: Dag, o: Hashable) -> bool:
    """If all inputs have path sum 1/d, then they have the same multiset of path-degrees."""
    share = Fraction(1, len(dag.inputs))
    if any(path_sum != share for path_sum in dag.path_sums(o).values()):
        return True
    return bool(dag.is_symmetric(o))
