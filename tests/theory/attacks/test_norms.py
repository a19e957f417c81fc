"""Dual norms and best perturbations, against Hölder's inequality and slow references."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import theory.attacks.norms
from theory.attacks.norms import best_perturbation, dual_exponent, dual_norm, norm

exponents = st.one_of(st.sampled_from([1.0, 2.0, math.inf]), st.floats(1, 60))
coordinates = st.one_of(st.just(0.0), st.floats(1e-3, 1e3), st.floats(-1e3, -1e-3))
vectors = st.lists(coordinates, min_size=1, max_size=8).map(np.array)


@given(exponents)
def test_the_dual_exponent_satisfies_hoelders_relation_and_is_an_involution(p):
    q = dual_exponent(p)
    assert 1 / p + 1 / q == pytest.approx(1)
    assert 1 / dual_exponent(q) == pytest.approx(1 / p, abs=1e-12)


@given(vectors, exponents)
def test_the_norm_is_numpys(x, p):
    assert norm(x, p) == pytest.approx(float(np.linalg.norm(x, p)), rel=1e-9)


@given(vectors, exponents, st.floats(0, 10))
def test_the_best_perturbation_has_its_size_and_attains_the_dual_norm(gradient, p, size):
    delta = best_perturbation(gradient, p, size=size)
    if gradient.any():
        assert norm(delta, p) == pytest.approx(size, rel=1e-9)
    else:
        assert not delta.any()
    assert gradient @ delta == pytest.approx(size * float(dual_norm(gradient, p)), rel=1e-9)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=8), exponents)
def test_no_perturbation_does_better(pairs, p):
    gradient, other = np.array(pairs).T
    assert gradient @ other <= float(dual_norm(gradient, p) * norm(other, p)) * (1 + 1e-9)


@given(vectors)
def test_the_three_attacks_that_have_a_name(gradient):
    assert (best_perturbation(gradient, math.inf) == np.sign(gradient)).all()
    assert np.count_nonzero(best_perturbation(gradient, 1)) <= 1
    length = np.linalg.norm(gradient)
    assert best_perturbation(gradient, 2) * length == pytest.approx(gradient)


def test_batches_are_rows():
    gradients = np.random.default_rng(0).normal(size=(3, 4, 5))
    for p in (1.0, 1.7, 2.0, math.inf):
        batch, norms = best_perturbation(gradients, p), dual_norm(gradients, p)
        for i, j in np.ndindex(3, 4):
            # Not bit-equal: vectorized powers may round otherwise.
            assert batch[i, j] == pytest.approx(best_perturbation(gradients[i, j], p), rel=1e-12)
            assert norms[i, j] == pytest.approx(float(dual_norm(gradients[i, j], p)), rel=1e-12)


def test_exponents_near_1_and_huge_ones_do_not_overflow():
    gradient = np.array([1e300, 1e-300, -1e299])
    for p in (1 + 1e-12, 1e6):
        assert norm(best_perturbation(gradient, p), p) == pytest.approx(1)
        assert np.isfinite(dual_norm(gradient, p))


@pytest.mark.parametrize("p", [0.5, 0.0, -1.0, math.nan])
def test_exponents_below_1_are_refused(p):
    with pytest.raises(ValueError, match="needs p in"):
        dual_norm(np.ones(2), p)


def test_negative_sizes_are_refused():
    with pytest.raises(ValueError, match="at least 0"):
        best_perturbation(np.ones(2), 2, size=-1.0)


def test_a_wrong_dual_exponent_would_be_seen(monkeypatch):
    monkeypatch.setattr(theory.attacks.norms, "dual_exponent", lambda p: p)
    gradient = np.array([3.0, 4.0])
    assert float(dual_norm(gradient, math.inf)) != gradient @ best_perturbation(gradient, math.inf)
