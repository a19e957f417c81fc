"""Second derivatives of convolutions and batch norms: torch's own, by another way."""

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional

from empirical.training.second_derivatives import FastSecondDerivatives
from running.streams import stream

CONVOLUTIONS = {
    "plain": nn.Conv2d(4, 6, 3, bias=False),
    "bias": nn.Conv2d(4, 6, 3),
    "strided": nn.Conv2d(4, 6, 3, stride=2, padding=1),
    "dilated": nn.Conv2d(4, 6, 3, dilation=(2, 1), padding=(2, 1)),
    "grouped": nn.Conv2d(4, 6, 3, groups=2, padding=1),
    "reflect": nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect"),
    "same": nn.Conv2d(4, 6, 3, padding="same"),
}
NORMS = {
    "batch norm": nn.BatchNorm2d(4),
    "no weights": nn.BatchNorm2d(4, affine=False),
    "no statistics": nn.BatchNorm2d(4, track_running_stats=False),
    "evaluation": nn.BatchNorm2d(4).eval(),
}


def layers():
    return [pytest.param(layer, id=name) for name, layer in (CONVOLUTIONS | NORMS).items()]


def inputs_of(shape=(3, 4, 6, 5)):
    return torch.randn(shape, dtype=torch.float64, generator=stream(0, "inputs"))


def penalty_gradients(layer, inputs, *, fast):
    """Of the squared input gradient of a curved function of the layer, by weights and inputs."""
    inputs = inputs.clone().requires_grad_()
    if fast:
        with FastSecondDerivatives():
            outputs = layer(inputs)
    else:
        outputs = layer(inputs)
    scale = torch.linspace(-1, 1, outputs[0].numel(), dtype=torch.float64).view_as(outputs[0])
    value = (torch.tanh(outputs) * scale).sum()
    (by_inputs,) = torch.autograd.grad(value, inputs, create_graph=True)
    penalized = value + by_inputs.square().sum()
    return outputs, torch.autograd.grad(penalized, [inputs, *layer.parameters()])


@pytest.mark.parametrize("layer", layers())
def test_second_derivatives_are_torchs(layer):
    layer = layer.double()
    if list(layer.parameters()):
        with torch.no_grad():
            layer.weight.add_(torch.randn(layer.weight.shape, generator=stream(0, "weight")))
    values, ours = penalty_gradients(layer, inputs_of(), fast=True)
    expected, theirs = penalty_gradients(layer, inputs_of(), fast=False)
    assert torch.equal(values, expected)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


def test_a_batch_norm_without_weights_of_any_size():
    """Weights of 0 are divided by nowhere."""
    norm = nn.BatchNorm2d(4).double()
    nn.init.zeros_(norm.weight)
    _, ours = penalty_gradients(norm, inputs_of(), fast=True)
    _, theirs = penalty_gradients(norm, inputs_of(), fast=False)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


def test_batch_norm_of_rows():
    norm = nn.BatchNorm1d(4).double()
    _, ours = penalty_gradients(norm, inputs_of((7, 4)), fast=True)
    _, theirs = penalty_gradients(norm, inputs_of((7, 4)), fast=False)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


def test_input_gradients_against_finite_differences():
    """Torch's own double backward is no judge of itself."""
    norm = nn.BatchNorm2d(2).double()

    def squared_gradient(inputs, weight):
        inputs = inputs.clone().requires_grad_() if not inputs.requires_grad else inputs
        with FastSecondDerivatives():
            outputs = functional.batch_norm(inputs, None, None, weight, norm.bias, training=True)
        by_inputs = torch.autograd.grad(outputs.pow(3).sum(), inputs, create_graph=True)
        return by_inputs[0].square().sum()

    inputs = inputs_of((2, 2, 2, 2)).requires_grad_()
    weight = torch.tensor([0.7, -1.3], dtype=torch.float64, requires_grad=True)
    assert gradcheck(squared_gradient, (inputs, weight))


def test_running_statistics_are_kept():
    norms = [nn.BatchNorm2d(4).double() for _ in range(2)]
    for norm, fast in zip(norms, (True, False), strict=True):
        penalty_gradients(norm, inputs_of(), fast=fast)
    ours, theirs = (norm.state_dict() for norm in norms)
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)
    assert ours["num_batches_tracked"] == 1


def test_a_batch_of_one_value_has_torchs_message():
    with FastSecondDerivatives(), pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm2d(4)(torch.zeros(1, 4, 1, 1))


@pytest.mark.parametrize("layer", [CONVOLUTIONS["plain"], NORMS["batch norm"]])
def test_third_derivatives_are_an_error(layer):
    layer = layer.double()
    inputs = inputs_of().requires_grad_()
    with FastSecondDerivatives():
        value = layer(inputs).pow(3).sum()
    (first,) = torch.autograd.grad(value, inputs, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), layer.weight, create_graph=True)
    with pytest.raises(RuntimeError):
        second.sum().backward()
