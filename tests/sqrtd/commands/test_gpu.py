"""`make gpu`: pieces of the experiments, where torch is the only package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from empirical.measures.trained import Cell
from empirical.sweeps.experiment import Experiment, Images
from empirical.sweeps.record import read_sweep
from empirical.training.recipe import Recipe
from sqrtd.commands import gpu

ROOT = Path(__file__).parents[3]

BARE = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked}:
            raise ImportError(f"{{name}} is not on the GPU machine")
sys.meta_path.insert(0, Block())
from sqrtd.commands.gpu import main
sys.exit(main({arguments}))
"""

BLOCKED = {
    "PIL", "dask", "distributed", "foolbox", "hypothesis", "matplotlib", "networkx", "pooch",
    "rich", "scipy", "sklearn", "sympy",
}  # fmt: skip


def on_a_bare_machine(*arguments):
    """Run the command where torch and numpy are the only packages."""
    return subprocess.run(
        [sys.executable, "-c", BARE.format(blocked=BLOCKED, arguments=list(map(str, arguments)))],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tiny(monkeypatch):
    """Put an experiment of seconds in the place of the paper's."""
    cell = Cell(network="paper-figure-3-average", size=8, widths=(4,) * 6)
    experiment = Experiment(
        name="figure-3-paper",
        figure="figure-3",
        images=Images(data="digits", train=96, held_out=50),
        epsilon=0.05,
        pgd=False,
        recipe=Recipe(epochs=2, batch=32),
        cells=((cell, 2),),
    )
    monkeypatch.setattr(gpu, "_experiments", lambda *_: iter([experiment]))
    return experiment


def run(out, *arguments):
    return gpu.main(["--device", "cpu", "--data", "x", "--out", str(out), *arguments])


def test_a_call_ends_in_time_and_the_next_goes_on(tiny, tmp_path, capsys):
    """A call of 30 seconds leaves them all for stopping and writing."""
    assert run(tmp_path, "--minutes", "0.5") == 1
    assert "2 networks are left: run the same command again" in capsys.readouterr().out
    assert run(tmp_path) == 0
    assert "all is done" in capsys.readouterr().out
    sweep, described = read_sweep(tmp_path / "figure-3-paper")
    assert len(sweep.networks) == 2
    assert described["provenance"]["device"].startswith("cpu")
    before = (tmp_path / "figure-3-paper/networks.npz").read_bytes()
    assert run(tmp_path) == 0
    assert (tmp_path / "figure-3-paper/networks.npz").read_bytes() == before


def test_no_images_are_read_when_the_time_is_over(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gpu, "agenda", None)
    assert run(tmp_path, "--minutes", "0.1") == 1
    assert "2 networks are left" in capsys.readouterr().out


def test_what_is_finished_is_written_though_more_is_left(tiny, tmp_path, monkeypatch):
    original = gpu.run_sweep

    def until_one_is_finished(agenda, *, progress, **arguments):
        def ending(fraction, activity):
            if activity.startswith("1 of"):
                raise gpu._TimeUpError
            progress(fraction, activity)

        return original(agenda, progress=ending, **arguments)

    monkeypatch.setattr(gpu, "run_sweep", until_one_is_finished)
    assert run(tmp_path) == 1
    sweep, _ = read_sweep(tmp_path / "figure-3-paper")
    assert len(sweep.networks) == 1


def test_learning_rates_fall_within_fewer_epochs():
    figure_3, figure_2, figure_1 = gpu._experiments(Path("/data"), 30, "paper")
    assert figure_3.images.data == figure_2.images.data == "cifar10:/data/cifar-10-batches-bin"
    assert figure_1.images.data == "dead-leaves:12"
    assert (figure_3.recipe.epochs, figure_3.recipe.halve_every) == (30, 4)


def test_it_needs_torch_alone(tmp_path):
    done = on_a_bare_machine("--device", "cpu", "--data", tmp_path, "--out", tmp_path)
    assert done.returncode == 2
    assert "cifar-10-batches-bin" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_without_a_gpu_it_is_one_line(tmp_path):
    done = on_a_bare_machine("--data", tmp_path, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "0 CUDA GPUs are here" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
