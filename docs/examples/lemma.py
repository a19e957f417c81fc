"""A lemma, tested on random networks; and a false one, with its smallest counterexample.

Lemma 7 of the paper: the path sums of all inputs, relative to one output, add to 1. The path sum
of an input is the sum, over its paths to the output, of the product of 1/in-degree.
"""

from hypothesis import HealthCheck, given, settings

from sqrtd import Dag, strategies


@settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(strategies.dags())
def test_path_sums_add_to_one(dag: Dag) -> None:
    """Hypothesis draws 200 networks; a failure would be shrunk to a small one and shown."""
    for o in dag.outputs:
        assert sum(dag.path_sums(o).values()) == 1


def path_sums_are_equal(dag: Dag) -> bool:
    """Whether all inputs have the same path sum, as Lemma 8 says under assumption (S)."""
    return all(len(set(dag.path_sums(o).values())) == 1 for o in dag.outputs)


if __name__ == "__main__":
    test_path_sums_add_to_one()
    print("Lemma 7 holds on 200 random networks.")

    smallest = next(dag for dag in strategies.small_dags() if not path_sums_are_equal(dag))
    print(f"Without (S), path sums differ. The smallest example is {smallest!r}:")
    for o in smallest.outputs:
        for x, path_sum in smallest.path_sums(o).items():
            print(f"  from {x} to {o}: {path_sum}")
