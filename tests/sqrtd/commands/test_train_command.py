"""`sqrtd train`: exit codes, one-line errors, files, and what a dry run leaves."""

import csv
import json

import pytest
import torch
from matplotlib import image

from empirical.sweeps import timing
from sqrtd.cli import main

MINE = """
{figure}

[images]
data = "digits"
train = 96
held_out = 60

[measure]
epsilon = 0.1

[recipe]
epochs = {epochs}
batch = 32
learning_rate = {rate}

[[networks]]
network = ["paper-figure-3-average", "paper-figure-3-strided", "paper-figure-3-max"]
sizes = [8]
widths = [4, 4, 4, 4, 4, 4]
repeats = 2
"""


@pytest.fixture
def write(tmp_path):
    def write(*, figure="", epochs=2, rate=0.02, name="mine"):
        file = tmp_path / f"{name}.toml"
        file.write_text(MINE.format(figure=figure, epochs=epochs, rate=rate))
        return file

    return write


def run(*arguments):
    try:
        return main(["train", *map(str, arguments)])
    except SystemExit as stop:
        return stop.code


def without_seconds(table):
    """The rows of a table of networks, but for the time that each took."""
    with table.open(encoding="utf-8", newline="") as file:
        return [row | {"seconds": None} for row in csv.DictReader(file)]


def files_in(folder):
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def test_a_sweep_writes_its_files_and_draws_its_figure(write, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(write(figure='figure = "figure-3"'), "--out", out) == 0
    place = out / "results/train/mine"
    described = json.loads((place / "experiment.json").read_text())
    assert described["networks"] == 6
    assert described["provenance"]["seed"] == 0
    assert "96 and 60 were drawn at random" in described["data"]
    assert image.imread(place / "figure-3.png").shape[1] > 800
    assert len((place / "networks.csv").read_text().splitlines()) == 7
    printed = capsys.readouterr().out
    assert "figure-3-accuracy" in printed
    assert "2 networks a cell; 8 are" in printed


def test_the_same_command_goes_on_and_ends_with_the_same_numbers(write, tmp_path):
    file, out = write(), tmp_path / "out"
    assert run(file, "--out", out) == 0
    place = out / "results/train/mine"
    before = (place / "networks.npz").read_bytes()
    assert run(file, "--out", out) == 0
    assert (place / "networks.npz").read_bytes() == before
    assert run(file, "--out", tmp_path / "fresh", "--workers", 2) == 0
    fresh = tmp_path / "fresh/results/train/mine/networks.csv"
    assert without_seconds(fresh) == without_seconds(place / "networks.csv")


def test_figures_of_equal_runs_are_the_same_files(write, tmp_path):
    file = write(figure='figure = "figure-3"')
    for folder in ("one", "two"):
        assert run(file, "--out", tmp_path / folder) == 0
    for name in ("figure-3.png", "figure-3.svg"):
        one, two = (tmp_path / folder / "results/train/mine" / name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("store", ["missing/x", "link", "mine.toml/x", ".", "a" * 300, "mine.toml"])
def test_a_store_that_cannot_be_had_leaves_nothing(store, write, tmp_path, capsys):
    file = write()
    (tmp_path / "link").symlink_to("nowhere/x")
    before = list(tmp_path.rglob("*"))
    assert run(file, "--store", tmp_path / store, "--out", tmp_path / "out") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.rglob("*")) == before


def test_networks_can_share_the_store_of_the_simulations(write, tmp_path):
    store = tmp_path / "store.sqlite"
    assert main(["simulate", "dense", "--dims", "16,64", "--nets", "400", "--store", str(store),
                 "--out", str(tmp_path)]) == 0  # fmt: skip
    assert run(write(), "--store", store, "--out", tmp_path / "one") == 0
    assert run(write(name="other"), "--store", store, "--out", tmp_path / "two") == 0
    assert not list((tmp_path / "two").rglob("checkpoints"))


def test_a_dry_run_says_what_and_how_long_and_writes_nothing(write, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(write(), "--out", out, "--dry-run") == 0
    printed = capsys.readouterr().out
    assert "6 of 6 networks are to be trained" in printed
    assert "seconds" in printed
    assert "2 epochs in batches of 32; measured by FGSM with ε = 0.1" in printed
    assert not out.exists()
    assert run(write(), "--out", out) == 0
    capsys.readouterr()
    assert run(write(), "--out", out, "--dry-run") == 0
    assert "All networks are trained" in capsys.readouterr().out


def test_speed_is_measured_only_of_networks_that_are_to_be_trained(write, tmp_path, monkeypatch):
    timed, measured = [], timing._seconds

    def counted(plan, cell, device):
        timed.append(cell)
        return measured(plan, cell, device)

    monkeypatch.setattr(timing, "_seconds", counted)
    assert run(write(), "--out", tmp_path) == 0
    assert len(timed) == 3
    assert run(write(), "--out", tmp_path) == 0
    assert len(timed) == 3


def test_a_larger_budget_adds_networks_to_the_finished_ones(write, tmp_path, capsys):
    assert run(write(), "--out", tmp_path, "--budget", "0.1") == 0
    capsys.readouterr()
    assert run(write(), "--out", tmp_path, "--budget", "1.5", "--dry-run") == 0
    assert "6 of 9 networks are to be trained" in capsys.readouterr().out


@pytest.mark.parametrize("figure", ["figure-1", "figure-2", "figure-3"])
def test_smoke_presets_run_offline(figure, tmp_path, capsys):
    assert run(figure, "--dry-run", "--out", tmp_path) == 0
    assert "handwritten digits" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["figure-4"], "unknown experiment 'figure-4'; give figure-1, figure-2, figure-3 or FILE"),
        (["none.toml"], "cannot read 'none.toml': No such file"),
        (["figure-3", "--preset", "large"], "invalid choice: 'large'"),
        (["figure-3", "--data", "mnist"], "unknown data set 'mnist'"),
        (["figure-3", "--data", "cifar10:/nowhere"], "/nowhere"),
        (["figure-3", "--data", "imagefolder:/nowhere"], "/nowhere"),
        (["figure-3", "--device", "tpu"], "unknown device 'tpu'"),
        (["figure-3", "--workers", "2", "--scheduler", "tcp://x"], "not allowed with"),
        (["figure-3", "--scheduler", "tcp://127.0.0.1:1"], "no Dask scheduler answers"),
        (["figure-3", "--seed", "-1"], "not a seed"),
    ],
)
def test_bad_input_is_one_line(arguments, message, tmp_path, capsys):
    assert run(*arguments, "--out", tmp_path / "out") == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert not captured.out
    assert files_in(tmp_path) == []


