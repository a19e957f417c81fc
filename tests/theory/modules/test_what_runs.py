"""The network that is followed is the one that runs: hooks, operations in place, constants."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune
from torch.overrides import TorchFunctionMode
from torch.utils.checkpoint import checkpoint

from theory.dag import Dag, DagError
from theory.modules.predictions import predict_second_moments
from theory.strategies import networks

RELUS = (functional.relu, torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_)


class Calls(nn.Module):
    """Runs a function of itself and the input."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.function(self, x)


def two_layers(d=8):
    return {"a": nn.Linear(d, 8), "b": nn.Linear(8, 3)}


def predicted(module, shape=(8,), **options):
    return predict_second_moments(module, shape, **options).mean()


def with_hook(hook, kind="register_forward_hook"):
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    getattr(net[0], kind)(hook)
    return net


def replaced_forward():
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    true = net[0].forward
    net[0].forward = lambda x: 0.5 * true(x)
    return net


def added_in_place(m, x):
    h = m.a(x)
    kept = h
    h += m.c(x)
    return m.b(kept.relu())


def frozen_beside_a_skip(m, x):
    with torch.no_grad():
        z = torch.relu(m.a(x))
    return m.head(torch.cat([x, z], 1))


def written_into_a_buffer(m, x):
    made = torch.zeros(x.shape[0], 8, dtype=x.dtype)
    made[:, :4] = m.a(x)[:, 4:]
    return m.b(made)


@pytest.mark.parametrize(
    ("module", "moment"),
    [
        (with_hook(lambda layer, args, out: 0.5 * out), 1 / 16),
        (with_hook(lambda layer, args: (2 * args[0],), "register_forward_pre_hook"), 1),
        (replaced_forward(), 1 / 16),
        (Calls(added_in_place, c=nn.Linear(8, 8), **two_layers()), 1 / 2),
        (Calls(frozen_beside_a_skip, a=nn.Linear(8, 8), head=nn.Linear(16, 3)), 1 / 8),
        (
            Calls(lambda m, x: m.b(m.a(x).relu()) + m.b(m.a(x).relu()).detach(), **two_layers()),
            None,
        ),
        (
            Calls(
                lambda m, x: m.head(torch.cat([x.data, m.a(x)], 1)),
                a=nn.Linear(8, 8),
                head=nn.Linear(16, 3),
            ),
            2 / 16 * 8 * 2 / 8,
        ),
        (Calls(written_into_a_buffer, **two_layers()), 2 / 8 * 4 * 2 / 8),
        (Calls(lambda m, x: m.b(nn.ReLU()(m.a(x))), **two_layers()), 1 / 4),
        (Calls(lambda m, x: m.b(m.a(x.clone()).relu()), **two_layers()), 1 / 4),
        (Calls(lambda m, x: m.b(m.a(x.float()).relu()), **two_layers()), 1 / 4),
        (Calls(lambda m, x: m.b(m.a(x / 255).relu()), **two_layers()), 1 / 4 / 255**2),
        (Calls(lambda m, x: m.b(m.a(x - 0.5).relu()), **two_layers()), 1 / 4),
        (Calls(lambda m, x: m.b(m.a(input=x).relu()), **two_layers()), 1 / 4),
        (Calls(lambda m, x: m.b(m.a(x).relu().view(*x.shape[:1], -1)), **two_layers()), 1 / 4),
        (
            Calls(lambda m, x: m.b(checkpoint(m.a, x, use_reentrant=False).relu()), **two_layers()),
            1 / 4,
        ),
        (nn.DataParallel(nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))), 1 / 4),
        (
            torch.compile(
                nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3)), backend="eager"
            ),
            1 / 4,
        ),
        (nn.Sequential(nn.Linear(8, 8), nn.LeakyReLU(0.5), nn.Linear(8, 3)), 1 / 4 * (1 + 1 / 4)),
        (nn.Sequential(nn.Linear(8, 8), nn.PReLU(), nn.Linear(8, 3)), 1 / 4 * (1 + 1 / 16)),
        (Calls(lambda m, x: m.b(m.a(x).abs()), **two_layers()), 1 / 2),
        (
            nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8, eps=3.0), nn.ReLU(), nn.Linear(8, 3)),
            1 / 16,
        ),
    ],
)
def test_it_is_followed(module, moment):
    if moment is None:
        with pytest.raises(DagError, match="once more"):
            predicted(module)
    else:
        assert predicted(module) == pytest.approx(moment, rel=1e-9)


