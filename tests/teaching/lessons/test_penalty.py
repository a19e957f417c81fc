"""The lesson on Proposition 2 and Remark 1: lines, assumptions, puzzle, and the exact model."""

import pytest
from played import first_failing, links, outcomes, played, read

from evidence.findings import Outcome
from teaching.contents import load

SLUG = "penalty"
HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS


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
