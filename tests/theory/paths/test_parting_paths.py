"""Where two paths part: the walk against its definition, on random DAGs."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from theory.checks.subjects.example_networks import random_dag
from theory.paths.parting_paths import parting_node, parts_at


@st.composite
def pairs(draw):
    """Draw two different paths between the same two nodes, by nodes."""
    dag = random_dag(np.random.default_rng(draw(st.integers(0, 10**6))))
    neurons = dag.nodes[dag.number_of_inputs :]
    bundles = [sorted(set(dag.paths(x, o))) for x in dag.inputs for o in neurons]
    several = [paths for paths in bundles if len(paths) > 1]
    assume(several)
    p, q, *_ = draw(st.permutations(draw(st.sampled_from(several))))
    return p, q


@given(pairs(), st.booleans())
def test_two_paths_part_at_one_node_over_two_edges(paths, forward):
    p, q = paths
    node = parting_node(p, q, forward=forward)
    assert [n for n in {*p, *q} if parts_at(p, q, n, forward=forward)] == [node]
    side = 0 if forward else 1
    edges = [{edge for edge in pairwise(path) if edge[side] == node} for path in paths]
    assert [len(found) for found in edges] == [1, 1]
    assert edges[0] != edges[1]


def test_directions_differ():
    p, q = ("x", "a", "b", "o"), ("x", "c", "b", "o")
    assert parting_node(p, q) == "b"
    assert parting_node(p, q, forward=True) == "x"


def test_says_why_there_is_no_such_node():
    with pytest.raises(ValueError, match="are one"):
        parting_node(("x", "o"), ("x", "o"))
    with pytest.raises(ValueError, match="ends at g, the other at h"):
        parting_node(("x", "g"), ("x", "h"))
    with pytest.raises(ValueError, match="starts at x, the other at y"):
        parting_node(("x", "o"), ("y", "o"), forward=True)
    with pytest.raises(ValueError, match="a part of the other, up to g"):
        parting_node(("x", "g"), ("x", "g", "o"), forward=True)
    with pytest.raises(ValueError, match="a part of the other, up to g"):
        parting_node(("x", "g", "o"), ("g", "o"))
    assert not parts_at(("x", "g"), ("x", "g", "o"), "g", forward=True)
    assert not parts_at(("x", "o"), ("x", "o"), "o")
    assert not parts_at(("x", "g"), ("x", "h"), "g")
