"""Whether coordinates count alike: samples whose second moments are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from simulations.audit.coordinates import PERIOD, coordinates

SHAPE = (3, 64, 64)


def sample(moments, networks=4, parts=32, seed=0):
    rng = np.random.default_rng(seed)
    squares = np.stack(
        [moments.ravel() * rng.chisquare(networks, moments.size) for _ in range(parts)]
    )
    return SimpleNamespace(squares=squares, counts=np.full(parts, networks))


def test_equal_coordinates_are_symmetric():
    found = coordinates(sample(np.ones(SHAPE)), SHAPE, 0.01)
    assert found.symmetry == "holds"
    assert found.border.low < 1 < found.border.high
    assert found.pattern.shape == (PERIOD, PERIOD)
    assert found.pattern.std() < 0.05


def test_a_checkerboard_is_found_in_the_pattern():
    rows = np.arange(64) % 2
    board = np.broadcast_to(1 + 0.8 * np.where(rows[:, None] == rows, 1, -1), SHAPE)
    found = coordinates(sample(board), SHAPE, 0.01)
    assert found.symmetry == "fails"
    assert found.spread.low < 0.8 < found.spread.high
    even = np.arange(PERIOD) % 2
    expected = 1 + 0.8 * np.where(even[:, None] == even, 1, -1)
    assert found.pattern == pytest.approx(expected, abs=0.1)


def test_a_dark_border_is_found():
    moments = np.ones(SHAPE)
    moments[:, :8] = moments[:, -8:] = moments[:, :, :8] = moments[:, :, -8:] = 0.5
    found = coordinates(sample(moments), SHAPE, 0.01)
    assert found.border.low < 0.5 < found.border.high < 1
    # The border is no part of the pattern.
    assert found.pattern.std() < 0.05


def test_vectors_have_a_spread_and_no_map():
    found = coordinates(sample(np.ones(300)), (300,), 0.01)
    assert found.spread is not None
    assert found.pixels is None
    assert found.border is None


def test_coordinates_that_were_not_kept_tell_nothing():
    empty = SimpleNamespace(squares=np.zeros((4, 0)), counts=np.full(4, 4))
    assert coordinates(empty, SHAPE, 0.01).symmetry == "cannot be told"
