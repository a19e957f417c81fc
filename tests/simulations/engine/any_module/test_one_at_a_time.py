"""Networks that need a forward pass of their own have the law of networks made one by one."""

import math
import warnings
from concurrent.futures import ThreadPoolExecutor

import architectures as made
import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from architectures import Of
from scipy import stats
from torch import nn
from torch.nn.utils import parametrizations, prune
from torch.utils.checkpoint import checkpoint

from running.draws import Draws
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.module_interception import sample_gradients
from simulations.engine.network_plan import plan_network

pytestmark = pytest.mark.usefixtures("one_thread")

NETWORKS, LEVEL = 300, 1e-3


def he(generator, *shape, fan_in):
    return torch.randn(shape, generator=generator) * math.sqrt(2 / fan_in)


def with_weights(forward, **sizes):
    """A reference: the names, shapes and fan-ins of weights, and what is done with them."""

    def draw(generator):
        weights = {name: he(generator, *shape, fan_in=m) for name, (shape, m) in sizes.items()}
        return lambda x: forward(x, **weights)

    return draw


def attention(x, qkv, out, head):
    h = x.transpose(0, 1)
    q, k, v = (h @ qkv.t()).chunk(3, dim=2)
    parts = []
    for i in range(2):
        own = slice(2 * i, 2 * i + 2)
        scores = torch.einsum("qbi,kbi->bqk", q[:, :, own], k[:, :, own]) / math.sqrt(2)
        parts.append(torch.einsum("bqk,kbi->qbi", scores.softmax(2), v[:, :, own]))
    return (torch.cat(parts, 2) @ out.t()).mean(0) @ head.t()


def recurrent(x, w_in, w_own):
    h = torch.zeros(len(x), 2)
    for step in range(x.shape[1]):
        h = torch.tanh(x[:, step] @ w_in.t() + h @ w_own.t())
    return h


def transposed(x, w):
    """Each input puts its copy of the kernel into the output."""
    out = torch.zeros(len(x), 3, 10)
    for i in range(4):
        out[:, :, 2 * i : 2 * i + 4] += torch.einsum("bc,cok->bok", x[:, :, i], w)
    return out.flatten(1)[:, ::5]


def spectral(x, w, v):
    return (x @ (w / torch.linalg.matrix_norm(w, 2)).t()).relu() @ v.t()


def pruned_layer():
    layer = nn.Linear(6, 5)
    prune.custom_from_mask(layer, "weight", MASK)
    return layer


def old_norm(norm, layer):
    with warnings.catch_warnings(action="ignore"):
        return norm(layer)


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        z = x.mm(weight.t())
        ctx.save_for_backward(x, weight, z)
        return z * z

    @staticmethod
    def backward(ctx, gradient):
        _, weight, z = ctx.saved_tensors
        return (2 * z * gradient).mm(weight), None


def scripted():
    with warnings.catch_warnings(action="ignore"):
        return torch.jit.script(nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 2)))


def exported():
    layers = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 2)).eval()
    return torch.export.export(layers, (torch.zeros(1, 6),)).module()


def tied():
    return Of(lambda m, x: (x @ m.w.t()).relu() @ m.w, w=nn.Parameter(torch.zeros(5, 6)))


MASK = (torch.arange(30).view(5, 6) % 3 > 0).float()

TWO_LAYERS = with_weights(lambda x, a, b: (x @ a.t()).relu() @ b.t(), a=((5, 6), 6), b=((2, 5), 5))
SPECTRAL = with_weights(spectral, w=((5, 6), 6), v=((2, 5), 5))
OVER_TOKENS = with_weights(
    lambda x, a, b: (x @ a.t()).relu().mean(1) @ b.t(), a=((5, 3), 3), b=((2, 5), 5)
)


def then_linear(layer, n=2):
    return nn.Sequential(layer, nn.ReLU(), nn.Linear(5, n))


