"""The classifiers with known smallest perturbations, and falsified bounds."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.findings import Outcome
from theory.attacks.norms import best_perturbation, dual_norm, norm
from theory.checks.appendices.robustness_bounds import check_equation_14, check_remark_1_margins
from theory.checks.section_2.large_gradients import check_large_gradients
from theory.checks.subjects.ridge_classifiers import DIRECTIONS, Ridge

nonzero = st.integers(-8, 8).filter(bool).map(lambda n: Fraction(n, 2))


@st.composite
def ridges(draw):
    (p, w), (q, r) = draw(st.sampled_from(sorted(DIRECTIONS.items())))
    ridge = Ridge(
        margin=Fraction(draw(st.integers(1, 4))),
        roots=draw(st.lists(nonzero, min_size=1, max_size=3)),
        dual_norm=Fraction(q),
        norm=Fraction(r),
    )
    return p, np.array(w, dtype=float), ridge


def value(ridge, t):
    return float(ridge.margin) * np.prod([1 - t / float(root) for root in ridge.roots])


@pytest.mark.parametrize(("p", "w"), DIRECTIONS)
def test_the_whole_norms_are_the_norms(p, w):
    dual, primal = DIRECTIONS[p, w]
    assert float(dual_norm(np.array(w, dtype=float), p)) == pytest.approx(dual)
    assert float(norm(np.array(w, dtype=float), p)) == pytest.approx(primal)


@given(ridges())
def test_the_smallest_perturbation_reaches_the_boundary_and_no_smaller_one_does(case):
    p, w, ridge = case
    size = float(ridge.smallest_perturbation)
    delta = best_perturbation(w, p, size=size)
    assert min(abs(value(ridge, w @ d)) for d in (delta, -delta)) == pytest.approx(0, abs=1e-9)
    smaller = np.random.default_rng(0).normal(size=(50, len(w)))
    smaller *= 0.999 * size / norm(smaller, p)[:, None]
    assert all(value(ridge, w @ d) > 0 for d in smaller)


@given(ridges(), st.integers(1, 12).map(lambda n: Fraction(n, 4)))
def test_the_steepest_slope_is_that_of_a_fine_grid(case, radius):
    _, _, ridge = case
    reach = float(radius * ridge.dual_norm)
    polynomial = np.polynomial.Polynomial([float(a) for a in ridge.coefficients])
    t = np.linspace(-reach, reach, 2001)
    few = t[::200]
    assert polynomial(few) == pytest.approx([value(ridge, s) for s in few], rel=1e-6, abs=1e-6)
    steepest = np.abs(polynomial.deriv()(t)).max()
    assert steepest == pytest.approx(float(ridge.steepest(radius)), rel=1e-4)
    assert steepest <= float(ridge.steepest(radius)) * (1 + 1e-12)
    flattest = np.abs(polynomial.deriv()(t)).min()
    assert float(ridge.flattest(radius)) <= flattest + 1e-12 * steepest
    assert flattest == pytest.approx(float(ridge.flattest(radius)), abs=1e-2 * steepest)
    changes = [float(ridge.change(Fraction(s))) for s in few]
    assert changes == pytest.approx(list(polynomial(few) - polynomial(0)), rel=1e-6, abs=1e-6)


def test_a_ball_that_misses_the_vertex_is_refuted(monkeypatch):
    monkeypatch.setattr(Ridge, "steepest", lambda ridge, radius: abs(ridge.slope(Fraction(0))) or 1)
    assert Outcome.FAILS in [finding.outcome for finding in check_equation_14(seed=0).stated]


def test_a_falsified_dual_norm_is_refuted(monkeypatch):
    original = Ridge.smallest_perturbation.fget
    monkeypatch.setattr(
        Ridge, "smallest_perturbation", property(lambda ridge: original(ridge) * Fraction(99, 100))
    )
    assert check_equation_14(seed=0).stated[0].outcome is Outcome.FAILS
    assert check_remark_1_margins(seed=0).stated[0].outcome is Outcome.FAILS


def test_a_larger_smallest_slope_is_refuted(monkeypatch):
    original = Ridge.flattest
    monkeypatch.setattr(
        Ridge, "flattest", lambda ridge, radius: Fraction(101, 100) * original(ridge, radius)
    )
    assert check_large_gradients(seed=0).stated[0].outcome is Outcome.FAILS
