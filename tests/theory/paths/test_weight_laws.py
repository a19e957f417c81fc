"""Expectations under a finite law: three ways against each other, and against known values."""

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.checks.oracles.symbolic_paths import SymbolicPaths
from theory.paths import weight_laws
from theory.paths.weight_laws import WeightLaw

QUARTERS = [Fraction(n, 4) for n in range(-4, 5)]
DEGREES = {"a": 3, "b": 3, "k": 2, "u": 4}


@st.composite
def laws(draw):
    return WeightLaw(
        in_degrees=DEGREES,
        mean=draw(st.sampled_from(QUARTERS)),
        pair=("a", "b"),
        correlation=draw(st.sampled_from(QUARTERS)),
    )


factors = st.lists(st.sampled_from(["a", "b", "k", "u", Fraction(1, 3)]), max_size=7)


@given(laws(), factors)
def test_average_over_outcomes_is_product_over_independent_weights(law, chosen):
    assert weight_laws.average(law, chosen) == weight_laws.expectation(law, chosen)


@given(laws(), st.permutations(list("abku")))
def test_parameters_of_the_law_are_those_of_its_outcomes(law, weights):
    one, other = weights[:2]
    assert weight_laws.mean(law, one) == weight_laws.average(law, [one])
    for pair in ((one, other), (one, one), (one, Fraction(1, 2))):
        assert weight_laws.second_moment(law, *pair) == weight_laws.average(law, pair)


@given(factors)
def test_agrees_with_symbols_up_to_third_powers(chosen):
    weights = [factor for factor in chosen if isinstance(factor, str)]
    if any(weights.count(weight) > 3 for weight in weights):
        weights = weights[:3]
    law = WeightLaw(in_degrees=DEGREES)
    variances = {sp.Symbol(name): sp.Rational(2, degree) for name, degree in DEGREES.items()}
    monomial = sp.Mul(*(sp.Symbol(weight) for weight in weights))
    symbolic = SymbolicPaths([], variances).expectation(monomial)
    assert weight_laws.average(law, weights) == Fraction(int(symbolic.p), int(symbolic.q))


@pytest.mark.parametrize("way", [weight_laws.average, weight_laws.expectation])
def test_known_moments(way):
    law = WeightLaw(in_degrees=DEGREES, pair=("a", "b"), correlation=Fraction(-1, 2))
    assert way(law, ["a"] * 4) == Fraction(2, 3)
    assert way(law, ["a", "b"]) == Fraction(-1, 2) * Fraction(2, 3)
    # Half of the time b² is a², else independent of it.
    assert way(law, ["a", "a", "b", "b"]) == Fraction(1, 2) * Fraction(2, 3) + Fraction(1, 2) * (
        Fraction(4, 9)
    )
    shifted = WeightLaw(in_degrees=DEGREES, mean=Fraction(1, 4))
    assert way(shifted, ["a", "a", "u", Fraction(1, 2)]) == Fraction(1, 8) * (
        Fraction(2, 3) + Fraction(1, 16)
    )
    assert way(law, []) == 1


def test_refuses_laws_that_do_not_exist():
    with pytest.raises(ValueError, match="in-degree of 2"):
        WeightLaw(in_degrees={"a": 1})
    with pytest.raises(ValueError, match="between -1 and 1"):
        WeightLaw(in_degrees=DEGREES, pair=("a", "b"), correlation=Fraction(5, 4))
    with pytest.raises(ValueError, match="one in-degree"):
        WeightLaw(in_degrees=DEGREES, pair=("a", "k"))
