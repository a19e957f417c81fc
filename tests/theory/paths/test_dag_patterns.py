"""Patterns of a DAG's weights and ReLUs against torch's layers, and against walked pairs."""

import numpy as np
import pytest

from theory.checks.oracles.sign_patterns import squared_gradient_moments
from theory.checks.subjects.path_networks import averaged
from theory.dag import Dag
from theory.graph.layers import DagError
from theory.networks.sequential_networks import convolution, dense, with_logit, without_last
from theory.networks.strided_twins import strided_twin
from theory.paths.dag_patterns import DagPatterns

NETWORKS = [
    dense(2, 2, 1),
    with_logit(convolution(3, padding=1), (1, 3)),
    with_logit(convolution(2, padding=1, mode="reflect"), (1, 3)),
    with_logit(averaged(2, 2), (1, 4)),
]


@pytest.mark.parametrize("network", [*NETWORKS, *map(without_last, NETWORKS)], ids=str)
def test_they_have_the_moments_of_torchs_layers(network):
    found = DagPatterns(network.dag, network.dag.outputs[0]).mean_squares()
    wanted = [float(moment) for moment in squared_gradient_moments(network.maps)]
    assert found == pytest.approx(wanted, abs=1e-12)


def test_each_weight_of_an_abstract_dag_is_its_own():
    dag = Dag("xyhjo", np.array([0, 1, 0, 1, 2, 3]), np.array([2, 2, 3, 3, 4, 4]), inputs=2,
              outputs=[4])  # fmt: skip
    patterns = DagPatterns(dag, "o")
    assert patterns.number == 2**6 * 2**3
    assert patterns.mean_squares() == pytest.approx([1 / 2, 1 / 2])
    assert DagPatterns(dag, "h").number == 2**2 * 2


def test_what_cannot_be_tried_is_refused():
    dag = strided_twin(2, 2, replaced=(0,), pooling="maximum")
    with pytest.raises(DagError, match="maximum"):
        DagPatterns(dag, ("logit", 0))
    many = dense(4, 4, 2).dag
    with pytest.raises(ValueError, match="too many"):
        DagPatterns(many, many.outputs[0]).mean_squares()
