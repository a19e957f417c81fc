"""Samples of a module at growing d: their laws, and intervals that hold what they should."""

import math

import numpy as np
import pytest

from evidence.moments import moment_interval
from simulations.engine.gradient_norms import NORMS, GradientNorms, joined
from simulations.small_samples.growth import Growth, typical_largest
from simulations.small_samples.module_samples import sample_module
from theory.modules.predictions import predict_second_moments
from theory.networks.sequential_networks import convolution, dense, with_logit

DIMS = (64, 256, 1024)
ERROR = 1e-4


def gaussian(d, networks=500, *, exponent=-0.5):
    """Gradients of independent coordinates of standard deviation d^exponent; those of L half."""
    rng = np.random.default_rng([d, networks])
    rows = rng.normal(size=(networks, 2, d)) * d**exponent * np.array([1, 0.5])[:, None]
    norms = np.stack([np.linalg.norm(rows, q, axis=2) for q in NORMS], axis=2)
    return GradientNorms(d=d, norms=norms, factors=np.full(networks, 0.25))


def grown(**options):
    samples = [gaussian(d, **options) for d in DIMS]
    predicted = [np.full(d, 1 / d) for d in DIMS]
    return Growth(
        samples=samples,
        predicted=predicted,
        largest=[typical_largest(moments) for moments in predicted],
        error=ERROR,
    )


def covers(interval, value):
    return interval.low <= value <= interval.high


def test_intervals_cover_what_gaussian_gradients_have():
    found = grown()
    assert found.dims == list(DIMS)
    assert found.networks == 500
    assert all(
        covers(one, 1 / d) and not covers(one, 2 / d)
        for d, one in zip(DIMS, found.mean_squares, strict=True)
    )
    assert all(covers(one, 1) for one in found.ratios)
    assert covers(found.moment_exponent(), -1)
    assert covers(found.step_2(), 1)
    for q in NORMS[:3]:
        assert found.norm_exponent(q).estimate == pytest.approx(1 / q - 1 / 2, abs=0.02)
    largest = found.norm_exponent(math.inf)
    assert covers(largest, found.exponent_of_largest())
    assert not covers(largest, -1 / 2)


def test_other_sizes_are_told_apart():
    found = grown(exponent=-1.0)
    assert covers(found.moment_exponent(), -2)
    assert not covers(found.moment_exponent(), -1)
    assert not any(covers(one, 1) for one in found.ratios)


def test_the_largest_coordinate_follows_the_root_of_the_logarithm():
    sizes = [typical_largest(np.full(d, 1 / d)) * math.sqrt(d) for d in (10**3, 10**6)]
    assert sizes[1] / sizes[0] == pytest.approx(math.sqrt(2), rel=0.05)
    with pytest.raises(ValueError, match="no largest coordinate"):
        typical_largest(np.zeros(4))


@pytest.mark.parametrize("relu", ["real", "masks"])
def test_a_sample_has_the_second_moments_of_theory_and_does_not_depend_on_its_pieces(relu):
    network = with_logit(convolution(2, channels=(1, 4)), (1, 12), logits=2)
    sample = sample_module(network.module, network.shape, 3, range(600), relu=relu)
    assert sample.d == 12
    assert sample.norms.shape == (600, 2, 4)
    predicted = predict_second_moments(network.module, network.shape).mean()
    found = moment_interval(sample.mean_square(), ERROR)
    assert covers(found, predicted)
    assert not covers(found, 2 * predicted)
    pieces = [
        sample_module(network.module, network.shape, 3, part, relu=relu)
        for part in (range(200), range(200, 600))
    ]
    np.testing.assert_allclose(joined(pieces).norms, sample.norms, rtol=1e-5)
    np.testing.assert_allclose(joined(pieces).factors, sample.factors, rtol=1e-5)


def test_factors_are_those_of_step_2_and_one_logit_has_no_loss():
    two = dense(8, 4, 2)
    sample = sample_module(two.module, two.shape, 0, range(50), relu="masks")
    # With two logits both terms are (1 - q_c)^2.
    assert np.all((sample.factors > 0) & (sample.factors < 2))
    one = dense(8, 4, 1)
    assert sample_module(one.module, one.shape, 0, range(3), relu="real").norms.shape == (3, 1, 4)
