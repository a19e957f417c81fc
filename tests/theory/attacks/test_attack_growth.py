"""What attacks gain as d grows, in closed form."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.attacks import attack_growth
from theory.attacks.attack_growth import HE, WeightSize, like_he_at


def test_he_weights_have_variance_two_over_in_degree():
    assert HE.at(8) ** 2 == pytest.approx(2 / 8)


@given(st.integers(1, 5000), st.floats(-2, 2))
def test_any_exponent_meets_he_at_the_in_degree_asked_for(in_degree, exponent):
    assert like_he_at(in_degree, exponent).at(in_degree) == pytest.approx(HE.at(in_degree))


def test_a_neuron_gains_the_expected_absolute_sum_of_its_weights():
    # 4,000 sums of 300 weights: a standard error of 0.0045 of the sum at most, held at six.
    weights = WeightSize(factor=3.0, exponent=0.75)
    drawn = np.random.default_rng(0).normal(size=(4000, 300)) * 3.0 * 300**-0.75
    gain = attack_growth.predicted_gain(math.inf, 300, weights, [300])
    assert np.abs(drawn).sum(axis=1).mean() == pytest.approx(gain, rel=0.005)
    assert 300 * np.abs(drawn).max(axis=1).mean() == pytest.approx(
        attack_growth.predicted_gain(1.0, 300, weights, [300]), rel=0.02
    )


@pytest.mark.parametrize(("p", "exponent"), [(math.inf, 0.5), (2.0, 0.5), (3.0, 0.5)])
def test_with_he_weights_the_gain_is_a_square_root(p, exponent):
    sizes = [10, 1000, 7000]
    gains = [attack_growth.predicted_gain(p, d, HE, [d, 64]) for d in sizes]
    assert attack_growth.growth_exponent(sizes, gains) == pytest.approx(exponent)


def test_with_p_1_it_grows_a_little_faster():
    gains = [attack_growth.predicted_gain(1.0, d, HE, [d]) for d in (100, 10_000)]
    # The expected maxima of 100 and 10,000 half-normals, from tables of extremes by simulation.
    assert gains[1] / gains[0] == pytest.approx(10 * 4.06 / 2.75, rel=0.02)


def test_the_output_of_he_networks_keeps_its_size():
    assert attack_growth.output_size(48, HE, [48, 64]) == pytest.approx(math.sqrt(2))


def test_a_power_law_passes_through_its_point():
    assert attack_growth.power_law(0.5, 90, through=(10, 7.0)) == pytest.approx(21.0)
