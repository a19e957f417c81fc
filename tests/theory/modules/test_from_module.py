"""The expansion of modules, against the networks themselves."""

from fractions import Fraction
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from theory.dag import Dag, DagError


@st.composite
def modules(draw):
    """Draw a small convolutional or dense network and its input shape."""
    if draw(st.booleans()):
        sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
        layers = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
        return nn.Sequential(*layers), (sizes[0],)
    channels = draw(st.sampled_from([1, 2]))
    shape = (channels, draw(st.integers(5, 6)), draw(st.integers(5, 6)))
    padding = draw(st.sampled_from([0, 1, (1, 0), "same"]))
    kernel = 3 if padding == "same" else draw(st.sampled_from([2, 3, (2, 3)]))
    layers = [
        nn.Conv2d(
            channels,
            2,
            kernel,
            stride=1 if padding == "same" else draw(st.sampled_from([1, 2, (2, 1)])),
            padding=padding,
            dilation=draw(st.sampled_from([1, 2])) if kernel == 2 else 1,
            groups=draw(st.sampled_from([1, channels])),
            padding_mode=draw(st.sampled_from(["zeros", "circular", "reflect", "replicate"])),
        ),
        nn.ReLU(),
    ]
    if draw(st.booleans()):
        layers.append(nn.AvgPool2d((1, 2)))
    layers.append(nn.Flatten())
    features = nn.Sequential(*layers)(torch.zeros(1, *shape)).shape[1]
    return nn.Sequential(*layers, nn.Linear(features, 2)), shape


@settings(max_examples=100, deadline=None)
@given(modules())
def test_edges_add_up_to_the_networks_own_path_count(drawn):
    """With every weight 1 and every ReLU open, an output's gradient counts the paths."""
    module, shape = drawn
    module = module.double()
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.ones_(layer.weight)
            nn.init.ones_(layer.bias)
    x = torch.ones(1, *shape, dtype=torch.double, requires_grad=True)
    outputs = module(x).flatten()
    (gradient,) = torch.autograd.grad(outputs[0], x)

    dag = Dag.from_module(module, shape)
    windows = [layer for layer in module if isinstance(layer, nn.AvgPool2d)]
    paths = torch.tensor([float(dag.path_degrees(i, dag.outputs[0]).total()) for i in dag.inputs])
    averaging = 2 if windows else 1
    assert len(dag.outputs) == len(outputs)
    torch.testing.assert_close(gradient.flatten() * averaging, paths.double())


def test_in_degree_counts_the_connections_that_exist():
    def border(mode):
        layer = nn.Conv2d(1, 1, 3, padding=1, padding_mode=mode)
        dag = Dag.from_module(nn.Sequential(layer), (1, 4, 4))
        corner = ("0", 0, 0, 0)
        return dag.in_degree(corner), dag.path_degrees(("input", 0, 1, 1), corner)[(9,)]

    assert border("zeros") == (4, 0)  # path-degree (4,): five weights fall on the padding
    assert border("circular") == (9, 1)
    assert border("reflect") == (9, 4)  # the pixel itself and three mirror images
    assert border("replicate") == (9, 1)


def test_dilation_reaches_the_pixels_torch_reaches():
    dag = Dag.from_module(nn.Conv2d(1, 1, 2, dilation=2), (1, 3, 3))
    seen = {x for x, value in dag.path_sums(dag.outputs[0]).items() if value}
    assert seen == {("input", 0, i, j) for i in (0, 2) for j in (0, 2)}


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
def test_same_padding_of_an_even_kernel_falls_where_torch_puts_it():
    layer = nn.Conv2d(1, 1, 2, padding="same", bias=False)
    nn.init.ones_(layer.weight)
    x = torch.zeros(1, 1, 3, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(layer(x)[0, 0, 0, 0], x)
    dag = Dag.from_module(layer, (1, 3, 3))
    sums = dag.path_sums(("0", 0, 0, 0))
    assert {x[2:] for x, value in sums.items() if value} == {
        tuple(index.tolist()) for index in gradient[0, 0].nonzero()
    }


def test_average_pooling_has_the_window_as_in_degree():
    dag = Dag.from_module(nn.AvgPool2d(2), (1, 4, 4))
    assert set(dag.path_sums(("0", 0, 1, 1)).values()) == {Fraction(0), Fraction(1, 4)}


def test_functional_style_and_nested_modules_are_traced():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU())
            self.head = nn.Linear(8, 1)

        def forward(self, x):
            return self.head(torch.relu(self.body(x)).view(x.size(0), -1))

    dag = Dag.from_module(Net(), (1, 3, 3))
    assert dag.outputs == (("head", 0),)
    assert dag.in_degree(("body.0", 0, 0, 0)) == 4


class _Branching(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


class _Twins(nn.Module):
    def forward(self, x):
        return x, x


class _Sine(nn.Module):
    def forward(self, x):
        return torch.sin(x)


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (
            nn.Sequential(nn.Linear(3, 2), nn.Tanh()),
            (3,),
            "submodule '1' .Tanh. calls 'tanh', which is none of",
        ),
        (nn.Linear(3, 2), (4,), "'0' .Linear. does not run on what arrives: mat1 and mat2"),
        (
            nn.Conv2d(3, 2, 1),
            (1, 2, 2),
            "'0' .Conv2d. does not run on what arrives: Given groups=1",
        ),
        (nn.Conv2d(1, 1, 3, padding=3), (1, 3, 3), "is constant: it sees nothing but zero padding"),
        (
            nn.Conv2d(1, 1, 5),
            (1, 3, 3),
            "'0' .Conv2d. does not run on what arrives: .*Kernel size can't be greater",
        ),
        (nn.Linear(3, 2), (), "needs positive sizes"),
        (_Branching(), (2,), "lets the program decide by the values"),
        (_Twins(), (2,), "returns a tuple: it must return one tensor"),
        (_Sine(), (2,), "the module calls 'sin', which is none of the operators that are followed"),
    ],
)
def test_what_cannot_be_expanded_is_named_in_one_line(module, shape, message):
    with pytest.raises(DagError, match=message) as caught:
        Dag.from_module(module, shape)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_scripted_submodule_is_named():
    scripted = torch.jit.script(nn.Linear(3, 2))
    with pytest.raises(DagError, match="submodule '0' is a RecursiveScriptModule"):
        Dag.from_module(nn.Sequential(scripted), (3,))


@pytest.mark.parametrize("pool", [nn.AvgPool1d(2), nn.MaxPool1d(2), nn.AdaptiveAvgPool1d(2)])
def test_neurons_are_named_by_their_place_in_the_activation(pool):
    """Torch pools over one axis by pooling over two."""
    dag = Dag.from_module(nn.Sequential(nn.Conv1d(1, 2, 1), pool), (1, 4))
    assert dag.outputs == tuple(("1", c, i) for c in range(2) for i in range(2))


def test_a_pooling_of_folded_entries_keeps_all_of_them():
    class Folded(nn.Module):
        def __init__(self):
            super().__init__()
            self.pool, self.head = nn.AdaptiveAvgPool1d(1), nn.Linear(4, 1)

        def forward(self, x):
            return self.head(self.pool(x.reshape(len(x) * 2, 2, 3)).reshape(len(x), 4))

    dag = Dag.from_module(Folded(), (12,))
    assert set(dag.path_sums(dag.outputs[0]).values()) == {Fraction(1, 12)}
