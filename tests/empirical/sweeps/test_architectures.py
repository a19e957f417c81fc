"""Users' modules, tried before anything is trained: what cannot be trained is one line."""

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_experiments import tiny_cell

from empirical.measures.trained import Cell
from empirical.sweeps.architectures import build_network, explained
from empirical.sweeps.experiment import ExperimentError
from simulations.networks.families import FAMILIES
from simulations.networks.user_factories import takes

MODULES = """
import sys
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, after, before=lambda x: x):
        super().__init__()
        self.layer, self.after, self.before = nn.Linear(192, 10), after, before

    def forward(self, x):
        return self.after(self.layer(self.before(x).flatten(1)))

class Quit(BaseException):
    def __str__(self):
        raise Quit

def quits(x):
    raise Quit

def whole(size): return Net(lambda y: y), (3, 8, 8)
def lazy(size): return nn.Sequential(nn.Flatten(), nn.LazyLinear(10)), (3, 8, 8)
def mapping(size): return Net(lambda y: {"logits": y}), (3, 8, 8)
def pair(size): return Net(lambda y: (y, y)), (3, 8, 8)
def image(size): return Net(lambda y: y[:, :, None]), (3, 8, 8)
def nan(size): return Net(lambda y: y / 0 * 0), (3, 8, 8)
def detached(size): return Net(lambda y: y, lambda x: x.detach()), (3, 8, 8)
def double(size): return Net(lambda y: y).double(), (3, 8, 8)
def leaves(size): return Net(lambda y: sys.exit(3)), (3, 8, 8)
def rude(size): return Net(quits), (3, 8, 8)
def gone(size): sys.exit(3)
def speechless(size): raise Quit
def other(size): return Net(lambda y: y), (3, 9, 9)
def nothing(size): pass
"""


def build(tmp_path, name):
    (tmp_path / "nets.py").write_text(MODULES)
    cell = tiny_cell(network=f"{tmp_path}/nets.py:{name}", widths=None)
    return build_network(cell, channels=3, classes=10, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "name", [name for name, factory in FAMILIES.items() if takes(factory, "widths")]
)
@settings(max_examples=5, deadline=None)
@given(width=st.integers(10**5, 10**8))
def test_a_built_in_network_that_memory_cannot_hold_is_refused(name, width):
    """None of it is built: that would take all memory, or end this process."""
    widths = inspect.signature(FAMILIES[name]).parameters["widths"].default
    cell = Cell(network=name, size=64, widths=(width,) * len(widths))
    with pytest.raises(
        ExperimentError, match=r" take [\d,]+ GB of memory, .*: give smaller widths$"
    ):
        build_network(cell, channels=3, classes=10, generator=torch.Generator())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mapping", "not to a dict of logits; return the logits alone"),
        ("pair", "not to a tuple; return the logits alone"),
        ("image", r"outputs of shape \(10, 1\), but the images have 10 classes"),
        ("nan", "the logits are not finite at an input of standard normal noise"),
        ("detached", r"is there a torch.no_grad\(\) or a detach\(\) on the way\?"),
        ("double", r"are torch.float64, but training is in float32: leave .double\(\)"),
        ("leaves", "cannot be trained: SystemExit: 3"),
        ("rude", "cannot be trained: Quit$"),
        ("gone", r"raises SystemExit: 3 \(line \d+\) at size 8"),
        ("speechless", r"raises Quit \(line \d+\) at size 8"),
        ("other", r"takes inputs of shape \(3, 9, 9\), but the images have \(3, 8, 8\)"),
        ("nothing", "returns NoneType"),
    ],
)
def test_what_cannot_be_trained_is_one_line(tmp_path, name, message):
    with pytest.raises(ExperimentError, match=message) as error:
        build(tmp_path, name)
    assert "\n" not in str(error.value)
    assert f"nets.py:{name}" in str(error.value)


@pytest.mark.parametrize("name", ["whole", "lazy"])
def test_others_are_built(tmp_path, name):
    network = build(tmp_path, name)
    assert network.training
    assert network(torch.zeros(2, 3, 8, 8)).shape == (2, 10)


def test_an_error_outside_of_modules_is_a_fault_of_ours():
    with pytest.raises(ZeroDivisionError), explained(tiny_cell()):
        _ = 1 / 0


def test_ctrl_c_is_no_error_of_a_module():
    with pytest.raises(KeyboardInterrupt), explained(tiny_cell()):
        raise KeyboardInterrupt
