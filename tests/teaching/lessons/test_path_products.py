"""The lesson on path-products: each line can fail, each assumption matters, the puzzle works."""

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from played import links, played, read, refused_or_played

from evidence.findings import Outcome
from teaching.contents import load
from teaching.lessons.path_products.network import ARCHITECTURES, edges, network
from teaching.lessons.path_products.settings import STARTS, at_hand, write
from teaching.serving.page import fragments
from teaching.state import from_address
from theory.checks.oracles.symbolic_paths import symbolic_paths
from theory.dag import Dag
from theory.paths import parting_paths, path_pairs, weight_laws

HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS
SLUG = "path-products"
WEIGHTED = [name for name, architecture in ARCHITECTURES.items() if not architecture.averages]


def outcomes(state):
    """What each line of the proof is found to be; None where it speaks of nothing."""
    steps = load(SLUG).view(state.settings, state.reader, ()).steps
    return [step.check and step.check.outcome for step in steps]


def first_failing(state):
    found = outcomes(state)
    return found.index(FAILS) + 1 if FAILS in found else 0


def plain_network(name, *, own=False):
    return network(name, own=own, tied=False, mean=Fraction(0), correlation=Fraction(0))


def by_hand(state, *, letters):
    """E[w_p w_p'] of the chosen paths, over all values of some letters that have 3 tickets each."""
    net = at_hand(state.settings)
    factors = [*net.product(state.settings.p), *net.product(state.settings.q)]
    assert set(factors) == set(letters)
    total = 0
    for values in product((-1, 0, 1), repeat=len(letters)):
        drawn = dict(zip(letters, values, strict=True))
        value = 1
        for factor in factors:
            value *= drawn[factor]
        total += value
    return Fraction(total, 3 ** len(letters))


def test_the_right_answer():
    question = load(SLUG).question()
    assert question.options[question.right] == "zero"
    assert by_hand(played(SLUG), letters="avw") == 0
    assert "E[a²] = 2/3 is a factor of it. But so is E[vw] = 0" in question.because


def test_the_answer_is_not_shown_before_it_is_given():
    assert "= 0" not in read(played(SLUG), "figure")
    assert "4/9" not in read(played(SLUG), "figure")
    assert "= 0" in read(played(SLUG, "answer 1"), "figure")
    assert "4/9" in read(played(SLUG, "answer 1"), "figure")


@pytest.mark.parametrize("name", WEIGHTED)
@pytest.mark.parametrize("own", ["", "1"])
def test_all_lines_hold_at_the_start_of_a_network_with_weights(name, own):
    assert set(outcomes(played(SLUG, f"network {name}", f"own {own}"))) == {HOLDS}


def test_one_path_leaves_the_lines_on_two_paths_open():
    found = outcomes(played(SLUG, "q x2-g2-o"))
    assert found == [HOLDS, HOLDS, None, None, None, None, HOLDS, HOLDS]


def test_h5_dropped_stops_the_proof_where_the_two_weights_meet():
    state = played(SLUG, "take x1-g1-o x2-g1-o", "rho -2", "step 8")
    assert first_failing(state) == 5
    assert "fails here : over all outcomes: −1/3; product of the means: 0" in read(state, "steps")
    assert "E[au · bu] = −2/9" in read(state, "counterexample")
    assert "Take these two" not in read(state, "counterexample")
    # The paths may part elsewhere: then the proof holds, and the page offers two that do not.
    apart = played(SLUG, "take x1-g1-o x3-g2-o", "rho 4", "answer 1")
    assert first_failing(apart) == 0
    assert "Take these two" in read(apart, "counterexample")
    # The paths at the start are led over both weights.
    assert first_failing(played(SLUG, "rho 4")) == 5
    for name in ARCHITECTURES:
        assert FAILS in outcomes(played(SLUG, f"network {name}", "rho 4"))[2:]
    assert first_failing(played(SLUG, "rho 4", "rho 0", "take x1-g1-o x2-g1-o")) == 0


def test_h3_dropped():
    state = played(SLUG, "mean 2", "step 8")
    assert first_failing(state) == 2
    assert outcomes(state)[0] is HOLDS
    # The two weights still have the covariance 0, but their means no longer help.
    assert [outcomes(state)[line] for line in (3, 4, 5)] == [HOLDS, HOLDS, FAILS]
    assert "H3 dropped" in read(state, "counterexample")


def test_h4_dropped():
    state = played(SLUG, "tied 1", "take x1-g1-o x3-g2-o")
    assert first_failing(state) == 1
    assert "E [ ω p ] = 2 3 and E [ ω p 2 ] = 2 3" in read(state, "counterexample")
    deep = played(SLUG, "network two", "tied 1", "take x1-g1-h1-o x1-g1-h2-o", "step 8")
    assert first_failing(deep) == 4
    assert "over all outcomes: 2/3; by factors, 0 times 0: 0" in read(deep, "steps")


