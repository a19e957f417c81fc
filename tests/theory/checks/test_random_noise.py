"""Means over random noise against sampled ones, and falsified noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.findings import Outcome
from theory.checks.section_2.random_noise import Noise, check_random_noise, check_tikhonov

small = st.integers(-3, 3)


def outcomes(findings):
    return [finding.outcome for finding in findings]


@given(
    st.integers(1, 4).flatmap(lambda d: st.tuples(*[st.lists(small, min_size=d, max_size=d)] * 2))
)
def test_noise_keeps_its_size_and_has_every_order_and_sign(vectors):
    gradient, coordinates = vectors
    noise = Noise(gradient=gradient, coordinates=coordinates)
    perturbations = np.array(noise.perturbations)
    assert (np.sort(np.abs(perturbations), axis=1) == np.sort(np.abs(coordinates))).all()
    # Each sign and each place of each coordinate as often as any other.
    covariance = perturbations.T @ perturbations / len(perturbations)
    expected = np.eye(noise.d) * np.square(coordinates).mean()
    assert covariance == pytest.approx(expected)
    assert float(noise.mean_square) == pytest.approx(gradient @ covariance @ np.array(gradient))


@pytest.mark.parametrize("seed", range(3))
def test_the_statements_hold_whatever_the_seed(seed):
    for check in (check_random_noise, check_tikhonov):
        assert set(outcomes(check(seed=seed).stated)) == {Outcome.HOLDS}


@pytest.mark.parametrize("check", [check_random_noise, check_tikhonov])
def test_noise_without_negative_signs_is_refuted(check, monkeypatch):
    monkeypatch.setattr(
        Noise,
        "perturbations",
        property(lambda noise: [tuple(map(abs, noise.coordinates))] * 2),
    )
    assert Outcome.FAILS in outcomes(check(seed=0).stated)
