"""The lesson on the random walk: each line can fail, the puzzle can be solved."""

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from played import first_failing, links, outcomes, played, read, refused_or_played, sampled

from evidence import shares
from evidence.findings import Outcome
from simulations.small_samples import random_walks
from teaching.contents import load
from teaching.lessons.random_walk.settings import INPUTS, NETWORK, START, dag_of
from teaching.lessons.random_walk.walkers import WALKS, Walk
from teaching.pictures.dag_picture import links_of_edges
from teaching.serving.page import fragments
from teaching.state import from_address
from theory import dag as dag_module
from theory.dag import Dag
from theory.graph.edge_lists import EdgeLists
from theory.paths import enumerated_paths, path_polynomial

HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED
SLUG = "random-walk"
PARALLEL = "edges=03.03.13.14.24.35.45.26.36.46.57.67"

ALL_EDGES = [(a, b) for b in range(3, 8) for a in range(b)]
EDGES = st.lists(st.sampled_from(ALL_EDGES), max_size=NETWORK.most_edges).filter(
    lambda edges: max(Counter(edges).values(), default=0) <= NETWORK.most_parallel
)


def shares_by_hand(edges, node="o"):
    """The share of each end of a walk, by recursion."""
    below = [NETWORK.names[tail] for tail, head in edges if NETWORK.names[head] == node]
    if not below:
        return Counter({node: Fraction(1)})
    found = Counter()
    for tail in below:
        for end, share in shares_by_hand(edges, tail).items():
            found[end] += share / len(below)
    return found


def test_the_right_answer():
    question = load(SLUG).question()
    assert question.options[question.right] == "5/12"
    assert shares_by_hand(START)["x2"] == Fraction(5, 12)
    assert "5/24, 5/12, 3/8" in question.because


def test_the_answer_is_not_shown_before_it_is_given():
    state = played(SLUG, "step 6")
    shown = " ".join(read(state, part) for part in ("figure", "handles", "steps", "puzzle"))
    assert "5/12" not in shown
    assert "?" in read(state, "figure")
    assert "5/12" in read(played(SLUG, "answer 1"), "figure")


def test_all_lines_hold_at_the_start():
    assert outcomes(played(SLUG)) == [HOLDS, UNDECIDED, HOLDS, HOLDS, HOLDS, HOLDS]
    assert set(outcomes(sampled(played(SLUG, "crowd 20")))) == {HOLDS}


def test_a_bias_node_is_a_dead_end():
    state = played(SLUG, "bias 1")
    assert first_failing(state) == 4
    assert "Walks end at bias, too: the inputs' shares add to 31/54" in read(
        state, "counterexample"
    )
    assert first_failing(played(SLUG, "bias 1", "bias ")) == 0


def test_out_degrees_are_no_odds():
    state = played(SLUG, "degrees out")
    assert first_failing(state) == 1
    assert "the paths add to 5: nobody walks" in read(state, "counterexample")
    assert outcomes(sampled(played(SLUG, "degrees out", "crowd 20")))[1] is FAILS


def test_a_neuron_that_lost_its_edges_ends_walks():
    state = played(SLUG, "cut 35", "cut 45")
    assert first_failing(state) == 4
    assert "Walks end at h3, too: the inputs' shares add to 1/2" in read(state, "counterexample")
    # Where no walk gets to it, it does no harm.
    assert first_failing(played(SLUG, "cut 35", "cut 45", "cut 57")) == 0


def test_no_walk_leaves_an_output_without_edges():
    state = played(SLUG, query="edges=none&answer=0")
    assert "Walks end at o, too" in read(state, "counterexample")
    assert "ends where it starts" in refused_or_played(state, "climb").message


@given(EDGES)
def test_the_sum_is_1_unless_walks_end_elsewhere(edges):
    state = from_address(load(SLUG), f"edges={NETWORK.write(tuple(edges))}")
    dag, by_hand = dag_of(state.settings), shares_by_hand(edges)
    assert {x: dag.path_sums("o")[x] for x in INPUTS} == {x: by_hand[x] for x in INPUTS}
    elsewhere = set(by_hand) - set(INPUTS)
    assert set(Walk(state.settings).dead_ends) == elsewhere
    assert first_failing(state) == (4 if elsewhere else 0)


