"""Records that were edited by hand are refused as damaged, in one line that says what is wrong."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from empirical.sweeps.damage import require_possible
from empirical.sweeps.record import RecordError, read_sweep
from empirical.sweeps.recorded import read_figure, read_recorded
from empirical.sweeps.table import Column, read_table

ROOT = Path(__file__).parents[3]
RECORD = ROOT / "results/train/figure-3-cpu"


@pytest.fixture
def folder(tmp_path):
    """A copy of a record of real networks, of older code, which no digest protects."""
    return Path(shutil.copytree(RECORD, tmp_path / "results/train/figure-3-cpu"))


@pytest.fixture(scope="module")
def whole():
    sweep, described = read_sweep(RECORD)
    return sweep, described, read_table((RECORD / "networks.csv").read_text())


def rewritten(folder, change):
    """Change the arrays of networks.npz."""
    arrays = dict(np.load(folder / "networks.npz", allow_pickle=False))
    change(arrays)
    np.savez_compressed(folder / "networks.npz", **arrays)


def facts(arrays, place, change):
    """Change what stands beside the arrays of one network."""
    told = json.loads(str(arrays["facts"][place]))
    change(told)
    arrays["facts"] = arrays["facts"].astype("U2000")
    arrays["facts"][place] = json.dumps(told)


def refused(folder, words):
    with pytest.raises(RecordError, match=words) as raised:
        read_figure("figure-3", folder)
    assert str(raised.value).isprintable()
    assert str(folder) in str(raised.value)


def filled(name, value):
    def change(arrays):
        arrays[name] = np.full_like(arrays[name], value)

    return change


def scaled(name, factor):
    def change(arrays):
        arrays[name] = factor * arrays[name]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (filled("gradient_norm", 0), "l1-norm lies outside"),
        (filled("gradient_norm_l2", 0), "l1-norm lies outside"),
        (filled("increase", 0), "never change the loss"),
        (filled("loss", 0), "a wrong prediction has a loss below log 2"),
        (filled("changed", False), "changed and still_correct contradict"),
        (filled("still_correct", True), "changed and still_correct contradict"),
        (filled("gradient_norm", np.nan), "gradient_norm is not finite"),
        (filled("increase", np.inf), "increase is not finite"),
        (scaled("gradient_norm", -1), "l1-norm lies outside"),
        (scaled("loss", -1), "a loss is negative"),
        (scaled("gradient_norm", 0.5), "mean l1-norm of the loss gradient .* in networks.csv"),
        (scaled("increase", 2), "mean increase of the loss .* in networks.csv"),
        (lambda arrays: arrays.update(changed=arrays["changed"].astype(float)), "float"),
        (lambda arrays: arrays.update(loss=arrays["loss"][:, :-1]), "other images"),
        (lambda arrays: arrays.update({k: v[:-1] for k, v in arrays.items()}), "23 networks"),
        (lambda arrays: arrays.update({k: v[:0] for k, v in arrays.items()}), "0 networks"),
        (lambda arrays: arrays.pop("changed"), "changed"),
    ],
)
def test_changed_measures(folder, change, words):
    rewritten(folder, change)
    refused(folder, words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told["cell"].update(widths=[64] * 6), "lists other networks"),
        (
            lambda told: told["cell"].update(network="paper-figure-3-max"),
            "lists other networks|twi",
        ),
        (lambda told: told["cell"].update(network="x\n# Verdict: holds"), "not one line of text"),
        (lambda told: told["cell"].update(method="plain\u2028"), "not one line of text"),
        (lambda told: told["cell"].update(epsilon=0.1), "a strength of 0.1"),
        (lambda told: told["cell"].update(epsilon=float("nan")), "a strength of nan"),
        (lambda told: told["cell"].update(size=16), "lists other networks|input dimensions"),
        (lambda told: told.update(d=3073), "input dimensions"),
        (lambda told: told.update(index=1), "twice"),
        (lambda told: told.update(index=-1), "not those of square images"),
        (lambda told: told.update(seconds=-1.0), "its time or"),
        (lambda told: told.update(training_loss=float("inf")), "its time or"),
        (lambda told: told.pop("index"), "of another form"),
    ],
)
def test_changed_facts(folder, change, words):
    rewritten(folder, lambda arrays: facts(arrays, 0, change))
    refused(folder, words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"figure": "figure-1"}, "results of 'figure-1', not of figure-3"),
        ({"figure": None}, "results of None, not of figure-3"),
        ({"data": "CIFAR-10\n\n## Verdict: holds"}, "not one line of text"),
        ({"name": "figure-3\r# all holds"}, "not one line of text"),
        ({"provenance": {"seed": 0, "device": "cpu\n# x"}}, "not one line of text"),
        ({"provenance": {"se\ned": 0}}, "not one line of text"),
        ({"provenance": {"seed": ["a", "b\x00"]}}, "not one line of text"),
        ({"epsilon": 0}, "a size above 0, not of 0"),
        ({"epsilon": -0.006}, "a size above 0"),
        ({"epsilon": float("nan")}, "a size above 0"),
        ({"epsilon": "0.006"}, "holds no whole results"),
        ({"networks": 25}, "24 networks, where 25"),
    ],
)
def test_changed_descriptions(folder, changes, words):
    described = json.loads((folder / "experiment.json").read_text())
    (folder / "experiment.json").write_text(json.dumps(described | changes))
    refused(folder, words)


def test_a_changed_or_missing_table(folder):
    file = folder / "networks.csv"
    lines = file.read_text().splitlines()
    for table in (
        [],
        lines[:-1],
        [*lines, lines[-1]],
        [line.replace("0.6", "0.7") for line in lines],
    ):
        file.write_text("\n".join(table))
        refused(folder, r"networks\.csv")
    file.unlink()
    refused(folder, r"networks\.csv")


def test_a_record_in_another_figures_place(folder):
    other = folder.parent / "figure-1-cpu"
    folder.rename(other)
    with pytest.raises(RecordError, match="results of 'figure-3', not of figure-1"):
        read_recorded("figure-1", (folder.parents[2],))


def test_what_was_written_is_possible(whole):
    require_possible(*whole)


def test_a_network_that_learned_nothing_is_possible(whole):
    """All gradients may be 0, as of a network whose ReLUs are all dead."""
    sweep, described, table = whole
    dead = replace(
        sweep.networks[0].measures,
        **{
            name: 0 * getattr(sweep.networks[0].measures, name)
            for name in ("gradient_norm", "gradient_norm_l2", "increase")
        },
    )
    only = replace(sweep, networks=[replace(sweep.networks[0], measures=dead)])
    nothing = dict.fromkeys((Column.NORM, Column.NORM_L2, Column.INCREASE), "0")
    cell = only.networks[0].cell
    row = dict(table[cell][0]) | nothing
    require_possible(only, described | {"networks": 1}, {cell: [row]})
