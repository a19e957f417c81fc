"""Modules of every kind are sampled right, or refused in one line."""

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from scipy import stats
from torch import nn

from running.draws import Draws
from simulations.engine.autograd import input_gradients
from simulations.engine.module_interception import sample_gradients
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.network_plan import plan_network
from simulations.networks.initialization import he_initialize_
from simulations.networks.input_laws import draw_inputs

pytestmark = pytest.mark.usefixtures("one_thread")

NETWORKS, LEVEL = 700, 1e-3


class Of(nn.Module):
    """Layers, and a function that says what becomes of an input."""

    def __init__(self, forward, **layers):
        super().__init__()
        self.steps = forward
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.steps(self, x)


def linear(m, n):
    return nn.Linear(m, n)


def in_place(m, x):
    h = m.a(x)
    F.relu(h, inplace=True)
    return m.b(h.relu())


def scaled_in_place(m, x):
    h = m.a(x)
    h *= 2
    return m.b(h.relu())


def changed_view(m, x):
    h = m.a(x)
    h[:, 0] = 0
    return m.b(h)


def tied():
    first, second = linear(6, 6), linear(6, 6)
    second.weight = first.weight
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), linear(6, 2))


def attention_like(m, x):
    h = m.a(x).relu()
    weights = torch.softmax(h @ h.transpose(1, 2), dim=2)
    return m.b((weights @ h).mean(1))


MODULES = {
    "dropout, identity, flatten": (
        nn.Sequential(
            nn.Flatten(), nn.Dropout(0.5), linear(6, 5), nn.Identity(), nn.ReLU(inplace=True),
            nn.Dropout(0.3), linear(5, 2),
        ),
        (2, 3), 2, False,
    ),
    "ReLUs twice, in place": (Of(in_place, a=linear(6, 5), b=linear(5, 2)), (6,), 1, True),
    "scaled in place": (Of(scaled_in_place, a=linear(6, 5), b=linear(5, 2)), (6,), 1, True),
    "a changed view": (Of(changed_view, a=linear(6, 5), b=linear(5, 2)), (6,), 1, True),
    "weights used twice": (tied(), (6,), 1, True),
    "residual": (
        Of(lambda m, x: m.c(m.b(m.a(x).relu()).relu() + m.a(x)),
           a=linear(6, 5), b=linear(5, 5), c=linear(5, 2)),
        (6,), 1, True,
    ),
    "residual around one layer": (
        Of(lambda m, x: m.b(x + m.a(x)), a=linear(6, 6), b=linear(6, 2)), (6,), 1, True
    ),
    "pooled logits": (
        nn.Sequential(nn.Conv1d(1, 2, 3), nn.AdaptiveAvgPool1d(1), nn.Flatten()), (1, 6), 0, True
    ),
    "ReLU on logits": (nn.Sequential(linear(6, 5), nn.ReLU(), linear(5, 2), nn.ReLU()), (6,), 2,
                       False),
    "log-softmax": (nn.Sequential(linear(6, 5), nn.ReLU(), linear(5, 3), nn.LogSoftmax(1)), (6,),
                    0, True),
    "another activation": (nn.Sequential(linear(6, 5), nn.GELU(), linear(5, 2)), (6,), 1, True),
    "batch norm and keywords": (
        Of(lambda m, x: F.linear(weight=m.b.weight, input=F.relu(input=m.n(m.a(x)))),
           a=linear(6, 5), n=nn.BatchNorm1d(5), b=linear(5, 2)),
        (6,), 1, True,
    ),
    "linear layers of tokens": (
        Of(attention_like, a=linear(3, 4), b=linear(4, 2)), (2, 3), 1, True
    ),
    "inputs changed in place": (
        Of(lambda m, x: m.a(x.clone().mul_(3).flatten(1)), a=linear(6, 2)), (2, 3), 1, True
    ),
    "a ReLU on the inputs": (
        Of(lambda m, x: m.a(x.relu().flatten(1)), a=linear(6, 2)), (2, 3), 1, True
    ),
    "reordered inputs": (
        Of(lambda m, x: m.a(x.transpose(1, 2).flatten(1)), a=linear(6, 2)), (2, 3), 1, True
    ),
}  # fmt: skip


