"""Finished sweeps as files."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tiny_experiments import tiny_cell, tiny_experiment

from empirical.measures.image_measures import ImageMeasures
from empirical.measures.looks import at_looks
from empirical.measures.trained import Sweep, TrainedNetwork
from empirical.sweeps.arrays import from_arrays, rounded, to_arrays
from empirical.sweeps.record import SEAL, RecordError, read_sweep, with_looks, write_record

EXPERIMENT = tiny_experiment(tiny_cell(), tiny_cell(method="l1-penalty", epsilon=0.1), repeats=2)
FLOATS = st.floats(1e-30, 1e30) | st.just(0.0)


def network(cell, index, generator, *, pgd=False):
    correct, changed, pgd_changed = (generator.random(20) < 0.5 for _ in range(3))
    norms = generator.lognormal(size=20)
    attacks = {"pgd_changed": pgd_changed, "pgd_still_correct": correct & ~pgd_changed}
    return TrainedNetwork(
        cell=cell,
        index=index,
        d=64,
        measures=ImageMeasures(
            correct=correct,
            loss=generator.lognormal(size=20) + ~correct,
            gradient_norm=norms,
            gradient_norm_l2=norms / 6,
            changed=changed,
            still_correct=correct & ~changed,
            increase=generator.normal(size=20),
            **(attacks if pgd else {}),
        ),
        training_loss=0.1,
        seconds=1.5,
    )


def sweep(*, pgd=False):
    generator = np.random.default_rng(0)
    return Sweep(
        name="tiny",
        data="some images",
        epsilon=0.05,
        networks=[
            network(cell, index, generator, pgd=pgd)
            for cell, repeats in EXPERIMENT.cells
            for index in range(repeats)
        ],
    )


@pytest.mark.parametrize("pgd", [False, True])
def test_a_network_comes_back_from_its_arrays(pgd):
    one = network(tiny_cell(), 3, np.random.default_rng(0), pgd=pgd)
    again = from_arrays(to_arrays(one))
    twice = from_arrays(to_arrays(again))
    assert (again.cell, again.index, again.d) == (one.cell, 3, 64)
    assert (again.training_loss, again.seconds) == (0.1, 1.5)
    for name, values in vars(one.measures).items():
        if values is None:
            assert getattr(again.measures, name) is None
            continue
        rounded = getattr(again.measures, name)
        np.testing.assert_allclose(rounded, values, rtol=0 if values.dtype == bool else 0.0051)
        np.testing.assert_array_equal(getattr(twice.measures, name), rounded)


@pytest.mark.parametrize("pgd", [False, True])
def test_a_sweep_comes_back_to_three_digits(tmp_path, pgd):
    written = sweep(pgd=pgd)
    write_record(tmp_path, EXPERIMENT, written, {"seed": 0})
    read, described = read_sweep(tmp_path)
    assert described["provenance"] == {"seed": 0}
    assert described["recipe"]["batch"] == 32
    assert (read.name, read.data, read.epsilon) == ("tiny", "some images", 0.05)
    assert read.cells() == written.cells()
    for cell in written.cells():
        for name, exact in (("correct", True), ("gradient_norm", False), ("increase", False)):
            ours, theirs = read.array(cell, name), written.array(cell, name)
            np.testing.assert_allclose(ours, theirs, rtol=0 if exact else 0.0051)
    assert (read.networks[0].measures.pgd_changed is not None) is pgd


@given(arrays.arrays(np.float64, 5, elements=FLOATS | FLOATS.map(lambda x: -x)))
def test_rounding_keeps_three_digits_of_any_size(values):
    once = rounded(values)
    assert np.all(np.abs(once - values) <= 0.0051 * np.abs(values))
    np.testing.assert_array_equal(rounded(once), once)


def test_the_table_has_a_row_a_network(tmp_path):
    written = sweep(pgd=True)
    write_record(tmp_path, EXPERIMENT, written, {})
    with (tmp_path / "networks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    for row, one in zip(rows, written.networks, strict=True):
        measures = one.measures.summary()
        assert float(row["accuracy"]) == measures.accuracy
        assert float(row["vulnerability to PGD"]) == pytest.approx(measures.pgd_vulnerability)
        assert row["widths"] == "4 4 4 4 4"


def test_an_interrupted_writing_leaves_the_earlier_files(tmp_path, monkeypatch):
    write_record(tmp_path, EXPERIMENT, sweep(), {"seed": 0})
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr(np, "savez_compressed", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_record(tmp_path, EXPERIMENT, replace(sweep(), name="other"), {"seed": 1})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("file", ["experiment.json", "networks.npz"])
@pytest.mark.parametrize("damage", [lambda content: content[: len(content) // 2], lambda _: b""])
def test_damaged_files_are_one_line(tmp_path, file, damage):
    write_record(tmp_path, EXPERIMENT, sweep(), {})
    (tmp_path / file).write_bytes(damage((tmp_path / file).read_bytes()))
    with pytest.raises(RecordError, match="holds no whole results of a sweep") as error:
        read_sweep(tmp_path)
    assert "\n" not in str(error.value)


def edit(folder, edited):
    described = json.loads((folder / "experiment.json").read_text())
    edited(described)
    (folder / "experiment.json").write_text(json.dumps(described))


def without_sha256(folder):
    """Leave a record as older code wrote it."""
    edit(folder, lambda described: [described.pop(name) for name in ("sha256", SEAL)])


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("planned", 9),  # a whole record would count as one that was interrupted
        ("planned", 1),  # and the other way round
        ("looks", 2),
        ("figure", "figure-3"),
        ("epsilon", 0.06),
        ("data", "other images"),
        ("paired", True),
        ("pgd", True),
        ("provenance", {"seed": 1}),
        ("note", "added"),
    ],
)
def test_an_entry_edited_by_hand_is_damage(tmp_path, name, value, whole):
    written = sweep()
    if not whole:
        written = replace(written, networks=written.networks[:2])
    write_record(tmp_path, EXPERIMENT, written, {"seed": 0})
    edit(tmp_path, lambda described: None)  # formatted otherwise, it is the same
    read_sweep(tmp_path)
    edit(tmp_path, lambda described: described.update({name: value}))
    with pytest.raises(RecordError, match=r"an entry of experiment.json is not as it was written"):
        read_sweep(tmp_path)
    without_sha256(tmp_path)  # a record of older code does not show it
    read_sweep(tmp_path)


def test_files_of_two_sweeps_are_refused(tmp_path):
    """As a reader may see them while the files of a new record are moved one after the other."""
    older, newer = tmp_path / "older", tmp_path / "newer"
    for folder, pgd in ((older, True), (newer, False)):
        folder.mkdir()
        write_record(folder, EXPERIMENT, sweep(pgd=pgd), {})
    (older / "networks.npz").write_bytes((newer / "networks.npz").read_bytes())
    with pytest.raises(RecordError, match=r"networks.npz is of another sweep than experiment.json"):
        read_sweep(older)
    without_sha256(older)  # nothing tells the mixture of an older record
    assert read_sweep(older)[0].networks[0].measures.pgd_changed is None


def test_flipped_bytes_are_one_line(tmp_path):
    """Wherever it is, a damaged byte of the compressed arrays raises nothing else."""
    write_record(tmp_path, EXPERIMENT, sweep(), {})
    without_sha256(tmp_path)
    file = tmp_path / "networks.npz"
    whole = file.read_bytes()
    refused = 0
    for place in range(0, len(whole), 23):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read_sweep(tmp_path)
        except RecordError as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017
    assert refused > 10


def test_missing_files_and_keys_are_one_line(tmp_path):
    with pytest.raises(RecordError, match="holds no whole results"):
        read_sweep(tmp_path)
    write_record(tmp_path, EXPERIMENT, sweep(), {})
    (tmp_path / "experiment.json").write_text(json.dumps({}))
    with pytest.raises(RecordError, match="holds no whole results"):
        read_sweep(tmp_path)


def test_more_networks_than_those_of_a_whole_sweep_are_one_more_look(tmp_path):
    whole = sweep()
    part = replace(whole, networks=whole.networks[:-1])
    others = replace(
        whole, networks=[replace(network, training_loss=0.2) for network in whole.networks]
    )
    cell, count = whole.networks[0].cell, len(whole.of(whole.networks[0].cell))
    more = replace(whole, networks=[*whole.networks, replace(whole.networks[0], index=count)])

    def looked(later):
        told = with_looks(tmp_path, later).looked
        return told and {tuple(sizes) for sizes in told.values()}

    assert looked(whole) is None
    write_record(tmp_path, EXPERIMENT, part, {})
    assert looked(whole) is None  # nobody reads verdicts from a part
    write_record(tmp_path, EXPERIMENT, whole, {})
    assert looked(whole) == {(count,)}
    assert looked(others) == {(0, count)}  # what was seen is not among them
    assert with_looks(tmp_path, more).looked[cell] == [count, count + 1]
    assert len(at_looks(with_looks(tmp_path, more))[0].networks) == len(whole.networks)
    write_record(tmp_path, EXPERIMENT, with_looks(tmp_path, more), {})
    again = read_sweep(tmp_path)[0]
    assert again.looked[cell] == [count, count + 1]
    first, second = at_looks(again)
    assert len(first.networks) == len(whole.networks)
    assert second.cells() == [cell]
    assert len(second.networks) == count + 1


def test_older_records_only_know_how_often_they_were_looked_at(tmp_path):
    whole = sweep()
    write_record(tmp_path, EXPERIMENT, whole, {})
    edit(tmp_path, lambda described: [described.pop(name) for name in ("looked", SEAL)])
    edit(tmp_path, lambda described: described.update({"looks": 2}))
    unknown, now = at_looks(read_sweep(tmp_path)[0])
    assert not unknown.networks
    assert len(now.networks) == len(whole.networks)
