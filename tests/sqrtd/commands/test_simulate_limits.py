"""`sqrtd simulate` beyond its limits, and what it says of long work before it begins."""

import io
import sys

import pytest

from running import memory
from sqrtd.cli import main

NETS = """
import sys
from torch import nn

def linear(size):
    return nn.Linear(size, 3), (size,)

def closes(size):
    sys.stdout.close()
    return nn.Linear(size, 3), (size,)
"""


@pytest.fixture
def nets(tmp_path):
    file = tmp_path / "nets.py"
    file.write_text(NETS)
    return file


def run(*arguments):
    try:
        return main(["simulate", *map(str, arguments)])
    except SystemExit as stop:
        return stop.code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["dense", "--workers", "9" * 20],
            "the number of workers must be from 1 to 1,024, not about",
        ),
        (
            ["dense", "--nets", "9" * 20],
            "number of networks must be from 2 to 1,000,000, not about",
        ),
        (["dense", "--nets", "9" * 5000], "is not a number of networks; give a whole number"),
        (["dense", "--seed", "9" * 5000], "is not a seed; give a whole number from 0 up"),
        (
            ["dense", "--dims", "64,1000000000"],
            "each of the dims must be from 1 to 100,000,000, not",
        ),
        (
            ["dense", "--dims", ",".join(map(str, range(1, 70)))],
            "how many dims must be from 0 to 64",
        ),
        (["conv", "--sizes", "8,2000000"], "activations and weights take "),
        (["conv", "--sizes", "8,16", "--widths", "99999999"], "activations and weights take "),
    ],
)
def test_numbers_beyond_the_limits_are_one_line(tmp_path, capsys, arguments, message):
    assert run(*arguments, "--out", tmp_path / "out") == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_dry_run_says_what_how_long_and_in_how_much_memory(nets, tmp_path, capsys):
    out = tmp_path / "out"
    options = ("--sizes", "4,8", "--workers", "3", "--store", tmp_path / "store", "--out", out)
    assert run(f"{nets}:linear", "--nets", "70", *options, "--dry-run") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "seconds each" in printed
    assert "70 networks of each size are to be sampled, 3 at a time: about 1 seconds" in printed
    assert "GB of memory. Results go to" in printed
    assert run(f"{nets}:linear", "--precision", "0.01", *options, "--dry-run") == 0
    assert "at most 100,000 networks of each size" in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == [nets]


def test_a_network_that_closes_the_output_loses_no_results(nets, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert run(f"{nets}:closes", "--sizes", "4,8", "--nets", "50", "--out", tmp_path) == 2
    error = capsys.readouterr().err
    assert error.startswith("sqrtd: the standard output was closed, perhaps by a file of yours")
    assert error.count("\n") == 1
    assert (tmp_path / "results/simulate/nets.closes/simulation.json").is_file()


def test_what_does_not_fit_into_memory_is_refused_before_the_work(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(memory, "memory_of_machine", lambda: 5e8)
    options = ("--dims", "1024,4096", "--out", tmp_path)
    assert run("dense", *options, "--nets", "1000000", "--dry-run") == 2
    assert "1,000,000 networks of each size on " in capsys.readouterr().err
    assert run("dense", *options, "--nets", "1000", "--dry-run") == 0
