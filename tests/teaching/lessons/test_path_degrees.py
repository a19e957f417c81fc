"""The lesson on path-degrees: (S) holds or fails where it should, and the page says why."""

from collections import Counter
from fractions import Fraction
from itertools import islice

import networkx as nx
import played as helper
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import first_failing, links, outcomes, read, refused_or_played

from evidence.findings import Outcome
from teaching.contents import load
from teaching.lessons.path_degrees.settings import LARGEST, PUZZLE, network
from teaching.state import from_address
from theory.dag import Dag
from theory.networks import small_networks
from theory.paths import enumerated_paths, path_polynomial
from theory.paths.symmetry import Symmetry
from theory.strategies import small_dags

HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS


def played(slug, *events, query=""):
    """Play with the question answered: before, nothing is shown that would answer it."""
    return helper.played(slug, "answer 0", *events, query=query)


SLUG = "path-degrees"


@st.composite
def addresses(draw):
    return "&".join(
        f"{name}={draw(options)}"
        for name, options in {
            "kind": st.sampled_from(["convolution", "convolution", "convolution", "dense"]),
            "size": st.integers(4, LARGEST),
            "layers": st.integers(1, 2),
            "kernel": st.integers(1, 4),
            "stride": st.integers(1, 2),
            "padding": st.sampled_from(
                ["circular", "zeros", "none", "reflect", "replicate", "symmetric"]
            ),
            "x": st.integers(1, LARGEST),
        }.items()
    )


def multisets_by_networkx(dag):
    """Path-degrees by another library's enumeration of paths."""
    graph = dag.to_networkx()
    return {
        x: Counter(
            tuple(sorted(graph.in_degree(edge[1]) for edge in path))
            for path in nx.all_simple_edge_paths(graph, x, "o")
        )
        for x in dag.inputs
    }


def test_the_right_answer():
    question = load(SLUG).question()
    assert question.options[question.right] == "x2, x4, x6, between them"
    # By hand: the windows are x6 x1 x2, x2 x3 x4, x4 x5 x6.
    windows = [6, 1, 2, 2, 3, 4, 4, 5, 6]
    paths = [windows.count(x) for x in range(1, 7)]
    assert f"{', '.join(map(str, paths))}; sums: 1/9, 2/9" in question.because
    assert "(S) fails" in question.because


def test_all_lines_hold_at_the_start():
    state = played(SLUG)
    assert outcomes(state) == [HOLDS] * 5
    assert not read(state, "counterexample")


def test_dense_layers_are_symmetric():
    assert outcomes(played(SLUG, "kind dense", "layers 2")) == [HOLDS] * 5


@pytest.mark.parametrize("padding", ["none", "zeros", "reflect"])
def test_at_a_border_line_2_is_the_first_to_fail(padding):
    state = played(SLUG, "layers 2", f"padding {padding}", "step 5")
    # Equal multisets still have equal sums; but not all are equal.
    assert outcomes(state) == [HOLDS, FAILS, HOLDS, HOLDS, FAILS]
    assert "(S) fails" in read(state, "counterexample")
    assert "Framed" in read(state, "figure")


def test_a_stride_breaks_the_symmetry_unless_the_kernel_is_a_multiple():
    state = played(SLUG, "stride 2")
    assert first_failing(state) == 2
    yet = "And yet the size of each layer is a multiple of the stride. But the kernel, 3, is not."
    assert yet in read(state, "counterexample")
    # The second layer has three neurons; and at a border there is another reason.
    assert "And yet" not in read(played(SLUG, "stride 2", "layers 2"), "counterexample")
    assert "And yet" not in read(played(SLUG, "stride 2", "padding zeros"), "counterexample")
    assert first_failing(played(SLUG, "stride 2", "kernel 2")) == 0
    assert first_failing(played(SLUG, "stride 2", "kernel 4")) == 0
    unseen = played(SLUG, "kernel 1", "stride 2", "x 2")
    assert "Their sums are 1/3 and 0" in read(unseen, "counterexample")
    assert "x2" in read(unseen, "figure")


