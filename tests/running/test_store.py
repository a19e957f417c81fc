"""What is put in comes out, once, and what is no store is said to be none."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_samples import ENSEMBLES, NETWORKS, assert_equal

from running import store
from running.store import Store, StoredBlock, StoreError
from simulations.engine import sampler
from simulations.engine.sampler import Sampler, blocks_run

RUN = blocks_run(0, torch.device("cpu"))
OTHER_RUN = blocks_run(1, torch.device("cpu"))
KEYS = ["first", "second"]


def arrays(value):
    """The arrays of a block, told apart by a value."""
    return {"norms": np.full((1, 2, 4), value), "squares": np.full(3, value, dtype=np.float32)}


def stored(key, number, value):
    return StoredBlock(key, number, f"block {number} of {key}", arrays(value))


def same(one, other):
    return one.keys() == other.keys() and all(
        np.array_equal(values, other[name]) and values.dtype == other[name].dtype
        for name, values in one.items()
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "blocks.sqlite"


def put_one(path, value=1.0):
    with_blocks = Store(path)
    with_blocks.put_blocks(RUN, [stored(KEYS[0], 0, value)])
    with_blocks.close()


PUTS = st.tuples(
    st.just("put"),
    st.integers(0, 1),  # which of two runs that share the file puts
    st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 2), st.floats(-1e9, 1e9)), max_size=3),
    st.sampled_from([RUN, OTHER_RUN]),
)
REOPENINGS = st.tuples(st.just("reopen"), st.integers(0, 1))


@settings(max_examples=25, deadline=None)
@given(st.lists(PUTS | REOPENINGS, max_size=6))
def test_any_puts_and_reopenings_keep_the_first_block_of_each_number(steps):
    kept = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blocks.sqlite"
        stores = [Store(path), Store(path)]
        for step in steps:
            if step[0] == "reopen":
                stores[step[1]].close()
                stores[step[1]] = Store(path)
            else:
                _, which, finished, run = step
                stores[which].put_blocks(run, [stored(*block) for block in finished])
                for key, number, value in finished:
                    kept.setdefault((run, key, number), value)
        for open_store in stores:
            for run in (RUN, OTHER_RUN):
                for key in KEYS:
                    found = open_store.blocks(run, key, range(3))
                    expected = {n: v for (r, k, n), v in kept.items() if (r, k) == (run, key)}
                    assert found.keys() == expected.keys()
                    assert all(same(found[n], arrays(value)) for n, value in expected.items())
            open_store.close()


def test_only_the_wanted_numbers_are_read(path):
    with_blocks = Store(path)
    with_blocks.put_blocks(RUN, [stored(KEYS[0], number, number) for number in range(5)])
    assert with_blocks.blocks(RUN, KEYS[0], range(1, 3)).keys() == {1, 2}
    with_blocks.close()


def test_a_put_that_fails_keeps_nothing(path):
    with_blocks = Store(path)
    whole = stored(KEYS[0], 0, 0.0)
    with pytest.raises(AttributeError):
        with_blocks.put_blocks(RUN, [whole, "no block"])
    with pytest.raises(StoreError):
        with_blocks.put_blocks(RUN, [whole, whole._replace(number=object())])
    assert with_blocks.blocks(RUN, KEYS[0], range(3)) == {}
    with_blocks.close()


def assert_seeds_are_apart(path):
    """A store that one seed filled must not change what another seed gives."""
    for seed in (1, 2):
        with_blocks = Store(path)
        stored = Sampler(seed=seed, store=with_blocks).sample(ENSEMBLES[:1], NETWORKS)
        with_blocks.close()
        assert_equal(stored, Sampler(seed=seed).sample(ENSEMBLES[:1], NETWORKS))


def test_seeds_are_apart(path):
    assert_seeds_are_apart(path)


def test_a_store_that_forgot_the_seed_would_be_seen(path, monkeypatch):
    monkeypatch.setattr(sampler, "blocks_run", lambda seed, device: RUN)
    with pytest.raises(AssertionError):
        assert_seeds_are_apart(path)


def test_an_empty_file_becomes_a_store(path):
    path.touch()
    put_one(path)
    assert Store(path).blocks(RUN, KEYS[0], range(1)).keys() == {0}


def test_a_file_that_is_no_database_is_refused(path):
    path.write_text("results of last year\n" * 100)
    with pytest.raises(StoreError, match=r"blocks.sqlite' cannot be used as a store: [^\n]*$"):
        Store(path)
    assert path.read_text() == "results of last year\n" * 100


@pytest.mark.parametrize("sql", ["CREATE TABLE blocks (x)", "PRAGMA application_id = 7"])
def test_a_database_of_another_program_is_refused_and_left_alone(path, sql):
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"a database of another program; give a new file$"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("place", "words"),
    [("", "it is a folder"), ("no/such/folder/blocks.sqlite", "as a store: unable to open")],
)
def test_a_place_for_no_file_is_refused(tmp_path, place, words):
    with pytest.raises(StoreError, match=words):
        Store(tmp_path / place)


def test_a_damaged_block_is_refused(path):
    put_one(path, value=1.0)
    data = bytearray(path.read_bytes())
    at = data.find(arrays(1.0)["norms"].tobytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"is damaged: [^\n]*; give a new file$"):
        Store(path).blocks(RUN, KEYS[0], range(1))


def test_a_file_cut_short_is_refused(path):
    put_one(path)
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(StoreError, match="cannot be used as a store: database disk image"):
        Store(path).blocks(RUN, KEYS[0], range(1))


def test_a_file_that_stays_locked_is_said_to_be(path, monkeypatch):
    put_one(path)
    monkeypatch.setattr(store, "SECONDS_OF_WAITING", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="database is locked"):
        put_one(path)
    other.close()
