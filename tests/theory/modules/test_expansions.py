"""Every supported layer: the DAG against the network's own Jacobian and its exact moments."""

from itertools import product

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from torch import fx, nn
from torch.nn import functional

from theory.dag import Dag, DagError
from theory.strategies import networks


class Residual(nn.Module):
    """A pre-activation block: the convolution's value is used before and after its ReLU."""

    def __init__(self):
        super().__init__()
        self.below = nn.Conv1d(1, 1, 2)
        self.norm = nn.BatchNorm1d(1)
        self.branch = nn.Conv1d(1, 1, 1)
        self.head = nn.Linear(2, 1)

    def forward(self, x):
        h = self.below(x)
        h = h + self.branch(functional.relu(self.norm(h))) + 1.0
        return self.head(h.flatten(1))


class TwoBranches(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(2, 1), nn.Linear(2, 2)
        self.head = nn.Linear(5, 1)

    def forward(self, x):
        joined = torch.cat([self.left(x).relu(), torch.relu(self.right(x)), x], dim=1)
        return self.head(functional.dropout(joined, 0.5, False))


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 2)

    def forward(self, x):
        h = functional.pad(x, (1, 0, 0, 0), mode="reflect")
        h = functional.avg_pool2d(self.conv(h).relu(), (1, 2), stride=1)
        return h.mean(dim=(2, 3))


class InPlace(nn.Module):
    """The skip connection sees the ReLU, because it was applied in place."""

    def __init__(self):
        super().__init__()
        self.below, self.relu, self.branch = nn.Linear(1, 2), nn.ReLU(inplace=True), nn.Linear(2, 2)

    def forward(self, x):
        h = self.below(x)
        out = self.branch(self.relu(h))
        out += h
        functional.relu(out, inplace=True)
        return out


class WithConstants(nn.Module):
    """A whole-number buffer, and zeros in place of missing channels."""

    def __init__(self):
        super().__init__()
        self.register_buffer("offset", torch.ones(1, 2, dtype=torch.long))
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        return self.head(torch.cat([x + self.offset, x.new_zeros(x.shape[0], 2)], dim=1))


class Renamed(nn.Linear):
    pass


class SumOfOneself(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 1)

    def forward(self, x):
        h = x + x
        return self.head(torch.stack([h[:, 0], h[:, 1]], dim=1) + x)


def chain(*layers):
    return nn.Sequential(*layers)


