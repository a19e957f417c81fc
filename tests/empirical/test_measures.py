"""Loss gradients against finite differences, the attack against its definition, the counts."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from empirical import attacks
from empirical.attacks import fgsm
from empirical.data import load_data
from empirical.images import at_resolution
from empirical.measures import attack_size, loss_gradients, measure
from empirical.networks import small_cnn
from empirical.training import train
from simulations.randomness import stream


@pytest.fixture(scope="module")
def digits():
    return at_resolution(load_data("digits", seed=0), 8)


@pytest.fixture(scope="module")
def network(digits):
    model = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    train(model, digits.train_images, digits.train_labels, epochs=2, generator=stream(0, "order"))
    return model.eval()


def finite_differences(network, image, label, step=1e-6):
    def loss(pixels):
        return functional.cross_entropy(network(pixels[None]), label[None]).item()

    gradient = torch.zeros_like(image)
    for place in range(image.numel()):
        nudge = torch.zeros_like(image)
        nudge.view(-1)[place] = step
        gradient.view(-1)[place] = (loss(image + nudge) - loss(image - nudge)) / (2 * step)
    return gradient


def test_loss_gradients_against_finite_differences(digits, network):
    double = small_cnn(1, 10, size=8, generator=stream(0, "weights")).double().eval()
    double.load_state_dict(network.state_dict())
    images, labels = digits.held_out_images[:3].double(), digits.held_out_labels[:3]
    gradients = loss_gradients(double, images, labels)
    for image, label, gradient in zip(images, labels, gradients, strict=True):
        slow = finite_differences(double, image, label)
        torch.testing.assert_close(gradient, slow, rtol=1e-5, atol=1e-8)
        # The control: neither the mean over the batch nor another label's loss passes.
        assert not torch.allclose(gradient / 3, slow, rtol=1e-5, atol=1e-8)
        wrong = finite_differences(double, image, (label + 1) % 10)
        assert not torch.allclose(gradient, wrong, rtol=1e-5, atol=1e-8)


def test_each_image_has_its_own_gradient(digits, network):
    images, labels = digits.held_out_images[:5], digits.held_out_labels[:5]
    together = loss_gradients(network, images, labels)
    alone = [loss_gradients(network, images[i : i + 1], labels[i : i + 1]) for i in range(5)]
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-4, atol=1e-6)


def test_the_attack_is_one_signed_gradient_step(digits, network):
    """Bit for bit, on pixels and an epsilon whose sums are exact in floating point."""
    images = (digits.held_out_images[:200] * 64).round() / 64
    labels = digits.held_out_labels[:200]
    epsilon, bounds = 1 / 32, (images.min().item() + 1 / 64, images.max().item() - 1 / 64)
    images = images.clamp(*bounds)
    attacked = fgsm(network, images, labels, epsilon=epsilon, bounds=bounds)
    step = epsilon * loss_gradients(network, images, labels).sign()
    assert torch.equal(attacked, (images + step).clamp(*bounds))
    assert not torch.equal(attacked, images + step)  # so some were clipped
    assert not torch.equal(attacked, (images - step).clamp(*bounds))


def test_measures_are_the_plain_counts(digits, network):
    epsilon = 0.2
    measures = measure(network, digits, epsilon=epsilon)
    images, labels = digits.held_out_images, digits.held_out_labels
    gradients = loss_gradients(network, images, labels)
    attacked = (images + epsilon * gradients.sign()).clamp(*digits.bounds)
    before, after = network(images).argmax(1), network(attacked).argmax(1)
    assert measures.images == len(labels)
    assert measures.accuracy == pytest.approx((before == labels).double().mean().item())
    norms = torch.stack([gradient.abs().sum() for gradient in gradients])
    assert measures.gradient_norm == pytest.approx(norms.mean().item(), rel=1e-4)
    assert measures.changed == int((before != after).sum()) > 0
    assert measures.vulnerability == measures.changed / measures.images
    drop = (before == labels).double().mean() - (after == labels).double().mean()
    assert measures.accuracy_drop == pytest.approx(drop.item())


def test_measures_take_batch_norms_in_evaluation_mode(digits, network):
    expected = measure(network, digits, epsilon=0.05)
    buffers = {key: value.clone() for key, value in network.state_dict().items()}
    network.train()
    assert measure(network, digits, epsilon=0.05) == expected
    assert all(torch.equal(value, buffers[key]) for key, value in network.state_dict().items())


def test_an_attack_with_the_wrong_sign_is_noticed(digits, network, monkeypatch):
    """Negative control: a step down the loss changes fewer predictions than one up."""
    up = measure(network, digits, epsilon=0.1)

    class Descent(attacks.LinfFastGradientAttack):
        def value_and_grad(self, loss_fn, x):
            loss, gradient = super().value_and_grad(loss_fn, x)
            return loss, -gradient

    monkeypatch.setattr(attacks, "LinfFastGradientAttack", Descent)
    down = measure(network, digits, epsilon=0.1)
    assert down.accuracy_drop < 0 < up.accuracy_drop


def test_a_linear_network_has_the_norm_of_its_weights(digits):
    """Exact oracle: two logits ±w·x/2 at label 0 have the gradient -q_1 w."""
    weights = torch.randn(64, generator=stream(0, "w"))
    linear = nn.Linear(64, 2, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.stack([weights / 2, -weights / 2]))
    model = nn.Sequential(nn.Flatten(), linear)
    data = replace(digits, held_out_labels=torch.zeros_like(digits.held_out_labels))
    other = torch.sigmoid(-(digits.held_out_images.flatten(1) @ weights))
    expected = (other.double().mean() * weights.abs().sum()).item()
    assert measure(model, data, epsilon=0.01).gradient_norm == pytest.approx(expected, rel=1e-4)


def test_the_attack_size_matches_the_first_order_effect_of_the_paper(digits):
    colour = replace(digits, train_images=torch.zeros(1, 3, 32, 32))
    for data, channels in ((digits, 1), (colour, 3)):
        for ours, papers in ((8, 32), (16, 64), (32, 128)):
            assert attack_size(data) * math.sqrt(channels * ours**2) == pytest.approx(
                0.006 * math.sqrt(3 * papers**2)
            )
