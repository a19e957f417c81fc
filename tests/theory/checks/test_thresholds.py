"""Sizes of norms at growing dimension, and attack-sizes at a signal-to-noise threshold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import theory.checks.subjects.sized_vectors
from evidence.findings import Outcome
from theory.attacks.normal_norms import normal_norm
from theory.attacks.norms import norm
from theory.checks.appendices.signal_to_noise import Noise, check_equation_17
from theory.checks.section_2.thresholds import check_equation_5, check_equation_6


@pytest.mark.parametrize(
    ("q", "d", "expected"),
    [
        (1.0, 1, math.sqrt(2 / math.pi)),
        (1.0, 7, 7 * math.sqrt(2 / math.pi)),
        (2.0, 9, 3.0),
        (4.0, 16, 2 * 3**0.25),
        (math.inf, 1, math.sqrt(2 / math.pi)),
        (math.inf, 2, 2 / math.sqrt(math.pi)),
    ],
)
def test_the_size_of_a_normal_vector_is_the_closed_form(q, d, expected):
    assert normal_norm(q, d) == pytest.approx(expected, rel=1e-6)


def test_large_exponents_do_not_overflow():
    # E|g|^400 = 399 · 397 ··· 1, which no float holds; Python's whole numbers do.
    odd = math.prod(range(1, 400, 2))
    assert normal_norm(400.0, 8) == pytest.approx(math.exp(math.log(8 * odd) / 400), rel=1e-12)


def test_the_expected_maximum_is_the_mean_of_sampled_ones():
    # 40,000 maxima of 64 coordinates have a standard deviation below 0.5, their mean one below
    # 0.0025: at 6 of these the test errs with a probability below 1e-8.
    maxima = np.abs(np.random.default_rng(0).normal(size=(40_000, 64))).max(1)
    assert abs(maxima.mean() - normal_norm(math.inf, 64)) < 0.015
    assert abs(maxima.mean() - normal_norm(math.inf, 32)) > 0.015


@pytest.mark.parametrize("check", [check_equation_5, check_equation_6])
def test_a_falsified_norm_is_refuted(check, monkeypatch):
    monkeypatch.setattr(theory.checks.subjects.sized_vectors, "norm", lambda x, p: norm(x, 2))
    assert Outcome.FAILS in [finding.outcome for finding in check(seed=0).stated[:2]]


@given(
    st.lists(st.floats(-10, 10).filter(lambda v: abs(v) > 1e-3), min_size=1, max_size=8),
    st.one_of(st.just(math.inf), st.floats(1, 40)),
)
def test_the_guaranteed_size_keeps_every_perturbation_below_the_threshold(delta, p):
    image = np.ones(len(delta))
    case = Noise(p=p, image=image, directions=np.eye(len(delta)), threshold=0.1)
    scaled = np.array(delta) * case.guaranteed_size / float(norm(np.array(delta), p))
    ratio = np.linalg.norm(image) / np.linalg.norm(scaled)
    assert ratio >= 10 * (1 - 1e-9)


def test_a_larger_guaranteed_size_is_refuted(monkeypatch):
    original = Noise.guaranteed_size.fget
    monkeypatch.setattr(Noise, "guaranteed_size", property(lambda case: 1.001 * original(case)))
    assert check_equation_17(seed=0).corrected[1].outcome is Outcome.FAILS


def test_a_smaller_guaranteed_size_is_refuted(monkeypatch):
    original = Noise.guaranteed_size.fget
    monkeypatch.setattr(Noise, "guaranteed_size", property(lambda case: 0.999 * original(case)))
    assert check_equation_17(seed=0).corrected[2].outcome is Outcome.FAILS
