"""Audits of networks whose answers are known, and of neighbours whose answers differ."""

import pytest
import torch
from torch import nn

from running.pools import thread_pool
from simulations.audit.growth_verdicts import Departure, Growth
from simulations.audit.network_audit import audit
from simulations.engine.configurations import configure
from simulations.engine.simulation_run import SimulationRun


class Scaled(nn.Module):
    """Multiplies with a power of the size."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x


def linear(size):
    return nn.Sequential(nn.Linear(size, 40), nn.Linear(40, 10)), (size,)


def steeper(size):
    return nn.Sequential(nn.Linear(size, 40), Scaled(size**0.25), nn.Linear(40, 10)), (size,)


def flat(size):
    return nn.Sequential(nn.Linear(size, 40), Scaled(size**-0.5), nn.Linear(40, 10)), (size,)


def average(size):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
        nn.Flatten(),
        nn.Linear(8 * (size // 2) ** 2, 10),
    ), (3, size, size)


def maxima(size):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, padding_mode="circular"),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * (size // 2) ** 2, 10),
    ), (3, size, size)


class Reader(nn.Module):
    """Reads its layer's stride, which no average-pooling behind it has."""

    def __init__(self, size):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 2, stride=2)
        self.linear = nn.Linear(4 * (size // 2) ** 2, 3)

    def forward(self, x):
        assert self.conv.kernel_size == (2, 2)
        return self.linear(self.conv(x).flatten(1))


def reader(size):
    return Reader(size), (3, size, size)


def audited(network, sizes, networks=64):
    return audit(
        configure(SimulationRun(network, sizes=sizes)),
        networks=networks,
        seed=0,
        device=torch.device("cpu"),
        pool=thread_pool(workers=1),
    )


def test_a_linear_network_grows_like_the_root_and_every_layer_keeps_the_law():
    found = audited(linear, [16, 4096], networks=300)
    assert found.norm.growth is Growth.LIKE_SQRT
    assert found.damage.growth is Growth.LIKE_SQRT
    assert found.norm.predicted_exponent == pytest.approx(0.5)
    assert [layer.name for layer in found.layers] == ["1", "0", "input"]
    assert [layer.departure for layer in found.layers] == [Departure.KEEPS] * 3
    assert found.first_departure is None
    assert found.effects == []
    assert found.networks == [2400, 300]
    assert found.symmetry.networks == 2400
    assert found.symmetry.verdict == "holds"
    # The loss of a linear network is convex: the real damage is the larger one, by little if small.
    assert found.first_order[0].estimate == pytest.approx(1, abs=0.01)
    assert all(ratio.estimate >= 1 for ratio in found.first_order)


@pytest.mark.parametrize(
    ("network", "growth", "direction"),
    [(steeper, Growth.FASTER, Departure.ABOVE), (flat, Growth.NOT, Departure.BELOW)],
)
def test_the_layer_before_a_false_factor_is_found(network, growth, direction):
    found = audited(network, [16, 4096], networks=300)
    assert found.norm.growth is growth
    assert found.first_departure is not None
    assert found.first_departure.name == "0"  # whose output the factor multiplies
    verdicts = [layer.departure for layer in found.layers]
    assert verdicts == [Departure.KEEPS] * 2 + [direction] * 2


def test_few_networks_tell_less():
    found = audited(linear, [64, 128], networks=16)
    assert found.norm.growth is Growth.UNKNOWN
    assert found.layers[-1].departure is Departure.UNKNOWN
    assert found.first_departure is None


def test_the_effect_of_averages_is_the_predicted_one():
    found = audited(average, [4, 8, 16], networks=200)
    (effect,) = found.effects
    assert effect.remedy.layers == ("0",)
    assert effect.networks == 100
    assert effect.predicted_factor is not None
    assert effect.factor.low < effect.predicted_factor < effect.factor.high
    assert effect.exponent.low < effect.predicted_exponent < effect.exponent.high
    # An average of four shrinks the gradient: the factor 1 of doing nothing is refuted.
    assert effect.factor.high < 0.9
    assert effect.change.low < 0 < effect.change.high


def test_a_maximum_has_no_prediction_and_its_average_is_smaller():
    found = audited(maxima, [4, 8], networks=200)
    assert "maximum" in found.no_prediction
    assert found.norm.predicted_exponent is None
    (effect,) = found.effects
    assert effect.factor.high < 1
    assert effect.predicted_factor is None
    assert effect.predicted_exponent is not None


def test_a_remedy_that_the_module_cannot_take_is_named():
    found = audited(reader, [8, 16], networks=4)
    assert found.effects == []
    (reason,) = found.not_applied
    assert "conv: stride 1" in reason
    assert "kernel_size" in reason
