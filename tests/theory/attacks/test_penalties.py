"""Eq. 3, 4 and 10 on small models: Proposition 2 with its gap, Remark 1, and false neighbours."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.attacks.norms import dual_norm
from theory.attacks.penalties import DUAL_NORMS, WEIGHTS, Classified, Example

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
    one, step = Classified(weights=(2, 1, 3), slopes=(0, 1, -2)), 1e-6

    def loss(x):
        terms = [w * math.exp(a * x) for w, a in zip(one.weights, one.slopes, strict=True)]
        return -math.log(terms[0] / sum(terms))

    assert (loss(step) - loss(-step)) / 2 / step == pytest.approx(float(one.gradient), rel=1e-6)


def test_neither_the_misprint_nor_the_square_is_of_the_gaps_order():
    gaps = []
    for n in (100, 200):
        one = Example(error=Fraction(2), loss="quadratic", p="inf", size=Fraction(1, n))
        printed = one.augmented(times=one.size) - one.penalized
        gaps.append((printed, one.augmented() - one.penalized_by_square))
    for before, after in zip(*gaps, strict=True):
        assert 1.8 < before / after < 2.2  # half as much, not a quarter
