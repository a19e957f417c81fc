"""What the checks on dense networks compute, against slow references and closed forms."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from evidence.findings import Outcome
from running.draws import Draws
from simulations.checks.oracles.dense_law import LOGITS, WIDTHS, naive_rows
from simulations.checks.oracles.moments import fourth_moment_factor
from simulations.checks.section_3 import batch_norm, gates
from simulations.checks.section_4.norm_proportionality import _correlation, _judge, _slope
from simulations.engine.ensemble import Ensemble
from simulations.engine.gradient_norms import NORMS
from simulations.engine.sampler import Sample
from simulations.networks.initialization import he_variance
from theory.checks.section_4.proportional_norms import check_proportional_norms


def sample_of(l1, l2, *, d=100):
    """A sample whose ∂_x L have these norms."""
    norms = np.ones((len(l1), 2, len(NORMS)))
    norms[:, 1, NORMS.index(1.0)] = l1
    norms[:, 1, NORMS.index(2.0)] = l2
    return Sample(
        ensemble=Ensemble(network="dense", size=d),
        d=d,
        logits=2,
        norms=norms,
        factors=np.ones(len(l1)),
        squares=np.zeros((1, 0), dtype=np.float32),
        counts=np.array([len(l1)]),
    )


def correlated_logs(seed, networks, correlation):
    x, noise = np.random.default_rng(seed).normal(size=(2, networks))
    return x, correlation * x + math.sqrt(1 - correlation**2) * noise


def test_slopes_and_correlations_are_those_of_numpy():
    x, y = correlated_logs(0, 500, 0.6)
    sample = sample_of(np.exp(x), np.exp(2 * y))
    assert _slope(sample, 0.01).estimate == pytest.approx(np.polyfit(x, 2 * y, 1)[0])
    assert _correlation(sample, 0.01).estimate == pytest.approx(np.corrcoef(x, y)[0, 1])


@pytest.mark.parametrize(("interval", "truth"), [(_slope, 1.2), (_correlation, 0.6)])
def test_slopes_and_correlations_are_covered(interval, truth):
    """At error 0.05, 400 runs miss 20 times on average; more than 40 have the probability 2e-5."""
    found = []
    for seed in range(400):
        x, y = correlated_logs([1, seed], 400, 0.6)
        found.append(interval(sample_of(np.exp(x), np.exp(2 * y)), 0.05))
    assert sum(not one.low <= truth <= one.high for one in found) <= 40
    # Negative control: a tenth beside the truth is missed nearly always.
    assert sum(one.low <= 1.25 * truth <= one.high for one in found) <= 200


def test_norms_that_are_not_proportional_are_refuted():
    """Gradients of random sparsity: nearly one l2-norm, with l1-norms of 2 to 7 (of 8)."""
    l1, l2 = np.random.default_rng(2).uniform([[2], [0.99]], [[7], [1.01]], size=(2, 1000))
    sample = sample_of(l1, l2)
    findings = _judge([sample, sample], 1e-4)
    assert {finding.outcome for finding in findings.stated} == {Outcome.FAILS}


def test_proportionality_needs_more_than_uncorrelated_coordinates():
    evidence = check_proportional_norms(seed=0)
    (printed,) = evidence.literal
    assert printed.outcome is Outcome.FAILS
    assert "‖g‖_1 = √2, ‖g‖_2 = √2 and ‖g‖_1 = 2, ‖g‖_2 = √2" in printed.summary
    assert {f.outcome for f in evidence.controls} == {Outcome.FAILS}


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_layer_multiplies_the_fourth_moment_by_its_factor(n):
    """E[((2/n) Σ s g²)²] from E[s g⁴] = 3/2 on the diagonal and E[s g²]² = 1/4 beside it."""
    moment = Fraction(4, n**2) * (n * Fraction(3, 2) + n * (n - 1) * Fraction(1, 4))
    assert fourth_moment_factor([n]) == pytest.approx(float(moment))
    assert fourth_moment_factor([n, 5]) == pytest.approx(2 * float(moment))


def test_the_naive_rows_are_those_of_autograd():
    d = 6
    rows = naive_rows(d, Draws(0, "naive", range(3)))
    again = Draws(0, "naive", range(3))
    inputs = again.normal(d)
    sizes = [d, *WIDTHS, LOGITS]
    drawn = [again.normal(n, m) * math.sqrt(he_variance(m)) for m, n in pairwise(sizes)]
    for network in range(3):
        x = inputs[network].clone().requires_grad_()
        h = x
        for weights in drawn[:-1]:
            h = (weights[network] @ h).relu()
        f = drawn[-1][network] @ h
        loss = functional.cross_entropy(f[None], torch.tensor([0]))
        for row, of in zip(rows[network], (f[0], loss), strict=True):
            (expected,) = torch.autograd.grad(of, x, retain_graph=True)
            torch.testing.assert_close(row, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("neurons", [1, 3])
def test_batch_norms_are_torchs_for_every_network(neurons):
    z = torch.randn(2, 5, neurons, generator=torch.Generator().manual_seed(1))
    layer = nn.BatchNorm1d(neurons)
    for network in range(2):
        torch.testing.assert_close(batch_norm.normalized(z)[network], layer(z[network]))


def test_the_variance_of_a_rectified_normal():
    """By quadrature: what a batch norm divides by, after ReLUs of standard normals."""
    h, weight = np.linspace(0, 12, 240_001, retstep=True)
    density = np.exp(-(h**2) / 2) / math.sqrt(2 * math.pi)
    mean, square = (float((h**k * density).sum() * weight) for k in (1, 2))
    assert batch_norm.AFTER[2] == pytest.approx(1 / (square - mean**2), rel=1e-4)


def test_the_gates_of_a_wide_layer():
    """Against two normals of correlation 1/π, at error 1e-6 (4.9 standard errors)."""
    a, noise = np.random.default_rng(5).normal(size=(2, 200_000))
    b = a / math.pi + math.sqrt(1 - math.pi**-2) * noise
    tolerance = 4.9 / math.sqrt(200_000)
    measured = np.mean(np.sign(a) * np.sign(b))
    assert abs(measured - gates.wide_layer_correlation()) < tolerance
    assert abs(measured - 1 / math.pi) > tolerance


def test_gates_do_not_depend_on_the_batch(monkeypatch):
    whole = gates.measure_gates(3, 10, torch.device("cpu"))
    monkeypatch.setattr(gates, "BATCH", 4)
    parts = gates.measure_gates(3, 10, torch.device("cpu"))
    for name, values in whole.items():
        np.testing.assert_allclose(values, parts[name], rtol=1e-5, atol=1e-6)
