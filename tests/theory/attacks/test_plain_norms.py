"""Norms and best perturbations of single vectors, against those of arrays."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.attacks import norms, plain_norms

exponents = st.one_of(st.sampled_from([1.0, 2.0, math.inf]), st.floats(1, 60))
coordinates = st.one_of(st.just(0.0), st.floats(1e-3, 1e3), st.floats(-1e3, -1e-3))
vectors = st.lists(coordinates, min_size=1, max_size=8)


@given(vectors, exponents)
def test_norms_are_those_of_arrays(vector, p):
    array = np.array(vector)
    assert plain_norms.norm(vector, p) == pytest.approx(float(norms.norm(array, p)), rel=1e-12)
    dual = float(norms.dual_norm(array, p))
    assert plain_norms.dual_norm(vector, p) == pytest.approx(dual, rel=1e-12)


@given(vectors, exponents, st.floats(0, 10))
def test_best_perturbations_are_those_of_arrays(gradient, p, size):
    found = plain_norms.best_perturbation(gradient, p, size=size)
    wanted = norms.best_perturbation(np.array(gradient), p, size=size)
    assert found == pytest.approx(wanted, rel=1e-9)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=8))
def test_products_are_those_of_arrays(pairs):
    x, y = zip(*pairs, strict=True)
    largest = max(abs(a * b) for a, b in pairs)
    assert plain_norms.dot(x, y) == pytest.approx(np.dot(x, y), rel=1e-12, abs=1e-14 * largest)


def test_exponents_near_1_and_huge_ones_do_not_overflow():
    gradient = [1e300, 1e-300, -1e299]
    for p in (1 + 1e-12, 1e6):
        delta = plain_norms.best_perturbation(gradient, p)
        assert plain_norms.norm(delta, p) == pytest.approx(1)
        assert math.isfinite(plain_norms.dual_norm(gradient, p))


@pytest.mark.parametrize("p", [1.0, 1.5, math.inf])
def test_what_does_not_change_is_a_positive_zero(p):
    for zero in (0.0, -0.0):
        delta = plain_norms.best_perturbation([-1.0, zero], p)
        assert (delta[0], math.copysign(1, delta[1])) == (-1, 1)


@pytest.mark.parametrize("p", [0.5, 0.0, -1.0, math.nan])
@pytest.mark.parametrize(
    "function", [plain_norms.norm, plain_norms.dual_norm, plain_norms.best_perturbation]
)
def test_exponents_below_1_are_refused(function, p):
    with pytest.raises(ValueError, match="needs p in"):
        function([1.0, 1.0], p)
