"""The recipe of the authors' published code."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from empirical.training.recipe import LARGEST_RATE, MOST_EPOCHS, SMALLEST_RATE, Recipe


def test_the_defaults_are_the_authors():
    recipe = Recipe()
    assert (recipe.epochs, recipe.batch, recipe.momentum) == (200, 128, 0.9)
    rates = [recipe.learning_rate_at(epoch, 200) for epoch in (0, 29, 30, 59, 60, 199)]
    assert rates == [0.01, 0.01, 0.005, 0.005, 0.0025, 0.01 / 2**6]


def test_a_linear_rate_falls_to_one_step_before_nothing():
    recipe = Recipe(epochs=2, learning_rate=0.3, decay="linear")
    assert [recipe.learning_rate_at(step, 3) for step in range(3)] == pytest.approx([0.3, 0.2, 0.1])


@given(
    epochs=st.integers(1, MOST_EPOCHS),
    halve_every=st.integers(1, MOST_EPOCHS),
    rate=st.floats(SMALLEST_RATE, LARGEST_RATE),
)
def test_a_recipe_is_refused_or_learns_to_its_end(epochs, halve_every, rate):
    halvings = (epochs - 1) // halve_every
    if Fraction(rate) / 2**halvings < Fraction(SMALLEST_RATE):
        with pytest.raises(ValueError, match=f"is halved {halvings:,} times, until it is 0"):
            Recipe(epochs=epochs, halve_every=halve_every, learning_rate=rate)
        return
    recipe = Recipe(epochs=epochs, halve_every=halve_every, learning_rate=rate)
    last = recipe.learning_rate_at(epochs - 1, epochs)
    assert torch.tensor(last, dtype=torch.float32) > 0


def test_a_recipe_is_named_by_its_figures():
    assert repr(Recipe(epochs=3)) == (
        "Recipe(epochs=3, batch=128, learning_rate=0.01, halve_every=30, momentum=0.9, "
        "decay='halving', flips=False)"
    )


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"epochs": 0}, "epochs must be from 1 to 100,000, not 0"),
        ({"batch": -1}, "batch must be from 1 to"),
        ({"halve_every": 0}, "halve_every must be from 1 up"),
        (
            {"learning_rate": math.nan},
            r"learning_rate must be a number from 1e-30 to 1e\+30, not nan",
        ),
        ({"learning_rate": 0}, "learning_rate must be a number"),
        ({"learning_rate": 1e300}, r"to 1e\+30, not 1e\+300"),
        ({"learning_rate": 10**400}, r"to 1e\+30, not about 10\^400"),
        ({"epochs": 10**20}, r"to 100,000, not about 10\^20"),
        ({"momentum": 1}, r"momentum must be in \[0, 1\), not 1"),
        ({"decay": "cosine"}, "decay must be halving or linear, not 'cosine'"),
    ],
)
def test_nonsense_is_refused(figures, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**figures)
