"""The lesson on dual norms: its answer, checks, counterexamples, and puzzle."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import theory.attacks.attack_growth
import theory.attacks.norms
import theory.attacks.plain_norms
import theory.attacks.planar_attacks
from evidence.findings import Outcome
from teaching.contents import load
from teaching.fields import AddressError
from teaching.lesson import Reader
from teaching.lessons.dual_norms.attack import attack
from teaching.lessons.dual_norms.settings import CENTRE, STOPS, UNIT, Settings
from teaching.serving import page
from teaching.state import Event, State, apply, from_address, start

LESSON = load("dual-norms")


def fragments(state):
    """The parts of the page once the question has been answered."""
    return page.fragments(replace(state, progress=replace(state.progress, answer=0)))


gradients = st.tuples(st.integers(-30, 30), st.integers(-30, 30)).filter(any)


def outcomes(query: str) -> list[Outcome]:
    state = from_address(LESSON, query)
    assert not state.message
    return [step.check.outcome for step in view(state).steps]


def first_failing(query: str) -> int:
    """The number of the first line that fails; 0 if none does."""
    found = outcomes(query)
    return found.index(Outcome.FAILS) + 1 if Outcome.FAILS in found else 0


def view(state: State):
    return LESSON.view(state.settings, Reader(answered=True, steps=6), ())


def after(*events: tuple[str, str]) -> State:
    state = start(LESSON)
    for name, text in events:
        state = apply(state, Event(name, text))
        assert not state.message, state.message
    return state


def test_the_answer_is_the_best_of_all_corners():
    corners = np.array(list(product((-0.5, 0.5), repeat=2)))
    question = LESSON.question()
    assert question.options[question.right].startswith(f"{(corners @ [3, -1]).max():g}: ")
    assert "lower pixel 2" in question.options[question.right]


@pytest.mark.parametrize("p", STOPS)
@pytest.mark.parametrize("gradient", ["2.5,1.0", "-3.0,0.0", "0.1,-0.1"])
def test_every_line_holds_for_every_norm(p, gradient):
    assert set(outcomes(f"p={p}&gradient={gradient}&doublings=12")) == {Outcome.HOLDS}


@pytest.mark.parametrize(
    ("query", "line", "words"),
    [
        ("loss=curved&p=2", 1, "The curved loss rises by 2.07 at most"),
        ("p=3&dual=p", 2, "An attack gains more"),
        ("p=1.25&dual=p", 3, "No attack gains as much"),
        ("fixed=1&p=2", 5, "gain 1 (p = 1), 8 (p = 2), 64 (p = ∞): how the gain grows with d"),
        ("fixed=1&p=inf", 5, "how the gain grows with d depends on p"),
        ("fixed=1&pixels=one&p=11", 5, "gain 1 (p = 1), 1 (p = 11), 1 (p = ∞), and as much at any"),
        ("pixels=one&p=2", 6, "gain 64 (p = 1), 8 (p = 2), 1 (p = ∞)"),
        ("pixels=one&p=inf", 6, "no one size |g|"),
    ],
)
def test_a_dropped_assumption_gives_its_counterexample_and_first_failing_line(query, line, words):
    assert first_failing("") == 0
    assert first_failing(query) == line
    page = fragments(from_address(LESSON, query))
    assert words in page["counterexample"]
    assert f"line {line} is the first that fails" in page["steps"]


def test_first_order_comes_near_where_the_attack_is_small():
    assert first_failing("loss=curved&p=2&size=1") == 0
    assert (
        "first order is near"
        in fragments(from_address(LESSON, "loss=curved&p=2&size=1"))["counterexample"]
    )


@given(gradients, st.sampled_from(STOPS), st.integers(1, 20))
def test_the_counterexample_of_a_curved_loss_says_what_its_line_says(gradient, p, size):
    g = (gradient[0] / 10, gradient[1] / 10)
    state = replace(start(LESSON), settings=Settings(gradient=g, p=p, size=size, loss="curved"))
    shown = view(state)
    said = "".join(str(each) for each in shown.counterexample)
    holds = shown.steps[0].check.outcome is Outcome.HOLDS
    assert holds == ("first order is near" in said) == ("make ε small" not in said)


@pytest.mark.parametrize(
    ("query", "note"),
    [("dual=p&p=2", "For p = 2 both are the same"), ("dual=p&p=3&gradient=0.0,2.0", "Turn g")],
)
def test_where_both_exponents_give_the_same_the_page_says_so(query, note):
    assert first_failing(query) == 0
    assert note in fragments(from_address(LESSON, query))["handles"]
    moved = f"{query.split('&')[0]}&p=3"
    assert first_failing(moved) == 2
    assert note not in fragments(from_address(LESSON, moved))["handles"]


def scaled(function, factor):
    """Multiply what a function returns: a number, a vector, or vectors."""

    def falsified(*args, **named):
        found = factor * np.array(function(*args, **named))
        return found.tolist()

    return falsified


def opposite(g):
    return [-one for one in g]


@pytest.mark.parametrize(
    ("module", "name", "query"),
    [
        (theory.attacks.plain_norms, "norm", "p=2"),
        (theory.attacks.plain_norms, "dual_norm", "p=2"),
        (theory.attacks.plain_norms, "best_perturbation", "p=1.5"),
        (theory.attacks.planar_attacks, "unit_circle", "p=1.5"),
        (theory.attacks.attack_growth, "threshold", "p=3"),
    ],
)
@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_falsified_size_fails_visibly(monkeypatch, module, name, query, factor):
    monkeypatch.setattr(module, name, scaled(getattr(module, name), factor))
    assert first_failing(query)
    assert "fails here" in fragments(from_address(LESSON, f"{query}&step=6"))["steps"]


@pytest.mark.parametrize("p", [p for p in STOPS if p != "2"])
def test_a_falsified_dual_exponent_fails_visibly(monkeypatch, p):
    monkeypatch.setattr(theory.attacks.norms, "dual_exponent", lambda p: p)
    assert first_failing(f"p={p}")


def test_a_perturbation_of_wrong_shape_or_sign_fails_visibly(monkeypatch):
    best = theory.attacks.plain_norms.best_perturbation
    plain_norms = theory.attacks.plain_norms
    monkeypatch.setattr(
        plain_norms, "best_perturbation", lambda g, p, size=1.0: best(g, 2, size=size)
    )
    assert first_failing("p=5")
    monkeypatch.setattr(
        plain_norms, "best_perturbation", lambda g, p, size=1.0: best(opposite(g), p, size=size)
    )
    assert first_failing("p=5")
    assert "fails here" in fragments(from_address(LESSON, "p=5&step=6"))["steps"]


def test_a_falsified_search_or_network_fails_visibly(monkeypatch):
    planar_attacks = theory.attacks.planar_attacks
    loss = planar_attacks.curved_loss
    monkeypatch.setattr(planar_attacks, "curved_loss", lambda g: loss((1.5 * g[0], 1.5 * g[1])))
    assert first_failing("loss=curved&p=2&size=1") == 1
    monkeypatch.setattr(planar_attacks, "curved_loss", lambda g: loss(g[::-1]))
    assert first_failing("loss=curved&p=2&size=1") == 1
    monkeypatch.undo()
    search = planar_attacks.search
    monkeypatch.setattr(
        planar_attacks, "search", lambda loss, p, sizes: search(loss, p, [s / 2 for s in sizes])
    )
    assert first_failing("") == 1
    monkeypatch.setattr(planar_attacks, "search", scaled(search, 1.1))
    assert first_failing("") == 1


@given(gradients, st.sampled_from(STOPS), st.integers(1, 20), st.integers(0, 359))
def test_your_own_perturbation_never_beats_the_best(gradient, p, size, own):
    settings = Settings(gradient=(gradient[0] / 10, gradient[1] / 10), p=p, size=size, own=own)
    found = attack(settings)
    assert theory.attacks.plain_norms.norm(found.own, settings.exponent) == pytest.approx(size / 10)
    assert found.own_gain <= found.gain * (1 + 1e-12)


def test_the_tip_follows_a_drag_and_the_arrow_keys():
    place = f"{CENTRE + 2 * UNIT},{CENTRE + 1.52 * UNIT}"
    assert after(("tip", place)).settings.gradient == (2.0, -1.5)
    moved = after(("tip", place), ("tip", "up"), ("tip", "left"))
    assert moved.settings.gradient == (1.9, -1.4)
    assert after(("tip", "9999,-9999")).settings.gradient == (3.0, 3.0)


def test_your_own_perturbation_turns():
    assert after(("turn", f"{CENTRE - 50},{CENTRE}")).settings.own == 180
    assert after(("turn", "left")).settings.own == 105
    assert after(*[("turn", "right")] * 21).settings.own == 355


@pytest.mark.parametrize(
    "text", ["", "1", "1,2,3", "nan,1", "inf,0", "a,b", "٣,1", "1," + "9" * 99]
)
@pytest.mark.parametrize("event", ["tip", "turn"])
def test_no_place_is_said_so(event, text):
    state = apply(start(LESSON), Event(event, text))
    assert "two numbers" in state.message
    assert state.settings == Settings()


def test_a_gradient_of_zero_is_refused_in_words():
    state = apply(start(LESSON), Event("tip", f"{CENTRE},{CENTRE}"))
    assert "gradient is 0" in state.message
    with pytest.raises(AddressError, match="between -3 and 3"):
        LESSON.settings.__dataclass_fields__["gradient"].metadata["field"].parse("4,0")


def test_the_slider_over_p_has_all_stops_and_no_more():
    reached = [after(("norm", str(n))).settings.p for n in range(len(STOPS))]
    assert reached == list(STOPS)
    assert "no such stop" in apply(start(LESSON), Event("norm", "9")).message


def test_an_assumption_turns_to_its_picture():
    assert after(("loss", "curved")).settings.look == "size"
    assert after(("pixels", "one")).settings.look == "dimension"
    assert after(("loss", "curved"), ("dual", "p")).settings.look == "ball"


@pytest.mark.parametrize(
    ("look", "words"),
    [("ball", "Yours gains"), ("size", "largest rise"), ("dimension", "Attacks on d pixels")],
)
@pytest.mark.parametrize("query", ["", "&loss=curved&p=1", "&pixels=one&fixed=1&p=inf&size=1"])
def test_every_picture_is_drawn(look, words, query):
    assert words in fragments(from_address(LESSON, f"look={look}{query}"))["figure"]


def test_the_picture_says_what_your_perturbation_does():
    said = {
        own: fragments(from_address(LESSON, f"gradient=3.0,0.0&own={own}"))["figure"]
        for own in (0, 60, 90, 180, 270)
    }
    assert "as much as the best" in said[0]
    assert "57.7 % of the best" in said[60]
    assert "lowers the loss" in said[180]
    assert "Yours gains 0.0 % of the best" in said[90]
    assert "Yours gains 0.0 % of the best" in said[270]


def test_the_puzzle_is_solved_by_arrow_keys():
    # From (2.5, 1.0): half of 2.0 is 1.0.
    state = after(*[("tip", "left")] * 5, ("judged", "1"))
    assert state.settings.gradient == (2.0, 1.0)
    assert "Solved" in fragments(state)["puzzle"]


@pytest.mark.parametrize(
    ("gradient", "why"),
    [("3.0,0.0", "One pixel counts too much"), ("-1.0,1.0", "Both pixels count much")],
)
def test_a_wrong_gradient_is_told_why(gradient, why):
    page = fragments(from_address(LESSON, f"gradient={gradient}&judged=1"))["puzzle"]
    assert "Not yet" in page
    assert why in page


def test_the_puzzle_says_where_the_gradient_is_moved():
    assert "Look at the ball" not in fragments(start(LESSON))["puzzle"]
    assert "Look at the ball" in fragments(from_address(LESSON, "look=size"))["puzzle"]


@given(gradients)
def test_the_puzzle_is_solved_exactly_where_one_coordinate_is_half_the_other(gradient):
    settings = Settings(gradient=(gradient[0] / 10, gradient[1] / 10))
    low, high = sorted(map(abs, gradient))
    assert LESSON.view(settings, Reader(answered=True, steps=0), ()).puzzle.judge().solved == (
        high == 2 * low
    )
