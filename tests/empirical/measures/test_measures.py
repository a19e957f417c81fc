"""Loss gradients against finite differences, the attack against its definition, the counts."""

import math
from dataclasses import replace

import pytest
import torch
from small_networks import fgsm, measure, small_cnn, train_plainly
from torch import nn
from torch.nn import functional

from empirical.attacks.gradient_steps import PGD_STEPS, one_step, pgd
from empirical.attacks.loss_gradients import differentiate
from empirical.data.images import at_resolution
from empirical.data.load import DataError, load_data
from empirical.errors import TrainingError
from empirical.measures import measure as module
from empirical.measures.measure import measure_images
from running.streams import stream
from simulations.networks.paper_networks import figure_2


@pytest.fixture(scope="module")
def digits():
    return at_resolution(load_data("digits", seed=0), 8)


@pytest.fixture(scope="module")
def network(digits):
    model = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    train_plainly(model, digits.train_images, digits.train_labels, epochs=2)
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
    gradients = differentiate(double, images, labels).gradients
    for image, label, gradient in zip(images, labels, gradients, strict=True):
        slow = finite_differences(double, image, label)
        torch.testing.assert_close(gradient, slow, rtol=1e-5, atol=1e-8)
        # The control: neither the mean over the batch nor another label's loss passes.
        assert not torch.allclose(gradient / 3, slow, rtol=1e-5, atol=1e-8)
        wrong = finite_differences(double, image, (label + 1) % 10)
        assert not torch.allclose(gradient, wrong, rtol=1e-5, atol=1e-8)


def test_each_image_has_its_own_gradient(digits, network):
    images, labels = digits.held_out_images[:5], digits.held_out_labels[:5]
    together = differentiate(network, images, labels).gradients
    alone = [
        differentiate(network, images[i : i + 1], labels[i : i + 1]).gradients for i in range(5)
    ]
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-4, atol=1e-6)


def test_the_l2_step_is_as_long_as_fgsm_and_along_the_gradient(digits, network):
    images, labels = digits.held_out_images[:60], digits.held_out_labels[:60]
    bounds = (-100.0, 100.0)  # neither attack is cut off
    found = measure_images(network, images, labels, epsilon=0.2, bounds=bounds)
    gradients = differentiate(network, images, labels).gradients
    length = 0.2 * images[0].numel() ** 0.5
    directions = gradients / gradients.flatten(1).norm(dim=1)[:, None, None, None]
    signs = 0.2 * gradients.sign()
    torch.testing.assert_close(signs.flatten(1).norm(dim=1).max().item(), length)
    with torch.no_grad():
        before = network(images).argmax(dim=1)
        after = network(images + length * directions).argmax(dim=1)
        shorter = network(images + length / 3 * directions).argmax(dim=1)
    assert found.changed_l2.tolist() == (after != before).tolist()
    assert found.still_correct_l2.tolist() == (after == labels).tolist()
    assert found.changed_l2.tolist() != (shorter != before).tolist()  # the control
    assert found.summary().l2_vulnerability == found.changed_l2.mean()


def test_the_attack_is_one_signed_gradient_step(digits, network):
    """Bit for bit, on pixels and an epsilon whose sums are exact in floating point."""
    images = (digits.held_out_images[:200] * 64).round() / 64
    labels = digits.held_out_labels[:200]
    epsilon, bounds = 1 / 32, (images.min().item() + 1 / 64, images.max().item() - 1 / 64)
    images = images.clamp(*bounds)
    attacked = fgsm(network, images, labels, epsilon=epsilon, bounds=bounds)
    step = epsilon * differentiate(network, images, labels).gradients.sign()
    assert torch.equal(attacked, (images + step).clamp(*bounds))
    assert not torch.equal(attacked, images + step)  # so some were clipped
    assert not torch.equal(attacked, (images - step).clamp(*bounds))


def test_measures_are_the_plain_counts(digits, network):
    epsilon = 0.2
    measures = measure(network, digits, epsilon=epsilon)
    images, labels = digits.held_out_images, digits.held_out_labels
    gradients = differentiate(network, images, labels).gradients
    attacked = (images + epsilon * gradients.sign()).clamp(*digits.bounds)
    before, after = network(images).argmax(1), network(attacked).argmax(1)
    assert measures.images == len(labels)
    assert measures.accuracy == pytest.approx((before == labels).double().mean().item())
    for found, p in ((measures.gradient_norm, 1), (measures.gradient_norm_l2, 2)):
        norms = torch.stack([torch.linalg.vector_norm(gradient, p) for gradient in gradients])
        assert found == pytest.approx(norms.mean().item(), rel=1e-4)
    loss = functional.cross_entropy(network(images), labels).item()
    assert measures.loss == pytest.approx(loss, rel=1e-4)
    assert measures.pgd_changed is measures.pgd_accuracy_drop is measures.pgd_vulnerability is None
    assert measures.changed == int((before != after).sum()) > 0
    assert measures.vulnerability == measures.changed / measures.images
    drop = (before == labels).double().mean() - (after == labels).double().mean()
    assert measures.accuracy_drop == pytest.approx(drop.item())


def test_measures_take_batch_norms_in_evaluation_mode(digits, network):
    expected = measure(network, digits, epsilon=0.05)
    buffers = {key: value.clone() for key, value in network.state_dict().items()}
    network.train()
    network[0].eval()
    assert measure(network, digits, epsilon=0.05) == expected
    # And leave it as it was, to be trained further.
    assert [layer.training for layer in network] == [False] + [True] * (len(network) - 1)
    network.eval()
    assert all(torch.equal(value, buffers[key]) for key, value in network.state_dict().items())


