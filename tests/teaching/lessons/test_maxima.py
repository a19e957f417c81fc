"""The lesson on H2 and maxima: lines, assumptions, puzzle, exact moments, and the record."""

from itertools import pairwise

import pytest
from played import first_failing, links, outcomes, played, read

from evidence.findings import Outcome
from teaching.contents import load
from teaching.lessons.maxima import recorded
from teaching.lessons.maxima.settings import LAWS, Settings
from theory.paths import layers_on_paths

SLUG = "maxima"
HOLDS, FAILS = Outcome.HOLDS, Outcome.FAILS


@pytest.mark.parametrize("law", LAWS.values())
def test_the_larger_of_two_has_the_second_moment_of_one(law):
    assert law.passed("max", 2) == 1


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize(
    ("layers", "most"), [("longest", (1, 1)), ("shortest", (1, 2)), ("tied", (2, 2))]
)
def test_layers_on_paths(skip, layers, most):
    shown = Settings(skip=skip, layers=layers)
    found = layers_on_paths.most_on_a_path(shown.dag, shown.groups, "o")
    assert found == layers_on_paths.most_by_sweeps(shown.dag, shown.groups) == most[skip]


def test_the_right_answer_is_hardly_larger():
    question = load(SLUG).question()
    assert question.options[question.right] == "hardly larger"
    assert "13 % more" in question.because


def test_the_growth_is_shown_after_the_answer():
    assert "Recorded" not in read(played(SLUG), "figure")
    assert "seed 18" in read(played(SLUG, "answer 2"), "figure")


def test_all_lines_hold_at_the_start():
    assert set(outcomes(played(SLUG))) == {HOLDS}
    assert set(outcomes(played(SLUG, "pool average", "window 5", "law rare"))) == {HOLDS}


def test_a_maximum_needs_more_than_variances():
    state = played(SLUG, "pool max", "window 4", "law half")
    assert outcomes(state)[2:4] == [FAILS, FAILS]
    assert "11/8" in read(state, "counterexample")
    chance = played(SLUG, "pool max")
    assert set(outcomes(chance)) == {HOLDS}
    assert "symmetry" in read(chance, "counterexample")
    assert "not for this reason" in read(played(SLUG, "pool max", "answer 2", "step 4"), "steps")


def test_a_layer_that_is_met_twice():
    state = played(SLUG, "layers tied", "law rare")
    assert outcomes(state)[:2] == [FAILS, FAILS]
    assert "fourth power is 4" in read(state, "counterexample")
    assert first_failing(played(SLUG, "layers shortest")) == 1  # it draws the edge
    assert first_failing(played(SLUG, "layers shortest", "skip ")) == 0


def test_terms_light_the_picture():
    state = played(SLUG, "answer 2", "step 6")
    wanted = {"layer-1", "layer-2", "pool-stride", "kind-all", "kind-windows"}
    assert wanted <= links(state, "figure") & links(state, "steps")


def test_the_record_is_what_its_command_writes():
    few, kept = recorded.parsed(recorded.written(32)), recorded.read()
    assert few.keys() == kept.keys()
    for kind, drawn in few.items():  # the same networks, and more
        assert [d for d, _ in drawn.levels] == [d for d, _ in kept[kind].levels]
        found = [*(one for _, one in drawn.levels), *drawn.growths]
        true = [*(one for _, one in kept[kind].levels), *kept[kind].growths]
        for one, other in zip(found, true, strict=True):
            assert one.low <= other.estimate <= one.high


def test_growth_ends_with_one_maximum_alone():
    found = recorded.read()
    exponents = [one.estimate for one in found["all"].growths]
    assert all(one > other for one, other in pairwise(exponents))
    assert all(one.low > 0.4 for one in found["windows"].growths)


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (["window 4", "law half"], "No maximum is taken"),
        (["pool max", "window 3", "law half"], "The maximum passes on 19/16"),
        (["pool max", "window 4", "law half"], "= 11/8"),
    ],
)
def test_the_puzzle(events, says):
    assert says in read(played(SLUG, *events, "judged 1"), "puzzle")
