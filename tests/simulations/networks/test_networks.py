"""Dense networks' shapes; He initialization; gradients by autograd."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

import simulations.networks.initialization
from running.streams import stream
from simulations.engine.autograd import input_gradients
from simulations.networks.initialization import he_initialize_, he_variance
from simulations.networks.simple_networks import dense, strided


def test_dense_layers_have_relus_on_hidden_neurons_only():
    module, shape = dense(5, widths=(4, 3), logits=2)
    assert shape == (5,)
    kinds = [type(layer).__name__ for layer in module]
    assert kinds == ["Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert [tuple(layer.weight.shape) for layer in module[::2]] == [(4, 5), (3, 4), (2, 3)]
    assert all(layer.bias is None for layer in module[::2])
    neuron, _ = dense(5, widths=(), logits=1)
    assert [tuple(layer.weight.shape) for layer in neuron] == [(1, 5)]
    as_printed, _ = dense(5, widths=(4,), relu_on_logits=True)
    assert [type(layer).__name__ for layer in as_printed[2:]] == ["Linear", "ReLU"]


def weights_have_he_variance(fan_in: int, weight: torch.Tensor) -> bool:
    """Chi-square test of the variance, wrong with probability 1e-6."""
    statistic = float(weight.detach().double().square().sum()) * fan_in / 2
    law = stats.chi2(weight.numel())
    return bool(law.ppf(5e-7) <= statistic <= law.isf(5e-7))


def test_he_initialization_of_each_kind_of_layer(monkeypatch):
    module = nn.ModuleList(
        [nn.Linear(100, 50), nn.Conv2d(8, 64, 3, groups=2), nn.BatchNorm2d(4), nn.Conv1d(6, 90, 5)]
    )
    linear, grouped, norm, line = module
    he_initialize_(module, stream(0, "he"))
    fan_ins = [(100, linear.weight), (4 * 9, grouped.weight), (6 * 5, line.weight)]
    assert all(weights_have_he_variance(*pair) for pair in fan_ins)
    assert not any(layer.bias.any() for layer in (linear, grouped, line))
    assert bool((norm.weight == 1).all())

    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 1 / in_degree
    )
    he_initialize_(module, stream(0, "he"))
    assert not any(weights_have_he_variance(*pair) for pair in fan_ins)


def test_initialization_depends_on_its_stream_alone():
    first, second = (dense(6, widths=(5,))[0] for _ in range(2))
    he_initialize_(first, stream(3, "net", 7))
    torch.rand(11)
    he_initialize_(second, stream(3, "net", 7))
    assert torch.equal(first[0].weight, second[0].weight)


def test_gradients_are_finite_differences():
    network = strided(4, widths=(3, 3), logits=5)[0].double()
    he_initialize_(network, stream(1, "differences"))
    x = torch.randn(1, 3, 4, 4, generator=stream(1, "x"), dtype=torch.double)
    gradients = input_gradients(network, x)
    assert torch.equal(gradients.logits, network(x)[0].detach())
    step = 1e-6
    rng = np.random.default_rng(0)
    for _ in range(10):
        place = (0, *(int(rng.integers(n)) for n in (3, 4, 4)))
        up, down = x.clone(), x.clone()
        up[place] += step
        down[place] -= step
        with torch.no_grad():
            f_up, f_down = network(up)[0], network(down)[0]
        slope = (f_up - f_down) / (2 * step)
        assert torch.allclose(gradients.logit_gradients[:, *place[1:]], slope, atol=1e-6)
        loss_slope = -(f_up.log_softmax(0) - f_down.log_softmax(0)) / (2 * step)
        assert torch.allclose(gradients.loss_gradients[:, *place[1:]], loss_slope, atol=1e-6)


def test_loss_gradients_obey_equation_9_with_the_opposite_sign():
    """The print gives ∂_k L = 1 - q_c at k = c and -q_k elsewhere, which is the gradient of -L."""
    network = dense(7, widths=(6,), logits=4)[0].double()
    he_initialize_(network, stream(2, "equation-9"))
    x = torch.randn(1, 7, generator=stream(2, "x"), dtype=torch.double)
    gradients = input_gradients(network, x)
    q, rows = gradients.logits.softmax(0), gradients.logit_gradients
    for c in range(4):
        printed = (1 - q[c]) * rows[c] + sum(q[k] * -rows[k] for k in range(4) if k != c)
        assert torch.allclose(gradients.loss_gradients[c], -printed)
        assert not torch.allclose(gradients.loss_gradients[c], printed)


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (nn.Linear(3, 2), (2, 3), "one input, not a batch of 2"),
        (nn.Conv2d(1, 1, 1), (1, 1, 2, 2), r"logits of shape \(1, K\), not \(1, 1, 2, 2\)"),
    ],
)
def test_inputs_and_outputs_of_the_wrong_shape_are_named(module, shape, message):
    with pytest.raises(ValueError, match=message):
        input_gradients(module, torch.zeros(shape))


def closed_form_coordinates(rng: np.random.Generator, d: int, samples: int) -> np.ndarray:
    """Coordinates of ∂_x f_k over two hidden layers of 8, from the closed-form law."""
    squares = np.full(samples, 1.0)
    for in_degree, width in ((d, 8), (8, 8)):
        active = rng.binomial(width, 0.5, size=samples)
        squares *= 2 / in_degree * np.where(active, rng.chisquare(np.maximum(active, 1)), 0)
    return np.sqrt(squares * he_variance(8)) * rng.normal(size=samples)


def sampled_coordinates(d: int, networks: int) -> np.ndarray:
    network, _ = dense(d, widths=(8, 8), logits=1)
    coordinates = []
    for index in range(networks):
        generator = stream(9, "law", index)
        he_initialize_(network, generator)
        x = torch.randn(1, d, generator=generator)
        coordinates.append(float(input_gradients(network, x).logit_gradients[0, 0]))
    return np.array(coordinates)


def test_gradient_coordinates_follow_their_closed_form_law(monkeypatch):
    """Kolmogorov-Smirnov at level 1e-6; a factor 1/2 in the variance of weights is rejected."""
    law = closed_form_coordinates(np.random.default_rng(0), 16, 100_000)
    assert stats.ks_2samp(sampled_coordinates(16, 1500), law).pvalue > 1e-6
    monkeypatch.setattr(
        simulations.networks.initialization, "he_variance", lambda in_degree: 1 / in_degree
    )
    assert stats.ks_2samp(sampled_coordinates(16, 1500), law).pvalue < 1e-6
    assert math.isclose(law.var(), 2 / 16, rel_tol=0.1)
