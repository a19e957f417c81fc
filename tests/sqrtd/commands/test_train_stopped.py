"""`sqrtd train` that is stopped: by the time, by Ctrl-C, and where torch is the only package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from empirical.sweeps.record import read_sweep
from sqrtd.cli import main
from sqrtd.runs import training
from sqrtd.runs.training_run import TrainingRun

ROOT = Path(__file__).parents[3]

MINE = """
figure = "figure-3"

[images]
data = "{data}"
train = 96
held_out = 60

[measure]
epsilon = 0.1

[recipe]
epochs = 2
batch = 32

[[networks]]
network = ["paper-figure-3-average", "paper-figure-3-strided", "paper-figure-3-max"]
sizes = [8]
widths = [4, 4, 4, 4, 4, 4]
repeats = 2
"""

MISSING = (
    "PIL", "dask", "distributed", "foolbox", "hypothesis", "htpy", "matplotlib", "pandas", "pooch",
    "rich", "scipy", "sklearn",
)  # fmt: skip
"""What a machine with torch, and what torch itself needs, does not have."""

BARE = """
import sys
for name in {missing}:
    sys.modules[name] = None
from sqrtd.cli import main
sys.exit(main({arguments}))
"""


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(MINE.format(data="digits"))
    return file


def train(file, out, *arguments):
    return main(["train", str(file), "--out", str(out), *arguments])


def files_of(out):
    return out / "results/train/mine"


@pytest.fixture
def until(monkeypatch):
    """Call something when so many networks are finished, or more: progress is not of every one."""
    original = training.run_sweep

    def install(finished, happens):
        def stopping(agenda, *, progress, **arguments):
            def watched(fraction, activity):
                if int(activity.split()[0]) >= finished:
                    happens()
                progress(fraction, activity)

            return original(agenda, progress=watched, **arguments)

        monkeypatch.setattr(training, "run_sweep", stopping)

    yield install
    monkeypatch.undo()


def interrupt():
    raise KeyboardInterrupt


def pass_the_deadline(monkeypatch):
    def happens():
        monkeypatch.setattr(training.time, "monotonic", lambda: 1e12)

    return happens


def numbers(out):
    with (files_of(out) / "networks.npz").open("rb") as file:
        import numpy as np

        return {name: values for name, values in np.load(file).items() if name != "facts"}


def assert_equal_numbers(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert one[name].tolist() == other[name].tolist()


def test_a_time_that_is_over_at_once_leaves_everything(mine, tmp_path, capsys):
    """The spare seconds for stopping and writing are all that there is."""
    assert train(mine, tmp_path, "--hours", "0.008") == 1
    assert "The time is up, 6 of 6 networks are left; the same command" in capsys.readouterr().out
    assert not (files_of(tmp_path) / "experiment.json").exists()


def test_what_is_finished_in_time_is_recorded_and_gone_on_with(
    mine, tmp_path, until, monkeypatch, capsys
):
    with monkeypatch.context() as patch:
        until(2, pass_the_deadline(patch))
        assert train(mine, tmp_path, "--hours", "5") == 1
    printed = capsys.readouterr().out
    assert "networks are left; the same command goes on" in printed
    assert "on these networks" not in printed  # verdicts are read from whole sweeps alone
    sweep, _ = read_sweep(files_of(tmp_path))
    assert 2 <= len(sweep.networks) < 6
    monkeypatch.undo()
    (files_of(tmp_path) / "networks.sqlite").unlink()
    assert train(mine, tmp_path, "--hours", "5") == 0
    assert len(read_sweep(files_of(tmp_path))[0].networks) == 6
    assert train(mine, tmp_path / "fresh") == 0
    assert_equal_numbers(numbers(tmp_path), numbers(tmp_path / "fresh"))


def test_ctrl_c_records_what_is_finished(mine, tmp_path, until, capsys):
    until(1, interrupt)
    assert train(mine, tmp_path) == 130
    captured = capsys.readouterr()
    assert captured.err.startswith("sqrtd: interrupted, ")
    assert "of 6 networks are left; the same command goes on" in captured.err
    assert captured.err.count("\n") == 1
    sweep, described = read_sweep(files_of(tmp_path))
    assert 1 <= len(sweep.networks) < 6
    assert described["networks"] == len(sweep.networks)
    assert (files_of(tmp_path) / "networks.csv").is_file()


def test_ctrl_c_before_any_network_is_finished_writes_no_record(
    mine, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(training, "run_sweep", lambda *_, **__: interrupt())
    assert train(mine, tmp_path) == 130
    assert "6 of 6 networks are left" in capsys.readouterr().err
    assert not (files_of(tmp_path) / "experiment.json").exists()


def test_learning_rates_fall_within_fewer_epochs():
    experiment = training.read_experiment(TrainingRun("figure-3", preset="paper", epochs=30))
    assert (experiment.recipe.epochs, experiment.recipe.halve_every) == (30, 4)
    assert experiment.recipe.batch == 128


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--hours", "0"], "'0' is not a time; give a number of hours above 0, such as 0.5"),
        (["--hours", "inf"], "'inf' is not a time"),
        (["--hours", "soon"], "'soon' is not a time"),
        (["--epochs", "0"], "'0' is not a number of epochs; give a whole number from 1 up"),
    ],
)
def test_bad_limits_are_one_line(mine, tmp_path, option, message, capsys):
    with pytest.raises(SystemExit) as stop:
        train(mine, tmp_path, *option)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def on_a_bare_machine(*arguments):
    """Run `sqrtd train` where torch and numpy are the only packages."""
    code = BARE.format(missing=MISSING, arguments=["train", *map(str, arguments)])
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_needs_torch_alone(mine, tmp_path):
    mine.write_text(MINE.format(data="dead-leaves"))
    done = on_a_bare_machine(mine, "--out", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No verdicts and no figure, because matplotlib is not installed here." in done.stdout
    assert len(read_sweep(files_of(tmp_path))[0].networks) == 6


def test_what_is_trained_on_a_bare_machine_is_drawn_elsewhere(mine, tmp_path, capsys):
    mine.write_text(MINE.format(data="dead-leaves"))
    assert on_a_bare_machine(mine, "--out", tmp_path).returncode == 0
    before = (files_of(tmp_path) / "networks.npz").read_bytes()
    (files_of(tmp_path) / "networks.sqlite").unlink()
    assert train(mine, tmp_path) == 0
    assert "figure-3-accuracy" in capsys.readouterr().out
    assert (files_of(tmp_path) / "networks.npz").read_bytes() == before
    assert (files_of(tmp_path) / "figure-3.png").is_file()


def test_errors_on_a_bare_machine_are_one_line(tmp_path):
    data = f"cifar10:{tmp_path}"
    done = on_a_bare_machine("figure-3", "--preset", "paper", "--data", data, "--out", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cifar-10-batches-bin" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_without_a_gpu_it_is_one_line(tmp_path):
    done = on_a_bare_machine("figure-3", "--device", "cuda", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "0 CUDA GPUs are here" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
