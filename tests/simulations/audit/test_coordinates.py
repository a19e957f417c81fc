"""Whether coordinates count alike: samples whose second moments are known."""

from types import SimpleNamespace

import numpy as np
import pytest

import simulations.audit.coordinates as coordinates
from evidence.spread import LEAST_IN_A_BLOCK
from simulations.audit.coordinates import MOST_PARTS, PERIOD, pixel_map, symmetry

SHAPE = (3, 64, 64)


def sample(moments, networks=4, parts=128, seed=0):
    """As blocks of four networks are: squares of normal numbers, as many as networks."""
    rng = np.random.default_rng(seed)
    squares = np.stack(
        [moments.ravel() * rng.chisquare(networks, moments.size) for _ in range(parts)]
    )
    return SimpleNamespace(squares=squares, counts=np.full(parts, networks))


def test_equal_coordinates_are_symmetric():
    drawn = sample(np.ones(SHAPE))
    found = symmetry(drawn, SHAPE, 1e-4)
    assert found.networks == 512
    assert found.verdict == "holds"
    assert found.border.low < 1 < found.border.high
    mapped = pixel_map(drawn, SHAPE)
    assert mapped.networks == 512
    assert mapped.pattern.shape == (PERIOD, PERIOD)
    assert mapped.pattern.std() < 0.05


def test_a_checkerboard_is_found_in_the_pattern():
    rows = np.arange(64) % 2
    board = np.broadcast_to(1 + 0.8 * np.where(rows[:, None] == rows, 1, -1), SHAPE)
    drawn = sample(board)
    found = symmetry(drawn, SHAPE, 1e-4)
    assert found.verdict == "fails"
    assert found.spread.low < 0.8 < found.spread.high
    even = np.arange(PERIOD) % 2
    expected = 1 + 0.8 * np.where(even[:, None] == even, 1, -1)
    assert pixel_map(drawn, SHAPE).pattern == pytest.approx(expected, abs=0.1)


def test_a_dark_border_is_found():
    moments = np.ones(SHAPE)
    moments[:, :8] = moments[:, -8:] = moments[:, :, :8] = moments[:, :, -8:] = 0.5
    drawn = sample(moments)
    border = symmetry(drawn, SHAPE, 1e-4).border
    assert border.low < 0.5 < border.high < 1
    # The border is no part of the pattern.
    assert pixel_map(drawn, SHAPE).pattern.std() < 0.05


def test_few_networks_cannot_tell():
    """The control of the checkerboard: as many as a larger size has."""
    board = np.broadcast_to(1 + 0.8 * (-1) ** np.arange(64), SHAPE)
    found = symmetry(sample(board, parts=16), SHAPE, 1e-4)
    assert found.verdict == "cannot be told"
    assert symmetry(sample(board, parts=1), SHAPE, 1e-4).verdict == "cannot be told"


@pytest.mark.parametrize("blocks", [4, 31, 32, 129, 130, 131, 256, 257, 600])
def test_parts_are_never_smaller_than_what_the_interval_was_measured_with(blocks, monkeypatch):
    seen = []
    monkeypatch.setattr(
        coordinates, "spread_interval", lambda sums, counts, error: seen.append(counts)
    )
    symmetry(sample(np.ones(2), parts=blocks), (2,), 1e-4)
    (counts,) = seen
    assert counts.sum() == 4 * blocks
    assert counts.min() >= LEAST_IN_A_BLOCK
    assert counts.max() <= counts.min() + 4
    assert len(counts) <= MOST_PARTS


def test_vectors_have_a_spread_and_no_map():
    drawn = sample(np.ones(300))
    found = symmetry(drawn, (300,), 0.01)
    assert found.spread is not None
    assert found.border is None
    assert pixel_map(drawn, (300,)) is None


def test_coordinates_that_were_not_kept_tell_nothing():
    empty = SimpleNamespace(squares=np.zeros((4, 0)), counts=np.full(4, 4))
    assert symmetry(empty, SHAPE, 0.01).verdict == "cannot be told"
    assert pixel_map(empty, SHAPE) is None
