"""The recipe of the authors' published code."""

import math

import pytest

from empirical.training.recipe import Recipe


def test_the_defaults_are_the_authors():
    recipe = Recipe()
    assert (recipe.epochs, recipe.batch, recipe.momentum) == (200, 128, 0.9)
    rates = [recipe.learning_rate_at(epoch, 200) for epoch in (0, 29, 30, 59, 60, 199)]
    assert rates == [0.01, 0.01, 0.005, 0.005, 0.0025, 0.01 / 2**6]


def test_a_linear_rate_falls_to_one_step_before_nothing():
    recipe = Recipe(epochs=2, learning_rate=0.3, decay="linear")
    assert [recipe.learning_rate_at(step, 3) for step in range(3)] == pytest.approx([0.3, 0.2, 0.1])


def test_a_rate_that_is_halved_a_thousand_times_is_nearly_nothing():
    recipe = Recipe(epochs=3000, halve_every=1)
    assert recipe.learning_rate_at(2999, 3000) == 0.0
    assert 0 < recipe.learning_rate_at(1024, 3000) < 1e-300


def test_a_recipe_is_named_by_its_figures():
    assert repr(Recipe(epochs=3)) == (
        "Recipe(epochs=3, batch=128, learning_rate=0.01, halve_every=30, momentum=0.9, "
        "decay='halving', flips=False)"
    )


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"epochs": 0}, "epochs must be 1 or more, not 0"),
        ({"batch": -1}, "batch must be 1 or more"),
        ({"halve_every": 0}, "halve_every must be 1 or more"),
        ({"learning_rate": math.nan}, "learning_rate must be positive, not nan"),
        ({"learning_rate": 0}, "learning_rate must be positive"),
        ({"momentum": 1}, r"momentum must be in \[0, 1\), not 1"),
        ({"decay": "cosine"}, "decay must be halving or linear, not 'cosine'"),
    ],
)
def test_nonsense_is_refused(figures, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**figures)
