"""Networks built without torch, against the modules that they stand for."""

from itertools import product

import numpy as np
import pytest
from torch import nn

from theory.checks.subjects.path_networks import SymmetricPad1d
from theory.dag import Dag
from theory.graph.layers import DagError
from theory.networks.small_modules import convolutional_network, dense_network
from theory.networks.small_networks import convolutional_dag, dense_dag


def edges(dag):
    return sorted(zip(dag.tails.tolist(), dag.heads.tolist(), strict=True))


def relus(dag):
    """Which neurons have one, but for those that nothing reads: a module's are not counted."""
    read = {*dag.tails.tolist(), *(dag.position(o) for o in dag.outputs)}
    return dag.relus & read


def same(ours, theirs):
    """Whether all that second moments depend on is alike, and the ReLUs and outputs."""
    return (
        edges(ours) == edges(theirs)
        and len(ours.nodes) == len(theirs.nodes)
        and relus(ours) == relus(theirs)
        and [ours.position(o) for o in ours.outputs] == [theirs.position(o) for o in theirs.outputs]
        and all(
            np.array_equal(one.tails, other.tails)
            and np.array_equal(one.divisors, other.divisors)
            and np.array_equal(
                one.filters[:, None] == one.filters, other.filters[:, None] == other.filters
            )
            for one, other in zip(ours.layers, theirs.layers, strict=True)
        )
    )


@pytest.mark.parametrize("padding", ["none", "zeros", "circular", "reflect", "replicate"])
@pytest.mark.parametrize("layers", [1, 2])
def test_convolutions_are_those_of_the_module(padding, layers):
    for size, kernel, stride in product((7, 8), (1, 2, 3), (1, 2)):
        options = {"kernel": kernel, "stride": stride, "padding": padding, "layers": layers}
        network = convolutional_network(size, **options)
        assert same(convolutional_dag(size, **options), network.dag)


@pytest.mark.parametrize("linear", [False, True])
def test_logits_are_those_of_the_module(linear):
    options = {"kernel": 3, "stride": 1, "padding": "zeros", "layers": 1}
    options |= {"logits": 3, "linear": linear}
    assert same(convolutional_dag(5, **options), convolutional_network(5, **options).dag)
    options = {"widths": [4, 2], "logits": 2, "linear": linear}
    ours = dense_dag(5, **options)
    assert same(ours, dense_network(5, **options).dag)
    assert ours.outputs == ("o1", "o2")


def test_the_mirror_beside_the_border_is_numpys():
    module = nn.Sequential(SymmetricPad1d(1), nn.Conv1d(1, 1, 3), nn.Flatten(), nn.Linear(5, 1))
    ours = convolutional_dag(5, kernel=3, stride=1, padding="symmetric", layers=1)
    assert edges(ours) == edges(Dag.from_module(module, (1, 5)))


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
