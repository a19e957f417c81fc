"""The backward sweep against plain enumeration of paths."""

from collections import Counter
from fractions import Fraction
from math import prod

from hypothesis import given

from theory.strategies import dags


def enumerated_path_degrees(dag, x, o):
    return Counter(
        tuple(sorted(dag.in_degree(node) for node in path[1:])) for path in dag.paths(x, o)
    )


@given(dags())
def test_path_degrees_equal_enumeration(dag):
    for o in dag.outputs:
        for x in dag.inputs:
            assert dag.path_degrees(x, o) == enumerated_path_degrees(dag, x, o)


@given(dags())
def test_path_sums_equal_enumeration(dag):
    for o in dag.outputs:
        expected = {
            x: sum(
                (
                    prod((Fraction(1, dag.in_degree(node)) for node in path[1:]), start=Fraction(1))
                    for path in dag.paths(x, o)
                ),
                start=Fraction(0),
            )
            for x in dag.inputs
        }
        assert dag.path_sums(o) == expected


@given(dags())
def test_lemma_7_at_every_node(dag):
    assert all(sum(dag.path_sums(node).values()) == 1 for node in dag.nodes)


@given(dags())
def test_lemma_8_wherever_the_multisets_are_equal(dag):
    for o in dag.outputs:
        multisets = [dag.path_degrees(x, o) for x in dag.inputs]
        if all(multiset == multisets[0] for multiset in multisets):
            assert set(dag.path_sums(o).values()) == {Fraction(1, len(dag.inputs))}
