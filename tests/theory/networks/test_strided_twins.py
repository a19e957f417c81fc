"""The twins of Theorem 6, built without torch, are torch's; listed paths agree with the walk."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from torch import nn

from theory.checks.subjects.example_networks import example_networks, random_dag
from theory.checks.subjects.path_networks import averaged, strided
from theory.graph.layers import DagError, Kind
from theory.networks.sequential_networks import with_logit
from theory.networks.strided_twins import kept_neuron, strided_twin
from theory.paths.path_pairs import path_pair_sums
from theory.paths.weighted_paths import correlated_pair, enumerated_pair_sums, weighted_paths

PADDINGS = ("circular", "zeros", "reflect", "replicate")
REPLACED = ((), (0,), (1,), (0, 1))


def moments(dag):
    return list(dag.second_moments(dag.outputs[0]).values())


@pytest.mark.parametrize(("n", "replaced"), list(product((2, 3), REPLACED)))
@pytest.mark.parametrize("wider", [0, 1])
def test_periodic_twins_are_those_of_torch(n, wider, replaced):
    layers = [
        layer
        for number in (0, 1)
        for layer in (averaged if number in replaced else strided)(n + wider, n)
    ]
    torchs = with_logit(layers, (1, n * n)).dag
    ours = strided_twin(n, n + wider, replaced=replaced)
    # Torch's pads on the right alone: the pixels are shifted, their moments are the same ones.
    assert sorted(moments(ours)) == sorted(moments(torchs))
    assert sorted(ours.in_degrees) == sorted(torchs.in_degrees)
    assert len(ours.relus) == len(torchs.relus)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate"])
def test_padded_twins_are_those_of_torch(mode):
    pads = {"zeros": nn.ZeroPad1d, "reflect": nn.ReflectionPad1d, "replicate": nn.ReplicationPad1d}
    layers = []
    for _ in range(2):
        layers += [pads[mode]((1, 1)), nn.Conv1d(1, 1, 3, bias=False), nn.ReLU(), nn.AvgPool1d(3)]
    torchs = with_logit(layers, (1, 9)).dag
    ours = strided_twin(3, 3, replaced=(0, 1), padding=mode)
    assert moments(ours) == moments(torchs)
    assert np.array_equal(ours.tails, torchs.tails)


@pytest.mark.parametrize(("n", "wider"), list(product((2, 3, 4), (0, 1))))
def test_a_stride_keeps_one_neuron_of_n(n, wider):
    kernel = n + wider
    strided_layer = strided_twin(n, kernel).layers[0]
    every = strided_twin(n, kernel, replaced=(0,)).layers[0]
    assert np.array_equal(strided_layer.tails, every.tails[kept_neuron(kernel) :: n])


def test_maxima_have_no_moments():
    dag = strided_twin(2, 2, replaced=(1,), pooling="maximum")
    assert [layer.kind for layer in dag.layers].count(Kind.MAXIMUM) == 1
    with pytest.raises(DagError, match="maximum"):
        moments(dag)
    with pytest.raises(DagError, match="maximum"):
        enumerated_pair_sums(weighted_paths(dag, dag.outputs[0]), gates=False)


@pytest.mark.parametrize(
    ("n", "kernel", "replaced"), [(1, 1, ()), (3, 5, ()), (3, 2, ()), (3, 3, (2,))]
)
def test_other_twins_are_refused(n, kernel, replaced):
    with pytest.raises(ValueError, match=r"kernel|numbered"):
        strided_twin(n, kernel, replaced=replaced)


def assert_listed_as_walked(dag):
    o = dag.outputs[0]
    paths = weighted_paths(dag, o)
    listed = {dag.nodes[x]: sums for x, sums in enumerated_pair_sums(paths, gates=False).items()}
    walked = {x: sums for x, sums in path_pair_sums(dag, o).items() if sums[0]}
    assert listed == walked
    gated = {dag.nodes[x]: sums[0] for x, sums in enumerated_pair_sums(paths, gates=True).items()}
    assert gated == {x: moment for x, moment in dag.second_moments(o).items() if moment}
    assert (correlated_pair(paths) is None) == all(one == same for one, same in walked.values())


@pytest.mark.parametrize(("padding", "replaced"), list(product(PADDINGS, REPLACED)))
def test_pairs_one_by_one_and_by_a_walk_on_twins(padding, replaced):
    for n, wider in product((2, 3), (0, 1)):
        assert_listed_as_walked(strided_twin(n, n + wider, replaced=replaced, padding=padding))


def test_pairs_one_by_one_and_by_a_walk_on_other_networks():
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert_listed_as_walked(random_dag(rng))
    dag = example_networks()["convolution, circular padding, average pooling over 4"]
    assert_listed_as_walked(dag)


def test_paths_are_told_by_their_edges():
    dag = strided_twin(2, 3, replaced=(0,))
    paths = weighted_paths(dag, dag.outputs[0])
    assert len({path.edges for path in paths}) == len(paths)
    for path in paths:
        assert dag.tails[path.edges[0]] == path.start
        assert dag.heads[path.edges[-1]] == dag.position(dag.outputs[0])
        for one, following in zip(path.edges, path.edges[1:], strict=False):
            assert dag.heads[one] == dag.tails[following]
        assert path.square == Fraction(2, 3) * Fraction(2, 3) * 2 * Fraction(1, 4)


def test_two_paths_over_one_weight_are_found():
    # Outside the border stands pixel 0 again: two windows meet it with their first weight.
    dag = strided_twin(3, 3, replaced=(0,), padding="replicate")
    one, other = correlated_pair(weighted_paths(dag, dag.outputs[0]))
    assert one.start == other.start == 0
    assert one.weights == other.weights
    assert one.edges != other.edges
    assert one.covariance(other) == one.square > 0
