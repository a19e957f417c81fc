"""Results are saved and the exit code is right, whatever becomes of what is printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONJECTURE = "def fails(dag):\n    return len(dag.nodes) < 2\n"
FULL = Path("/dev/full")
COMMAND = "import sys, sqrtd.cli; sys.exit(sqrtd.cli.main(sys.argv[1:]))"


def run(arguments, *, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **environment):
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        stdout=stdout,
        stderr=stderr,
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture
def conjecture(tmp_path):
    (tmp_path / "mine.py").write_text(CONJECTURE)
    out = tmp_path / "out"
    saved = out / "results/conjectures/mine.fails.json"
    return ["conjecture", f"{tmp_path}/mine.py:fails", "--examples", "20", "--out", str(out)], saved


def test_a_full_device_is_one_line(conjecture):
    command, saved = conjecture
    with FULL.open("w") as full:
        done = run(command, stdout=full)
    assert (done.returncode, done.stderr) == (
        2,
        b"sqrtd: cannot print: No space left on device\n",
    )
    assert saved.exists()


def test_a_reader_that_has_seen_enough_changes_nothing(conjecture):
    command, saved = conjecture
    reading, writing = os.pipe()
    os.close(reading)
    done = run(command, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")  # 1: there is a counterexample
    assert saved.exists()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_that_cannot_be_printed(arguments):
    with FULL.open("w") as full:
        done = run(arguments, stdout=full)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


@pytest.mark.parametrize("arguments", [["verify", "--claim", "none"], ["prove"]])
def test_an_error_that_cannot_be_printed_keeps_its_code(arguments):
    with FULL.open("w") as full:
        assert run(arguments, stderr=full).returncode == 2


def test_signs_that_the_terminal_lacks_are_escapes(conjecture):
    command, _ = conjecture
    done = run(command, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.isascii()
