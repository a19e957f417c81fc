"""The remedies: what is replaced, by what, and that all else stays."""

import pytest
import torch
from docs_networks import resnet18
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from simulations.audit.remedies import remedied, remedies

KINDS = {
    1: (nn.Conv1d, nn.MaxPool1d),
    2: (nn.Conv2d, nn.MaxPool2d),
    3: (nn.Conv3d, nn.MaxPool3d),
}


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=30)
@given(
    dimensions=st.integers(1, 3),
    kernel=st.integers(1, 4),
    stride=st.integers(2, 3),
    padding=st.integers(0, 2),
    edge=st.integers(6, 9),
)
def test_a_strided_convolution_becomes_an_average_of_the_same_shape(
    dimensions, kernel, stride, padding, edge
):
    layer = KINDS[dimensions][0](2, 3, kernel, stride, padding=padding)
    x = images(2, 2, *[edge] * dimensions)
    replaced = remedied(layer, [""])(x)
    assert replaced.shape == layer(x).shape
    weights = layer.weight, layer.bias
    convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[dimensions - 1]
    full = convolve(x, *weights, padding=padding)
    # By hand, one output after the other: the mean over a window that ends at the edge.
    for place in torch.cartesian_prod(*[torch.arange(n) for n in replaced.shape[2:]]).reshape(
        -1, dimensions
    ):
        window = full[(..., *(slice(int(i) * stride, int(i) * stride + stride) for i in place))]
        expected = window.flatten(2).mean(2)
        found = replaced[(..., *(int(i) for i in place))]
        torch.testing.assert_close(found, expected)


@given(
    dimensions=st.integers(1, 3),
    kernel=st.integers(2, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    ceil_mode=st.booleans(),
)
def test_a_max_pooling_becomes_the_average_of_the_same_windows(
    dimensions, kernel, stride, padding, ceil_mode
):
    layer = KINDS[dimensions][1](kernel, stride, padding=padding, ceil_mode=ceil_mode)
    x = images(1, 2, *[7] * dimensions)
    found = remedied(layer, [""])(x)
    assert found.shape == layer(x).shape
    # A constant image stays one also at the edge: the padding is in no average.
    torch.testing.assert_close(remedied(layer, [""])(torch.ones_like(x)), torch.ones_like(found))
    first = x[(..., *[slice(0, kernel - padding)] * dimensions)].flatten(2).mean(2)
    torch.testing.assert_close(found[(..., *[0] * dimensions)], first)


def test_resnet18_has_seven_strides_and_a_maximum():
    module, _ = resnet18(32)
    labels = [remedy.label for remedy in remedies(module)]
    assert len(labels) == 10
    assert labels[0].startswith("conv1: stride 1")
    assert labels[7].startswith("all strides")
    assert labels[8] == "average-pooling for the max-pooling"
    assert labels[9].startswith("both")


def test_a_copy_is_changed_and_the_module_is_not():
    module, shape = resnet18(16)
    module.eval()
    x = images(2, *shape)
    before = module(x)
    for remedy in remedies(module)[-3:]:
        copy = remedied(module, remedy.layers)
        assert {id(p) for p in copy.parameters()} == {id(p) for p in module.parameters()}
        after = copy(x)
        assert after.shape == before.shape
        assert not torch.allclose(after, before)
    assert torch.equal(module(x), before)
    # The control: without a replacement the copy computes the same.
    assert torch.equal(remedied(module, ())(x), before)


def test_a_layer_in_two_places_is_replaced_in_both():
    shared = nn.Conv2d(2, 2, 2, 2)
    module = nn.ModuleDict({"one": nn.Sequential(shared), "two": shared})
    copy = remedied(module, ["one.0"])
    assert copy["one"][0] is copy["two"]
    assert isinstance(copy["two"], nn.Sequential)


@pytest.mark.parametrize(
    "layer",
    [nn.Conv2d(1, 1, 3), nn.MaxPool2d(2, dilation=2), nn.MaxPool2d(2, return_indices=True)],
)
def test_what_has_no_remedy_is_not_listed(layer):
    assert remedies(nn.Sequential(layer)) == []
    with pytest.raises(ValueError, match="neither a strided convolution nor a max-pooling"):
        remedied(nn.Sequential(layer), ["0"])


def test_an_adaptive_maximum_becomes_an_adaptive_average():
    x = images(1, 2, 6, 6)
    module = nn.Sequential(nn.AdaptiveMaxPool2d((2, 3)))
    (remedy,) = remedies(module)
    expected = functional.adaptive_avg_pool2d(x, (2, 3))
    assert torch.equal(remedied(module, remedy.layers)(x), expected)