def test_torchs_mirror_is_worse_than_zeros_and_the_other_mirror_is_exact():
    state = played(SLUG, "padding reflect")
    assert "2 times the smallest, 7/5 with zero padding" in read(state, "counterexample")
    assert first_failing(played(SLUG, "padding symmetric")) == 0
    # To repeat the border once is the same; a wider kernel tells them apart.
    assert first_failing(played(SLUG, "padding replicate")) == 0
    assert first_failing(played(SLUG, "padding replicate", "kernel 4")) == 2


@given(addresses())
@settings(max_examples=25, deadline=None)
def test_what_the_page_says_of_any_architecture(address):
    state = from_address(load(SLUG), address)
    if state.message:  # a kernel that does not fit
        assert "take a smaller kernel" in state.message
        return
    multisets = multisets_by_networkx(network(state.settings))
    symmetric = len({frozenset(each.items()) for each in multisets.values()}) == 1
    assert outcomes(state)[:3] == [HOLDS, HOLDS if symmetric else FAILS, HOLDS]
    if symmetric:  # Lemma 8
        assert outcomes(state)[3:] == [HOLDS, HOLDS]
    assert bool(read(state, "counterexample")) is not symmetric


@given(addresses())
@settings(max_examples=12, deadline=None)
def test_terms_and_edges_light_each_other(address):
    state = from_address(load(SLUG), address + "&step=5&answer=0")
    if not state.message:
        terms = {one for one in links(state, "steps") if one.startswith("term-")}
        assert terms == {one for one in links(state, "figure") if one.startswith("term-")}


def test_a_pressed_input_shows_its_paths():
    state = played(SLUG, "padding zeros", "x 2")
    assert ': show the paths from x2" aria-pressed="true"' in str(
        state.lesson.view(state.settings, state.reader, ()).figure
    )
    # Of an input that is gone, the last one is shown.
    assert "the paths from x4" in str(
        load(SLUG).view(played(SLUG, "x 6", "size 4").settings, state.reader, ()).figure
    )


def test_a_kernel_that_does_not_fit_is_refused_in_words():
    before = played(SLUG, "padding none", "size 5", "layers 2")
    state = refused_or_played(before, "kernel 4")
    assert "a kernel of 4 does not fit into 2 neurons" in state.message
    assert state.settings == before.settings


def symmetry(holds, *witnesses):
    return Symmetry(holds=holds, method="", error=0.5, witnesses=witnesses or None)


NONE = Counter()


def without_a_path(dag, x, o, paths=Dag.paths):
    return islice(paths(dag, x, o), 1)


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "line"),
    [
        (path_polynomial, "path_polynomials", lambda dag, o: dict.fromkeys(dag.inputs, NONE), 1),
        (enumerated_paths, "enumerate_paths", without_a_path, 1),
        (Dag, "in_degree", lambda dag, node: 2 if str(node) != "x1" else 0, 1),
        (enumerated_paths, "enumerated_path_degrees", lambda dag, x, o: Counter(), 1),
        (enumerated_paths, "edge_path_degrees", lambda dag, x, o: [(2, 2)] * 3, 1),
        (Dag, "is_symmetric", lambda dag, o: symmetry(False, "x1", "x2"), 2),
        (path_polynomial, "same_path_degrees", lambda dag, o: False, 2),
        (Dag, "path_sums", lambda dag, o: {x: Fraction(1, 7) for x in dag.inputs}, 3),
        (path_polynomial, "_sweep", lambda dag, o, **kw: [kw["one"]] * len(dag.nodes), 1),
        (enumerated_paths, "sum_of_products", lambda path_degrees: Fraction(1, 5), 3),
        (enumerated_paths, "enumerated_sum", lambda *args: Fraction(1, 4), 5),
    ],
)
def test_a_false_library_makes_a_line_fail(monkeypatch, owner, name, wrong, line):
    monkeypatch.setattr(owner, name, wrong)
    state = played(SLUG, "step 5")
    assert first_failing(state) == line
    assert f"line {line} is the first that fails" in read(state, "steps")