def test_entries_folded_into_the_batch_are_positions():
    def folded(m, x):
        h = torch.relu(m.a(x.reshape(x.shape[0] * 4, -1)))
        return m.b(h.view(x.shape[0], -1, 8).mean(1))

    dag = Dag.from_module(Calls(folded, a=nn.Linear(2, 8), b=nn.Linear(8, 3)), (8,))
    assert set(dag.path_sums(dag.outputs[0]).values()) == {Fraction(1, 8)}


def test_an_average_of_relus_is_never_negative():
    def net(*between):
        return nn.Sequential(
            nn.Linear(8, 8),
            nn.ReLU(),
            nn.Unflatten(1, (1, 8)),
            *between,
            nn.Flatten(),
            nn.Linear(4, 3),
        )

    once, twice = net(nn.AvgPool1d(2)), net(nn.AvgPool1d(2), nn.ReLU())
    assert predicted(twice) == predicted(once)
    assert predicted(twice, masks=True) == pytest.approx(predicted(once) / 2)


def test_masks_kill_at_every_call():
    twice = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.ReLU(), nn.Linear(8, 3))
    assert predicted(twice) == pytest.approx(1 / 4)
    assert predicted(twice, masks=True) == pytest.approx(1 / 8)


class Custom(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        return grad


def pruned():
    net = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 1))
    prune.random_unstructured(net[0], "weight", 0.75)
    return net


def shifted_norm():
    net = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
    nn.init.constant_(net[1].bias, -1.5)
    return net


def by_hand(m, x):
    h = m.a(x)
    return m.b(h * (h > 0))


def hooked_backward():
    net = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))
    net[1].register_full_backward_hook(lambda layer, grads, _: (2 * grads[0],))
    return net


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (pruned(), "submodule '0' .Linear. .*'0.weight_orig'"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(8, 3)), "computed from the parameter"),
        (shifted_norm(), "submodule '2' .ReLU.: a constant is added before the activation"),
        (Calls(lambda m, x: m.b((m.a(x) + 2).relu()), **two_layers()), "a constant is added"),
        (hooked_backward(), "submodule '1' has a backward hook"),
        (Calls(lambda m, x: m.b(Custom.apply(m.a(x))), **two_layers()), "autograd function Custom"),
        (Calls(by_hand, **two_layers()), "depends on the input"),
        (Calls(lambda m, x: m.b(m.a(x) * m.a(x)), **two_layers()), "once more"),
        (Calls(lambda m, x: m.b(m.a(x).sigmoid()), **two_layers()), "calls 'sigmoid'"),
        (
            Calls(lambda m, x: m.b(x if x.mean() > 9 else -x), b=nn.Linear(8, 3)),
            "lets the program decide",
        ),
        (
            nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8, track_running_stats=False)),
            "set track_running_stats=True",
        ),
        (Calls(lambda m, x: m.b(m.a(x)).sum(0, keepdim=True), **two_layers()), "batch"),
        (nn.Sequential(nn.Linear(8, 8), nn.LayerNorm(8)), "calls 'native_layer_norm'"),
    ],
)
def test_or_refused_in_one_line(module, message):
    with pytest.raises(DagError, match=message) as raised:
        predicted(module)
    assert "\n" not in str(raised.value)


def test_the_module_stays_as_it_is():
    net = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 2))
    net[0].eval()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    state = torch.random.get_rng_state()
    predicted(net, (4,))
    assert [part.training for part in net] == [False, True, True, True]
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    assert torch.equal(state, torch.random.get_rng_state())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in net.modules())