MODULES = {
    "attention": (
        lambda: Of(lambda m, x: m.b(m.a(x, x, x)[0].mean(1)), b=nn.Linear(4, 2),
                   a=nn.MultiheadAttention(4, 2, batch_first=True)),
        (3, 4), with_weights(attention, qkv=((12, 4), 4), out=((4, 4), 4), head=((2, 4), 4)),
    ),
    "a recurrent layer": (
        lambda: Of(lambda m, x: m.a(x)[0][:, -1], a=nn.RNN(4, 2, batch_first=True)),
        (3, 4), with_weights(recurrent, w_in=((2, 4), 4), w_own=((2, 2), 2)),
    ),
    "a transposed convolution": (
        lambda: Of(lambda m, x: m.a(x).flatten(1)[:, ::5], a=nn.ConvTranspose1d(2, 3, 4, 2)),
        (2, 4), with_weights(transposed, w=((2, 3, 4), 4)),
    ),
    "a bilinear layer": (
        lambda: Of(lambda m, x: m.a(x, x), a=nn.Bilinear(4, 4, 2)),
        (4,), with_weights(lambda x, w: torch.einsum("bi,oij,bj->bo", x, w, x), w=((2, 4, 4), 16)),
    ),
    "products of one's own": (
        lambda: Of(lambda m, x: torch.einsum("io,bi->bo", m.a, x).relu() @ m.b,
                   a=nn.Parameter(torch.zeros(6, 5)), b=nn.Parameter(torch.zeros(5, 2))),
        (6,), TWO_LAYERS,
    ),
    "a vector of weights": (
        lambda: Of(lambda m, x: (m.a(x).relu() @ m.w)[:, None], a=nn.Linear(6, 5),
                   w=nn.Parameter(torch.zeros(5))),
        (6,), with_weights(lambda x, a, b: (x @ a.t()).relu() @ b.t(), a=((5, 6), 6),
                           b=((1, 5), 5)),
    ),
    "tied weights": (
        tied, (6,), with_weights(lambda x, w: (x @ w.t()).relu() @ w, w=((5, 6), 6))
    ),
    "weight norm": (
        lambda: then_linear(parametrizations.weight_norm(nn.Linear(6, 5))), (6,), TWO_LAYERS
    ),
    "weight norm by a hook": (
        lambda: then_linear(old_norm(nn.utils.weight_norm, nn.Linear(6, 5))), (6,), TWO_LAYERS
    ),
    "spectral norm": (
        lambda: then_linear(parametrizations.spectral_norm(nn.Linear(6, 5))), (6,), SPECTRAL
    ),
    "spectral norm by a hook": (
        lambda: then_linear(nn.utils.spectral_norm(nn.Linear(6, 5))), (6,), SPECTRAL
    ),
    "complex weights": (
        lambda: Of(lambda m, x: (x.cfloat() @ m.w).real,
                   w=nn.Parameter(torch.zeros(6, 2).cfloat())),
        (6,), with_weights(lambda x, w: x @ w.t() / 2**0.5, w=((2, 6), 6)),
    ),
    "pruned": (
        lambda: then_linear(pruned_layer()), (6,),
        with_weights(lambda x, a, b: (x @ (a * MASK).t()).relu() @ b.t(), a=((5, 6), 6),
                     b=((2, 5), 5)),
    ),
    "a low-rank change": (
        lambda: Of(lambda m, x: m.b((x @ (m.a.weight + m.u @ m.v).t()).relu()), a=nn.Linear(6, 5),
                   b=nn.Linear(5, 2), u=nn.Parameter(torch.zeros(5, 3)),
                   v=nn.Parameter(torch.zeros(3, 6))),
        (6,), with_weights(lambda x, a, b, u, v: (x @ (a + u @ v).t()).relu() @ b.t(),
                           a=((5, 6), 6), b=((2, 5), 5), u=((5, 3), 3), v=((3, 6), 6)),
    ),
    "tokens in the batch": (
        lambda: Of(lambda m, x: m.b(m.a(x.flatten(0, 1)).relu().view(-1, 4, 5).mean(1)),
                   a=nn.Linear(3, 5), b=nn.Linear(5, 2)),
        (4, 3), OVER_TOKENS,
    ),
    "time first": (
        lambda: Of(lambda m, x: m.b(m.a(x.transpose(0, 1)).relu().mean(0)),
                   a=nn.Linear(3, 5), b=nn.Linear(5, 2)),
        (4, 3), OVER_TOKENS,
    ),
    "checkpoints": (
        lambda: Of(lambda m, x: m.b(checkpoint(m.a, x, use_reentrant=False).relu()),
                   a=nn.Linear(6, 5), b=nn.Linear(5, 2)),
        (6,), TWO_LAYERS,
    ),
    "a function with its own derivative": (
        lambda: Of(lambda m, x: Square.apply(x, m.a), a=nn.Parameter(torch.zeros(2, 6))),
        (6,), with_weights(lambda x, a: (x @ a.t()).square(), a=((2, 6), 6)),
    ),
    "compiled to a script": (scripted, (6,), TWO_LAYERS),
    "exported": (exported, (6,), TWO_LAYERS),
}  # fmt: skip


def figures(logits, rows):
    norms = [rows[:, 0].norm(q, dim=1) for q in (1, 2)]
    pair = (rows[:, 0] * rows[:, -1]).sum(1)
    return [x.numpy() for x in (*norms, logits[:, 0], rows[:, 0, -1], pair)]


def assert_same_law(fast, shape, draw, seed):
    """Compare with networks that `draw` makes one by one; twice as large ones must be told."""
    generator = torch.Generator().manual_seed(seed)
    logits, rows = [], []
    for _ in range(NETWORKS):
        network = draw(generator)
        x = torch.randn(1, *shape, generator=generator).requires_grad_()
        out = network(x)
        logits.append(out.detach())
        of_each = [torch.autograd.grad(y, x, retain_graph=True)[0] for y in out[0].unbind()]
        rows.append(torch.stack(of_each).flatten(1)[None])
    ours, theirs = figures(fast.logits, fast.rows), figures(torch.cat(logits), torch.cat(rows))
    for a, b in zip(ours, theirs, strict=True):
        assert np.isfinite(a).all()
        assert stats.ks_2samp(a, b).pvalue > LEVEL / len(ours)
    assert stats.ks_2samp(ours[1], 2 * theirs[1]).pvalue < LEVEL / len(ours)


