"""The lesson on Proposition 2 and Remark 1: lines, assumptions, puzzle, and the exact model."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from played import first_failing, links, outcomes, played, read

from evidence.findings import Outcome
from teaching.contents import load
from theory.attacks.norms import dual_norm
from theory.attacks.penalties import DUAL_NORMS, WEIGHTS, Classified, Example

SLUG = "penalty"
HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS
EXAMPLES = st.builds(
    Example,
    error=st.fractions(-3, 3, max_denominator=8),
    loss=st.sampled_from(["quadratic", "linear"]),
    p=st.sampled_from(["inf", "2"]),
    size=st.fractions(Fraction(1, 100), 2),
)
CLASSIFIED = st.builds(
    Classified,
    weights=st.lists(st.integers(1, 20), min_size=4, max_size=4),
    slopes=st.lists(st.integers(-5, 5), min_size=4, max_size=4),
)


@pytest.mark.parametrize("p", DUAL_NORMS)
def test_the_dual_norms_are_those_of_the_weights(p):
    import numpy as np

    assert dual_norm(np.array(WEIGHTS, dtype=float), float(p)) == pytest.approx(DUAL_NORMS[p])


@given(EXAMPLES)
def test_no_other_attack_raises_the_loss_more(example):
    assert example.loss_after(example.attack) == example.largest_tried
    assert example.loss_after([one / 2 for one in example.attack]) < example.largest_tried


@given(EXAMPLES)
def test_proposition_2_to_the_order_of_its_gap(example):
    bend = (example.size * DUAL_NORMS[example.p]) ** 2 / 4
    expected = bend if example.loss == "quadratic" else 0
    assert example.augmented() - example.penalized == expected


@given(CLASSIFIED)
def test_equation_10_and_remark_1(one):
    assert one.gradient == sum(one.terms)
    assert abs(one.gradient) <= one.bound


def test_the_gradient_is_the_derivative_of_the_cross_entropy():
    import math

    one, step = Classified(weights=(2, 1, 3), slopes=(0, 1, -2)), 1e-6

    def loss(x):
        terms = [w * math.exp(a * x) for w, a in zip(one.weights, one.slopes, strict=True)]
        return -math.log(terms[0] / sum(terms))

    assert (loss(step) - loss(-step)) / 2 / step == pytest.approx(float(one.gradient), rel=1e-6)


def test_the_right_answer_is_a_quarter():
    question = load(SLUG).question()
    assert question.options[question.right] == "a quarter as much"
    assert "49/64" in question.because


def test_the_answer_is_not_shown_before_it_is_given():
    assert "Equation 4" not in read(played(SLUG, "step 5"), "figure")
    assert "Equation 4" in read(played(SLUG, "answer 2"), "figure")
    assert played(SLUG).lesson.view(played(SLUG).settings, played(SLUG).reader, ()).hidden == [
        "steps"
    ]


@pytest.mark.parametrize("loss", ["quadratic", "linear"])
@pytest.mark.parametrize("p", ["inf", "2"])
@pytest.mark.parametrize("error", [-3, 0, 4])
def test_all_lines_hold_while_nothing_is_dropped(loss, p, error):
    assert set(outcomes(played(SLUG, f"loss {loss}", f"p {p}", f"error {error}"))) == {HOLDS}


def test_the_misprint_of_equation_4():
    state = played(SLUG, "printed 1")
    assert outcomes(state) == [FAILS, HOLDS, FAILS, FAILS, FAILS, HOLDS, HOLDS, HOLDS]
    assert "differ by −63/64, where the whole penalty is 7/2" in read(state, "counterexample")
    at_1 = played(SLUG, "printed 1", "halvings 0")  # ε² is ε, but not for the half of it
    assert first_failing(at_1) == 5


def test_the_square_of_double_backpropagation():
    state = played(SLUG, "squared 1", "p 2")
    assert first_failing(state) == 4
    assert "1/40 at this image, and 1/80" in read(state, "counterexample")


def test_terms_light_the_picture():
    state = played(SLUG, "answer 2", "step 8")
    wanted = {"gap", "class-0", "class-1", "class-2"}
    assert wanted <= links(state, "figure") & links(state, "steps")


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([], "The error probability is 1/2"),
        (["right 3"], "The gradient has the size 0"),
        (["right 6", "first 3"], "The error is 2/5"),
    ],
)
def test_the_puzzle(events, says):
    assert says in read(played(SLUG, *events, "judged 1"), "puzzle")
