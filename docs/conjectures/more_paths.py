"""False: that the input with more paths to the output has the larger gradient."""

from collections.abc import Hashable

from theory.dag import Dag


def more_paths_mean_a_larger_path_sum(dag: Dag, x: Hashable, o: Hashable) -> bool:
    """No input y with fewer paths to o than x has a larger path sum."""
    sums = dag.path_sums(o)
    paths = {y: dag.path_degrees(y, o).total() for y in dag.inputs}
    return not any(paths[y] < paths[x] and sums[y] > sums[x] for y in dag.inputs)
