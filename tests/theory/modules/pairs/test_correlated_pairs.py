"""Pairs of correlated paths on compact layers against all pairs of neurons."""

import dataclasses
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from simulations.networks.paper_networks import figure_3_average
from theory.dag import Dag, DagError
from theory.modules import second_moment_sweep
from theory.modules.gates import Gate
from theory.modules.pairs import correlated_pairs, sorted_edges
from theory.modules.pairs.alike_channels import _Copies
from theory.modules.predictions import predict_second_moments
from theory.modules.second_moment_sweep import SecondMomentSweep
from theory.strategies.random_modules import PADDING_MODES, Concatenation, Residual

DRAWN = {"deadline": None, "suppress_health_check": list(HealthCheck)}


class Calls(nn.Module):
    """Any function of x, and of a body where there is one."""

    def __init__(self, function, body=None):
        super().__init__()
        self.function, self.body = function, body

    def forward(self, x):
        return self.function(x) if self.body is None else self.function(x, self.body)


def plus_mean(axis):
    return Calls(lambda x: x + x.mean(dim=axis, keepdim=True))


def plus_next_channel():
    return Calls(lambda x: x + torch.cat([x[:, 1:], x[:, :1]], dim=1))


def first_channel_through(body):
    return Calls(lambda x, body: torch.cat([body(x[:, :1]), x[:, 1:]], dim=1), body)


def averaged(*layers, channels):
    return nn.Sequential(
        *layers, nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(channels, 2)
    )


@st.composite
def parting_networks(draw):
    """Draw a network of Conv1d in which most paths part at averages and additions, and meet."""
    pixels, inputs, channels = (draw(st.integers(*ends)) for ends in ((2, 5), (1, 2), (1, 4)))

    def conv(below, above, **options):
        mode = draw(st.sampled_from(PADDING_MODES))
        groups = draw(st.sampled_from([n for n in (1, 2, 4) if below % n == above % n == 0]))
        options = {"groups": groups, **options}
        return nn.Conv1d(below, above, 3, padding=1, padding_mode=mode, **options)

    blocks = [
        lambda: [conv(channels, channels)],
        lambda: [conv(channels, 2 * channels, groups=channels), conv(2 * channels, channels)],
        lambda: [Residual(conv(channels, channels))],
        lambda: [Residual(nn.Sequential(nn.ReLU(), conv(channels, channels)))],
        lambda: [Residual(nn.AvgPool1d(3, 1, padding=1))],
        lambda: [nn.AvgPool1d(3, 1, padding=1)],
        lambda: [plus_mean(2)],
        lambda: [plus_mean(1)],
        lambda: [plus_next_channel()],
        lambda: [Calls(lambda x: x + x.relu())],
        lambda: [first_channel_through(conv(1, 1))],
        lambda: [Concatenation(nn.Identity(), conv(channels, 1)), conv(channels + 1, channels)],
    ]
    layers = [conv(inputs, channels)]
    for block in draw(st.lists(st.sampled_from(blocks), min_size=1, max_size=4)):
        layers += [nn.ReLU()] if draw(st.booleans()) else []
        layers += block()
    if draw(st.booleans()):
        return averaged(*layers, channels=channels), (inputs, pixels)
    dense = [nn.Flatten(), nn.Linear(channels * pixels, 2)] if draw(st.booleans()) else []
    return nn.Sequential(*layers, *dense), (inputs, pixels)


def by_pairs_of_neurons(module, shape):
    dag = Dag.from_module(module, shape)
    return dag.second_moments(dag.outputs[0], exact=False)


def assert_equal(found, expected):
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-12, atol=0)


def assert_right(module, shape):
    assert_equal(predict_second_moments(module, shape), by_pairs_of_neurons(module, shape))


def assert_wrong(module, shape):
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_right(module, shape)


def conv(below, above, mode="reflect", **options):
    return nn.Conv1d(below, above, 3, padding=1, padding_mode=mode, **options)


GATED = averaged(conv(1, 3), nn.ReLU(), conv(3, 3), channels=3), (1, 6)
TWO_GROUPS = (
    nn.Sequential(
        Calls(lambda x: torch.cat([x, x], dim=1)),
        nn.Conv1d(2, 2, 1, groups=2),
        Calls(lambda x: x.mean(dim=1)),
    ),
    (1, 3),
)
TWO_CHANNELS_APART = (
    averaged(
        conv(1, 4),
        Calls(lambda x, body: torch.cat([body(x[:, :2]), x[:, 2:]], dim=1), conv(2, 1)),
        conv(3, 3),
        channels=3,
    ),
    (1, 6),
)
DENSELY_CORRELATED = averaged(conv(1, 8), plus_mean(2), conv(8, 8), channels=8), (1, 400)


@settings(max_examples=100, **DRAWN)
@given(parting_networks())
def test_random_networks_whose_paths_part_equal_pairs_of_neurons(drawn):
    assert_right(*drawn)


def test_the_random_networks_have_correlated_paths():
    """Else the comparison above would say nothing. Most of them do: 2 of 3, as counted once."""
    correlated = []

    @settings(max_examples=40, derandomize=True, database=None, **DRAWN)
    @given(parting_networks())
    def draw(drawn):
        sweep = SecondMomentSweep(*drawn)
        correlated.append(not np.allclose(sweep.single_paths(), sweep.second_moments()))

    draw()
    assert sum(correlated) >= 15


