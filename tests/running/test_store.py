"""What is put in comes out, once, and what is no store is said to be none."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_samples import ENSEMBLES, NETWORKS, assert_equal, block, same

from running import store
from running.store import Store, StoreError, run_name
from simulations.engine import sampler
from simulations.engine.sampler import Sampler

RUN = run_name(0, torch.device("cpu"))
OTHER_RUN = run_name(1, torch.device("cpu"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "blocks.sqlite"


def put_one(path, value=1.0):
    with_blocks = Store(path)
    with_blocks.put(RUN, [(ENSEMBLES[0], 0, block(value))])
    with_blocks.close()


PUTS = st.tuples(
    st.just("put"),
    st.integers(0, 1),  # which of two runs that share the file puts
    st.lists(
        st.tuples(st.sampled_from(ENSEMBLES), st.integers(0, 2), st.floats(-1e9, 1e9)), max_size=3
    ),
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
                stores[which].put(run, [(e, number, block(value)) for e, number, value in finished])
                for ensemble, number, value in finished:
                    kept.setdefault((run, ensemble, number), value)
        for open_store in stores:
            for run in (RUN, OTHER_RUN):
                for ensemble in ENSEMBLES:
                    found = open_store.blocks(ensemble, run, range(3))
                    expected = {n: v for (r, e, n), v in kept.items() if (r, e) == (run, ensemble)}
                    assert found.keys() == expected.keys()
                    assert all(same(found[n], block(value)) for n, value in expected.items())
            open_store.close()


def test_only_the_wanted_numbers_are_read(path):
    with_blocks = Store(path)
    with_blocks.put(RUN, [(ENSEMBLES[0], number, block(number)) for number in range(5)])
    assert with_blocks.blocks(ENSEMBLES[0], RUN, range(1, 3)).keys() == {1, 2}
    with_blocks.close()


def test_a_put_that_fails_keeps_nothing(path):
    with_blocks = Store(path)
    with pytest.raises(AttributeError):
        with_blocks.put(RUN, [(ENSEMBLES[0], 0, block(0.0)), ("no ensemble", 1, block(1.0))])
    with pytest.raises(StoreError):
        with_blocks.put(RUN, [(ENSEMBLES[0], 0, block(0.0)), (ENSEMBLES[0], object(), block(1.0))])
    assert with_blocks.blocks(ENSEMBLES[0], RUN, range(3)) == {}
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
    monkeypatch.setattr(sampler, "run_name", lambda seed, device: RUN)
    with pytest.raises(AssertionError):
        assert_seeds_are_apart(path)


def test_an_empty_file_becomes_a_store(path):
    path.touch()
    put_one(path)
    assert Store(path).blocks(ENSEMBLES[0], RUN, range(1)).keys() == {0}


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


@pytest.mark.parametrize("place", ["", "no/such/folder/blocks.sqlite"])
def test_a_place_for_no_file_is_refused(tmp_path, place):
    with pytest.raises(StoreError, match="cannot be used as a store: unable to open"):
        Store(tmp_path / place)


def test_a_damaged_block_is_refused(path):
    put_one(path, value=1.0)
    data = bytearray(path.read_bytes())
    at = data.find(block(1.0).factors.tobytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"is damaged: [^\n]*; give a new file$"):
        Store(path).blocks(ENSEMBLES[0], RUN, range(1))


def test_a_file_cut_short_is_refused(path):
    put_one(path)
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(StoreError, match="cannot be used as a store: database disk image"):
        Store(path).blocks(ENSEMBLES[0], RUN, range(1))


def test_a_file_that_stays_locked_is_said_to_be(path, monkeypatch):
    put_one(path)
    monkeypatch.setattr(store, "SECONDS_OF_WAITING", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="database is locked"):
        put_one(path)
    other.close()
