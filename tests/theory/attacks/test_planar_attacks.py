"""Searches of balls in the plane, against dual norms and finite differences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.attacks.norms import dual_norm, norm
from theory.attacks.planar_attacks import curved_network, search, unit_circle

exponents = st.one_of(st.sampled_from([1.0, 2.0, math.inf]), st.floats(1.1, 11))
gradients = st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array)
large = gradients.filter(lambda g: np.abs(g).max() > 0.1)


@given(exponents)
def test_the_circle_has_norm_one_and_holds_the_corners(p):
    points = unit_circle(p)
    assert norm(points, p) == pytest.approx(np.ones(len(points)), rel=1e-12)
    assert points[0] == pytest.approx([1, 0])
    assert points[90] == pytest.approx([0, 1], abs=1e-12)
    assert points[45][0] == pytest.approx(points[45][1])


def test_no_circle_below_one():
    with pytest.raises(ValueError, match=r"p in \[1, inf\]"):
        unit_circle(0.5)


@given(large, exponents)
def test_a_search_of_a_linear_loss_finds_the_dual_norm(g, p):
    sizes = np.array([0.5, 1.0, 1.5])
    found = search(lambda deltas: deltas @ g, p, sizes)
    dual = sizes * dual_norm(g, p)
    assert (found <= dual * (1 + 1e-12)).all()
    assert (found >= 0.999 * dual).all()


def test_a_loss_that_only_falls_rises_by_nothing():
    found = search(lambda deltas: -(deltas**2).sum(1), 2.0, np.array([1.0, 2.0]))
    assert found == pytest.approx([0, 0])


def test_a_larger_ball_holds_what_a_smaller_one_holds():
    found = search(lambda deltas: 1 - (np.hypot(*deltas.T) - 1) ** 2, 2.0, np.array([1.0, 2.0]))
    assert found == pytest.approx([1, 1])


@given(gradients)
def test_the_curved_network_has_the_gradient_asked_for(g):
    network, step = curved_network(g), 1e-5
    points = np.array([[[step, 0], [-step, 0], [0, step], [0, -step]]])
    loss = network.loss(points)[0]
    differences = np.array([loss[0] - loss[1], loss[2] - loss[3]]) / (2 * step)
    assert differences == pytest.approx(g, abs=1e-7)


def test_the_curved_network_is_curved():
    network, g = curved_network(np.array([2.0, 1.0])), np.array([2.0, 1.0])
    before = network.loss(np.zeros((1, 1, 2)))[0, 0]
    found = search(lambda deltas: network.loss(deltas[None])[0] - before, 2.0, np.array([0.1, 1.0]))
    first = np.array([0.1, 1.0]) * dual_norm(g, 2.0)
    gaps = np.abs(first - found)
    assert gaps[1] > 0.1 * first[1]
    assert gaps[0] < 0.1 * gaps[1]
