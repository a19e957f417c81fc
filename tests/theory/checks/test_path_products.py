"""Path-products: signs, symbols and pair walk against each other and against torch."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from evidence.findings import Outcome
from theory.checks.appendices.path_product_lemmas import check_lemma_9, check_lemma_10
from theory.checks.oracles.examined_paths import Examined, pairs_differ, ways_differ
from theory.checks.oracles.sign_patterns import path_products, squared_gradient_moments
from theory.checks.oracles.symbolic_paths import SymbolicPaths
from theory.checks.subjects.path_networks import fits
from theory.modules.operators.table import OPERATORS
from theory.networks.layer_maps import layer_maps
from theory.networks.sequential_networks import (
    PADDING_MODES,
    Network,
    convolution,
    dense,
    with_logit,
)


@st.composite
def small_networks(draw):
    """Draw a convolution with any padding, perhaps an average, and perhaps a second layer."""
    kernel, pixels = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    mode, padding = draw(st.sampled_from(PADDING_MODES)), draw(st.integers(0, 2))
    stride = draw(st.integers(1, 2))
    channels = (draw(st.integers(1, 2)), 1)
    assume(padding < kernel and fits(kernel, padding, mode, pixels))
    layers = convolution(kernel, padding=padding, mode=mode, stride=stride, channels=channels)
    neurons = (pixels + 2 * padding - kernel) // stride + 1
    n = draw(st.integers(1, 3))
    if n > 1:
        assume(neurons >= n)
        layers.append(nn.AvgPool1d(n))
        neurons //= n
    shape = (channels[0], pixels)
    if draw(st.booleans()):
        assume(neurons <= 3)
        return with_logit(layers, shape)
    return Network(layers, shape)


@settings(max_examples=60, deadline=None)
@given(small_networks())
def test_three_ways_agree(network):
    net = Examined(network)
    assert ways_differ(net) == ""
    # Distinct paths correlate only where a weight leaves one neuron twice.
    assert not (net.leaving_weights_differ and pairs_differ(net))


@settings(max_examples=40, deadline=None)
@given(small_networks())
def test_second_moments_equal_the_mean_over_all_signs_and_gates(network):
    gates = sum(layer.maps.shape[1] for layer in network.maps if layer.gates)
    weights = sum(len(layer.maps) for layer in network.weighted)
    assume(gates + weights <= 14)
    moments = network.dag.second_moments(network.dag.outputs[0])
    assert list(moments.values()) == squared_gradient_moments(network.maps)


@settings(max_examples=30, deadline=None)
@given(small_networks(), st.integers(0, 2**31))
def test_path_products_add_up_to_torchs_gradient(network, draw):
    """With all ReLUs left out, the gradient is the sum of the path-products."""
    paths = path_products(network.maps)
    pattern = draw % len(paths.signs)
    weights = [layer.weight for layer in network.module if hasattr(layer, "weight")]
    rows = np.array(np.unravel_index(pattern, (2,) * sum(w.numel() for w in weights)))
    signs = torch.tensor(2.0 * rows - 1)
    for weight, part in zip(weights, signs.split([w.numel() for w in weights]), strict=True):
        weight.data = part.float().view_as(weight)
    linear = nn.Sequential(*(layer for layer in network.module if not isinstance(layer, nn.ReLU)))
    x = torch.zeros(1, *network.shape, requires_grad=True)
    (gradient,) = torch.autograd.grad(linear(x).flatten()[0], x)
    sums = np.zeros(x.numel())
    there = paths.ends == 0
    np.add.at(sums, paths.starts[there], (paths.signs[pattern] * paths.fixed)[there])
    np.testing.assert_allclose(gradient.flatten().numpy(), sums / paths.divisor, atol=1e-6)


def test_maps_of_a_reflecting_convolution():
    layer = nn.Conv1d(1, 1, 2, padding=1, padding_mode="reflect")
    maps = layer_maps(layer, (1, 2)).maps  # padded: x1 x0 x1 x0
    assert maps[0].tolist() == [[0, 1], [1, 0], [0, 1]]
    assert maps[1].tolist() == [[1, 0], [0, 1], [1, 0]]


def test_symbols_have_gaussian_moments():
    w, v = sp.symbols("w v")
    law = SymbolicPaths([], {w: sp.Integer(2), v: sp.Rational(1, 3)})
    assert law.expectation(w**4) == 12
    assert law.expectation(w**2 * v**2 / 4) == sp.Rational(1, 6)
    assert law.expectation(w**2 * v) == 0


def test_too_many_patterns_are_refused():
    with pytest.raises(ValueError, match="2\\^25 patterns are too many"):
        path_products(dense(5, 5).maps)


def outcomes(findings):
    return [finding.outcome for finding in findings]


def test_lemma_9_holds_with_shared_weights_and_its_false_neighbours_fail():
    evidence = check_lemma_9(seed=0)
    assert set(outcomes(evidence.stated)) == {Outcome.HOLDS}
    assert set(outcomes(evidence.literal)) == {Outcome.FAILS}
    assert set(outcomes(evidence.controls)) == {Outcome.FAILS}


def test_lemma_10_fails_where_padding_copies_pixels():
    evidence = check_lemma_10(seed=0)
    zeros, mirrored = evidence.stated[2:]
    assert outcomes([zeros, mirrored]) == [Outcome.HOLDS, Outcome.FAILS]
    assert "AvgPool1d(2) on inputs of shape (1, 1)" in mirrored.summary
    circular, reflect, replicate = evidence.controls[:3]
    assert outcomes([circular, reflect, replicate]) == [Outcome.FAILS] * 3
    assert "1/9, not 0" in reflect.summary
    assert set(outcomes(evidence.corrected)) == {Outcome.HOLDS}
    assert set(outcomes(evidence.controls)) == {Outcome.FAILS}


def test_the_printed_counterexample_of_lemma_10_by_hand():
    """Conv1d(1, 1, 2, padding=1, 'reflect') on (x0, x1), averaged over 3: x1 twice over w0."""
    layers = [*convolution(2, padding=1, mode="reflect"), nn.AvgPool1d(3)]
    sums = path_products(Network(layers, (1, 2)).maps).pair_sums(0)
    # d o/d x1 = (2 w0 + w1)/3, with variances 1: 5/9, and 3/9 from equal pairs.
    assert sums[1] == (Fraction(5, 9), Fraction(3, 9))


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_two_averages_over_2_meet_again_behind_a_mirror(mode):
    """Reflection never makes neighbours equal, but two stages of averages over 2 reach farther."""
    stages = [*convolution(3, padding=1, mode=mode), nn.AvgPool1d(2)]
    assert pairs_differ(Examined(Network(stages, (1, 4)))) == "" or mode == "replicate"
    stages += [*convolution(3, padding=1), nn.AvgPool1d(2)]
    correlated = pairs_differ(Examined(Network(stages, (1, 4))))
    assert bool(correlated) == (mode in ("reflect", "replicate"))


def falsify(monkeypatch, name, change):
    """Let DAGs have falsified layers, chosen by `change`, where torch calls an operator."""
    original = OPERATORS[name]

    def falsified(call, func):
        codes = original(call, func)
        for layer in call.neurons.layers[-1:]:
            call.neurons.layers[-1] = change(layer)
        return codes

    monkeypatch.setitem(OPERATORS, name, falsified)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("avg_pool2d", lambda layer: replace(layer, divisors=layer.divisors + 1)),
        ("convolution", lambda layer: replace(layer, divisors=layer.divisors + 1)),
        ("convolution", lambda layer: replace(layer, filters=np.arange(len(layer.filters)))),
    ],
    ids=["averaging divisor", "variance", "weights not shared"],
)
def test_a_falsified_expansion_is_refuted(name, change, monkeypatch):
    falsify(monkeypatch, name, change)
    assert check_lemma_10(seed=0).corrected[-1].outcome is Outcome.FAILS


def test_a_falsified_pair_walk_is_refuted(monkeypatch):
    from theory.paths import path_pairs

    original = path_pairs._Walk._leave

    def careless(self, first, second, distinct):
        """Treats two weights of one neuron as correlated."""
        pairs = list(original(self, first, second, distinct))
        return pairs + pairs[:1] if first == second and distinct else pairs

    monkeypatch.setattr(path_pairs._Walk, "_leave", careless)
    assert check_lemma_9(seed=0).stated[3].outcome is Outcome.FAILS


def test_a_network_is_described_as_it_is_built():
    net = with_logit(convolution(3, padding=1, mode="reflect", stride=2), (1, 4))
    assert str(net) == (
        "Conv1d(1, 1, 3, stride=2, padding=1, padding_mode='reflect') → ReLU() → Flatten() → "
        "Linear(2, 1) → ReLU() on inputs of shape (1, 4)"
    )
    assert str(dense(2, 1)) == "Linear(2, 1) → ReLU() on inputs of shape (2,)"
