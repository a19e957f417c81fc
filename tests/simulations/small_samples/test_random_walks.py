"""Walks that are taken, against the probabilities of Lemma 7."""

from random import Random

from hypothesis import given, settings

from simulations.small_samples.random_walks import ends_of_walks, walk
from theory.dag import Dag
from theory.paths.path_polynomial import walk_probabilities
from theory.strategies import dags


@given(dags())
@settings(max_examples=50)
def test_a_walk_follows_edges_up_to_an_input(dag):
    rng = Random(0)
    for o in dag.nodes:
        at = o
        for edge, above in walk(dag, o, rng):
            assert dag.nodes[dag.heads[edge]] == at
            assert dag.nodes[dag.tails[edge]] == above
            at = above
        assert at in dag.inputs


def tilted():
    """Two parallel edges from x1 to h, one from x2 to h, and h beside x3 before o."""
    heads = [3, 3, 3, 4, 4]
    return Dag(
        ["x1", "x2", "x3", "h", "o"],
        [0, 0, 1, 3, 2],
        heads,
        inputs=3,
        outputs=[4],
    )


def test_ends_have_the_shares_of_the_path_sums():
    dag, walks = tilted(), 20_000
    ends = ends_of_walks(dag, "o", walks, Random(1))
    assert ends.total() == walks
    shares = dag.path_sums("o")
    for x in dag.inputs:
        p = float(shares[x])
        # Five standard errors; without the parallel edge, x1 would be 17 away.
        assert abs(ends[x] / walks - p) < 5 * (p * (1 - p) / walks) ** 0.5
    assert abs(ends["x1"] / walks - 1 / 4) > 5 * (3 / 16 / walks) ** 0.5


def test_walks_pass_the_hidden_nodes_as_often_as_their_path_sums_say():
    dag, rng, walks = tilted(), Random(2), 4_000
    passed = sum("h" in [node for _, node in walk(dag, "o", rng)] for _ in range(walks))
    p = float(walk_probabilities(dag, "o")["h"])
    assert abs(passed / walks - p) < 5 * (p * (1 - p) / walks) ** 0.5


def test_walks_from_an_input_end_there():
    assert ends_of_walks(tilted(), "x2", 7, Random(0)) == {"x2": 7}


def test_the_generator_decides_the_walks():
    found = [ends_of_walks(tilted(), "o", 50, Random(seed)) for seed in (3, 3, 4)]
    assert found[0] == found[1] != found[2]