def figures(logits, rows):
    pair = (rows[:, 0] * rows[:, -1]).sum(1)
    norms = [rows[:, 0].norm(q, dim=1) for q in (1, 2)]
    return [x.numpy() for x in (*norms, logits[:, 0], rows[:, 0, 0], pair)]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_sampled_in_law(name):
    module, shape, layers, has_body = MODULES[name]
    plan = plan_network(module, shape)
    assert (len(plan.head), plan.has_body) == (layers, has_body)
    draws = Draws(1, name, range(NETWORKS))
    fast = sample_gradients(plan, draw_inputs("noise", shape, draws), draws, rows="logits")
    generator = torch.Generator().manual_seed(2)
    naive = []
    for _ in range(NETWORKS // 2):
        he_initialize_(module, generator)
        naive.append(input_gradients(module, torch.randn(1, *shape, generator=generator)))
    ours = figures(fast.logits, fast.rows)
    theirs = figures(
        torch.stack([g.logits for g in naive]),
        torch.stack([g.logit_gradients.flatten(1) for g in naive]),
    )
    for a, b in zip(ours, theirs, strict=True):
        assert np.isfinite(a).all()
        assert stats.ks_2samp(a, b).pvalue > LEVEL / len(ours)
    assert stats.ks_2samp(ours[1], 2 * theirs[1]).pvalue < LEVEL / len(ours)


class Compiled(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = torch.jit.trace(nn.Linear(6, 2), torch.zeros(1, 6), check_trace=False)

    def forward(self, x):
        return self.part(x)


@torch.no_grad()
def without_gradients(layer, x):
    return layer(x)


def product(x, w):
    return x.matmul(w.t())


with warnings.catch_warnings(action="ignore"):
    scripted = torch.jit.script(product)


REFUSED = {
    "transposed convolution": (
        nn.Sequential(nn.ConvTranspose1d(1, 2, 3), nn.Flatten()), (1, 4), "0.weight.*conv_transpose"
    ),
    "attention": (
        Of(lambda m, x: m.a(x, x, x)[0].mean(1), a=nn.MultiheadAttention(4, 2, batch_first=True)),
        (3, 4), "a.in_proj_weight",
    ),
    "recurrent": (
        Of(lambda m, x: m.a(x)[0][:, -1], a=nn.LSTM(4, 2, batch_first=True)), (3, 4), "a.weight_ih"
    ),
    "bilinear": (Of(lambda m, x: m.a(x, x), a=nn.Bilinear(4, 4, 2)), (4,), "a.weight.*bilinear"),
    "a product of one's own": (
        Of(lambda m, x: x @ m.a.weight.t(), a=linear(4, 2)), (4,), "a.weight.*only the weights"
    ),
    "normalized weights": (
        nn.Sequential(nn.utils.parametrizations.weight_norm(linear(4, 2))), (4,), "original1"
    ),
    "no logits": (nn.Conv1d(1, 2, 3), (1, 4), "logits"),
    "two outputs": (Of(lambda m, x: (m.a(x), x), a=linear(4, 2)), (4,), "logits.*tuple"),
    "tokens in the batch": (
        Of(lambda m, x: m.a(x.flatten(0, 1)).view(-1, 5, 2).mean(1), a=linear(4, 2)), (5, 4),
        "one entry a network",
    ),
    "a mixed batch": (
        Of(lambda m, x: m.a(x - x.mean(0)), a=linear(4, 2)), (4,), "entries of a batch apart"
    ),
    "layers in a list": (
        Of(lambda m, x: m.a(m.parts[0](x)), a=linear(4, 2), parts=[linear(4, 4)]), (4,),
        "not registered",
    ),
    "a layer without gradients": (
        Of(lambda m, x: m.b(without_gradients(m.a, x)), a=linear(4, 3), b=linear(3, 2)), (4,),
        "autograd",
    ),
    "cut logits": (Of(lambda m, x: m.a(x).detach() * 1, a=linear(4, 2)), (4,), "autograd"),
    "a scripted function": (
        Of(lambda m, x: scripted(x, m.a.weight), a=linear(4, 2)), (4,), "a.weight.*compiled"
    ),
    "lazy layers": (nn.LazyLinear(2), (4,), "lazy"),
    "no numbers": (Of(lambda m, x: m.a(x) / 0, a=linear(4, 2)), (4,), "not finite"),
    "a random module": (
        Of(lambda m, x: m.a(F.dropout(x)), a=linear(4, 2)), (4,), "nothing at random"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_module_that_can_not_be_sampled_is_refused(name):
    module, shape, message = REFUSED[name]
    with pytest.raises(ModuleError, match=message) as error:
        plan_network(module, shape)
    assert "\n" not in str(error.value)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_compiled_module_is_refused():
    with pytest.raises(ModuleError, match="part is compiled"):
        plan_network(Compiled(), (6,))


def test_a_module_may_overwrite_its_input():
    module = nn.Sequential(nn.ReLU(inplace=True), linear(4, 2))
    inputs = torch.tensor([[1.0, -1.0, 1.0, -1.0]] * 3)
    found = sample_gradients(plan_network(module, (4,)), inputs, Draws(0, "a", range(3)))
    assert torch.equal(found.rows[:, 0] != 0, inputs > 0)