def test_a_network_that_does_not_fit_leaves_no_file(write, tmp_path, capsys):
    file = write()
    file.write_text(file.read_text().replace("sizes = [8]", "sizes = [9]"))
    assert run(file, "--out", tmp_path / "out") == 2
    assert "8, 16, 24 ... pixels, not 9" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_gpu_where_none_is_is_one_line(tmp_path, capsys):
    assert run("figure-3", "--device", "cuda", "--out", tmp_path) == 2
    assert "0 CUDA GPUs are here; use --device cpu" in capsys.readouterr().err
    assert files_in(tmp_path) == []


def test_a_preset_of_a_file_is_one_line(write, tmp_path, capsys):
    assert run(write(), "--preset", "cpu", "--out", tmp_path) == 2
    assert "has no presets; leave --preset away" in capsys.readouterr().err


def test_a_diverging_training_is_one_line_and_leaves_no_results(write, tmp_path, capsys):
    assert run(write(rate=1e30), "--out", tmp_path) == 2
    error = capsys.readouterr().err
    assert "paper-figure-3-" in error
    assert "the loss became" in error
    assert error.count("\n") == 1
    assert not list(tmp_path.rglob("*.npz"))


def test_results_that_cannot_be_written_are_one_line_before_any_work(write, tmp_path, capsys):
    (tmp_path / "results").write_text("in the way")
    assert run(write(), "--out", tmp_path) == 2
    assert "is in the way" in capsys.readouterr().err


def test_an_interruption_says_how_to_go_on(write, tmp_path, monkeypatch, capsys):
    import sqrtd.runs.training

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sqrtd.runs.training, "run_sweep", interrupted)
    assert run(write(), "--out", tmp_path) == 130
    assert "the same command goes on" in capsys.readouterr().err
