"""Exact gradients of the cross-entropy, against autograd, and falsified ones."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from evidence.findings import Outcome
from theory.checks.section_3.cross_entropy import (
    check_equation_9,
    check_equation_10,
    check_equation_16,
)
from theory.checks.subjects.exact_points import Point


@st.composite
def points(draw):
    classes, inputs = draw(st.integers(2, 5)), draw(st.integers(1, 3))
    slopes = st.lists(st.integers(-9, 9), min_size=inputs, max_size=inputs)
    return Point(
        weights=draw(st.lists(st.integers(1, 9), min_size=classes, max_size=classes)),
        slopes=draw(st.lists(slopes, min_size=classes, max_size=classes)),
        target=draw(st.integers(0, classes - 1)),
    )


@given(points())
def test_the_exact_gradient_is_that_of_autograd(point):
    x = torch.zeros(len(point.slopes[0]), dtype=torch.float64, requires_grad=True)
    logits = (
        torch.tensor(point.weights, dtype=torch.float64).log()
        + torch.tensor(point.slopes, dtype=torch.float64) @ x
    )
    torch.nn.functional.cross_entropy(logits, torch.tensor(point.target)).backward()
    assert all(isinstance(value, Fraction) for value in point.gradient)
    assert np.array(point.gradient, dtype=float) == pytest.approx(x.grad.numpy(), abs=1e-12)


@given(points())
def test_the_corrected_equation_10_is_the_gradient(point):
    differences = [[-value for value in point.difference(k)] for k in range(len(point.q))]
    assert point.gradient == [
        sum(q * value for q, value in zip(point.q, column, strict=True))
        for column in zip(*differences, strict=True)
    ]


@pytest.mark.parametrize("check", [check_equation_9, check_equation_10, check_equation_16])
def test_falsified_probabilities_are_refuted(check, monkeypatch):
    def flattened(point):
        return [Fraction(1, len(point.weights))] * len(point.weights)

    monkeypatch.setattr(Point, "q", property(flattened))
    evidence = check(seed=0)
    statements = evidence.corrected or evidence.stated
    assert statements[-1].outcome is Outcome.FAILS


def test_with_the_opposite_sign_of_the_loss_the_print_would_hold(monkeypatch):
    original = Point.gradient.fget
    monkeypatch.setattr(Point, "gradient", property(lambda point: [-g for g in original(point)]))
    evidence = check_equation_9(seed=0)
    assert {finding.outcome for finding in evidence.stated} == {Outcome.HOLDS}
    assert {finding.outcome for finding in evidence.corrected} == {Outcome.FAILS}