MODULES = {
    "dense": (chain(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)), (2,)),
    "linear over positions": (
        chain(nn.Linear(2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(2, 1)),
        (2, 2),
    ),
    "stride": (
        chain(nn.Conv1d(1, 1, 2, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(2, 1)),
        (1, 4),
    ),
    "groups": (chain(nn.Conv1d(2, 2, 2, groups=2), nn.Flatten(), nn.ReLU()), (2, 3)),
    "dilation": (
        chain(nn.Conv1d(1, 1, 2, dilation=2), nn.ReLU(), nn.Flatten(), nn.Linear(2, 1)),
        (1, 4),
    ),
    "zeros": (chain(nn.Conv1d(1, 1, 3, padding=1), nn.ReLU(), nn.AvgPool1d(3)), (1, 3)),
    "circular": (
        chain(nn.Conv1d(1, 1, 3, padding=1, padding_mode="circular"), nn.ReLU(), nn.AvgPool1d(3)),
        (1, 3),
    ),
    "reflect": (
        chain(nn.Conv1d(1, 1, 3, padding=1, padding_mode="reflect"), nn.ReLU(), nn.AvgPool1d(3)),
        (1, 3),
    ),
    "replicate": (
        chain(nn.Conv1d(1, 1, 3, padding=1, padding_mode="replicate"), nn.ReLU(), nn.AvgPool1d(3)),
        (1, 3),
    ),
    "two convolutions": (
        chain(
            nn.Conv1d(1, 1, 2, padding=1, padding_mode="replicate"),
            nn.ReLU(),
            nn.Conv1d(1, 1, 2),
            nn.ReLU(),
            nn.AvgPool1d(2),
        ),
        (1, 2),
    ),
    "padded average": (chain(nn.Conv1d(1, 1, 1), nn.ReLU(), nn.AvgPool1d(2, padding=1)), (1, 2)),
    "average of what exists": (
        chain(nn.Conv1d(1, 1, 1), nn.AvgPool1d(2, padding=1, count_include_pad=False), nn.ReLU()),
        (1, 2),
    ),
    "overlapping averages": (
        chain(nn.Conv1d(1, 1, 1), nn.ReLU(), nn.AvgPool1d(2, 1), nn.AvgPool1d(2, 1)),
        (1, 3),
    ),
    "unequal averages": (chain(nn.Conv1d(1, 1, 2), nn.ReLU(), nn.AdaptiveAvgPool1d(2)), (1, 4)),
    "two dimensions": (
        chain(nn.Conv2d(1, 1, 2), nn.ReLU(), nn.AdaptiveAvgPool2d((1, None)), nn.Flatten()),
        (1, 3, 3),
    ),
    "residual": (Residual(), (1, 3)),
    "concatenation": (TwoBranches(), (2,)),
    "functional": (Functional(), (1, 2, 2)),
    "sum of oneself": (SumOfOneself(), (2,)),
    "in place": (InPlace(), (1,)),
    "constants": (WithConstants(), (2,)),
    "a subclass": (chain(Renamed(2, 2), nn.ReLU(inplace=True), Renamed(2, 1)), (2,)),
}


class _WithGates(fx.Interpreter):
    """Runs a module with a given gate for every ReLU'd activation (H1 taken literally)."""

    def run(self, x, gates):
        self.gates = iter(gates)
        return super().run(x)

    def call_function(self, target, args, kwargs):
        if getattr(target, "__name__", "") == "relu":
            return self.gate(args[0], inplace=kwargs.get("inplace", False))
        return super().call_function(target, args, kwargs)

    def call_method(self, target, args, kwargs):
        return self.gate(args[0]) if target == "relu" else super().call_method(target, args, kwargs)

    def call_module(self, target, args, kwargs):
        layer = self.fetch_attr(target)
        if isinstance(layer, nn.ReLU):
            return self.gate(args[0], inplace=layer.inplace)
        return super().call_module(target, args, kwargs)

    def gate(self, x, *, inplace=False):
        if getattr(x, "is_gated", False):
            return x  # a ReLU after a ReLU changes nothing
        mask = torch.tensor([next(self.gates) for _ in range(x.numel())]).reshape(x.shape)
        gated = x.mul_(mask) if inplace else x * mask
        gated.is_gated = True
        return gated


def number_of_gates(module, shape):
    """How many activations pass a ReLU in one forward run."""
    needed = 0

    class Counting:
        def __iter__(self):
            return self

        def __next__(self):
            nonlocal needed
            needed += 1
            return 1.0

    _WithGates(fx.symbolic_trace(module)).run(torch.zeros(1, *shape).double(), Counting())
    return needed


def brute_force_moments(module, shape):
    """E[(d_x o)^2] over all sign patterns of +-sigma weights and all patterns of gates."""
    module = module.double().eval()
    run = _WithGates(fx.symbolic_trace(module)).run
    layers = [x for x in module.modules() if isinstance(x, nn.Linear | nn.Conv1d | nn.Conv2d)]
    weights = [layer.weight for layer in layers]
    sigmas = torch.cat([torch.full((w.numel(),), (2 / w[0].numel()) ** 0.5) for w in weights])
    needed = number_of_gates(module, shape)
    total, cases = 0, 0
    for signs in product([-1.0, 1.0], repeat=len(sigmas)):
        values = torch.tensor(signs) * sigmas
        with torch.no_grad():
            for w, part in zip(weights, values.split([w.numel() for w in weights]), strict=True):
                w.copy_(part.reshape(w.shape))
        for gates in product([0.0, 1.0], repeat=needed):
            x = torch.zeros(1, *shape, dtype=torch.double, requires_grad=True)
            output = run(x, gates).flatten()[0]
            (gradient,) = torch.autograd.grad(output, x, allow_unused=True)
            total, cases = total + gradient.flatten() ** 2, cases + 1
    return total / cases


@pytest.mark.parametrize("name", MODULES)
def test_second_moments_equal_brute_force_over_signs_and_gates(name):
    module, shape = MODULES[name]
    dag = Dag.from_module(module, shape)
    moments = torch.tensor([float(m) for m in dag.second_moments(dag.outputs[0]).values()])
    expected = brute_force_moments(module, shape)
    torch.testing.assert_close(moments.double(), expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize("name", MODULES)
def test_the_support_of_the_dag_is_that_of_the_jacobian(name):
    assert_support_is_that_of_the_jacobian(*MODULES[name])


def assert_support_is_that_of_the_jacobian(module, shape):
    """With positive weights and inputs every ReLU is open and no two paths cancel."""
    module = module.double().eval()
    for parameter in module.parameters():
        nn.init.constant_(parameter, 1.0 if parameter.ndim > 1 else 0.0)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.ones_(layer.weight)
    x = torch.ones(1, *shape, dtype=torch.double, requires_grad=True)
    dag = Dag.from_module(module, shape)
    outputs = module(x).flatten()
    assert len(outputs) == len(dag.outputs)
    for o, value in zip(dag.outputs, outputs, strict=True):
        (gradient,) = torch.autograd.grad(value, x, retain_graph=True)
        reached = [bool(path_sum) for path_sum in dag.path_sums(o).values()]
        assert reached == (gradient.flatten() != 0).tolist()


def small_enough(module, shape):
    weights = sum(p.numel() for p in module.parameters() if p.ndim > 1)
    return weights > 0 and weights + number_of_gates(module.double(), shape) <= 10


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(max_layers=2, max_pooling=False).filter(lambda drawn: small_enough(*drawn)))
def test_random_networks_have_the_moments_of_brute_force(drawn):
    module, shape = drawn
    dag = Dag.from_module(module, shape)
    # The reference has a gate for every ReLU, also for one that can never be closed.
    assume(len(dag.relus) == number_of_gates(module.double(), shape))
    moments = torch.tensor([float(m) for m in dag.second_moments(dag.outputs[0]).values()])
    expected = brute_force_moments(module, shape)
    torch.testing.assert_close(moments.double(), expected, rtol=1e-5, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(networks(max_pooling=False))
def test_random_networks_have_the_support_of_their_jacobian(drawn):
    assert_support_is_that_of_the_jacobian(*drawn)


@pytest.mark.parametrize(
    ("layer", "windows"),
    [
        (nn.MaxPool1d(2), [{0, 1}, {2, 3}]),
        (nn.MaxPool1d(2, stride=1, dilation=2), [{0, 2}, {1, 3}, {2, 4}]),
        (nn.AdaptiveMaxPool1d(2), [{0, 1, 2}, {2, 3, 4}]),
    ],
)
def test_a_maximum_is_connected_to_its_window(layer, windows):
    dag = Dag.from_module(layer, (1, 5))
    for o, window in zip(dag.outputs, windows, strict=True):
        seen = {x[2] for x, value in dag.path_sums(o).items() if value}
        assert seen == window
    with pytest.raises(DagError, match="is a maximum"):
        dag.second_moments(dag.outputs[0])


def test_a_neuron_used_before_and_after_its_relu_is_split():
    dag = Dag.from_module(*MODULES["residual"])
    assert dag.in_degree(("relu", 0)) == 1
    assert sum(dag.path_sums(dag.outputs[0]).values()) == 1


class _Trained(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)
        nn.init.constant_(self.norm.weight, 3.0)

    def forward(self, x):
        return self.norm(x)


class _MeanOfAll(nn.Module):
    def forward(self, x):
        return x.mean()


class _Scaled(nn.Module):
    def forward(self, x):
        return torch.add(x, x, alpha=2)


class _Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        return self.fc(self.fc(x).relu())


class _WrongShape(nn.Module):
    def forward(self, x):
        return x.view(7)


class _Sine(nn.Module):
    def forward(self, x):
        return x.sin()


class _Names(nn.Module):
    """A submodule called like the inputs, and one without weights that is applied twice."""

    def __init__(self):
        super().__init__()
        self.input, self.pool = nn.Linear(8, 8), nn.AvgPool1d(2)

    def forward(self, x):
        return self.pool(self.pool(self.input(x).relu()))


def tied():
    layers = chain(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    layers[2].weight = layers[0].weight
    return layers


def test_names_stay_unique():
    dag = Dag.from_module(_Names(), (1, 8))
    assert len(set(dag.nodes)) == len(dag.nodes)
    assert sum(dag.path_sums(dag.outputs[0]).values()) == 1
    assert Dag.from_networkx(dag.to_networkx()).in_degree(dag.outputs[0]) == 2


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (_Trained(), (2,), "submodule 'norm': fixed weights of a DAG are"),
        (nn.Conv2d(1, 1, 1), (1, 3), "does not take a batch of two inputs: .*channels"),
        (_MeanOfAll(), (2,), "shape .. for one input; its first axis must be the batch"),
        (_Scaled(), (2,), "'add'.*fixed weights of a DAG are 1/n"),
        (_Recurrent(), (2,), "'fc' .Linear. uses the weight 'fc.weight' once more"),
        (tied(), (2,), "'2' .Linear. uses the weight '0.weight' once more"),
        (nn.ZeroPad1d(1), (1, 2), "an output of the module is constant"),
        (chain(_Sine()), (2,), "submodule '0' ._Sine. calls 'sin', which is none of"),
        (_WrongShape(), (2,), "the module does not run on what arrives: shape"),
        (nn.Linear(20_000, 20_000), (20_000,), "brings the DAG to 400,000,000 edges"),
    ],
)
def test_what_cannot_be_expanded_is_named(module, shape, message):
    with pytest.raises(DagError, match=message) as caught:
        Dag.from_module(module, shape)
    assert "\n" not in str(caught.value)


def test_a_falsified_averaging_divisor_or_variance_is_seen(monkeypatch):
    """The brute force above must be able to fail."""
    import theory.paths.path_pairs as path_pairs

    module, shape = MODULES["circular"]
    dag = Dag.from_module(module, shape)
    expected = brute_force_moments(module, shape).sum()
    monkeypatch.setattr(path_pairs, "HALF", 1)
    wrong = float(sum(dag.second_moments(dag.outputs[0]).values()))
    assert abs(wrong / expected - 1) > 0.5
