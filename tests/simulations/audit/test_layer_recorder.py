"""Gradients with respect to what layers put out, against gradients taken one by one."""

import pytest
import torch
from torch import nn

from simulations.audit.layer_recorder import LayerRecorder, norms_of


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(5, 5)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.linear(self.relu(self.linear(x)))) + x


def backward(module, inputs):
    recorder = LayerRecorder(module, len(inputs))
    module(inputs.clone().requires_grad_()).square().sum().backward()
    return recorder


@pytest.fixture
def inputs():
    return torch.randn(4, 5, generator=torch.Generator().manual_seed(0))


def test_norms_are_those_of_each_layers_gradient(inputs):
    module = Block()
    recorder = backward(module, inputs)
    assert recorder.names == ["linear", "relu", "linear #2", "relu #2", "output"]
    assert recorder.kinds == ["Linear", "ReLU", "Linear", "ReLU", "Block"]
    assert recorder.coordinates == [5] * 5
    # The slow reference: every intermediate tensor written out, none changed in place.
    first = module.linear(inputs)
    second = first.relu()
    third = module.linear(second)
    fourth = third.relu()
    output = fourth + inputs
    steps = [first, second, third, fourth, output]
    gradients = torch.autograd.grad(output.square().sum(), steps)
    for place, gradient in enumerate(gradients):
        expected = torch.stack([gradient.abs().sum(1), gradient.norm(dim=1)], 1).double()
        torch.testing.assert_close(recorder.norms()[:, place], expected)
    # The control: in-place ReLUs make the gradients before and after them differ.
    assert not torch.allclose(recorder.norms()[:, 0], recorder.norms()[:, 1])


def test_nested_modules_count_a_tensor_once(inputs):
    module = nn.Sequential(nn.Sequential(nn.Linear(5, 3), nn.Identity()), nn.Dropout().eval())
    assert backward(module, inputs).names == ["0.0"]


def test_only_tensors_with_an_entry_for_each_network_are_layers(inputs):
    class Folded(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(5, 5)

        def forward(self, x):
            return self.linear(x.repeat(2, 1))[: len(x)]

    assert backward(Folded(), inputs).names == ["output"]


def test_a_stopped_recorder_records_no_further_pass(inputs):
    module = nn.Linear(5, 2)
    recorder = LayerRecorder(module, len(inputs))
    recorder.stop()
    module(inputs.requires_grad_())
    assert recorder.names == []
    assert recorder.norms().shape == (4, 0, 2)


def test_norms_are_sums_in_float64():
    ones = torch.full((1, 10_000_019), 1e-3)
    l1, l2 = norms_of(ones)[0].tolist()
    value = float(ones[0, 0])
    assert l1 == pytest.approx(10_000_019 * value, rel=1e-12)
    assert l2 == pytest.approx(10_000_019**0.5 * value, rel=1e-6)  # squares are rounded to float32
    # The control: a norm that torch sums in float32 one after the other.
    assert torch.linalg.vector_norm(ones, 1).item() != pytest.approx(l1, rel=1e-6)