LINEAR_OPERATORS = {
    "transposed": (nn.ConvTranspose1d(2, 2, 3, stride=2, padding=1, output_padding=1), (2, 3)),
    "transposed groups": (nn.ConvTranspose2d(2, 4, 2, groups=2, dilation=2), (2, 2, 2)),
    "nearest": (nn.Upsample(scale_factor=2), (1, 2, 3)),
    "bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 3)),
    "bilinear corners": (nn.Upsample(size=(3, 5), mode="bilinear", align_corners=True), (1, 2, 3)),
    "linear": (nn.Upsample(scale_factor=1.5, mode="linear"), (1, 4)),
    "smaller": (
        nn.Upsample(size=(2, 2), mode="bilinear", antialias=True)
        if "antialias" in nn.Upsample.__init__.__code__.co_varnames
        else nn.Upsample(size=(2, 2), mode="bilinear"),
        (1, 5, 4),
    ),
    "shuffle": (nn.PixelShuffle(2), (4, 2, 2)),
    "unshuffle": (nn.PixelUnshuffle(2), (1, 4, 4)),
    "channel shuffle": (nn.ChannelShuffle(2), (4, 2, 2)),
    "unflatten": (nn.Sequential(nn.Flatten(), nn.Unflatten(1, (2, 2))), (4, 1)),
    "unfold": (nn.Unfold(2), (1, 3, 3)),
    "ceil": (nn.AvgPool2d(2, ceil_mode=True), (1, 3, 5)),
    "exclusive": (nn.AvgPool2d(3, padding=1, count_include_pad=False), (1, 4, 4)),
    "override": (nn.AvgPool2d(2, divisor_override=3), (1, 4, 4)),
    "three axes": (nn.AvgPool3d(2), (1, 2, 4, 2)),
    "conv3d": (nn.Conv3d(1, 2, 2, padding=1), (1, 2, 2, 2)),
    "sum": (Calls(lambda m, x: x.sum((1, 2)) - 3 * x[:, 0, 0]), (2, 3)),
    "roll": (Calls(lambda m, x: x.roll(1, 2).flip(1)), (2, 3)),
    "einsum": (
        Calls(lambda m, x: torch.einsum("bij,kj->bik", x, m.w), w=nn.Parameter(torch.ones(4, 3))),
        (2, 3),
    ),
    "fixed matrix": (Calls(lambda m, x: x @ torch.arange(6.0).reshape(3, 2).to(x)), (2, 3)),
    "blur": (
        Calls(lambda m, x: functional.conv2d(x, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]).to(x))),
        (1, 3, 3),
    ),
    "baddbmm": (
        Calls(lambda m, x: torch.baddbmm(x, x, torch.ones(x.shape[0], 3, 3).to(x))),
        (3, 3),
    ),
    "where": (Calls(lambda m, x: torch.where(torch.tensor([True, False, True]), x, 0.0)), (2, 3)),
    "indices": (Calls(lambda m, x: x[:, :, torch.tensor([2, 0, 0])]), (2, 3)),
    "copies": (Calls(lambda m, x: x.repeat(1, 2, 1).unfold(2, 2, 1).mean(-1)), (2, 3)),
    "reflected": (nn.ReflectionPad2d(1), (1, 2, 3)),
    "replicated": (nn.ReplicationPad3d(1), (1, 2, 2, 2)),
}


