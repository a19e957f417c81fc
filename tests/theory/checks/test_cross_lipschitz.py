"""Equation 15 against torch, and a falsified regularizer."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import theory.checks.appendices.cross_lipschitz
from evidence.findings import Outcome
from theory.checks.appendices.cross_lipschitz import check_equation_15, cross_lipschitz

whole = st.integers(-5, 5).map(Fraction)


@given(
    st.integers(1, 3).flatmap(
        lambda d: st.lists(st.lists(whole, min_size=d, max_size=d), min_size=2, max_size=5)
    )
)
def test_it_is_the_mean_of_the_squared_distances(gradients):
    distances = torch.cdist(
        *[torch.tensor([[float(x) for x in g] for g in gradients]).double()] * 2
    )
    assert float(cross_lipschitz(gradients)) == pytest.approx(float((distances**2).mean()))


@pytest.mark.parametrize("seed", range(5))
def test_the_statements_hold_and_their_false_neighbours_fail(seed):
    evidence = check_equation_15(seed=seed)
    assert {finding.outcome for finding in evidence.stated} == {Outcome.HOLDS}
    assert {control.outcome for control in evidence.controls} == {Outcome.FAILS}


def test_a_falsified_regularizer_is_refuted(monkeypatch):
    def with_a_favourite(gradients):
        return cross_lipschitz(gradients) + gradients[0][0]

    monkeypatch.setattr(
        theory.checks.appendices.cross_lipschitz, "cross_lipschitz", with_a_favourite
    )
    outcomes = [finding.outcome for finding in check_equation_15(seed=0).stated]
    assert outcomes == [Outcome.FAILS] * 3
