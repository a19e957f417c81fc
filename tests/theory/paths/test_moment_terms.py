"""The terms of Equations 8 and 13 one by one, for networks as they are and as H3 wants them."""

from fractions import Fraction

import pytest

from theory.checks.subjects.moment_comparisons import moments
from theory.networks.dense_logit import DenseLogit
from theory.networks.sequential_networks import convolution, dense, with_logit, without_last
from theory.paths.moment_terms import fan_in, path_variances, with_h3_variances

NETWORKS = [
    dense(3, 2, 1),
    dense(4, 3, 2, 2),
    with_logit(convolution(3, padding=1), (1, 4)),
    with_logit(convolution(2, padding=1, mode="reflect"), (1, 3), logits=2),
]


@pytest.mark.parametrize("network", [*NETWORKS, *map(without_last, NETWORKS)], ids=str)
def test_the_paths_variances_add_to_the_second_moments(network):
    sums = [sum(path_variances(network.dag, x)) for x in network.dag.inputs]
    assert sums == moments(network)


def test_a_logit_without_a_relu_doubles_each_path():
    network = dense(3, 2, 1)
    alive = path_variances(without_last(network).dag, network.dag.inputs[0])
    assert alive == [2 * term for term in path_variances(network.dag, network.dag.inputs[0])]
    assert alive == [Fraction(1, 3)] * 2


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_h3s_variances_make_the_length_1_and_change_nothing_without_zero_padding(network):
    changed = with_h3_variances(network.dag)
    found = list(changed.second_moments(changed.outputs[0]).values())
    assert sum(found) == 1
    padded = network is NETWORKS[2]
    assert (found == moments(network)) == (not padded)
    assert changed.outputs == network.dag.outputs
    assert changed.relus == network.dag.relus


def test_beside_zero_padding_the_fan_in_is_not_the_in_degree():
    dag = NETWORKS[2].dag
    border = dag.nodes[dag.number_of_inputs]
    assert fan_in(dag)(border) == 3
    assert dag.in_degree(border) == 2
    assert fan_in(with_h3_variances(dag))(border) == 2


def test_the_print_counts_the_logits_and_paths_do_not():
    case = DenseLogit((4, 3, 2, 2), dense(4, 3, 2, 2).dag)
    assert (case.paths, case.size_of_hidden_layers, case.size_of_all_layers) == (6, 6, 12)
    assert case.by_layer_sizes() == case.sum_over_paths() == case.moment == Fraction(1, 4)


def test_every_logit_is_an_output():
    assert len(with_logit(convolution(2), (1, 4), logits=3).dag.outputs) == 3
