"""Objectives: values written out, gradients by finite differences, Proposition 2."""

import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import small_cnn, train_plainly
from torch import nn
from torch.nn import functional

from empirical.data.images import at_resolution
from empirical.data.load import load_data
from empirical.training.methods import (
    METHODS,
    AdversarialAugmentation,
    CrossEntropy,
    CrossLipschitz,
    GradientPenalty,
    ProjectedGradient,
    attack_size,
)
from running.streams import stream
from simulations.networks.initialization import he_initialize_

CLASSES = 4


def smooth_network(norm=True):
    """Softplus in place of ReLU: its second derivatives exist everywhere."""
    network = nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect", bias=False),
        nn.BatchNorm2d(3) if norm else nn.Identity(),
        nn.Softplus(),
        nn.AvgPool2d(2),
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.BatchNorm2d(4) if norm else nn.Identity(),
        nn.Softplus(),
        nn.Flatten(),
        nn.Linear(4, CLASSES),
    )
    he_initialize_(network, stream(0, "weights"))
    return network.double()


def batch(size=4):
    images = torch.randn(6, 2, size, size, dtype=torch.float64, generator=stream(0, "images"))
    return images, torch.randint(CLASSES, (6,), generator=stream(0, "labels"))


def own_gradients(network, images, labels):
    """Gradient of the summed loss by the images, with its graph."""
    inputs = images.clone().requires_grad_()
    losses = functional.cross_entropy(network(inputs), labels, reduction="none")
    return losses, torch.autograd.grad(losses.sum(), inputs, create_graph=True)[0].flatten(1)


# --- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", [True, False])
def test_gradient_penalties_written_out(norm):
    network, (images, labels) = smooth_network(norm), batch()
    losses, gradients = own_gradients(network, images, labels)
    d = images[0].numel()
    by_norm = {
        1: 0.3 * gradients.abs().sum(dim=1),
        2: 0.3 * math.sqrt(d) * gradients.square().sum(dim=1).sqrt(),
    }
    for q, penalties in by_norm.items():
        value = GradientPenalty(epsilon=0.3, q=q)(network, images, labels)
        torch.testing.assert_close(value, (losses + penalties / 2).mean())


@pytest.mark.parametrize("through", [False, True])
def test_augmentation_written_out(through):
    network, (images, labels) = smooth_network(), batch()
    losses, gradients = own_gradients(network, images, labels)
    gradients = gradients.detach()
    deltas = {
        math.inf: 0.3 * gradients.sign(),
        2: 0.3 * math.sqrt(images[0].numel()) * gradients / gradients.norm(dim=1, keepdim=True),
    }
    for p, delta in deltas.items():
        attacked = functional.cross_entropy(network(images + delta.view_as(images)), labels)
        objective = AdversarialAugmentation(epsilon=0.3, p=p, through_attack=through)
        value = objective(network, images, labels)
        torch.testing.assert_close(value, (losses.mean() + attacked) / 2)


def test_cross_lipschitz_is_the_sum_over_pairs_and_no_other():
    network, (images, labels) = smooth_network(), batch()
    inputs = images.clone().requires_grad_()
    logits = network(inputs)
    rows = [
        torch.autograd.grad(logits[:, k].sum(), inputs, retain_graph=True)[0].flatten(1)
        for k in range(CLASSES)
    ]
    pairs = [(h - k).square().sum(dim=1).mean() for h in rows for k in rows]
    loss = functional.cross_entropy(logits, labels)
    value = CrossLipschitz(epsilon=0.7)(network, images, labels)
    torch.testing.assert_close(value, loss + 0.7 * sum(pairs) / CLASSES**2)
    halved = loss + 0.7 * sum(pairs) / CLASSES**2 / 2
    assert not torch.isclose(value, halved)
    uncentred = loss + 0.7 * 2 / CLASSES * sum(row.square().sum(dim=1).mean() for row in rows)
    assert not torch.isclose(value, uncentred)


