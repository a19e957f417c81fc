"""Second moments in floats against the exact ones, which walk pairs of paths in fractions."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from torch import nn
from torch.nn import functional

from theory.dag import Dag, DagError
from theory.graph.layers import Kind
from theory.modules import second_moment_sweep
from theory.modules.second_moment_sweep import SecondMomentSweep
from theory.paths.pair_sweep import most_bytes
from theory.strategies import dags, networks, with_ends
from theory.strategies.random_modules import Concatenation, Residual

DRAWN = {"deadline": None, "suppress_health_check": list(HealthCheck)}


class Calls(nn.Module):
    """Layers a, b and c in any expression."""

    def __init__(self, expression, a, b=None, c=None):
        super().__init__()
        self.a, self.b, self.c = a, b, c
        self.expression = expression

    def forward(self, x):
        return self.expression(self, x)


def chain(*layers):
    return nn.Sequential(*layers)


def conv(channels, out, kernel=3, mode="zeros", **options):
    return nn.Conv1d(channels, out, kernel, padding=kernel // 2, padding_mode=mode, **options)


def averaged(*layers):
    return chain(*layers, nn.ReLU(), nn.AdaptiveAvgPool1d(1))


def head(features):
    return nn.ReLU(), nn.Flatten(), nn.Linear(features, 2)


def uses_both(layer, x):
    """Pre-activation: the value before the ReLU and the one after it."""
    h = layer.a(x)
    return layer.c((h + layer.b(h.relu())).flatten(1))


SINGLE = {
    "dense": (chain(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), (4,)),
    "reflect, dense head": (chain(conv(1, 2, mode="reflect"), *head(12)), (1, 6)),
    "replicate twice": (
        chain(conv(1, 2, mode="replicate"), nn.ReLU(), conv(2, 2, mode="replicate"), *head(12)),
        (1, 6),
    ),
    "zeros, averaged": (averaged(conv(1, 2), nn.ReLU(), conv(2, 2)), (1, 6)),
    "circular, averaged": (averaged(conv(1, 2, mode="circular"), conv(2, 2)), (1, 6)),
    "strides and groups, averaged": (averaged(conv(2, 4, stride=2, groups=2), conv(4, 2)), (2, 7)),
    "apart averages twice": (
        averaged(conv(1, 2), nn.AvgPool1d(2), conv(2, 1), nn.ReLU(), nn.AvgPool1d(2)),
        (1, 8),
    ),
    "overlapping averages below": (
        chain(conv(1, 2), nn.ReLU(), nn.AvgPool1d(3, 1), nn.Flatten(), nn.Linear(8, 1)),
        (1, 6),
    ),
    "residual, averaged": (averaged(conv(1, 2), Residual(chain(nn.ReLU(), conv(2, 2)))), (1, 5)),
    "residual, reflect": (
        chain(Residual(conv(1, 1, mode="reflect")), *head(5)),
        (1, 5),
    ),
    "before and after a ReLU": (
        Calls(uses_both, nn.Conv1d(1, 2, 2), nn.Conv1d(2, 2, 1), nn.Linear(6, 1)),
        (1, 4),
    ),
    "concatenation, averaged": (
        averaged(Concatenation(nn.Identity(), conv(1, 1)), conv(2, 1)),
        (1, 4),
    ),
    "one Linear at all positions": (
        Calls(
            lambda m, x: m.b(m.a(x.transpose(1, 2)).relu()).mean(dim=1),
            nn.Linear(2, 3),
            nn.Linear(3, 1),
        ),
        (2, 4),
    ),
    "a ReLU on inputs and on outputs": (chain(nn.ReLU(), nn.Linear(3, 1), nn.ReLU()), (3,)),
    "a skip over an average": (
        Calls(lambda m, x: m.b((m.a(x) + x).relu().mean(dim=-1)), conv(1, 1), nn.Linear(1, 1)),
        (1, 4),
    ),
}

CORRELATED = {
    "reflect, averaged": (averaged(conv(1, 2, mode="reflect")), (1, 5)),
    "replicate far below an average": (
        averaged(conv(1, 2, mode="replicate"), nn.ReLU(), conv(2, 2)),
        (1, 5),
    ),
    "circular over a whole turn": (
        averaged(nn.Conv1d(1, 1, 2, padding=3, padding_mode="circular")),
        (1, 3),
    ),
    "overlapping averages twice": (
        chain(conv(1, 1), nn.AvgPool1d(2, 1), nn.AvgPool1d(2, 1)),
        (1, 4),
    ),
    "overlapping averages below an average": (
        averaged(conv(1, 1), nn.AvgPool1d(2, 1), nn.ReLU(), conv(1, 1)),
        (1, 5),
    ),
    "x + x": (Calls(lambda m, x: m.a(x + x), nn.Linear(2, 1)), (2,)),
    "x + relu(x)": (
        Calls(lambda m, x: m.b((lambda h: h + h.relu())(m.a(x))), nn.Linear(2, 2), nn.Linear(2, 1)),
        (2,),
    ),
    "x + its average": (Residual(nn.AvgPool1d(3, 1, padding=1)), (1, 4)),
    "x + its mean": (
        Calls(lambda m, x: m.a(x + x.mean(dim=-1, keepdim=True)), nn.Linear(3, 1)),
        (1, 3),
    ),
    "one neuron in two averages": (
        Calls(
            lambda m, x: m.b(functional.avg_pool1d(m.a(x), 2) + functional.avg_pool1d(m.a(x), 2)),
            nn.Identity(),
            nn.Linear(2, 1),
        ),
        (1, 4),
    ),
    "a replicated pixel in one average": (
        chain(nn.ReplicationPad1d(1), nn.AvgPool1d(3), nn.Flatten(), nn.Linear(2, 1)),
        (1, 4),
    ),
}


def exactly(dag):
    return np.array([float(value) for value in dag.second_moments(dag.outputs[0]).values()])


def assert_equal(found, expected):
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-12, atol=0)


def assert_floats_are_exact(module, shape):
    """Compare both float sums with fractions; return the sweep."""
    dag = Dag.from_module(module, shape)
    expected = exactly(dag)
    assert_equal(dag.second_moments(dag.outputs[0], exact=False), expected)
    try:
        sweep = SecondMomentSweep(module, shape)
    except DagError:  # a DAG is of (H); in the module, gates of copies go together
        sweep = SecondMomentSweep(module, shape, masks=True)
    assert_equal(sweep.second_moments(), expected)
    # No pair of paths is counted with a negative weight.
    assert np.all(sweep.single_paths() <= expected * (1 + 1e-12))
    return sweep


@settings(max_examples=150, **DRAWN)
@given(networks(max_pooling=False))
def test_floats_equal_fractions_on_random_modules(drawn):
    assert_floats_are_exact(*drawn)


@settings(max_examples=60, **DRAWN)
@given(with_ends(dags()))
def test_pairs_in_floats_equal_fractions_on_random_dags(drawn):
    dag, _, o = drawn
    expected = [float(value) for value in dag.second_moments(o).values()]
    assert_equal(dag.second_moments(o, exact=False), expected)


@pytest.mark.parametrize("name", SINGLE)
def test_networks_without_correlated_paths_are_recognized(name):
    sweep = assert_floats_are_exact(*SINGLE[name])
    assert not sweep.correlated_pairs().meet
    assert (sweep.single_paths() == sweep.second_moments()).all()


@pytest.mark.parametrize("name", CORRELATED)
def test_networks_with_correlated_paths_are_recognized(name):
    """Here single paths are not enough, so the comparison would see a wrong decision."""
    module, shape = CORRELATED[name]
    sweep = assert_floats_are_exact(module, shape)
    assert sweep.correlated_pairs().meet
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_equal(sweep.single_paths(), exactly(Dag.from_module(module, shape)))


@pytest.mark.parametrize(
    ("name", "kind", "factor"),
    [
        ("dense", Kind.WEIGHTED, lambda layer: 1 / 2**0.5),
        ("zeros, averaged", Kind.AVERAGE, lambda layer: layer.divisors.unsqueeze(-1) ** 0.5),
        ("residual, averaged", Kind.SUM, lambda layer: 1 / 2),
    ],
)
def test_a_falsified_factor_is_seen(name, kind, factor, monkeypatch):
    true = second_moment_sweep.edge_weights

    def falsified(layer):
        return true(layer) * factor(layer) if layer.kind is kind else true(layer)

    monkeypatch.setattr(second_moment_sweep, "edge_weights", falsified)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_floats_are_exact(*SINGLE[name])


def test_a_forgotten_gate_is_seen():
    module, shape = SINGLE["dense"]
    without = chain(*(layer for layer in module if not isinstance(layer, nn.ReLU)))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_equal(
            SecondMomentSweep(without, shape).single_paths(),
            exactly(Dag.from_module(module, shape)),
        )


def test_a_wide_layer_takes_its_inputs_once():
    sweep = SecondMomentSweep(chain(nn.Linear(1000, 300), nn.ReLU(), nn.Linear(300, 10)), (1000,))
    assert sweep.edges == 303_000
    assert sweep.neurons == 1310


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (chain(nn.Conv1d(1, 1, 1), nn.MaxPool1d(2)), (1, 4), "'1' takes a maximum"),
        (chain(nn.Conv1d(1, 1, 1, padding=1)), (1, 2), "an output of the module is constant"),
        (
            Calls(lambda m, x: m.a(m.a(x)), nn.Linear(2, 2)),
            (2,),
            "uses the weight 'a.weight' once more",
        ),
        (chain(nn.Conv2d(99, 1, 9)), (99, 2000, 2000), "MiB, more than 4,096 MiB: give a smaller"),
        (nn.Linear(2, 1), (2, 0), "needs positive sizes"),
    ],
)
def test_what_has_no_second_moments_gets_one_line(module, shape, message):
    with pytest.raises(DagError, match=message) as raised:
        SecondMomentSweep(module, shape).single_paths()
    assert "\n" not in str(raised.value)


def test_a_maximum_beside_the_way_does_no_harm():
    both = Concatenation(nn.Conv1d(1, 1, 1), nn.MaxPool1d(1))
    dag = Dag.from_module(both, (1, 2))
    assert_equal(SecondMomentSweep(both, (1, 2)).single_paths(), exactly(dag))
    assert_equal(dag.second_moments(dag.outputs[0], exact=False), exactly(dag))
    with pytest.raises(DagError, match="takes a maximum"):
        dag.second_moments(dag.outputs[-1], exact=False)


def test_pairs_of_too_many_nodes_are_refused():
    dag = Dag.from_module(nn.Linear(9000, 1), (9000,))
    message = "9,001 nodes takes up to 3,708 MiB, more than 3,072 MiB: give a smaller"
    with pytest.raises(DagError, match=message):
        dag.second_moments(dag.outputs[0], exact=False)


@pytest.mark.parametrize(
    "module",
    [
        chain(conv(1, 1), nn.ReLU(), nn.AvgPool1d(3, 1), *averaged(conv(1, 1))),
        averaged(Residual(chain(conv(1, 1), nn.ReLU())), Residual(nn.AvgPool1d(3, 1, 1))),
    ],
)
def test_matrices_of_pairs_stay_below_the_bound_on_their_memory(module):
    dag = Dag.from_module(module, (1, 500))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        dag.second_moments(dag.outputs[0], exact=False)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert most_bytes(dag) / 4 < peak < most_bytes(dag)
