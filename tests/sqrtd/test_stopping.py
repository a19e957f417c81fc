"""Ctrl-C and SIGTERM: one line and an exit code, and a second one ends at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from running.stopping import stoppable

ROOT = Path(__file__).parents[2]

STUBBORN = """
import os, signal, threading
from torch import nn

def say(what):
    os.write(1, what.encode() + b"\\n")

class Waits(nn.Module):
    def __init__(self, how, d=192):
        super().__init__()
        self.how = how
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(d, 10))

    def forward(self, x):
        self.how(self)
        return self.layers(x)

def pause(module):
    say("ready")
    signal.pause()

def swallow(module):
    while True:
        try:
            say("ready")
            signal.pause()
        except BaseException:
            say("swallowed")

def wait_in_a_thread(module):
    if threading.current_thread() is not threading.main_thread():
        say("ready")
        threading.Event().wait()

def waits(size, *, logits=10, channels=3):
    return Waits(pause), (3, 8, 8)

def swallows(size, *, logits=10, channels=3):
    return Waits(swallow), (3, 8, 8)

def hangs(size, *, logits=10, channels=1):
    return Waits(wait_in_a_thread, channels * size**2), (channels, size, size)
"""

EXPERIMENT = """
[images]
data = "digits"
train = 60
held_out = 40

[recipe]
epochs = 1
batch = 20

[[networks]]
network = ["stubborn.py:hangs"]
sizes = [8]
"""


@pytest.fixture
def start(tmp_path):
    """Start the command in a folder of its own, and wait until its network says a word."""
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    (tmp_path / "mine.toml").write_text(EXPERIMENT)
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "sqrtd", *arguments],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_is_one_line_and_its_exit_code(start, number, code, tmp_path):
    process = start("simulate", "stubborn.py:waits", "--sizes", "8,16")
    process.send_signal(number)
    out, error = process.communicate()
    assert (process.returncode, out) == (code, "")
    assert error == "sqrtd: interrupted; nothing is kept without --store\n"
    assert not (tmp_path / "results").exists()


def test_a_second_signal_ends_what_swallows_the_first(start):
    process = start("simulate", "stubborn.py:swallows", "--sizes", "8,16")
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "swallowed\n"
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert (process.returncode, error) == (130, "sqrtd: ended at once\n")


def test_a_second_signal_ends_threads_that_do_not(start, tmp_path):
    process = start("train", "mine.toml")
    place = tmp_path / "results/train/mine"
    assert list(place.glob(".*.running")) != []
    process.send_signal(signal.SIGTERM)
    assert process.stderr.readline().startswith("sqrtd: interrupted, 1 of 1 networks are left")
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate()
    assert (process.returncode, error) == (143, "sqrtd: ended at once\n")
    assert [file.name for file in place.iterdir() if file.name.startswith(".")] == []


def test_a_killed_run_leaves_what_the_next_one_removes(start, tmp_path):
    process = start("train", "mine.toml")
    place = tmp_path / "results/train/mine"
    process.kill()
    process.communicate()
    assert list(place.glob(".*.running")) != []
    process = start("train", "mine.toml")
    (left,) = place.glob(".*.running")
    assert f"~{process.pid}~" in left.name


def test_handlers_are_put_back():
    before = {number: signal.getsignal(number) for number, _ in SIGNALS}
    with stoppable() as stops:
        assert signal.getsignal(signal.SIGTERM) is stops
    assert {number: signal.getsignal(number) for number, _ in SIGNALS} == before
    assert stops.exit_code(130) == 130


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