@pytest.mark.parametrize("name", METHODS)
def test_epsilon_0_is_plain_training(name):
    network, (images, labels) = smooth_network(), batch()
    value = METHODS[name](0.0)(network, images, labels, generator=stream(0, "start"))
    torch.testing.assert_close(value, CrossEntropy()(network, images, labels))


@given(epsilon=st.floats(1e-6, 10), side=st.integers(1, 9), channels=st.integers(1, 3))
def test_equation_5(epsilon, side, channels):
    images = torch.zeros(1, channels, side, side)
    d = channels * side**2
    assert attack_size(epsilon, math.inf, images) == epsilon
    assert attack_size(epsilon, 2, images) == pytest.approx(epsilon * math.sqrt(d))


# --- gradients by the weights ------------------------------------------------------------------


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize(
    "objective",
    [
        CrossEntropy(),
        GradientPenalty(epsilon=0.5, q=1),
        GradientPenalty(epsilon=0.5, q=2),
        AdversarialAugmentation(epsilon=0.2, p=math.inf),
        AdversarialAugmentation(epsilon=0.2, p=2, through_attack=True),
        CrossLipschitz(epsilon=0.5),
    ],
    ids=repr,
)
def test_gradients_equal_finite_differences(objective, norm):
    """Along random directions in weight space.

    The signs of a gradient stay as they are over a step of 1e-5, so that the l_inf-attack, which
    is fixed for the gradient, does not move with the weights either.
    """
    network, (images, labels) = smooth_network(norm), batch()
    weights = list(network.parameters())
    gradients = torch.autograd.grad(
        objective(network, images, labels), weights, materialize_grads=True
    )
    generator = stream(0, "directions")
    for _ in range(3):
        direction = [
            torch.randn(w.shape, dtype=torch.float64, generator=generator) for w in weights
        ]
        predicted = sum(float((g * v).sum()) for g, v in zip(gradients, direction, strict=True))
        step, values = 1e-5, []
        for sign in (1, -1):
            moved = copy.deepcopy(network)
            with torch.no_grad():
                for weight, v in zip(moved.parameters(), direction, strict=True):
                    weight += sign * step * v
            values.append(objective(moved, images, labels).item())
        assert (values[0] - values[1]) / (2 * step) == pytest.approx(predicted, rel=1e-5, abs=1e-8)


def test_appendix_d_matters_in_l2_and_cannot_in_linf():
    """The derivative of a sign is 0: through an l_inf-attack nothing flows."""
    network, (images, labels) = smooth_network(), batch()
    weights = list(network.parameters())

    def gradients(p, through):
        objective = AdversarialAugmentation(epsilon=0.5, p=p, through_attack=through)
        return torch.autograd.grad(objective(network, images, labels), weights)

    torch.testing.assert_close(gradients(math.inf, True), gradients(math.inf, False))
    differences = zip(gradients(2, True), gradients(2, False), strict=True)
    assert max(float((a - b).abs().max()) for a, b in differences) > 1e-3


# --- Proposition 2 -----------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "q"), [(math.inf, 1), (2, 2)])
def test_equations_3_and_4_agree_to_second_order_on_a_trained_network(p, q):
    """|Eq. 4 - Eq. 3| shrinks like ε²; with ε for ε/2 in Eq. 3, only like ε.

    A network of ReLUs has kinks, which this one has not: on it the expansion is valid at all ε.
    """
    digits = at_resolution(load_data("digits", seed=0), 8)
    network = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    for position, module in enumerate(network):
        if isinstance(module, nn.ReLU):
            network[position] = nn.Softplus(beta=3)
        if isinstance(module, nn.MaxPool2d | nn.AdaptiveMaxPool2d):
            pooled = isinstance(module, nn.MaxPool2d)
            network[position] = nn.AvgPool2d(2) if pooled else nn.AdaptiveAvgPool2d(1)
    train_plainly(network, digits.train_images, digits.train_labels, epochs=2)
    network.double().eval()
    images, labels = digits.held_out_images[:40].double(), digits.held_out_labels[:40]
    epsilons = np.geomspace(1e-4, 3e-3, 5)
    right, wrong = [], []
    for epsilon in map(float, epsilons):
        augmented = AdversarialAugmentation(epsilon=epsilon, p=p)(network, images, labels).item()
        right.append(
            abs(GradientPenalty(epsilon=epsilon, q=q)(network, images, labels).item() - augmented)
        )
        doubled = GradientPenalty(epsilon=2 * epsilon, q=q)(network, images, labels).item()
        wrong.append(abs(doubled - augmented))
    assert np.polyfit(np.log(epsilons), np.log(right), 1)[0] == pytest.approx(2, abs=0.1)
    assert np.polyfit(np.log(epsilons), np.log(wrong), 1)[0] == pytest.approx(1, abs=0.1)


