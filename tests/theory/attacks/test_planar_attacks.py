"""Searches of balls in the plane, against dual norms and finite differences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.attacks.norms import dual_norm, norm
from theory.attacks.plain_norms import dot
from theory.attacks.planar_attacks import BIAS, READOUT, curved_loss, search, unit_circle
from theory.attacks.smooth_networks import TANH, SmoothNetworks

exponents = st.one_of(st.sampled_from([1.0, 2.0, math.inf]), st.floats(1.1, 11))
gradients = st.tuples(st.floats(-3, 3), st.floats(-3, 3))
large = gradients.filter(lambda g: max(map(abs, g)) > 0.1)


@given(exponents)
def test_the_circle_has_norm_one_and_holds_the_corners(p):
    points = unit_circle(p)
    assert norm(np.array(points), p) == pytest.approx(np.ones(len(points)), rel=1e-12)
    assert points[0] == pytest.approx([1, 0])
    assert points[90] == pytest.approx([0, 1], abs=1e-12)
    assert points[45][0] == pytest.approx(points[45][1])


def test_no_circle_below_one():
    with pytest.raises(ValueError, match=r"p in \[1, inf\]"):
        unit_circle(0.5)


@given(large, exponents)
def test_a_search_of_a_linear_loss_finds_the_dual_norm(g, p):
    sizes = np.array([0.5, 1.0, 1.5])
    found = np.array(search(lambda delta: dot(g, delta), p, sizes))
    dual = sizes * dual_norm(np.array(g), p)
    assert (found <= dual * (1 + 1e-12)).all()
    assert (found >= 0.999 * dual).all()


def test_a_loss_that_only_falls_rises_by_nothing():
    found = search(lambda delta: -dot(delta, delta), 2.0, [1.0, 2.0])
    assert found == pytest.approx([0, 0])


def test_a_larger_ball_holds_what_a_smaller_one_holds():
    found = search(lambda delta: 1 - (math.hypot(*delta) - 1) ** 2, 2.0, [1.0, 2.0])
    assert found == pytest.approx([1, 1])


def as_networks(g):
    """The curved loss as one network among `SmoothNetworks`, with W = diag(g / `slopes`)."""

    def network(weights):
        return SmoothNetworks(
            weights=weights[None],
            biases=np.full((1, 2), BIAS),
            readout=np.outer([-0.5, 0.5], READOUT)[None],
            labels=np.array([0]),
            activation=TANH,
        )

    slopes = network(np.eye(2)).loss_gradient(np.zeros((1, 1, 2)))[0, 0]
    return network(np.diag(np.array(g) / slopes))


@given(gradients, st.lists(gradients, min_size=1, max_size=5))
def test_the_curved_loss_is_that_of_a_smooth_network(g, points):
    loss = curved_loss(g)
    found = as_networks(g).loss(np.array([points]))[0]
    assert [*map(loss, points)] == pytest.approx(found, rel=1e-12)


@given(gradients)
def test_the_curved_loss_has_the_gradient_asked_for(g):
    loss, step = curved_loss(g), 1e-5
    along = (loss((step, 0)) - loss((-step, 0))) / (2 * step)
    up = (loss((0, step)) - loss((0, -step))) / (2 * step)
    assert (along, up) == pytest.approx(g, abs=1e-7)


def test_the_curved_loss_is_curved():
    g = (2.0, 1.0)
    loss = curved_loss(g)
    found = search(lambda delta: loss(delta) - loss((0, 0)), 2.0, [0.1, 1.0])
    first = np.array([0.1, 1.0]) * dual_norm(np.array(g), 2.0)
    gaps = np.abs(first - found)
    assert gaps[1] > 0.1 * first[1]
    assert gaps[0] < 0.1 * gaps[1]
