"""Lemma 1 after training: closed forms, the limit of small attacks, false neighbours."""

import copy
import math

import numpy as np
import pytest
import torch
from small_networks import small_cnn, train_plainly
from torch import nn

from empirical.data.images import at_resolution
from empirical.data.load import load_data
from empirical.measures.measure import measure_images
from running.streams import stream

EPSILONS = (1e-5, 1e-4, 1e-3, 0.1, 1.0)
BOUNDS = (-100.0, 100.0)


def damage(network, images, labels, *, epsilon, norm="gradient_norm"):
    """Return the predicted and the real increase of each image's loss."""
    measures = measure_images(network, images, labels, epsilon=epsilon, bounds=BOUNDS)
    return epsilon * getattr(measures, norm), measures.increase


def ratio(network, images, labels, *, epsilon, norm="gradient_norm"):
    """Return real over first-order damage: 1 where Lemma 1 holds."""
    predicted, increase = damage(network, images, labels, epsilon=epsilon, norm=norm)
    return increase.mean() / predicted.mean()


@pytest.fixture(scope="module")
def digits():
    data = at_resolution(load_data("digits", seed=0), 8)
    some = torch.randperm(len(data.held_out_labels), generator=stream(0, "some"))[:150]
    network = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    train_plainly(network, data.train_images, data.train_labels, epochs=3)
    return network, data.held_out_images[some], data.held_out_labels[some]


@pytest.fixture
def in_double(digits):
    """With a little noise, because equal pixels make maxima tie: a kink, without a gradient."""
    network, images, labels = digits
    noise = 0.01 * torch.randn(images.shape, generator=stream(0, "noise"), dtype=torch.double)
    return copy.deepcopy(network).double(), images + noise, labels


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_a_linear_network_has_a_closed_form(epsilon):
    """Logits ±w·x/2 at label 0: the loss is log(1 + exp(-w·x)); an attack takes ε‖w‖_1 off."""
    w = torch.randn(12, generator=stream(0, "w"), dtype=torch.double)
    linear = nn.Linear(12, 2, bias=False).double()
    with torch.no_grad():
        linear.weight.copy_(torch.stack([w / 2, -w / 2]))
    images = torch.randn(30, 1, 3, 4, generator=stream(0, "x"), dtype=torch.double)
    predicted, increase = damage(
        nn.Sequential(nn.Flatten(), linear),
        images,
        torch.zeros(30, dtype=torch.long),
        epsilon=epsilon,
    )
    margin, norm = (images.flatten(1) @ w).numpy(), w.abs().sum().item()
    assert predicted == pytest.approx(epsilon * norm / (1 + np.exp(margin)))
    exact = np.logaddexp(0, epsilon * norm - margin) - np.logaddexp(0, -margin)
    assert increase == pytest.approx(exact, rel=1e-6, abs=1e-14)
    # This loss is convex, so the first order is a lower bound.
    assert increase.mean() >= (1 - 1e-6) * predicted.mean()


def test_lemma_1_holds_after_training_for_small_attacks_and_not_for_large(in_double):
    distances = [abs(ratio(*in_double, epsilon=epsilon) - 1) for epsilon in EPSILONS]
    assert distances[0] < 1e-3
    assert distances[:3] == sorted(distances[:3])
    assert distances[-1] > 0.1
    # The remainder is of the second order: a tenth of ε, a tenth of the distance or so.
    assert distances[0] < distances[2] / 10


def test_at_a_kink_the_limit_lies_beside_1(digits):
    network, images, labels = digits
    double = copy.deepcopy(network).double(), images.double(), labels
    kinked = [ratio(*double, epsilon=epsilon) for epsilon in (1e-7, 1e-6)]
    assert kinked[0] == pytest.approx(kinked[1], abs=1e-4)
    assert 1e-4 < abs(kinked[0] - 1) < 0.01


def test_false_neighbours_of_the_dual_norm_are_told_apart(in_double):
    """Negative control: the l2-norm does not predict an l_∞-attack's damage."""
    assert ratio(*in_double, epsilon=1e-5) == pytest.approx(1, abs=1e-3)
    assert ratio(*in_double, epsilon=1e-5, norm="gradient_norm_l2") > 2


@pytest.mark.parametrize("epsilon", [0.006, 0.042])
def test_float32_gives_the_same_ratio_at_the_papers_attack_size(in_double, epsilon):
    network, images, labels = in_double
    single = ratio(network.float(), images.float(), labels, epsilon=epsilon)
    double = ratio(network.double(), images, labels, epsilon=epsilon)
    assert single == pytest.approx(double, rel=1e-3)


def test_a_flat_loss_is_not_damaged(digits):
    _, images, labels = digits
    flat = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    nn.init.zeros_(flat[1].weight)
    predicted, increase = damage(flat, images, labels, epsilon=0.1)
    assert predicted.dtype == increase.dtype == np.float64
    assert not predicted.any()
    assert not increase.any()


@pytest.mark.parametrize("epsilon", [-0.1, math.nan, math.inf])
def test_sizes_that_are_none_are_refused(digits, epsilon):
    with pytest.raises(ValueError, match="the size of an attack must be a number") as raised:
        damage(*digits, epsilon=epsilon)
    assert "\n" not in str(raised.value)


def test_the_network_is_left_in_its_mode(digits):
    network, images, labels = digits
    network.train()
    damage(network, images[:3], labels[:3], epsilon=0.1)
    assert all(layer.training for layer in network)