@given(EDGES, st.sampled_from(INPUTS))
@settings(max_examples=30, deadline=None)
def test_terms_and_edges_light_each_other(edges, x):
    state = from_address(load(SLUG), f"edges={NETWORK.write(tuple(edges))}&end={x}&step=6")
    on_edges, on_terms = (
        {one for one in links(state, part) if one.startswith("path-")}
        for part in ("figure", "steps")
    )
    paths = len(list(dag_of(state.settings).paths(x, "o")))
    assume(paths <= 12)  # more are not written out
    assert on_edges == on_terms == {f"path-{n}" for n in range(paths)}


def test_parallel_edges_are_two_paths():
    dag = dag_of(played(SLUG, query="edges=03.03.37").settings)
    paths = enumerate(enumerated_paths.edge_paths(dag, "x1", "o"))
    links_of_edge = links_of_edges((f"path-{number}", path) for number, path in paths)
    assert links_of_edge[2] == ["path-0", "path-1"]
    assert sorted([links_of_edge[0], links_of_edge[1]]) == [["path-0"], ["path-1"]]
    state = played(SLUG, query=PARALLEL)
    assert first_failing(state) == 0
    assert state.settings.edges.count((0, 3)) == 2
    assert played(SLUG, "cut 03", query=PARALLEL).settings.edges.count((0, 3)) == 1


def test_parallel_edges_are_told_apart():
    """The page keeps elements by their ids: with one for both, only one edge would be left."""
    ids = re.findall(r' id="([^"]+)"', fragments(played(SLUG, query=PARALLEL))["figure"])
    assert len(set(ids)) == len(ids) == len(NETWORK.names) + 12


def test_nodes_say_what_pressing_them_does():
    figure = fragments(played(SLUG, "bias 1"))["figure"]
    assert 'aria-label="bias, no incoming edge"' in figure
    assert "h1 ?: in-degree 3; draw an edge from here" in figure
    assert "o ?: in-degree 3; edges end here" in figure
    waiting = fragments(played(SLUG, "node h1"))["figure"]
    assert "h1 ?: in-degree 2; let go of it" in waiting
    assert "o ?: in-degree 2; join it with h1" in waiting


def test_an_edge_is_drawn_by_two_presses_and_taken_back():
    state = played(SLUG, "node x1")
    assert state.settings.tail == "x1"
    assert "An edge starts at x1" in read(state, "figure")
    assert (0, 6) in played(SLUG, "node x1", "node h4").settings.edges
    assert (0, 6) in played(SLUG, "node h4", "node x1").settings.edges
    assert played(SLUG, "node x1", "node x1").settings.tail == ""
    assert played(SLUG, "node x1", "node h4", "undo", "undo").settings.edges == START


