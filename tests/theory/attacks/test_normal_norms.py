"""The expected logarithm of a largest half-normal against slow integrals and samples."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from theory.attacks.normal_norms import expected_log_maximum


def test_one_variable_is_known():
    assert expected_log_maximum(1) == pytest.approx(-(np.euler_gamma + np.log(2)) / 2, abs=1e-8)


@pytest.mark.parametrize("d", [2, 7, 64])
def test_the_density_gives_the_same_integral(d):
    def integrand(m: float) -> float:
        density = d * special.erf(m / np.sqrt(2)) ** (d - 1) * 2 * stats.norm.pdf(m)
        return float(np.log(m) * density)

    slow = sum(integrate.quad(integrand, a, b, limit=200)[0] for a, b in ((0, 1), (1, 3), (3, 30)))
    assert expected_log_maximum(d) == pytest.approx(slow, abs=1e-7)


def test_samples_at_4096():
    # Six standard errors: wrong with probability 2e-9.
    samples = np.log(np.abs(np.random.default_rng(0).normal(size=(1000, 4096))).max(1))
    error = samples.std(ddof=1) / np.sqrt(1000)
    assert abs(samples.mean() - expected_log_maximum(4096)) < 6 * error
    # The control: the largest of a quarter as many is told apart.
    assert abs(samples.mean() - expected_log_maximum(1024)) > 6 * error


def test_it_grows_like_the_root_of_twice_the_logarithm():
    d = 10**12
    assert np.exp(expected_log_maximum(d)) / np.sqrt(2 * np.log(d)) == pytest.approx(1, abs=0.05)
