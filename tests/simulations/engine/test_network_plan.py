"""Modules of every kind are sampled right, or refused in one line."""

from dataclasses import replace

import architectures
import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from architectures import Of
from scipy import stats
from torch import nn

from running.draws import Draws
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.autograd import input_gradients
from simulations.engine.module_interception import sample_gradients
from simulations.engine.network_plan import plan_network
from simulations.networks.initialization import he_initialize_
from simulations.networks.input_laws import draw_inputs

pytestmark = pytest.mark.usefixtures("one_thread")

NETWORKS, LEVEL = 700, 1e-3


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


@torch.no_grad()
def without_gradients(layer, x):
    return layer(x)


REFUSED = {
    "an output of several axes": (nn.Conv1d(1, 2, 3), (1, 4), r"\(2, 2\).*--output 1,1"),
    "a dict of outputs": (Of(lambda m, x: {"out": m.a(x)}, a=linear(4, 2)), (4,), "dict of out"),
    "two outputs": (Of(lambda m, x: (m.a(x), x), a=linear(4, 2)), (4,), "one tensor.*tuple"),
    "a mixed batch": (
        Of(lambda m, x: m.a(x - x.mean(0)), a=linear(4, 2)), (4,), "entries of a batch apart"
    ),
    "layers in a list": (
        Of(lambda m, x: m.a(m.parts[0](x)), a=linear(4, 2), parts=[linear(4, 4)]), (4,),
        "not registered.*ModuleList",
    ),
    "a norm by the batch": (
        nn.Sequential(linear(4, 8), nn.BatchNorm1d(8, track_running_stats=False)), (4,),
        "submodule '1' is a BatchNorm1d.*GroupNorm",
    ),
    "a sum over the batch": (Of(lambda m, x: m.a(x).sum(0, keepdim=True), a=linear(4, 2)), (4,),
                             "a batch of 3 gives"),
    "a layer without gradients": (
        Of(lambda m, x: m.b(without_gradients(m.a, x)), a=linear(4, 3), b=linear(3, 2)), (4,),
        "autograd",
    ),
    "cut logits": (Of(lambda m, x: m.a(x).detach() * 1, a=linear(4, 2)), (4,), "autograd"),
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


def looked_through():
    layers = nn.Sequential(linear(6, 5), nn.ReLU(), linear(5, 2))
    by_method = nn.Sequential(linear(6, 5), nn.ReLU(), linear(5, 2))
    by_method.compile(backend="eager")
    return {
        "compiled": torch.compile(layers, backend="eager"),
        "compiled in place": by_method,
        "on several devices": nn.DataParallel(layers),
        "a compiled part": nn.Sequential(torch.compile(layers[0], backend="eager"), *layers[1:]),
        "both": nn.DataParallel(torch.compile(layers, backend="eager")),
    }


@pytest.mark.parametrize("name", looked_through())
def test_what_stands_around_a_module_is_looked_through(name):
    plan = plan_network(looked_through()[name], (6,))
    assert [layer.weight for layer in plan.head] == ["0.weight", "2.weight"]
    assert not plan.has_body


def test_lazy_layers_get_their_weights():
    plan = plan_network(nn.Sequential(nn.Flatten(), nn.LazyLinear(2)), (3, 2))
    assert [layer.in_degree for layer in plan.head] == [6]


def test_double_precision_is_kept():
    module = nn.Sequential(nn.Conv1d(1, 4, 3), nn.ReLU(), nn.Flatten(), linear(16, 3)).double()
    plan = plan_network(module, (1, 6))
    assert (len(plan.head), plan.one_at_a_time, plan.dtype) == (1, False, torch.float64)
    inputs = torch.randn(4, 1, 6, generator=torch.Generator().manual_seed(0))
    ours = sample_gradients(plan, inputs, Draws(0, "a", range(4)))
    single = sample_gradients(plan_network(module.float(), (1, 6)), inputs, Draws(0, "a", range(4)))
    torch.testing.assert_close(ours.rows, single.rows)


@pytest.mark.parametrize("name", MODULES)
def test_networks_one_at_a_time_are_those_of_one_pass(name):
    module, shape, *_ = MODULES[name]
    plan = plan_network(module, shape)
    assert not plan.one_at_a_time
    inputs = torch.randn(4, *shape, generator=torch.Generator().manual_seed(0))
    found = [
        sample_gradients(way, inputs, Draws(0, name, range(4)), weights="uniform", rows="logits")
        for way in (plan, replace(plan, one_at_a_time=True))
    ]
    torch.testing.assert_close(found[0].logits, found[1].logits)
    torch.testing.assert_close(found[0].rows, found[1].rows)


@pytest.mark.parametrize("output", [(1,), (1, 2, 0)])
def test_one_output_is_the_only_logit(output):
    maps = nn.Conv2d(2, 3, 2)
    module = maps if len(output) > 1 else nn.Sequential(maps, nn.Flatten())
    plan = plan_network(module, (2, 4, 4), output=output)
    assert plan.logits == 1
    inputs = torch.randn(2, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    rows = sample_gradients(plan, inputs, Draws(0, "a", range(2))).rows.view(2, 1, 2, 4, 4)
    y, x = output[1:] or (0, 1)
    seen = torch.zeros(4, 4, dtype=torch.bool)
    seen[y : y + 2, x : x + 2] = True
    assert torch.equal((rows != 0).flatten(0, 2).all(0), seen)


@pytest.mark.parametrize("output", [(3, 0, 0), (0, 0)])
def test_an_output_that_is_not_there_is_refused(output):
    with pytest.raises(ModuleError, match=r"shape \(3, 3, 3\); give 3 numbers"):
        plan_network(nn.Conv2d(2, 3, 2), (2, 4, 4), output=output)


def test_one_patch_of_tokens_can_be_differentiated():
    """A later layer scales its weights in place; those of an earlier one are still needed."""
    plan = plan_network(architectures.Mixer(8), (3, 8, 8))
    inputs = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    reserved = sample_gradients(plan, inputs, Draws(0, "a", range(4)))
    assert reserved.rows.isfinite().all()


def test_a_module_may_overwrite_its_input():
    module = nn.Sequential(nn.ReLU(inplace=True), linear(4, 2))
    inputs = torch.tensor([[1.0, -1.0, 1.0, -1.0]] * 3)
    found = sample_gradients(plan_network(module, (4,)), inputs, Draws(0, "a", range(3)))
    assert torch.equal(found.rows[:, 0] != 0, inputs > 0)