def test_shared_weights_break_h5_as_printed_alone():
    state = played(SLUG)
    words = "x1 → g1 and x2 → g2 carry one weight, so E[a·a] = 2/3"
    assert words in read(state, "handles")
    assert words not in read(played(SLUG, "own 1"), "handles")


def test_an_average_needs_the_walk_of_lemma_10():
    back = played(SLUG, "network average", "step 8")
    assert first_failing(back) == 3
    assert "1/3 and 1/3 enter: the fixed weights of an average" in read(back, "steps")
    forward = played(SLUG, "network average", "walk forward", "step 8")
    assert set(outcomes(forward)) == {HOLDS}
    assert "they part at x3, which c and b leave" in read(forward, "steps")
    assert "this is Lemma 10" in read(forward, "counterexample")
    # Lemma 10 speaks of one input: from two, the same average can hold the same weight twice.
    two = played(SLUG, "network average", "walk forward", "take x1-g1-o x2-g2-o", "step 8")
    assert first_failing(two) == 3
    assert "p starts at x1, p′ at x2" in read(two, "steps")
    assert outcomes(two)[5] is FAILS
    assert outcomes(two)[3:5] == [None, None]


def test_paths_of_which_one_is_a_part_of_the_other_never_part():
    state = played(SLUG, "active p", "end g", "q x2-g2-o", "walk forward", "step 8")
    assert first_failing(state) == 3
    assert "they never part: p ends at g2, and the other goes on" in read(state, "steps")
    swapped = played(SLUG, "q x2-g2", "walk forward", "step 8")
    assert "they never part: p′ ends at g2" in read(swapped, "steps")


def test_a_mirrored_border_breaks_lemma_10():
    state = played(SLUG, "network mirror", "walk forward", "step 8")
    assert first_failing(state) == 3
    assert "they part at x2, which a and a leave: two edges with one weight" in read(state, "steps")
    assert "Two paths from one input to o" in read(state, "counterexample")
    assert outcomes(state)[7] is FAILS
    assert set(outcomes(played(SLUG, "network mirror", "walk forward", "own 1"))) == {HOLDS}


@pytest.mark.parametrize(
    ("module", "name", "wrong", "line"),
    [
        (weight_laws, "mean", lambda right: right + 1, 1),
        (weight_laws, "second_moment", lambda right: right + 1, 4),
        (weight_laws, "average", lambda right: right + 1, 1),
        (weight_laws, "average", lambda right: 2 * right, 7),
        (weight_laws, "expectation", lambda right: right / 2, 8),
        (weight_laws, "expectation", lambda right: right or Fraction(1, 9), 6),
        (weight_laws, "_outcomes", lambda right: right[1:], 1),
        (parting_paths, "parting_node", lambda right: "g2", 3),
        (parting_paths, "parting_node", lambda right: "x5", 3),
        (parting_paths, "parts_at", lambda right: not right, 3),
        (path_pairs, "path_pair_sums", lambda right: dict.fromkeys(right, (0, 0)), 8),
        (Dag, "in_degree", lambda right: right + 1, 7),
        (Dag, "paths", lambda right: list(right)[1:], 8),
    ],
)
def test_a_falsified_library_fails_visibly(monkeypatch, module, name, wrong, line):
    right = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **options: wrong(right(*args, **options)))
    state = played(SLUG, "step 8")
    assert outcomes(state)[line - 1] is FAILS
    assert "fails here" in read(state, "steps")