def test_false_witnesses_and_a_false_yes_are_found_out(monkeypatch):
    monkeypatch.setattr(Dag, "is_symmetric", lambda dag, o: symmetry(False, "x1", "x6"))
    assert "x1 and x6 are said to differ" in read(played(SLUG, "padding zeros", "step 5"), "steps")
    monkeypatch.setattr(Dag, "is_symmetric", lambda dag, o: symmetry(True))
    state = played(SLUG, "padding zeros", "step 5")
    assert "the multisets are different, but at random points they are equal" in read(
        state, "steps"
    )


def test_another_architecture_is_another_page(monkeypatch):
    right = read(played(SLUG), "figure")
    real = small_networks.convolutional_dag
    monkeypatch.setattr(
        small_networks, "convolutional_dag", lambda size, **kw: real(size, **{**kw, "kernel": 2})
    )
    assert read(played(SLUG), "figure") != right


SOLUTION = ("cut 24", "node x1", "node h2", "node x3", "node o")


def test_the_puzzle_is_solved():
    state = played(SLUG, *SOLUTION, "judged 1")
    assert "Solved" in read(state, "puzzle")
    assert "x1 and x3 both have 1/3" in read(state, "puzzle")


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "x1 and x3 both have 1/4, but also the same multiset"),
        (["cut 03"], "h1 has one incoming edge; it needs two"),
        (["node h3", "node o"], "h3 has no incoming edge; it needs two"),
        (["cut 36", "cut 46"], "o has no incoming edge; it needs two"),
        (["node x1", "node o"], "No two inputs have the same sum: x1 has 1/2, x2 has 1/3"),
        ([*SOLUTION, "cut 26"], "x1 and x2 both have 1/2, but also the same multiset"),
    ],
)
def test_a_wrong_answer_is_told_why(events, why):
    state = played(SLUG, *events, "judged 1")
    assert "Not yet" in read(state, "puzzle")
    assert why in read(state, "puzzle")


def test_edges_are_not_doubled():
    before = played(SLUG, "node x1")
    state = refused_or_played(before, "node h1")
    assert "x1 → h1 is there already" in state.message


def solves(dag):
    o, sums = dag.outputs[0], dag.path_sums(dag.outputs[0])
    return any(
        sums[x] == sums[y] != 0 and dag.path_degrees(x, o) != dag.path_degrees(y, o)
        for x in dag.inputs
        for y in dag.inputs
    )


@pytest.mark.slow
def test_no_smaller_network_solves_the_puzzle():
    """The hints lead to seven edges; with fewer there is none, whatever the hidden neurons."""
    for dag in small_dags(max_inputs=3, max_neurons=4):
        if len(dag.tails) > 6:
            return
        edges = list(dag.edges())
        fair = len(set(edges)) == len(edges) and min(dag.in_degrees[len(dag.inputs) :]) > 1
        assert not (fair and len(dag.outputs) == 1 and solves(dag)), edges


@given(st.lists(st.sampled_from([(a, b) for b in range(3, 7) for a in range(b)]), unique=True))
@settings(max_examples=25, deadline=None)
def test_the_verdict_is_the_librarys(pairs):
    edges = tuple(sorted(pairs, key=lambda edge: edge[::-1]))[: PUZZLE.most_edges]
    state = played(SLUG, query=f"edges={PUZZLE.write(edges)}&judged=1")
    said, dag = read(state, "puzzle"), PUZZLE.dag(edges)
    reached = [n for n in dag.nodes if n not in ("x1", "x2", "x3") and any(dag.paths(n, "o"))]
    fair = all(dag.in_degree(node) > 1 for node in reached)
    multisets = {
        x: Counter(tuple(sorted(map(dag.in_degree, path[1:]))) for path in dag.paths(x, "o"))
        for x in ("x1", "x2", "x3")
    }
    sums = {x: enumerated_paths.sum_of_products(multisets[x]) for x in multisets}
    solved = fair and any(
        sums[x] == sums[y] != 0 and multisets[x] != multisets[y] for x in sums for y in sums
    )
    assert ("Solved" in said) is solved
