"""What poolings pass on: the formulas against all draws."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from theory.networks.pooled_weights import POOLS, WeightLaw


@given(
    st.fractions(0, Fraction(9, 10), max_denominator=10),
    st.sampled_from(list(POOLS)),
    st.integers(1, 4),
)
def test_formulas_and_draws_agree(zero, pool, window):
    law = WeightLaw(zero)
    assert law.passed(pool, window) == law.passed_by_formula(pool, window)
    assert law.moment(2) == 1
    assert law.moment(4) == law.square


def test_variances_alone_do_not_fix_what_a_maximum_passes_on():
    coin, half = WeightLaw(Fraction(0)), WeightLaw(Fraction(1, 2))
    assert coin.moment(2) == half.moment(2) == 1
    assert (coin.passed("max", 4), half.passed("max", 4)) == (1, Fraction(11, 8))
