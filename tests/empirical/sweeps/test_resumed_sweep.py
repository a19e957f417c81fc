"""Sweeps that go on from their record, and the keys that name their networks."""

import json
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sweep_runs import CPU, assert_equal
from tiny_experiments import tiny_cell

from empirical.measures.trained import NetworkId
from empirical.sweeps import train_one
from empirical.sweeps.record import RecordError, keeps_its_record, write_record
from empirical.sweeps.sweep import agenda, run_sweep
from running.pools import thread_pool
from running.store import Store


def record(experiment, sweep, folder, *, seed=0):
    """Write a record as `sqrtd train` does, and return the folder without the store."""
    with closing(Store(folder / "networks.sqlite")) as store:
        plan = agenda(experiment, seed=seed, device=CPU, store=store).plan
    origin = {"seed": seed, "run": plan.run, "images": plan.digest}
    write_record(folder, experiment, sweep, origin)
    (folder / "networks.sqlite").unlink()
    return folder


def left(experiment, folder, *, seed=0):
    with closing(Store(Path(":memory:"))) as store:
        return agenda(experiment, seed=seed, device=CPU, store=store, record=folder)


def test_the_networks_of_a_record_are_finished(experiment, uninterrupted, tmp_path):
    half = replace(uninterrupted, networks=uninterrupted.networks[::2])
    todo = left(experiment, record(experiment, half, tmp_path))
    assert_equal(todo.sweep, half)
    assert todo.due == [NetworkId(one.cell, one.index) for one in uninterrupted.networks[1::2]]


def test_a_sweep_that_goes_on_from_its_record_ends_bit_equal(experiment, uninterrupted, tmp_path):
    folder = record(
        experiment, replace(uninterrupted, networks=uninterrupted.networks[:3]), tmp_path
    )
    with closing(Store(folder / "networks.sqlite")) as store:
        todo = agenda(experiment, seed=0, device=CPU, store=store, record=folder)
        assert len(todo.due) == 1
        costs = {cell: 1.0 for cell, _ in experiment.cells}
        pool = thread_pool(workers=1)
        sweep = run_sweep(todo, device=CPU, store=store, pool=pool, folder=folder, costs=costs)
    assert_equal(sweep, uninterrupted)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, recipe=replace(one.recipe, learning_rate=0.03)),
        lambda one: replace(one, epsilon=0.06),
        lambda one: replace(one, pgd=False),
        lambda one: replace(one, paired=True),
        lambda one: replace(one, images=replace(one.images, train=64)),
        lambda one: replace(one, images=replace(one.images, held_out=49)),
        lambda one: replace(one, cells=((replace(tiny_cell(), widths=(5,) * 5), 1),)),
    ],
)
def test_the_record_of_another_experiment_is_not_gone_on_with(
    experiment, uninterrupted, tmp_path, change
):
    folder = record(experiment, uninterrupted, tmp_path)
    assert left(experiment, folder).due == []
    assert len(left(experiment, folder, seed=1).due) == 4
    assert left(change(experiment), folder).finished == {}


def test_the_record_of_other_code_is_not_gone_on_with(
    experiment, uninterrupted, tmp_path, monkeypatch
):
    folder = record(experiment, uninterrupted, tmp_path)
    monkeypatch.setattr(train_one, "VERSION", train_one.VERSION + 1)
    assert len(left(experiment, folder).due) == 4


def test_a_record_without_the_run_is_not_gone_on_with(experiment, uninterrupted, tmp_path):
    write_record(tmp_path, experiment, uninterrupted, {"seed": 0})  # as the oldest ones are
    assert len(left(experiment, tmp_path).due) == 4


def test_a_damaged_record_is_one_line(experiment, uninterrupted, tmp_path):
    folder = record(experiment, uninterrupted, tmp_path)
    (folder / "networks.npz").write_bytes(b"")
    with pytest.raises(RecordError, match="holds no whole results of a sweep"):
        left(experiment, folder)


def test_keys_of_older_stores_are_still_those_of_their_networks(experiment):
    """As the code before pairs and records named them, worked out by hand."""
    with closing(Store(Path(":memory:"))) as store:
        todo = agenda(experiment, seed=3, device=CPU, store=store)
    cell = tiny_cell(method="l1-penalty", epsilon=0.1)
    decides = {
        "digest": todo.plan.digest,
        "recipe": {
            "epochs": 2, "batch": 32, "learning_rate": 0.02, "halve_every": 30, "momentum": 0.9,
            "decay": "halving", "flips": False,
        },
        "seed": 3,
        "cell": {
            "network": "paper-figure-2", "size": 8, "widths": [4] * 5, "method": "l1-penalty",
            "epsilon": 0.1,
        },
        "index": 1,
        "source": "",
        "epsilon": 0.05,
        "pgd": True,
    }  # fmt: skip
    text = json.dumps(decides, sort_keys=True)
    assert todo.keys[NetworkId(cell, 1)] == sha256(text.encode()).hexdigest()[:24]


def test_networks_that_only_the_record_has_go_into_the_store(experiment, uninterrupted, tmp_path):
    """A smaller sweep replaces the record; the larger one finds all its networks finished."""
    folder = record(experiment, uninterrupted, tmp_path)
    fewer = replace(experiment, cells=tuple((cell, 1) for cell, _ in experiment.cells))
    costs = {cell: 1.0 for cell, _ in experiment.cells}
    with closing(Store(folder / "networks.sqlite")) as store:
        todo = agenda(fewer, seed=0, device=CPU, store=store, record=folder)
        pool = thread_pool(workers=1)
        run_sweep(todo, device=CPU, store=store, pool=pool, folder=folder, costs=costs)
        assert agenda(experiment, seed=0, device=CPU, store=store).due == []
        again = agenda(fewer, seed=0, device=CPU, store=store, record=folder)
        assert again.recorded == {}  # what the store has is not put there again


def test_a_part_of_a_sweep_replaces_neither_a_whole_one_nor_other_networks(
    experiment, uninterrupted, tmp_path
):
    folder = record(experiment, uninterrupted, tmp_path)
    one, all_but_one = (
        replace(uninterrupted, networks=uninterrupted.networks[which])
        for which in (slice(1), slice(1, None))
    )
    assert keeps_its_record(folder, one)
    assert keeps_its_record(folder, uninterrupted)  # and more networks are to come
    record(experiment, one, tmp_path)
    assert keeps_its_record(folder, all_but_one)
    assert not keeps_its_record(folder, uninterrupted)
    assert not keeps_its_record(tmp_path / "nothing", one)


@pytest.mark.parametrize(
    "change",
    [
        lambda described: described.pop("provenance"),
        lambda described: described["provenance"].pop("images"),
        lambda described: described["recipe"].update(rate=3),
        lambda described: described["recipe"].update(epochs=-1),
    ],
)
def test_a_record_without_its_facts_is_damaged(experiment, uninterrupted, tmp_path, change):
    folder = record(experiment, uninterrupted, tmp_path)
    described = json.loads((folder / "experiment.json").read_text())
    change(described)
    (folder / "experiment.json").write_text(json.dumps(described))
    with pytest.raises(
        RecordError, match=r"(is damaged|no whole results of a sweep).* move the folder away"
    ):
        left(experiment, folder)