@pytest.mark.parametrize("name", LINEAR_OPERATORS)
def test_linear_operators_are_followed_to_every_output(name):
    """The check of a run holds the gradient of each output against autograd's."""
    module, shape = LINEAR_OPERATORS[name]
    x = torch.ones(1, *shape, requires_grad=True)
    for number, output in enumerate(module(x).reshape(-1)):
        (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
        if gradient.any():
            assert predict_second_moments(module, shape, output=number).shape == shape
        else:
            with pytest.raises(DagError, match="is constant"):
                predict_second_moments(module, shape, output=number)


def test_fixed_weights_are_squared():
    """A bilinear pixel between others weighs them by its matrix."""
    module, shape = LINEAR_OPERATORS["bilinear"]
    for output in (0, 7, 13):
        x = torch.zeros(1, *shape, dtype=torch.double, requires_grad=True)
        (gradient,) = torch.autograd.grad(module(x).reshape(-1)[output], x)
        moments = predict_second_moments(module, shape, output=output)
        np.testing.assert_allclose(moments, gradient[0] ** 2, rtol=1e-9, atol=1e-18)


class Masks(TorchFunctionMode):
    """Puts a given mask in place of each ReLU that is called."""

    def __init__(self, gates):
        super().__init__()
        self.gates, self.used = gates, 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func not in RELUS:
            return func(*args, **kwargs)
        h = args[0]
        mask = torch.tensor(
            [self.gates[(self.used + i) % len(self.gates)] for i in range(h[0].numel())]
        ).reshape(1, *h.shape[1:])
        self.used += h[0].numel()
        in_place = func in (torch.relu_, torch.Tensor.relu_) or kwargs.get("inplace", False)
        return h.mul_(mask) if in_place else h * mask


def moments_over_masks(module, shape):
    """E[(d_x f_0)^2] over all signs of the weights and all masks: the slow reference."""
    layers = [x for x in module.modules() if isinstance(x, nn.Linear | nn.Conv1d | nn.Conv2d)]
    sizes = [layer.weight.numel() for layer in layers]
    with Masks([1.0]) as counting:
        module(torch.zeros(1, *shape, dtype=torch.double))
    gates = counting.used
    if sum(sizes) + gates > 9:
        return None
    total, cases = 0, 0
    for signs in product([-1.0, 1.0], repeat=sum(sizes)):
        for layer, part in zip(layers, torch.tensor(signs).split(sizes), strict=True):
            scale = (2 / layer.weight[0].numel()) ** 0.5
            layer.weight.data = scale * part.reshape(layer.weight.shape).double()
        for mask in product([0.0, 1.0], repeat=gates):
            x = torch.zeros(1, *shape, dtype=torch.double, requires_grad=True)
            with Masks(mask or [1.0]):
                output = module(x.clone()).reshape(-1)[0]
            (gradient,) = torch.autograd.grad(output, x, allow_unused=True, materialize_grads=True)
            total, cases = total + gradient[0] ** 2, cases + 1
    return total / cases


def halved(layer, args, out):
    return out / 2


def in_place(layer, args, out):
    out += 2 * out.clone()
    return


def by_shape(layer, args, out):
    return out.flip(1) if out.shape[1] > 1 else -out


def shared_activation(layer, args, out):
    return SHARED(out)


def beside_a_constant(layer, args, out):
    return out + out.detach()


SHARED = nn.ReLU()
TWISTS = (halved, in_place, by_shape, shared_activation, beside_a_constant)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(max_layers=2, max_pooling=False), st.lists(st.sampled_from(TWISTS), max_size=3))
def test_predictions_equal_masked_autograd_or_are_refused(drawn, twists):
    module, shape = drawn
    module.double()
    leaves = [part for part in module.modules() if not list(part.children())]
    for place, twist in enumerate(twists):
        leaves[place % len(leaves)].register_forward_hook(twist)
    expected = moments_over_masks(module, shape)
    if expected is None:
        return
    try:
        found = predict_second_moments(module, shape, masks=True)
    except DagError:
        return
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)


def test_the_reference_sees_a_forgotten_hook():
    module = nn.Sequential(nn.Linear(2, 1), nn.ReLU(), nn.Linear(1, 1)).double()
    without = predict_second_moments(module, (2,), masks=True)
    module[0].register_forward_hook(halved)
    assert abs(without / moments_over_masks(module, (2,)).numpy() - 1).min() > 0.5
