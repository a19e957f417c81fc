"""Lemma 1 after training: closed forms, the limit of small attacks, false neighbours."""

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn

from empirical.data.images import at_resolution
from empirical.data.load import load_data
from empirical.measures.first_order import first_order_damage
from empirical.training.networks import small_cnn
from empirical.training.train import train
from running.streams import stream

EPSILONS = (1e-5, 1e-4, 1e-3, 0.1, 1.0)


@pytest.fixture(scope="module")
def digits():
    data = at_resolution(load_data("digits", seed=0), 8)
    some = torch.randperm(len(data.held_out_labels), generator=stream(0, "some"))[:150]
    network = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    train(network, data.train_images, data.train_labels, epochs=3, generator=stream(0, "order"))
    return network, data.held_out_images[some], data.held_out_labels[some]


@pytest.fixture
def in_double(digits):
    """With a little noise, because equal pixels make maxima tie: a kink, without a gradient."""
    network, images, labels = digits
    noise = 0.01 * torch.randn(images.shape, generator=stream(0, "noise"), dtype=torch.double)
    return copy.deepcopy(network).double(), images + noise, labels


@pytest.mark.parametrize("p", [math.inf, 2])
def test_a_linear_network_has_a_closed_form(p):
    """Logits ±w·x/2 at label 0: the loss is log(1 + exp(-w·x)), and an attack takes ε‖w‖_q off."""
    w = torch.randn(12, generator=stream(0, "w"), dtype=torch.double)
    linear = nn.Linear(12, 2, bias=False).double()
    with torch.no_grad():
        linear.weight.copy_(torch.stack([w / 2, -w / 2]))
    images = torch.randn(30, 1, 3, 4, generator=stream(0, "x"), dtype=torch.double)
    damage = first_order_damage(
        nn.Sequential(nn.Flatten(), linear),
        images,
        torch.zeros(30, dtype=torch.long),
        epsilons=EPSILONS,
        p=p,
    )
    margin = (images.flatten(1) @ w).numpy()
    norm = torch.linalg.vector_norm(w, 1 if p == math.inf else 2).item()
    for epsilon, predicted, increase in zip(
        EPSILONS, damage.predicted, damage.increase, strict=True
    ):
        assert predicted == pytest.approx(epsilon * norm / (1 + np.exp(margin)))
        exact = np.logaddexp(0, epsilon * norm - margin) - np.logaddexp(0, -margin)
        assert increase == pytest.approx(exact, rel=1e-6, abs=1e-14)
    # This loss is convex, so the first order is a lower bound.
    assert min(damage.ratios()) >= 1 - 1e-6


@pytest.mark.parametrize("p", [math.inf, 2])
def test_lemma_1_holds_after_training_for_small_attacks_and_not_for_large(in_double, p):
    damage = first_order_damage(*in_double, epsilons=EPSILONS, p=p)
    assert damage.predicted.shape == damage.increase.shape == (len(EPSILONS), 150)
    distances = [abs(ratio - 1) for ratio in damage.ratios()]
    assert distances[0] < 1e-3
    assert distances[:3] == sorted(distances[:3])
    assert distances[-1] > 0.1
    # The remainder is of the second order: a tenth of ε, a tenth of the distance or so.
    assert distances[0] < distances[2] / 10


def test_at_a_kink_the_limit_lies_beside_1(digits):
    network, images, labels = digits
    double = copy.deepcopy(network).double(), images.double(), labels
    kinked = first_order_damage(*double, epsilons=[1e-7, 1e-6]).ratios()
    assert kinked[0] == pytest.approx(kinked[1], abs=1e-4)
    assert 1e-4 < abs(kinked[0] - 1) < 0.01


def test_false_neighbours_of_the_dual_norm_are_told_apart(in_double):
    """Negative control: neither the l2-norm nor the l_∞-norm predicts an l_∞-attack's damage."""
    damage = first_order_damage(*in_double, epsilons=[1e-5])
    by_l2 = first_order_damage(*in_double, epsilons=[1e-5], p=2)
    ratio = float(damage.increase.mean() / by_l2.predicted.mean())
    assert damage.ratios()[0] == pytest.approx(1, abs=1e-3)
    assert ratio > 2


def test_float32_gives_the_same_ratio_at_the_papers_attack_size(in_double):
    network, images, labels = in_double
    single = first_order_damage(network.float(), images.float(), labels, epsilons=[0.006, 0.042])
    double = first_order_damage(network.double(), images, labels, epsilons=[0.006, 0.042])
    assert single.ratios() == pytest.approx(double.ratios(), rel=1e-3)
    assert single.increase.dtype == single.predicted.dtype == np.float64


def test_a_flat_loss_has_no_ratio(digits):
    _, images, labels = digits
    flat = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    nn.init.zeros_(flat[1].weight)
    damage = first_order_damage(flat, images, labels, epsilons=[0.1])
    assert not damage.predicted.any()
    assert not damage.increase.any()
    assert math.isnan(damage.ratios()[0])


@pytest.mark.parametrize("epsilons", [[], [0.0], [0.1, -0.1], [math.nan], [math.inf]])
def test_sizes_that_are_none_are_refused(digits, epsilons):
    with pytest.raises(ValueError, match="attacks need positive finite sizes, not") as raised:
        first_order_damage(*digits, epsilons=epsilons)
    assert "\n" not in str(raised.value)


def test_the_network_is_left_in_its_mode(digits):
    network, images, labels = digits
    network.train()
    first_order_damage(network, images[:3], labels[:3], epsilons=[0.1])
    assert all(layer.training for layer in network)
