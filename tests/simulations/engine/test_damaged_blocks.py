"""Blocks of a store that no run can have put there are damage, in one line that names the file."""

import io
import sqlite3

import numpy as np
import pytest

from running.store import Store, StoreError
from simulations.engine.configurations import configure
from simulations.engine.sampler import Sampler
from simulations.engine.simulation_run import SimulationRun

NETWORKS = 4


def sample(file):
    store = Store(file)
    try:
        ensembles = configure(SimulationRun("dense", sizes=(8, 16)))[:1]
        return Sampler(seed=0, store=store).sample(ensembles, NETWORKS)[0]
    finally:
        store.close()


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    file = tmp_path_factory.mktemp("blocks") / "store"
    sample(file)
    return file.read_bytes()


def damaged(place, content, damage):
    place.write_bytes(content)
    connection = sqlite3.connect(place)
    ((data,),) = connection.execute("SELECT data FROM blocks").fetchall()
    connection.execute("UPDATE blocks SET data = ?", (damage(data),))
    connection.commit()
    connection.close()


def changed(name, change):
    def damage(data):
        arrays = dict(np.load(io.BytesIO(data)))
        file = io.BytesIO()
        np.savez(file, **(arrays | {name: change(arrays.get(name))}))
        return file.getvalue()

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "text",
        lambda _: 5,
        lambda _: None,
        lambda _: b"",
        lambda data: data[: len(data) // 2],
        changed("other", lambda _: np.ones(1)),
        changed("norms", lambda norms: norms[:1]),
        changed("norms", lambda norms: norms[:, :1]),
        changed("norms", lambda norms: norms * np.nan),
        changed("norms", lambda norms: -norms - 1),
        changed("norms", lambda norms: norms.astype(str)),
        changed("norms", lambda norms: norms > 0),
        changed("factors", lambda factors: factors + np.inf),
        changed("factors", lambda factors: factors[:2]),
        changed("squares", lambda squares: squares[:0]),
        changed("squares", lambda squares: squares[:, :3]),
        changed("squares", lambda squares: np.tile(squares, (9, 1))),
    ],
)
def test_unfit_blocks_are_damage(stored, tmp_path, damage):
    damaged(tmp_path / "store", stored, damage)
    with pytest.raises(StoreError, match=r"store' is damaged: .*; give a new file$") as refused:
        sample(tmp_path / "store")
    assert str(refused.value).isprintable()


def test_blocks_as_they_were_are_taken(stored, tmp_path):
    damaged(tmp_path / "store", stored, lambda data: data)
    first, again = sample(tmp_path / "new"), sample(tmp_path / "store")
    assert np.array_equal(first.norms, again.norms)
