"""Recorded results: where they are found, and their table beside the measures on images."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from empirical.measures.cell_intervals import cell_interval
from empirical.sweeps.record import RecordError, read_sweep
from empirical.sweeps.recorded import TABULATED, find_record, read_recorded

ROOT = Path(__file__).parents[3]
CPU = ROOT / "results/train/figure-3-cpu"


def test_the_best_results_are_found_first(tmp_path):
    assert find_record("figure-3", tmp_path) is None
    places = ["results/train/figure-3-cpu", "results/train/figure-3-paper"]
    for place in [*places, "results/gpu/figure-3-paper"]:
        shutil.copytree(CPU, tmp_path / place)
        assert find_record("figure-3", tmp_path) == tmp_path / place


def test_roots_are_searched_in_order(tmp_path):
    assert read_recorded("figure-3", (tmp_path,)) is None
    found = read_recorded("figure-3", (tmp_path, ROOT))
    assert found is not None
    assert found.folder == find_record("figure-3", ROOT)


def test_results_written_anew_are_read_anew(tmp_path):
    folder = tmp_path / "results/train/figure-3-cpu"
    shutil.copytree(CPU, folder)
    before = read_recorded("figure-3", (tmp_path,))
    assert read_recorded("figure-3", (tmp_path,)) is before
    text = (folder / "experiment.json").read_text()
    (folder / "experiment.json").write_text(text.replace('"epsilon": 0.006', '"epsilon": 0.5'))
    assert read_recorded("figure-3", (tmp_path,)).sweep.epsilon == 0.5


@pytest.mark.parametrize("table", ["", "network,method\na,b\n"])
def test_a_damaged_table_is_named(tmp_path, table):
    folder = tmp_path / "results/train/figure-3-cpu"
    shutil.copytree(CPU, folder)
    (folder / "networks.csv").write_text(table)
    with pytest.raises(RecordError, match=r"networks\.csv"):
        read_recorded("figure-3", (tmp_path,))


@pytest.mark.parametrize("measure", TABULATED)
def test_means_are_those_of_the_table(measure):
    found = read_recorded("figure-3", (ROOT,))
    for cell in found.sweep.cells():
        value = cell_interval(found.sweep, cell, measure, 0.05).estimate
        assert value == pytest.approx(found.tabulated(cell, measure), rel=1e-3)


def test_shares_are_in_percent_and_norms_geometric_means():
    sweep, _ = read_sweep(CPU)
    cell = sweep.cells()[0]
    shares = sweep.array(cell, "changed").mean(axis=1)
    found = cell_interval(sweep, cell, "changed", 0.05)
    assert found.estimate == pytest.approx(100 * shares.mean())
    assert 0 <= found.low < found.estimate < found.high <= 100
    norms = sweep.array(cell, "gradient_norm").mean(axis=1)
    found = cell_interval(sweep, cell, "gradient_norm", 0.05)
    assert found.estimate == pytest.approx(np.exp(np.log(norms).mean()))
    assert found.low < norms.mean() < found.high
