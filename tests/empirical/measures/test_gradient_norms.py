"""`gradient_norms`: one image, one norm, whatever the batch, and a model left as it was."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import sqrtd
from empirical.measures.gradient_norms import gradient_norms
from running.image_decoding import DataError


def images(number, *shape, seed=0):
    return torch.randn(number, *shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(128, 4),
        )


LABELS = torch.tensor([0, 3, 1, 2, 0, 1])


def test_it_is_offered_by_the_library():
    assert sqrtd.gradient_norms is gradient_norms


def test_norms_are_those_of_each_images_own_gradient(model):
    x = images(6, 3, 8, 8)
    found = gradient_norms(model, x, LABELS)
    model.eval()
    for number in range(6):
        one = x[number : number + 1].clone().requires_grad_()
        functional.cross_entropy(model(one), LABELS[number : number + 1]).backward()
        gradient = one.grad.double().flatten()
        assert found.l1[number] == pytest.approx(float(gradient.norm(1)), rel=1e-6)
        assert found.l2[number] == pytest.approx(float(gradient.norm()), rel=1e-6)
        assert found.linf[number] == pytest.approx(float(gradient.abs().max()), rel=1e-6)
    assert all(norms.shape == (6,) and norms.dtype == np.float64 for norms in found)


@pytest.mark.parametrize("others", [[0], [0, 1], [3, 0, 5], [5, 4, 3, 2, 1, 0]])
def test_the_last_bit_does_not_depend_on_the_other_images(model, others, one_thread):
    x = images(6, 3, 8, 8)
    everything = gradient_norms(model, x, LABELS)
    some = gradient_norms(model, x[others], LABELS[others])
    for all_norms, norms in zip(everything, some, strict=True):
        assert np.array_equal(all_norms[others], norms)


def test_a_norm_over_the_batch_would_be_seen(model):
    """The control: the mean loss of a batch in training mode depends on the other images."""

    def naive(number):
        x = images(6, 3, 8, 8)[:number].requires_grad_()
        functional.cross_entropy(model.train()(x), LABELS[:number]).backward()
        return float(x.grad[0].abs().sum())

    assert naive(2) != pytest.approx(naive(6), rel=0.1)


def test_every_submodules_mode_is_restored(model):
    model.train()
    model[1].eval()
    before = [module.training for module in model.modules()]
    statistics = model[1].running_mean.clone()
    gradient_norms(model, images(2, 3, 8, 8), LABELS[:2])
    assert [module.training for module in model.modules()] == before
    assert torch.equal(model[1].running_mean, statistics)
    with pytest.raises(RuntimeError):  # also where the model does not take the images
        gradient_norms(model, images(2, 5, 8, 8), LABELS[:2])
    assert [module.training for module in model.modules()] == before


def test_gradients_of_parameters_are_untouched(model):
    for parameter in list(model.parameters())[::2]:
        parameter.grad = torch.full_like(parameter, 7.0)
    kept = [(p.grad, None if p.grad is None else p.grad.clone()) for p in model.parameters()]
    gradient_norms(model, images(2, 3, 8, 8), LABELS[:2])
    for parameter, (grad, copy) in zip(model.parameters(), kept, strict=True):
        assert parameter.grad is grad
        assert grad is None or torch.equal(grad, copy)
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_found_where_they_are_switched_off(model, mode):
    expected = gradient_norms(model, images(2, 3, 8, 8), LABELS[:2])
    with mode():
        x = images(2, 3, 8, 8)
        found = gradient_norms(model, x, LABELS[:2])
    assert np.array_equal(found.l1, expected.l1)
    assert not x.requires_grad


class Constant(nn.Module):
    """Logits whose difference has the gradient `value` in every pixel."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, x):
        first = (x * self.value).flatten(1).sum(1)
        return torch.stack([first, torch.zeros_like(first)], 1)


def test_sums_are_in_float64():
    d, value = 10_000_019, 0.1
    x = torch.zeros(1, d)  # both classes have probability 1/2
    found = gradient_norms(Constant(value), x, torch.tensor([1]))
    exact = float(torch.tensor(value)) / 2
    assert found.l1[0] == pytest.approx(d * exact, rel=1e-12)
    assert found.l2[0] == pytest.approx(d**0.5 * exact, rel=1e-12)
    assert found.linf[0] == exact
    # The control: torch's own float32 norm of this gradient.
    assert float(torch.linalg.vector_norm(torch.full((d,), exact), 1)) != pytest.approx(
        d * exact, rel=1e-6
    )


def test_no_images_have_no_norms(model):
    found = gradient_norms(model, images(0, 3, 8, 8), LABELS[:0])
    assert [norms.shape for norms in found] == [(0,)] * 3


@pytest.mark.parametrize(
    ("x", "labels", "words"),
    [
        (images(2, 3, 8, 8).to(torch.uint8), LABELS[:2], "images are floats"),
        (images(2, 3, 8, 8), LABELS[:3], "as many whole numbers"),
        (images(2, 3, 8, 8), LABELS[:2].float(), "whole numbers"),
        (images(2, 3, 8, 8), LABELS[:2] + 7, "classes from 0 to 3"),
    ],
)
def test_what_does_not_fit_is_one_line(model, x, labels, words):
    with pytest.raises(DataError, match=words) as caught:
        gradient_norms(model, x, labels)
    assert "\n" not in str(caught.value)
