"""Networks built without torch, against the modules that they stand for."""

from itertools import product

import pytest
from torch import nn

from theory.dag import Dag
from theory.layers import DagError
from theory.path_networks import SymmetricPad1d
from theory.small_networks import convolutional_dag, dense_dag

MODULES = {
    "zeros": nn.ZeroPad1d,
    "circular": nn.CircularPad1d,
    "reflect": nn.ReflectionPad1d,
    "replicate": nn.ReplicationPad1d,
}


def edges(dag):
    return sorted(zip(dag.tails.tolist(), dag.heads.tolist(), strict=True))


def convolution(size, kernel, stride, padding, layers):
    modules, width = [], size
    for _ in range(layers):
        amounts = (0, 0) if padding == "none" else ((kernel - 1) // 2, kernel // 2)
        if padding != "none" and sum(amounts):
            modules.append(MODULES[padding](amounts))
        modules += [nn.Conv1d(1, 1, kernel, stride=stride), nn.ReLU()]
        width = (width + sum(amounts) - kernel) // stride + 1
    return nn.Sequential(*modules, nn.Flatten(), nn.Linear(width, 1))


@pytest.mark.parametrize("padding", ["none", *MODULES])
@pytest.mark.parametrize("layers", [1, 2])
def test_convolutions_have_the_edges_of_the_module(padding, layers):
    for size, kernel, stride in product((7, 8), (1, 2, 3), (1, 2)):
        ours = convolutional_dag(size, kernel=kernel, stride=stride, padding=padding, layers=layers)
        module = convolution(size, kernel, stride, padding, layers)
        theirs = Dag.from_module(module, (1, size))
        assert edges(ours) == edges(theirs)
        assert len(ours.nodes) == len(theirs.nodes)


def test_the_mirror_beside_the_border_is_numpys():
    module = nn.Sequential(SymmetricPad1d(1), nn.Conv1d(1, 1, 3), nn.Flatten(), nn.Linear(5, 1))
    ours = convolutional_dag(5, kernel=3, stride=1, padding="symmetric", layers=1)
    assert edges(ours) == edges(Dag.from_module(module, (1, 5)))


def test_dense_layers_have_the_edges_of_the_module():
    module = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 1))
    assert edges(dense_dag(5, widths=[4, 2])) == edges(Dag.from_module(module, (5,)))


def test_names():
    dag = convolutional_dag(4, kernel=3, stride=2, padding="zeros", layers=2)
    assert dag.nodes == ["x1", "x2", "x3", "x4", "h1", "h2", "h1′", "o"]
    assert dag.inputs == ("x1", "x2", "x3", "x4")
    assert dag.outputs == ("o",)


@pytest.mark.parametrize(
    ("size", "kernel", "padding", "words"),
    [
        (3, 4, "none", "does not fit into 3"),
        (2, 4, "reflect", "reflect padding by 2 needs more than 2"),
        (1, 4, "circular", "circular padding by 2 needs more than 1"),
        (1, 4, "symmetric", "symmetric padding by 2 needs more than 1"),
    ],
)
def test_what_does_not_fit_is_refused(size, kernel, padding, words):
    with pytest.raises(DagError, match=words):
        convolutional_dag(size, kernel=kernel, stride=1, padding=padding, layers=1)
