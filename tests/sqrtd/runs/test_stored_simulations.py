"""Stored simulations that were edited by hand are refused in one line, which names the file."""

import hashlib
import io
import json
import shutil

import numpy as np
import pytest

from evidence.errors import UserError
from sqrtd.cli import main
from sqrtd.runs.stored_simulations import read_simulation

INF, NAN = float("inf"), float("nan")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("stored")
    main(["simulate", "dense", "--sizes", "8,16", "--nets", "8", "--out", str(out)])
    return out / "results/simulate/dense"


@pytest.fixture
def edited(written, tmp_path):
    """Edit the description, and the arrays with a digest that fits them again."""

    def edit(change=None, arrays=None):
        folder = tmp_path / "edited"
        shutil.copytree(written, folder)
        description = json.loads((folder / "simulation.json").read_text())
        if arrays:
            file = io.BytesIO()
            np.savez_compressed(file, **arrays(dict(np.load(folder / "networks.npz"))))
            (folder / "networks.npz").write_bytes(file.getvalue())
            description["sha256"] = hashlib.sha256(file.getvalue()).hexdigest()
        if change:
            change(description)
        (folder / "simulation.json").write_text(json.dumps(description))
        return folder

    return edit


def refusal(folder, level):
    with pytest.raises(UserError) as refused:
        read_simulation(folder).growth(label="", level=level)
    assert str(refused.value).isprintable()
    return str(refused.value)


def test_what_was_written_is_read(edited):
    growth = read_simulation(edited()).growth(label="a", level=0.9)
    assert list(growth.dims) == [8, 16]


@pytest.mark.parametrize(
    "entries",
    [
        {"sizes": "x"},
        {"sizes": []},
        {"network": ["dense"]},
        {"network": "a\n# heading"},
        {"logits": "2"},
        {"exponents": []},
        {"provenance": 3},
        {"share_of_error": 0},
        {"share_of_error": 7},
        {"share_of_error": NAN},
        {"sha256": None},
    ],
)
def test_unfit_entries_are_refused(edited, entries):
    assert "simulation.json' is no result" in refusal(edited(lambda d: d.update(entries)), None)


@pytest.mark.parametrize(
    "entries",
    [
        {"estimate": NAN},
        {"estimate": -1.0, "low": -2.0},
        {"low": 1e300},
        {"high": -INF},
        {"samples": "x"},
        {"error": None},
    ],
)
def test_unfit_intervals_are_refused(edited, entries):
    def change(description):
        for size in description["sizes"]:
            for interval in size["quantities"].values():
                interval.update(entries)

    assert "simulation.json' is no result" in refusal(edited(change), None)


@pytest.mark.parametrize("d", [0, -8, 16, 32, INF, "x", None])
def test_unfit_dimensions_are_refused(edited, d):
    assert "simulation.json" in refusal(edited(lambda x: x["sizes"][0].update(d=d)), None)


@pytest.mark.parametrize("law", ["ab", [1.0], [NAN, NAN], [INF, 1.0]])
def test_unfit_predictions_are_refused(edited, law):
    def change(description):
        for exponent in description["exponents"].values():
            exponent["law"] = law

    assert "simulation.json" in refusal(edited(change), None)


@pytest.mark.parametrize(
    "unfit",
    [
        lambda norms: norms * NAN,
        lambda norms: -norms - 1,
        lambda norms: norms[:, :1],
        lambda norms: norms[:1],
        lambda norms: norms[:0],
        lambda norms: norms.ravel(),
        lambda norms: norms.astype(str),
        lambda norms: norms.astype(complex),
    ],
)
def test_unfit_arrays_are_damage(edited, unfit):
    folder = edited(arrays=lambda old: {name: unfit(norms) for name, norms in old.items()})
    assert "networks.npz' is damaged" in refusal(folder, 0.9)


def test_missing_arrays_are_damage(edited):
    assert "networks.npz' is damaged" in refusal(edited(arrays=lambda _: {"x": np.ones(2)}), 0.9)