# --- PGD ---------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    p=st.sampled_from([2, math.inf]),
    epsilon=st.floats(1e-3, 5),
    steps=st.integers(1, 5),
    start=st.booleans(),
)
def test_pgd_stays_in_the_ball(p, epsilon, steps, start):
    network, (images, labels) = smooth_network(), batch()
    objective = ProjectedGradient(epsilon=epsilon, p=p, steps=steps)
    generator = stream(0, "start") if start else None
    attacked = objective.attack(network, images, labels, generator=generator)
    sizes = torch.linalg.vector_norm((attacked - images).flatten(1), ord=p, dim=1)
    assert float(sizes.max()) <= attack_size(epsilon, p, images) * (1 + 1e-9)


@pytest.mark.parametrize(("p", "start"), [(math.inf, True), (math.inf, False), (2, False)])
def test_pgd_on_a_linear_network_is_the_best_attack(p, start):
    """With two classes the loss grows along one direction, and one step is the optimum."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(32, 2)).double()
    he_initialize_(network, stream(0, "weights"))
    images, _ = batch()
    labels = torch.tensor([0, 1, 0, 1, 0, 1])
    generator = stream(0, "start") if start else None
    pgd = ProjectedGradient(epsilon=0.1, p=p, steps=4)(network, images, labels, generator=generator)
    plain = CrossEntropy()(network, images, labels)
    one_step = 2 * AdversarialAugmentation(epsilon=0.1, p=p)(network, images, labels) - plain
    torch.testing.assert_close(pgd, one_step)
    assert pgd > plain + 0.01


def test_more_steps_find_worse_images():
    """On a network that is not linear: PGD beats its own first step, from anywhere."""
    network, (images, labels) = smooth_network(norm=False), batch()
    for p in (2, math.inf):
        losses = [
            ProjectedGradient(epsilon=1.0, p=p, steps=steps)(
                network, images, labels, generator=stream(0, "start")
            )
            for steps in (1, 20)
        ]
        assert losses[1] > losses[0]


def test_random_starts_are_the_generators():
    network, (images, labels) = smooth_network(), batch()
    objective = ProjectedGradient(epsilon=0.5, p=2, steps=1)
    values = [
        objective(network, images, labels, generator=stream(seed, "start")).item()
        for seed in (0, 0, 1)
    ]
    assert values[0] == values[1] != values[2]


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GradientPenalty(epsilon=-1.0, q=1), "epsilon must be a number of at least 0"),
        (lambda: GradientPenalty(epsilon=0.1, q=3), "not in l_3"),
        (lambda: AdversarialAugmentation(epsilon=math.nan, p=2), "not nan"),
        (lambda: AdversarialAugmentation(epsilon=0.1, p=1), "not in l_1"),
        (lambda: CrossLipschitz(epsilon=math.inf), "not inf"),
        (lambda: ProjectedGradient(epsilon=0.1, p=3), "not in l_3"),
        (lambda: ProjectedGradient(epsilon=0.1, p=2, steps=0), "one step or more"),
    ],
)
def test_nonsense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