def test_two_paths_to_o_decorrelate_by_symbols_and_by_signs_alike():
    for name, own in product(WEIGHTED, (False, True)):
        net = plain_network(name, own=own)
        by_symbols = symbolic_paths(net.dag, "o")
        squares = sorted(by_symbols.expectation(path.product**2) for path in by_symbols.paths)
        paths = net.paths(["o"])
        assert squares == sorted(weight_laws.average(net.law, net.product(p) * 2) for p in paths)
        for p, q in combinations(paths, 2):
            assert weight_laws.average(net.law, net.product(p) + net.product(q)) == 0


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(WEIGHTED), st.booleans(), st.data(), st.integers(-4, 4), st.integers(-4, 4),
    st.booleans(),
)  # fmt: skip
def test_whatever_is_dropped_the_conclusion_fails_only_after_a_line(
    name, own, data, rho, mean, tied
):
    """For two paths to one end: where E[w_p w_p'] is not 0, an earlier line is marked."""
    net = plain_network(name, own=own)
    end = data.draw(st.sampled_from([n for column in net.columns[1:] for n in column]))
    p, q, *_ = data.draw(st.permutations(net.paths([end])))
    fields = {"network": name, "p": write(p), "q": write(q), "rho": rho, "mean": mean}
    flags = {"own": own, "tied": tied}
    query = "&".join(
        [*(f"{k}={v}" for k, v in fields.items()), *(f"{k}=1" for k, v in flags.items() if v)]
    )
    state = played(SLUG, query=query)
    found = outcomes(state)
    law = at_hand(state.settings).law
    factors = at_hand(state.settings).product
    value = weight_laws.expectation(law, factors(p) + factors(q))
    assert (found[5] is FAILS) == bool(value or mean)
    if value:
        assert FAILS in found[:5]
    if not (rho or mean or tied):
        assert set(found) == {HOLDS}


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_the_active_path_goes_where_it_is_led(data):
    name = data.draw(st.sampled_from(list(ARCHITECTURES)))
    state = played(SLUG, f"network {name}")
    net = plain_network(name)
    columns = ARCHITECTURES[name].columns
    for _ in range(4):
        active = data.draw(st.sampled_from(["p", "q"]))
        other = {"p": state.settings.q, "q": state.settings.p}[active]
        step = data.draw(
            st.sampled_from(
                [*net.dag.nodes, *("-".join(edge) for edge in net.factors), *columns[1:]]
            )
        )
        event = "end" if step in tuple(columns[1:-1]) else "through"
        state = refused_or_played(refused_or_played(state, f"active {active}"), f"{event} {step}")
        assert not state.message
        path = state.settings.path
        assert set(edges(path)) <= set(net.factors)
        if event == "end":
            assert path[-1][0] == step
        else:
            assert step in "-".join(path)
        assert {"p": state.settings.q, "q": state.settings.p}[active] == other


def test_rows_of_the_matrix_and_nodes_move_the_path():
    state = played(SLUG, "answer 1", "active p", "p x5-g3-o", "through g2")
    assert state.settings.p == ("x2", "g2", "o")
    assert 'data-send="p"' in fragments(state)["figure"]


def test_formulas_and_picture_are_linked():
    state = played(SLUG, "step 8")
    assert {"edge-x2-g2", "edge-g2-o", "edge-x3-g3"} <= links(state, "steps")
    assert links(state, "steps") <= links(state, "figure")
    assert {"weight-a", "weight-v"} <= links(state, "figure")


def test_the_puzzle_is_solved_by_paths_that_end_apart():
    state = played(SLUG, "active p", "end g", "active q", "end g", "judged 1")
    assert "Solved. E[a · a] = 2/3: the paths end at g2 and g3" in read(state, "puzzle")
    assert "p ends at g2, p′ at g3" in read(played(SLUG, "step 3", query=state.query), "steps")
    deep = played(SLUG, "network two", "take x1-g1 x3-g2", "judged 1")
    assert "Solved" in read(deep, "puzzle")


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "going back from o, they part at o, where the weights v and w differ"),
        (["take x1-g1-o x2-g1-o"], "they part at g1, where the weights a and b differ"),
        (["take x1-g1-o x2-g1-o", "rho 1"], "a and b are correlated"),
        (["mean 1"], "do not have mean 0: H3"),
        (["tied 1"], "in two layers: H4"),
        (["network mirror"], "o averages here"),
        (["q x2-g2-o"], "are one path"),
        (["take x1-g1 x3-g2"], "end at g1 and g2, but a stands on one of them only"),
        (["q x3-g3"], "end at o and g3, but v stands on one of them only"),
        (["own 1", "take x1-g1 x2-g2"], "nothing is shared"),
    ],
)
def test_a_wrong_answer_is_told_why(events, why):
    state = played(SLUG, *events, "judged 1")
    assert "Not yet." in read(state, "puzzle")
    assert why in read(state, "puzzle")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("p x9-g1-o", "a path is written as its nodes"),
        ("p x5-g1-o", "no path x5-g1-o"),
        ("p x1", "no path x1"),
        ("take x1-g1-o", "a path is written"),
        ("through y", "no such node"),
        ("through x1-g3", "no path goes there"),
        ("end h", "paths end at a neuron g or at o"),
        ("network three", "is not one of"),
        ("rho 5", "between -4 and 4"),
    ],
)
def test_what_cannot_be_done_is_said(event, why):
    state = refused_or_played(played(SLUG), event)
    assert why in state.message


def test_addresses_whose_fields_do_not_go_together_start_anew():
    for query in ("network=average&tied=1", "network=mirror&p=x5-g3-o", "q=x1-o"):
        state = from_address(load(SLUG), query)
        assert state.message
        assert write(state.settings.p) == write(STARTS["one"][0])