@pytest.mark.parametrize(
    ("events", "words"),
    [
        (["node x1", "node x2"], "x2 is an input"),
        (["node o"], "o is the end"),
        (["node bias"], "switch it off"),
        (["node h9"], "no such node"),
        (["cut 06"], "not there any more"),
        (["cut 0"], "pairs of the digits"),
        (["node x1", "node o", "node x1", "node o", "node x1", "node o", "node x1", "node o"],
         "x1 → o is there already 3 times"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(events, words):
    before = played(SLUG, *events[:-1])
    state = refused_or_played(before, events[-1])
    assert words in state.message
    assert state.settings == before.settings


def test_at_most_sixteen_edges():
    full = played(SLUG, query="edges=03.13.23.04.14.24.05.15.25.06.16.26.07.17.27.37")
    state = refused_or_played(refused_or_played(full, "node h4"), "node o")
    assert "at most 16 edges" in state.message


def test_the_walker_climbs_to_an_input_and_the_next_one_starts():
    state, seen = played(SLUG), []
    for _ in range(8):
        state = refused_or_played(state, "climb")
        seen.append((state.settings.walker, state.settings.steps))
    assert seen[0] == (0, 1)
    assert {walker for walker, _ in seen} > {0, 1}
    assert all(
        later == (walker, steps + 1) or later == (walker + 1, 1)
        for (walker, steps), later in pairwise(seen)
    )
    assert "Send the next walker" in read(played(SLUG, "climb", "climb", "climb"), "handles")


def doubled(function):
    def wrong(*args, **options):
        found = function(*args, **options)
        if isinstance(found, dict):
            return {key: 2 * value for key, value in found.items()}
        return 2 * found

    return wrong


def of_the_others(count, trials, error, interval=shares.share_interval):
    return interval(trials - count, trials, error)


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "line"),
    [
        (Dag, "path_sums", doubled(Dag.path_sums), 1),
        (Dag, "in_degree", lambda dag, node: 2, 1),
        (enumerated_paths, "enumerate_paths", lambda dag, x, o: iter([(x, o)]), 1),
        (dag_module, "path_polynomials_at", doubled(path_polynomial.path_polynomials_at), 1),
        (path_polynomial, "walk_probabilities", doubled(path_polynomial.walk_probabilities), 1),
        (enumerated_paths, "enumerated_sum", doubled(enumerated_paths.enumerated_sum), 1),
        (enumerated_paths, "edge_paths", lambda dag, x, o: iter([(0,)]), 1),
        (enumerated_paths, "edge_path_products", lambda *args: [Fraction(1)], 1),
        (EdgeLists, "levels", property(lambda edges: [1] * 7 + [7]), 3),
        (random_walks, "walk", lambda *args: [(0, "x1")], 2),
        (random_walks, "ends_of_walks", lambda *args: Counter({"x1": WALKS}), 2),
        (shares, "share_interval", of_the_others, 2),
    ],
)
def test_a_false_library_makes_a_line_fail(monkeypatch, owner, name, wrong, line):
    monkeypatch.setattr(owner, name, wrong)
    state = sampled(played(SLUG, "crowd 10", "step 6"))
    assert first_failing(state) == line
    assert f"line {line} is the first that fails" in read(state, "steps")


def test_false_out_degrees_do_not_pass_for_in_degrees(monkeypatch):
    monkeypatch.setattr(Dag, "out_degrees", property(lambda dag: dag.in_degrees))
    assert first_failing(played(SLUG, "degrees out")) == 1


def test_a_small_crowd_decides_nothing():
    state = sampled(played(SLUG, "crowd 1", "step 6"))
    assert outcomes(state)[1] is UNDECIDED
    assert "send more" in read(state, "steps")
    assert "seen" in read(state, "figure")


SOLUTION = (
    "cut 57", "cut 67", "node x2", "node o", "node h1", "node o", "node h2", "node o",
    "cut 13", "cut 14", "node x1", "node h2",
)  # fmt: skip


def test_the_puzzle_is_solved():
    state = played(SLUG, *SOLUTION, "judged 1")
    assert "Solved" in read(state, "puzzle")
    assert shares_by_hand(state.settings.edges) == {
        "x1": Fraction(1, 2), "x2": Fraction(1, 3), "x3": Fraction(1, 6),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "x1 has 5/24, less than 1/2"),
        (["bias 1"], "Walks also end at bias"),
        (["cut 35", "cut 45"], "Walks also end at h3"),
        (["node x1", "node h1"], "Two edges go from x1 to h1"),
        ([*SOLUTION[:-3], "node x1", "node o"], "x2 has 3/8, more than 1/3"),
        ([*SOLUTION[:-2]], "x1 has 1/3, less than 1/2"),
        ([*SOLUTION, "node x3", "node h1"], "x1 has 1/3, less"),
    ],
)
def test_a_wrong_answer_is_told_why(events, why):
    state = played(SLUG, *events, "judged 1")
    assert "Not yet" in read(state, "puzzle")
    assert why in read(state, "puzzle")
