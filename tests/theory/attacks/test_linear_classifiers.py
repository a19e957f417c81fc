"""Linear classifiers under attack: formulas against corners, and slopes against differences."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.attacks import linear_classifiers
from theory.attacks.linear_classifiers import Attacked

LOSSES = ("cross-entropy", "squared")
FRACTIONS = st.fractions(-2, 2, max_denominator=12)
ATTACKED = st.builds(
    Attacked,
    weights=st.lists(FRACTIONS, min_size=3, max_size=3),
    image=st.lists(FRACTIONS, min_size=3, max_size=3),
    label=st.sampled_from([1, -1]),
    size=st.fractions(0, 2, max_denominator=12),
)


@given(ATTACKED)
def test_formulas_and_corners_agree(one):
    assert one.flips == one.flips_at_a_corner
    for loss in LOSSES:
        rise, first = one.rise_at_a_corner(loss), one.first_order_at_a_corner(loss)
        assert rise == pytest.approx(one.rise(loss), abs=1e-12)
        assert first == pytest.approx(one.first_order(loss), abs=1e-12)
        assert -1e-12 <= rise - first <= one.remainder(loss) + 1e-12


@given(ATTACKED, st.fractions(Fraction(1, 9), 9))
def test_the_size_of_the_weights_flips_nothing(one, factor):
    scaled = Attacked(
        weights=[factor * w for w in one.weights], image=one.image, label=one.label, size=one.size
    )
    assert (scaled.flips, scaled.zero_one_rise) == (one.flips, one.zero_one_rise)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("margin", [-3.0, -0.5, 0.25, 2.0])
def test_slopes_are_derivatives(loss, margin):
    step = 1e-6
    rise = linear_classifiers.loss_at(loss, margin + step)
    rise -= linear_classifiers.loss_at(loss, margin - step)
    assert linear_classifiers.slope_at(loss, margin) == pytest.approx(rise / 2 / step, rel=1e-6)


def test_a_loss_that_overflows_nowhere():
    assert linear_classifiers.loss_at("cross-entropy", -1e4) == 1e4
    assert linear_classifiers.slope_at("cross-entropy", -1e4) == -1
    assert math.isfinite(linear_classifiers.loss_at("cross-entropy", 1e4))


def test_a_formula_without_the_reach_is_refuted():
    one = Attacked(weights=[Fraction(1)], image=[Fraction(1)], label=1, size=Fraction(3, 2))
    assert one.flips_at_a_corner
    assert not (one.margin <= one.size / 2)
    assert (one.zero_one_rise, one.is_right) == (1, True)