@pytest.mark.parametrize("example", [GATED, TWO_GROUPS, TWO_CHANNELS_APART])
def test_the_examples_to_be_falsified_are_right(example):
    assert_right(*example)


def with_filters(change, monkeypatch):
    """Have pairs followed in layers whose filters are numbered otherwise."""
    true = second_moment_sweep.CorrelatedPairs

    def changed(layers, *others):
        replaced = [dataclasses.replace(one, filters=change(one.filters)) for one in layers]
        return true(replaced, *others)

    monkeypatch.setattr(second_moment_sweep, "CorrelatedPairs", changed)


def test_pairs_in_different_filters_are_seen(monkeypatch):
    with_filters(torch.zeros_like, monkeypatch)
    assert_wrong(*TWO_GROUPS)


def test_large_numbers_of_filters_do_no_harm(monkeypatch):
    with_filters(lambda filters: filters + 2**30, monkeypatch)
    assert_right(*GATED)


@pytest.mark.parametrize(
    ("moment", "falsified"),
    [
        ("product", lambda gate, other: gate.mean * other.mean),
        ("mean", property(lambda gate: gate.product(gate) ** 0.5)),
    ],
)
def test_falsified_gates_of_pairs_are_seen(moment, falsified, monkeypatch):
    expected = by_pairs_of_neurons(*GATED)
    monkeypatch.setattr(Gate, moment, falsified)
    assert not np.allclose(predict_second_moments(*GATED).ravel(), expected, rtol=1e-3)


def test_channels_wrongly_taken_for_alike_are_seen(monkeypatch):
    monkeypatch.setattr(_Copies, "_note_uses", lambda *_: None)
    assert_right(*GATED)
    assert_wrong(*TWO_CHANNELS_APART)


@settings(max_examples=30, **DRAWN)
@given(parting_networks())
def test_without_channels_alike_the_result_is_the_same(drawn):
    expected = predict_second_moments(*drawn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            correlated_pairs, "alike_neurons", lambda layers, *_: np.arange(layers[-1].neurons.stop)
        )
        assert_equal(predict_second_moments(*drawn), expected.ravel())


def test_blocks_of_edges_do_not_change_the_result(monkeypatch):
    expected = predict_second_moments(*GATED)
    monkeypatch.setattr(sorted_edges, "BLOCK", 3)
    assert_equal(predict_second_moments(*GATED), expected.ravel())


def test_the_papers_network_of_64_channels_equals_that_of_two():
    """Under (H) the widths of hidden layers cancel; two channels are few enough for all pairs."""
    small, shape = figure_3_average(16, widths=(2,) * 6)
    large, _ = figure_3_average(16)
    epsilons = (1 + 1e-5) ** -6.0  # of six batch norms, which DAGs leave out
    expected = by_pairs_of_neurons(small.eval(), shape) * epsilons
    assert_equal(predict_second_moments(large.eval(), shape), expected)
    assert not np.allclose(SecondMomentSweep(large, shape).single_paths(), expected)


def test_channels_alike_take_no_more_pairs():
    def pairs(channels):
        module = averaged(conv(1, channels), plus_mean(2), conv(channels, 4), channels=4)
        return SecondMomentSweep(module, (1, 9)).correlated_pairs().number

    assert pairs(2) == pairs(50) > 0


def test_pairs_that_wrongly_seem_never_to_meet_are_seen(monkeypatch):
    monkeypatch.setattr(correlated_pairs, "can_meet", lambda *_: False)
    assert_wrong(*GATED)


def test_uncorrelated_paths_take_no_pairs():
    module = averaged(conv(1, 8, "circular"), nn.ReLU(), conv(8, 8, "zeros"), channels=8)
    assert SecondMomentSweep(module, (1, 20)).correlated_pairs().number == 0


def test_no_edges_are_sorted_beside_zero_padding(monkeypatch):
    monkeypatch.setattr(correlated_pairs, "SortedEdges", None)
    residual = Residual(nn.Sequential(nn.ReLU(), conv(8, 8, "zeros", groups=8)))
    module = averaged(conv(1, 8, "zeros"), residual, nn.ReLU(), conv(8, 8, "zeros"), channels=8)
    assert SecondMomentSweep(module, (1, 20)).correlated_pairs().number == 0


def test_memory_stays_below_what_is_counted(monkeypatch):
    block = 2**12
    monkeypatch.setattr(sorted_edges, "BLOCK", block)
    sweep = SecondMomentSweep(*DENSELY_CORRELATED)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        sweep.second_moments()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    counted = sweep.correlated_pairs().number * correlated_pairs.BYTES_PER_PAIR
    edges = 3 * 8 * 400 * sorted_edges.BYTES_PER_EDGE
    assert counted / 4 < peak < counted + edges + 300 * block


def test_too_many_pairs_are_refused_before_they_are_held(monkeypatch):
    monkeypatch.setattr(correlated_pairs, "MOST_BYTES", 2**20)
    monkeypatch.setattr(sorted_edges, "BLOCK", 2**10)
    sweep = SecondMomentSweep(*DENSELY_CORRELATED)
    message = r"'1.add' brings the pairs .* 1 MiB, more than 1 MiB: .* \(104 neurons always fit\)"
    with pytest.raises(DagError, match=message) as raised:
        sweep.second_moments()
    assert "\n" not in str(raised.value)