def sampled(module, shape, name, *, output=(), **options):
    plan = plan_network(module, shape, output=output)
    assert plan.one_at_a_time
    draws = Draws(1, name, range(NETWORKS))
    inputs = draws.normal(*shape)
    return sample_gradients(plan, inputs, draws, rows="logits", **options)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", MODULES)
def test_networks_have_the_law_of_those_made_by_hand(name):
    make, shape, draw = MODULES[name]
    assert_same_law(sampled(make(), shape, name), shape, draw, 2)


def initialize_(module, generator):
    """He's initialization, by the type of each layer."""
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            fan_in = part.weight[0].numel()
        elif isinstance(part, nn.ConvTranspose2d):
            fan_in = part.weight.shape[0] * math.prod(part.kernel_size) // math.prod(part.stride)
        else:
            if isinstance(part, nn.MultiheadAttention):
                part.in_proj_weight.data.copy_(he(generator, 24, 8, fan_in=8))
            continue
        part.weight.data.copy_(he(generator, *part.weight.shape, fan_in=fan_in))
        if part.bias is not None:
            part.bias.data.zero_()


@pytest.mark.parametrize(
    ("kind", "size", "output"), [(made.ViT, 8, ()), (made.Swin, 16, ()), (made.UNet, 8, (1, 4, 4))]
)
def test_architectures_have_the_law_of_those_initialized_one_by_one(kind, size, output):
    module, shape = kind(size), (3, size, size)
    fast = sampled(module, shape, kind.__name__, output=output)

    def draw(generator):
        initialize_(module, generator)
        return lambda x: module(x)[:, *output, None] if output else module(x)

    assert_same_law(fast, shape, draw, 3)


def test_masks_reach_parts_that_see_other_batches():
    module = Of(lambda m, x: m.a(x.flatten(0, 1)).relu().view(-1, 8), a=nn.Linear(3, 2))
    fast = sampled(module, (4, 3), "masks", relu="masks")
    alive = (fast.rows != 0).any(2).double().mean()
    count = NETWORKS * 8
    assert stats.binomtest(round(float(alive) * count), count, 1 / 2).pvalue > LEVEL
    again = sampled(module, (4, 3), "masks")
    assert torch.equal((again.rows != 0).any(2), again.logits > 0)
    assert not torch.equal((fast.rows != 0).any(2), fast.logits > 0)


def test_masks_of_checkpoints_are_refused():
    make, shape, _ = MODULES["checkpoints"]
    with pytest.raises(ModuleError, match="switch checkpointing off"):
        sampled(make(), shape, "checkpoints", relu="masks")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_masks_of_compiled_code_are_refused():
    with pytest.raises(ModuleError, match="reach 0 of 1 ReLUs"):
        sampled(scripted(), (6,), "script", relu="masks")


@pytest.mark.parametrize("weights", ["rademacher", "uniform"])
def test_other_laws_of_the_weights(weights):
    module = Of(lambda m, x: x @ m.a, a=nn.Parameter(torch.zeros(6, 2)))
    rows = sampled(module, (6,), weights, weights=weights).rows
    largest = math.sqrt((1 if weights == "rademacher" else 3) * 2 / 6)
    assert rows.abs().max() <= largest * 1.001
    assert rows.abs().max() > largest * 0.98
    mean = float(rows.double().square().mean())
    assert abs(mean - 2 / 6) < 0.02
    torch.testing.assert_close(rows.mean(), torch.tensor(0.0), rtol=0, atol=0.05)


@pytest.mark.parametrize("name", ["spectral norm", "spectral norm by a hook", "pruned"])
def test_the_module_is_given_back_as_it_was(name):
    make, shape, _ = MODULES[name]
    module = make()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    sampled(module, shape, name)
    after = module.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_buffers_that_repeat_themselves_are_no_obstacle():
    module = tied()
    module.register_buffer("places", torch.arange(3).expand(2, 3))
    sampled(module, (6,), "tied")


def test_threads_do_not_mix_their_networks():
    plan = plan_network(tied(), (6,))
    inputs = torch.randn(30, 6, generator=torch.Generator().manual_seed(0))

    def sample(seed):
        return sample_gradients(plan, inputs, Draws(seed, "a", range(30))).rows

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(sample, range(8)))
    assert all(torch.equal(rows, sample(seed)) for seed, rows in enumerate(together))


def test_what_a_network_is_given_depends_on_no_batch():
    module = Of(lambda m, x: F.linear(x.flatten(0, 1), m.a.weight.t()).view(-1, 4),
                a=nn.Linear(2, 3))  # fmt: skip
    plan = plan_network(module, (2, 3))
    inputs = torch.randn(4, 2, 3, generator=torch.Generator().manual_seed(0))
    whole = sample_gradients(plan, inputs, Draws(0, "a", range(4)))
    part = sample_gradients(plan, inputs[2:], Draws(0, "a", range(2, 4)))
    assert torch.equal(whole.rows[2:], part.rows)
