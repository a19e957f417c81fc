"""Weights of another size: exact networks against torch, the claim, and falsified ingredients."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from evidence.findings import Outcome
from simulations.engine import autograd
from theory.checks.section_2 import scaled_weights
from theory.checks.section_2.scaled_weights import ReluNetwork, check_scaled_weights

whole = st.integers(-3, 3).map(Fraction)


def matrices(rows, columns):
    row = st.lists(whole, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def layer(rows, columns):
    return st.tuples(matrices(rows, columns), st.lists(whole, min_size=rows, max_size=rows))


networks = st.builds(ReluNetwork, layers=st.tuples(layer(3, 2), layer(2, 3)))


@given(networks, st.lists(whole, min_size=2, max_size=2))
def test_logits_and_gradients_are_those_of_torch(network, x):
    layers = []
    for weights, biases in network.layers:
        linear = nn.Linear(len(weights[0]), len(weights), dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[float(w) for w in row] for row in weights]))
            linear.bias.copy_(torch.tensor([float(b) for b in biases]))
        layers += [linear, nn.ReLU()]
    inputs = torch.tensor([[float(value) for value in x]], dtype=torch.float64)
    found = autograd.input_gradients(nn.Sequential(*layers[:-1]), inputs)
    assert found.logits.tolist() == [float(value) for value in network.logits(x)]
    assert found.logit_gradients.tolist() == [
        [float(value) for value in row] for row in network.gradients(x)
    ]


def test_the_claim_holds_and_its_neighbours_fail():
    evidence = check_scaled_weights(seed=0)
    assert {finding.outcome for finding in evidence.stated} == {Outcome.HOLDS}
    assert {finding.outcome for finding in evidence.controls} == {Outcome.FAILS}
    *plain, plain_last, biased, _, third, _, _ = evidence.tables[0].rows
    assert len({row[3] for row in [*plain, plain_last]}) == 1
    assert biased[3] != third[3]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("relu_gate", lambda value: int(value > -1)),
        ("_dot", lambda one, other: sum(map(Fraction.__mul__, one, other), Fraction(1))),
    ],
)
def test_a_falsified_ingredient_is_noticed(monkeypatch, name, wrong):
    monkeypatch.setattr(scaled_weights, name, wrong)
    assert Outcome.FAILS in {finding.outcome for finding in check_scaled_weights(seed=0).stated}
