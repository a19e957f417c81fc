"""`import sqrtd`: results that print, become records and frames, and are drawn."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from torch import nn

import sqrtd
from empirical.sweeps.experiment_file import read_experiment_file
from evidence.errors import UserError

EXPERIMENT = """
[images]
data = "digits"
train = 96
held_out = 60

[measure]
epsilon = 0.1

[recipe]
epochs = 1
batch = 32

[[networks]]
network = ["paper-figure-3-average", "paper-figure-3-max"]
sizes = [8]
widths = [4, 4, 4, 4, 4, 4]
repeats = 2
"""


def mlp(size):
    return nn.Sequential(nn.Linear(size, 30), nn.ReLU(), nn.Linear(30, 3)), (size,)


@pytest.fixture(scope="module")
def growth():
    return sqrtd.simulate(mlp, sizes=[16, 64, 256], networks=200)


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    file = tmp_path_factory.mktemp("experiments") / "mine.toml"
    file.write_text(EXPERIMENT)
    return file


@pytest.fixture(scope="module")
def trained(experiment):
    return sqrtd.train(experiment)


@pytest.fixture(scope="module")
def checked():
    return sqrtd.verify(["eq-1", "section-4-1-range"])


def test_a_simulation_prints_its_exponents(growth):
    printed = repr(growth)
    assert "mlp: 200 networks of each size, d = 16, 64, 256" in printed
    (row,) = [line for line in printed.splitlines() if line.startswith("loss-norm-1 ")]
    assert row.split()[-1] == "0.5"
    interval = growth.exponent("loss-norm-1")
    assert interval.low < growth.predicted_exponent("loss-norm-1") < interval.high


def test_an_unknown_quantity_is_one_line(growth):
    with pytest.raises(UserError, match="no quantity 'norm'"):
        growth.exponent("norm")


def test_a_simulation_has_records_of_sizes_and_exponents(growth):
    exponents, sizes = growth.records(), growth.sizes()
    assert len(sizes) == 3 * len(exponents)
    assert {row["d"] for row in sizes} == {16, 64, 256}
    assert all(row["low"] <= row["estimate"] <= row["high"] for row in sizes)


def test_a_simulation_is_drawn_where_it_should_be(growth):
    axes = Figure().subplots()
    assert growth.plot(ax=axes) is axes
    assert len(axes.get_legend_handles_labels()[1]) == 3
    assert growth.plot().figure is not axes.figure
    assert growth._repr_svg_().count("<svg") == 1
    assert "<td>loss-norm-1</td>" in growth._repr_html_()


def test_the_same_seed_gives_the_same_numbers(growth):
    again = sqrtd.simulate(mlp, sizes=[16, 64, 256], networks=200)
    assert again.records() == growth.records()
    other = sqrtd.simulate(mlp, sizes=[16, 64, 256], networks=200, seed=1)
    assert other.records() != growth.records()


def test_a_prediction_has_the_shape_of_the_input():
    module, shape = mlp(16)
    assert sqrtd.predict(module, shape) == pytest.approx(np.full(16, 2 / 16))


def test_trained_networks_print_their_means(trained):
    assert "mine: 4 networks." in repr(trained)
    rows = trained.records()
    assert [row["network"] for row in rows] == ["paper-figure-3-average", "paper-figure-3-max"]
    assert all(row["networks"] == 2 and 0 <= row["accuracy"] <= 1 for row in rows)
    assert len(trained.plot().lines) == 2
    assert "<svg" in trained._repr_html_()


def test_an_experiment_can_be_an_object_and_its_networks_kept(experiment, trained, tmp_path):
    kept = sqrtd.train(read_experiment_file(experiment), out=tmp_path)
    assert kept.records() == trained.records()
    assert (tmp_path / "results/train/mine/networks.sqlite").is_file()


def test_verdicts_print_as_a_table(checked):
    printed = repr(checked)
    assert "Statements 2 of the paper" in printed
    assert [row["claim"] for row in checked.records()] == ["eq-1", "section-4-1-range"]
    assert "fails" in printed
    assert checked.report().startswith("# Paper checks\n")
    assert "<table>" in checked._repr_html_()


def test_a_frame_is_made_of_the_records_if_pandas_is_there(checked, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=tuple))
    assert checked.to_frame() == tuple(checked.records())


def test_without_pandas_one_line_says_how_to_get_it(checked, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError, match="pip install pandas") as error:
        checked.to_frame()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sqrtd.simulate("densy"), "did you mean dense"),
        (lambda: sqrtd.train("figure-4"), "unknown experiment 'figure-4'"),
        (lambda: sqrtd.verify(["lemma-70"]), "did you mean 'lemma-7'"),
        (lambda: sqrtd.predict(nn.GRU(3, 3), (3,)), "GRU"),
    ],
)
def test_bad_input_is_a_user_error_of_one_line(call, message):
    with pytest.raises(ValueError, match=message) as error:
        call()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: sqrtd.simulate("dense", networks=0),
            "networks must be from 2 to 1,000,000, not 0",
        ),
        (lambda: sqrtd.simulate("dense", relu="nope"), "'nope' is unknown; give real or masks"),
        (lambda: sqrtd.simulate("dense", weights="nope"), "give gaussian or rademacher or uniform"),
        (lambda: sqrtd.simulate("dense", precision=-1), "lies between 0 and 1, not at -1"),
        (lambda: sqrtd.simulate("dense", seed=-1), r"the seed must be from 0 to .*, not -1"),
        (lambda: sqrtd.train("figure-3", preset="nope"), "unknown preset 'nope'; give smoke"),
        (lambda: sqrtd.train("figure-3", budget=0), "a budget is a number above 0, not 0"),
        (lambda: sqrtd.train("figure-3", seed=-1), r"the seed must be from 0 to .*, not -1"),
        (lambda: sqrtd.verify(["lemma-7"], seed=-1), "a seed is a whole number from 0 up"),
        (lambda: sqrtd.verify(["lemma-7"], budget=float("nan")), "a budget is a number above 0"),
    ],
)
def test_what_the_command_refuses_the_functions_refuse(call, message):
    with pytest.raises(UserError, match=message):
        call()
