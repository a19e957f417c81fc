"""Hypotheses H2 to H5: what holds by design, what fails, and what falsified code gives away."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from evidence.findings import Outcome
from theory.checks.section_3 import layer_partitions
from theory.checks.section_3.layer_partitions import check_h2
from theory.checks.section_3.weight_hypotheses import check_h3, check_h4, check_h5
from theory.checks.subjects.path_networks import weighted_networks
from theory.strategies import dags

PRINTED = {check_h2: Outcome.HOLDS, check_h3: Outcome.FAILS, check_h4: Outcome.HOLDS}
PRINTED[check_h5] = Outcome.HOLDS


@pytest.mark.parametrize("check", PRINTED, ids=lambda check: check.__name__)
def test_outcomes(check):
    evidence = check(seed=0)
    assert {finding.outcome for finding in evidence.stated} == {PRINTED[check]}
    assert {control.outcome for control in evidence.controls} == {Outcome.FAILS}
    if PRINTED[check] is Outcome.FAILS:
        assert {finding.outcome for finding in evidence.corrected} == {Outcome.HOLDS}


def test_in_degrees_of_torch_and_of_the_dag_agree():
    for network in weighted_networks():
        seen = np.concatenate([layer.maps.sum(axis=(0, 2)) for layer in network.weighted])
        assert seen.tolist() == network.dag.in_degrees[network.dag.number_of_inputs :].tolist()


@settings(max_examples=100, deadline=None)
@given(dags())
def test_no_path_has_two_neurons_at_one_longest_distance(dag):
    distances = layer_partitions._longest_distances(dag)
    for x, o in product(dag.inputs, dag.outputs):
        for path in dag.paths(x, o):
            along = [distances[dag.position(node)] for node in path]
            assert len(set(along)) == len(along)


def test_h2_is_refuted_with_shortest_for_longest(monkeypatch):
    monkeypatch.setattr(
        layer_partitions, "_longest_distances", layer_partitions._shortest_distances
    )
    assert check_h2(seed=0).stated[1].outcome is Outcome.FAILS


def test_h3_and_h5_are_refuted_by_a_filter_that_repeats_a_weight(monkeypatch):
    """Every neuron sees its first input over its last weight, too."""

    def repeated(self):
        maps = [layer for layer in self.maps if layer.fan_in]
        for layer in maps:
            wrong = layer.maps.copy()
            wrong[-1] |= layer.maps[0]
            yield replace(layer, maps=wrong)

    monkeypatch.setattr(
        "theory.networks.sequential_networks.Network.weighted", property(lambda s: [*repeated(s)])
    )
    assert check_h3(seed=0).corrected[0].outcome is Outcome.FAILS
    assert check_h5(seed=0).stated[0].outcome is Outcome.FAILS


def test_h5_to_the_letter_contradicts_shared_weights():
    (literal,) = check_h5(seed=0).literal
    assert "weight 0 is on two edges" in literal.summary
