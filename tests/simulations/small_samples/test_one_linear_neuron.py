"""One linear neuron: laws of its weights, and what its measures are."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from simulations.small_samples.one_neuron import (
    EXPONENTS,
    LAWS,
    draw_weights,
    expected_gain,
    expected_size,
    joined,
    measure_neurons,
    random_signs,
)
from theory.attacks.attack_growth import WeightSize

INVERSE = WeightSize(factor=1.0, exponent=0.5)
REFERENCES = {
    "gaussian": stats.norm(),
    "uniform": stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)),
    "laplace": stats.laplace(scale=1 / math.sqrt(2)),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_scipys_has_variance_one_and_the_mean_size_it_says(name):
    law, reference = LAWS[name], REFERENCES[name]
    drawn = law.draw(np.random.default_rng(0), (2000,))
    assert stats.kstest(drawn, reference.cdf).pvalue > 1e-3
    assert reference.var() == pytest.approx(1)
    size = 2 * integrate.quad(lambda x: x * reference.pdf(x), 0, 40, limit=200)[0]
    assert law.mean_size == pytest.approx(size, rel=1e-6)


def test_weights_shrink_with_d_and_may_all_be_positive():
    draw = [
        draw_weights(LAWS["gaussian"], INVERSE, (3, 100), np.random.default_rng(1), same_sign=same)
        for same in (False, True)
    ]
    assert draw[0].std() == pytest.approx(0.1, rel=0.15)
    assert np.array_equal(draw[1], np.abs(draw[0]))


def test_random_signs_are_fair():
    signs = random_signs((10_000,), np.random.default_rng(2))
    assert set(signs) == {-1.0, 1.0}
    assert abs(signs.mean()) < 0.05


def test_measures_are_those_of_the_weights():
    dimensions = [4, 9]
    found = measure_neurons(
        LAWS["uniform"], INVERSE, dimensions, 2, np.random.default_rng(3), same_sign=True
    )
    w = draw_weights(LAWS["uniform"], INVERSE, (2, 4), np.random.default_rng(3), same_sign=True)
    assert found.size.shape == found.output.shape == found.noise.shape == (2, 2)
    assert found.size[0] == pytest.approx(np.abs(w).mean(1))
    assert found.output[0] == pytest.approx(w.sum(1))
    expected = {math.inf: 1 * 1.0, 2.0: 4**0.5, 1.0: 4.0}
    for number, p in enumerate(EXPONENTS):
        q = {math.inf: 1, 2.0: 2, 1.0: math.inf}[p]
        dual = np.linalg.norm(w, q, axis=1)
        assert found.gains[number, 0] == pytest.approx(expected[p] * dual)
    assert (found.noise <= found.gains[0] * (1 + 1e-12)).all()


def test_pieces_are_joined_neuron_by_neuron():
    parts = [
        measure_neurons(LAWS["gaussian"], INVERSE, [4, 16], 3, np.random.default_rng(seed))
        for seed in (4, 5)
    ]
    whole = joined(parts)
    assert whole.gains.shape == (len(EXPONENTS), 2, 6)
    assert np.array_equal(whole.size[:, 3:], parts[1].size)
    with pytest.raises(ValueError, match="concatenate"):
        joined([])


def test_the_expected_gain_doubles_when_d_is_four_times_as_large():
    law = LAWS["gaussian"]
    assert expected_size(law, INVERSE, 64) == pytest.approx(math.sqrt(2 / math.pi) / 8)
    ratio = expected_gain(law, INVERSE, 400) / expected_gain(law, INVERSE, 100)
    assert ratio == pytest.approx(2)
