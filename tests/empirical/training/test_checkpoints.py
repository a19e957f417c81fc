"""Checkpoints: whole or not there, of this training or refused, and bit-equal continuation."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import empirical.training.train
from empirical.errors import TrainingError
from empirical.training.checkpoints import fingerprint, read_checkpoint, write_checkpoint
from empirical.training.methods import CrossEntropy, CrossLipschitz, ProjectedGradient
from empirical.training.recipe import Recipe
from empirical.training.train import train_network
from running.streams import stream
from simulations.networks.initialization import he_initialize_

IDENTITY = {"method": "plain", "seed": "0"}
RECIPE = Recipe(epochs=3, batch=16, halve_every=1)
STEPS = 3 * (40 // 16)


@pytest.fixture
def every_step(monkeypatch):
    monkeypatch.setattr(empirical.training.train, "CHECKPOINT_SECONDS", 0.0)


def fresh_network():
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect"),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Dropout(0.2),  # draws from torch's global generator
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 3),
    )
    he_initialize_(network, stream(0, "weights"))
    return network


def trained(checkpoint=None, *, network=None, **changes):
    network = network or fresh_network()
    seconds_of(checkpoint, network=network, **changes)
    return network


def seconds_of(checkpoint=None, *, network=None, **changes):
    arguments = {
        "images": torch.randn(40, 1, 6, 6, generator=stream(0, "images")),
        "labels": torch.randint(3, (40,), generator=stream(0, "labels")),
        "objective": ProjectedGradient(epsilon=0.1, p=2, steps=2),  # draws its starts
        "recipe": RECIPE,
        "seed": 0,
    }
    _, seconds = train_network(
        network or fresh_network(), checkpoint=checkpoint, **arguments | changes
    )
    return seconds


def assert_bit_equal(one, other):
    ours, theirs = one.state_dict(), other.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


class InterruptionError(Exception):
    pass


def interrupt_after(steps):
    done = []

    def progress(fraction, activity):
        done.append(fraction)
        if len(done) == steps:
            raise InterruptionError

    return progress


# --- continuing --------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_an_interrupted_training_ends_bit_equal(tmp_path, every_step, steps):
    """In the middle of an epoch too; momentum, running statistics and dropout included."""
    file = tmp_path / "network.checkpoint"
    with pytest.raises(InterruptionError):
        trained(file, progress=interrupt_after(steps))
    fractions = []
    continued = trained(file, progress=lambda fraction, _: fractions.append(fraction))
    assert len(fractions) == STEPS - steps
    assert_bit_equal(continued, trained())


def test_seconds_add_up_over_an_interruption(tmp_path, every_step, monkeypatch):
    """A clock that moves on by one after each step; the interrupted step's tick is lost."""
    now = [0.0]
    monkeypatch.setattr(empirical.training.train.time, "thread_time", lambda: now[0])
    file = tmp_path / "network.checkpoint"
    interrupt = interrupt_after(4)

    def tick(fraction, activity):
        now[0] += 1
        if now[0] < 100:
            interrupt(fraction, activity)

    with pytest.raises(InterruptionError):
        trained(file, progress=tick)
    now[0] = 100.0  # another process
    assert seconds_of(file, progress=tick) == STEPS - 1


def test_without_its_momentum_it_would_not(tmp_path, every_step, monkeypatch):
    """The control: a state that lacks something is seen."""
    file = tmp_path / "network.checkpoint"
    with pytest.raises(InterruptionError):
        trained(file, progress=interrupt_after(4))
    read = empirical.training.train.read_checkpoint

    def forgetful(*arguments, **options):
        state = read(*arguments, **options)
        return state | {"optimizer": state["optimizer"] | {"state": {}}}

    monkeypatch.setattr(empirical.training.train, "read_checkpoint", forgetful)
    assert not torch.equal(trained(file)[0].weight, trained()[0].weight)