def test_an_attack_with_the_wrong_sign_is_noticed(digits, network, monkeypatch):
    """Negative control: a step down the loss changes fewer predictions than one up."""
    up = measure(network, digits, epsilon=0.1)

    def descent(images, gradients, **options):
        return one_step(images, -gradients, **options)

    monkeypatch.setattr(module, "one_step", descent)
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


def test_pgd_is_counted_beside_fgsm(digits, network):
    images, labels = digits.held_out_images[::4], digits.held_out_labels[::4]
    attack = {"epsilon": 0.2, "bounds": digits.bounds}
    found = measure_images(network, images, labels, **attack, pgd_generator=stream(0, "pgd"))
    attacked = pgd(network, images, labels, **attack, generator=stream(0, "pgd"), steps=PGD_STEPS)
    before, after = network(images).argmax(1), network(attacked).argmax(1)
    assert found.pgd_changed.tolist() == (after != before).tolist()
    assert found.pgd_still_correct.tolist() == (after == labels).tolist()
    summary = found.summary()
    assert summary.pgd_changed == int((after != before).sum()) > summary.changed
    assert summary.pgd_vulnerability == summary.pgd_changed / len(labels)
    drop = ((before == labels).double() - (after == labels).double()).mean().item()
    assert summary.pgd_accuracy_drop == pytest.approx(drop)
    # What PGD finds is in the other attributes of nobody else.
    assert replace(summary, pgd_changed=None, pgd_accuracy_drop=None) == measure(
        network, replace(digits, held_out_images=images, held_out_labels=labels), epsilon=0.2
    )


def test_measures_of_each_image_keep_the_order_of_the_images(digits, network):
    images, labels = digits.held_out_images[::4], digits.held_out_labels[::4]
    attack = {"epsilon": 0.2, "bounds": digits.bounds}
    there = measure_images(network, images, labels, **attack)
    back = measure_images(network, images.flip(0), labels.flip(0), **attack)
    for name in ("correct", "changed", "still_correct"):
        assert getattr(there, name).tolist() == getattr(back, name)[::-1].tolist()
    for name in ("loss", "gradient_norm", "gradient_norm_l2"):
        assert getattr(there, name) == pytest.approx(getattr(back, name)[::-1], rel=1e-3, abs=1e-5)
    assert not (there.changed == back.changed).all()
    assert (there.gradient_norm_l2 <= there.gradient_norm * (1 + 1e-5)).all()
    assert (there.gradient_norm <= math.sqrt(64) * there.gradient_norm_l2 * (1 + 1e-5)).all()


def test_batches_hold_as_many_pixels_whatever_the_size_of_the_images(network):
    for edge, expected in ((8, 100), (32, 100), (64, 25), (512, 1)):
        images, labels = torch.zeros(130, 1, 1, 1), torch.zeros(130, dtype=torch.long)
        sizes = [
            len(theirs)
            for _, theirs in module._batches(network, images.expand(-1, 1, edge, edge), labels)
        ]
        assert sizes[0] == expected
        assert sum(sizes) == 130


def test_images_need_not_be_square():
    model = figure_2(8, channels=3, widths=(4,) * 5, logits=3)[0]
    images = torch.randn(7, 3, 6, 10, generator=stream(0, "x"))
    labels = torch.arange(7) % 3
    found = measure_images(model, images, labels, epsilon=0.1, bounds=(-5, 5))
    model.eval()
    gradients = differentiate(model, images, labels).gradients
    assert found.gradient_norm == pytest.approx(gradients.abs().sum((1, 2, 3)).numpy(), rel=1e-4)


def test_one_class_is_measured_as_it_is(digits, network):
    """Nothing breaks where all images are of one class; accuracy is then that class's recall."""
    zeros = digits.held_out_labels == 0
    found = measure_images(
        network,
        digits.held_out_images[zeros],
        digits.held_out_labels[zeros],
        epsilon=0.1,
        bounds=digits.bounds,
    )
    assert found.summary().images == int(zeros.sum())


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (
            {"images": torch.zeros(0, 1, 8, 8), "labels": torch.zeros(0)},
            r"not shapes \(0, 1, 8, 8\)",
        ),
        ({"images": torch.zeros(4, 64)}, r"shape \(N, C, H, W\)"),
        ({"labels": torch.zeros(3, dtype=torch.long)}, r"not shapes \(4, 1, 8, 8\) and \(3,\)"),
        ({"labels": torch.full((4,), 10)}, "labels reach from 10 to 10, but the network has 10"),
        ({"bounds": (0.5, 1.0)}, "beyond their bounds 0.5 and 1"),
        ({"epsilon": -1.0}, "at least 0, not -1"),
    ],
)
def test_what_cannot_be_measured_is_named_in_one_line(network, wish, message):
    options = {
        "images": torch.zeros(4, 1, 8, 8),
        "labels": torch.zeros(4, dtype=torch.long),
        "epsilon": 0.1,
        "bounds": (-1.0, 1.0),
        **wish,
    }
    with pytest.raises(ValueError, match=message) as raised:
        measure_images(network, options.pop("images"), options.pop("labels"), **options)
    assert "\n" not in str(raised.value)
    assert isinstance(raised.value, DataError) == ("epsilon" not in wish)


def test_a_diverged_network_gives_one_line(digits, network):
    broken = small_cnn(1, 10, size=8, generator=stream(0, "weights"))
    with torch.no_grad():
        broken[0].weight[0, 0, 0, 0] = math.nan
    with pytest.raises(TrainingError, match=r"^the network's logits are not finite.*$"):
        measure(broken, digits, epsilon=0.1)
    assert broken.training
