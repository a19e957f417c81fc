"""kill -9 twenty times at random moments: nothing stored is lost or measured again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_samples import ENSEMBLES, KILLED_NETWORKS, assert_equal

from running.store import Store
from simulations.engine.sampler import Sampler

KILLS = 20


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("killed") / "blocks.sqlite"


@pytest.fixture(scope="module")
def children(path):
    """What each child began, stored and left in the file; the last one was let finish."""
    script = Path(__file__).parent / "killed_run.py"
    done = subprocess.run(
        [sys.executable, script, path, str(KILLS)], stdout=subprocess.PIPE, check=True
    )
    return [
        {
            name: set(map(tuple, value)) if isinstance(value, list) else value
            for name, value in c.items()
        }
        for c in json.loads(done.stdout)
    ]


def test_every_child_but_the_last_was_killed_at_work(children):
    assert [child["killed"] for child in children] == [True] * KILLS + [False]
    assert sum(bool(child["begins"]) for child in children[:-1]) > KILLS / 2
    assert len({len(child["kept"]) for child in children}) > KILLS / 3


def lost(children):
    """What was stored, before or by a child, and is not in the file it left."""
    before = [set(), *(child["kept"] for child in children)]
    return [(b | c["stored"]) - c["kept"] for b, c in zip(before, children, strict=False)]


def repeated(children):
    """What was in the file when a child began to measure it."""
    before = [set(), *(child["kept"] for child in children)]
    return [b & c["begins"] for b, c in zip(before, children, strict=False)]


def test_nothing_that_was_stored_is_lost_or_measured_again(children):
    assert not any(lost(children))
    assert not any(repeated(children))


def test_a_loss_and_a_repetition_would_be_seen():
    first = {"begins": {1, 2}, "stored": {1}, "kept": {1}}
    assert lost([{**first, "kept": set()}]) == [{1}]
    assert lost([first, {"begins": {2}, "stored": {2}, "kept": {2}}]) == [set(), {1}]
    assert repeated([first, {"begins": {1}, "stored": set(), "kept": {1}}]) == [set(), {1}]


def test_the_end_is_that_of_a_run_that_nobody_killed(children, path):
    store = Store(path)
    resumed = Sampler(seed=5, store=store, pool=NoPool()).sample(ENSEMBLES, KILLED_NETWORKS)
    store.close()
    assert_equal(resumed, Sampler(seed=5).sample(ENSEMBLES, KILLED_NETWORKS))


class NoPool:
    """For a sampler that has nothing left to measure."""

    workers = 1

    def submit(self, function, *arguments):
        raise AssertionError("measured again")