def test_a_killed_process_continues_bit_equal(tmp_path):
    """SIGKILL runs no handler and flushes no file."""
    file = tmp_path / "network.checkpoint"
    here = Path(__file__)
    program = f"""
import os, signal, sys, importlib.util
import torch
torch.set_num_threads(1)
import empirical.training.train
empirical.training.train.CHECKPOINT_SECONDS = 0.0
spec = importlib.util.spec_from_file_location("tests_of_checkpoints", {str(here)!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from pathlib import Path
def progress(fraction, activity):
    if fraction > 0.6:
        os.kill(os.getpid(), signal.SIGKILL)
module.trained(Path({str(file)!r}), progress=progress)
"""
    root = str(here.parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    killed = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    fractions = []
    continued = trained(file, progress=lambda fraction, _: fractions.append(fraction))
    assert 0 < len(fractions) < STEPS
    assert_bit_equal(continued, trained())


def test_a_finished_training_is_not_run_again(tmp_path):
    file = tmp_path / "network.checkpoint"
    first = trained(file)
    fractions = []
    assert_bit_equal(trained(file, progress=lambda *report: fractions.append(report)), first)
    assert not fractions


def test_checkpoints_change_no_number(tmp_path, every_step):
    assert_bit_equal(trained(tmp_path / "network.checkpoint"), trained())


def test_the_global_generator_is_left_as_it_was():
    network = fresh_network()
    before = torch.get_rng_state()
    trained(network=network)
    assert torch.equal(torch.get_rng_state(), before)


# --- refusing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"objective": CrossEntropy()}, "its method is ProjectedGradient.*, not CrossEntropy"),
        ({"objective": CrossLipschitz(epsilon=0.1)}, "its method is"),
        ({"recipe": Recipe(epochs=4, batch=16, halve_every=1)}, "its recipe is Recipe.epochs=3"),
        ({"seed": 1}, "its seed is 0, not 1"),
        ({"name": ("other", 2)}, "its name is"),
        ({"images": torch.zeros(40, 1, 6, 6)}, "its set of images is"),
        ({"labels": torch.zeros(40, dtype=torch.long)}, "its set of images is"),
    ],
)
def test_another_trainings_checkpoint_is_refused(tmp_path, changes, message):
    file = tmp_path / "network.checkpoint"
    trained(file)
    with pytest.raises(TrainingError, match=message) as caught:
        trained(file, **changes)
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_other_initial_weights_are_refused(tmp_path):
    file = tmp_path / "network.checkpoint"
    network = trained(file)
    with pytest.raises(TrainingError, match="its initial network is"):
        trained(file, network=network)


@pytest.mark.parametrize("keep", [0, 10, 40, 500, -1])
def test_a_truncated_file_is_refused(tmp_path, keep):
    file = tmp_path / "a.checkpoint"
    write_checkpoint(file, IDENTITY, {"weights": torch.ones(300)})
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(TrainingError, match="is damaged or no checkpoint: delete it") as caught:
        read_checkpoint(file, IDENTITY)
    assert "\n" not in str(caught.value)


def test_one_wrong_bit_is_seen(tmp_path):
    file = tmp_path / "a.checkpoint"
    write_checkpoint(file, IDENTITY, {"weights": torch.ones(300)})
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(TrainingError, match="is damaged"):
        read_checkpoint(file, IDENTITY)


# --- writing -----------------------------------------------------------------------------------


def test_what_is_written_is_read(tmp_path):
    file = tmp_path / "folder" / "a.checkpoint"
    assert read_checkpoint(file, IDENTITY) is None
    write_checkpoint(file, IDENTITY, {"weights": torch.arange(3), "step": 7, "nested": {"a": [1]}})
    state = read_checkpoint(file, IDENTITY)
    assert torch.equal(state.pop("weights"), torch.arange(3))
    assert state == {"step": 7, "nested": {"a": [1]}}


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a.checkpoint"
    write_checkpoint(file, IDENTITY, {"step": 1})

    def broken(*places):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(TrainingError, match=r"cannot write '.*a\.checkpoint': No space left"):
        write_checkpoint(file, IDENTITY, {"step": 2})
    assert read_checkpoint(file, IDENTITY) == {"step": 1}
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_in_its_place_is_one_line(tmp_path):
    with pytest.raises(TrainingError, match="it is a folder, not a file"):
        read_checkpoint(tmp_path, IDENTITY)
    with pytest.raises(TrainingError, match=f"cannot write '{tmp_path}': Is a directory"):
        write_checkpoint(tmp_path, IDENTITY, {})


def test_fingerprints_tell_values_shapes_and_types_apart():
    tensors = [
        torch.zeros(4),
        torch.zeros(2, 2),
        torch.zeros(4, dtype=torch.float64),
        torch.tensor([0.0, 0.0, 0.0, 1e-9]),
    ]
    assert len({fingerprint(tensor) for tensor in tensors}) == 4
    image = torch.randn(2, 3, 4, 4, generator=stream(0, "image"))
    assert fingerprint(image) == fingerprint(image.to(memory_format=torch.channels_last))
