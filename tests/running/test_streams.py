"""Random streams keep their numbers, and different names have different streams."""

import pytest

from running.draws import Draws
from running.streams import stream


@pytest.mark.parametrize(
    ("seed", "path", "state"),
    [
        (0, (), 15793235383387715774),
        (7, ("theorem-3", 3, "net"), 2865091508672949083),
        (2**40, ("a",), 3987094335663661810),
    ],
)
def test_streams_keep_their_numbers(seed, path, state):
    """Recorded networks and stored blocks rest on them."""
    assert stream(seed, *path).initial_seed() == state


@pytest.mark.parametrize(
    ("seed", "name", "states"),
    [
        (0, "a", [772604301, 772604306]),
        (7, "networks of size 8", [187983947, 187983952]),
        (2**40, "a", [3317877042, 3317877047]),
    ],
)
def test_draws_keep_their_numbers(seed, name, states):
    assert [
        generator.initial_seed() for generator in Draws(seed, name, [0, 5]).generators
    ] == states


def test_seeds_and_paths_tell_streams_apart():
    names = [(), ("a",), ("b",), (1,), ("1",), ("a", "b"), ("ab",), ("b", "a")]
    states = {stream(seed, *path).initial_seed() for seed in (0, 1) for path in names}
    assert len(states) == 2 * len(names)
