"""What parameters are used for, what leaves torch, and masks of copies: predicted or refused."""

from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from theory.dag import DagError
from theory.modules.memory.limits import COMPACT_LIMIT
from theory.modules.pairs.multiples import Multiples
from theory.modules.predictions import predict_second_moments
from theory.modules.second_moment_sweep import SecondMomentSweep


class Calls(nn.Module):
    """Runs a function of itself and the input."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.function(self, x)


def two_layers():
    return {"a": nn.Linear(8, 8), "b": nn.Linear(8, 3)}


def weight(*shape):
    return nn.Parameter(torch.zeros(*shape))


def predicted(module, shape=(8,), **options):
    return predict_second_moments(module, shape, **options).mean()


def on_meta(function, **parts):
    with torch.device("meta"):
        return Calls(function, **(two_layers() | {name: make() for name, make in parts.items()}))


def through_shared_weights(copied, kernel=1, *, activation=None, pool=None, channels=2):
    """Copy the pixels of a layer; then a convolution, an activation and an average."""
    return Calls(
        lambda m, x: m.rest(copied(m.a(x.unflatten(1, (2, 4))))),
        a=nn.Conv1d(2, 2, 1),
        rest=nn.Sequential(
            nn.Conv1d(channels, 6, kernel),
            activation or nn.ReLU(),
            pool or nn.AdaptiveAvgPool1d(1),
        ),
    )


def with_opposites(h):
    return torch.cat([h, -h], 2)


@pytest.mark.parametrize(
    ("module", "moment"),
    [
        (Calls(lambda m, x: m.a(x).relu() @ m.w, a=nn.Linear(8, 8), w=weight(8)), 1 / 4),
        (Calls(lambda m, x: (m.w @ x.T).relu().T @ m.v, w=weight(5, 8), v=weight(5, 3)), 1 / 4),
        (
            Calls(
                lambda m, x: m.b((x @ m.w + m.c).relu()),
                w=weight(8, 8),
                c=nn.Parameter(torch.ones(8)),
                b=nn.Linear(8, 3),
            ),
            1 / 4,
        ),
        (
            Calls(
                lambda m, x: m.b((x.view(-1, 2, 2, 2).transpose(1, 3) @ m.w.T).flatten(1)),
                w=weight(2, 2),
                b=nn.Linear(8, 3),
            ),
            1 / 2,
        ),
        (
            Calls(
                lambda m, x: m.b(torch.addcmul(m.c, m.g, m.a(x).relu(), value=2)),
                g=nn.Parameter(torch.full((1, 8), 3.0)),
                c=nn.Parameter(torch.ones(1, 8)),
                **two_layers(),
            ),
            2**2 * 3**2 / 4,
        ),
        (
            Calls(
                lambda m, x: m.b((m.g * m.a(x)).relu()),
                g=nn.Parameter(torch.full((1, 8), 3.0)),
                **two_layers(),
            ),
            9 / 4,
        ),
        (Calls(lambda m, x: m.b(m.a(x).abs().relu()), **two_layers()), 1 / 2),
        (Calls(lambda m, x: m.b(m.a(x).clamp(min=torch.zeros(()))), **two_layers()), 1 / 4),
    ],
)
def test_parameters_are_weights_biases_or_constants(module, moment):
    assert predicted(module) == pytest.approx(moment, rel=1e-9)


def written_over(m, x):
    m.w.data.mul_(0.5)
    return x @ m.w


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (
            Calls(lambda m, x: x[:, :2] @ m.w[:2] + x[:, 2:] @ m.w[2:], w=weight(8, 3)),
            "with fan-in 6, after 2 elsewhere.*give each layer a weight of its own",
        ),
        (
            Calls(
                lambda m, x: (x[:, :4] @ m.w[4:]).relu() @ m.w[4:].clone(),
                w=weight(8, 4),
            ),
            "once more.*give each layer its own",
        ),
        (Calls(lambda m, x: (x @ m.w) * m.w.sum(), w=weight(8, 3)), "as a constant, and it is a"),
        (Calls(lambda m, x: m.a(x) * m.a.bias, a=nn.Linear(8, 3)), "'a.bias', which is a layer's"),
        (Calls(written_over, w=weight(8, 3)), "computed from the parameter 'w'"),
        (Calls(lambda m, x: m.a[0](x), a=[nn.Linear(8, 3)]), "not registered in the module"),
        (
            (lambda w: Calls(lambda m, x: (x @ m.w) @ m.v, w=w, v=nn.Parameter(w.data.T)))(
                weight(8, 8)
            ),
            "share memory; give each its own",
        ),
        (nn.Sequential(nn.LazyLinear(3)), "has no shape yet; call the module once"),
        (on_meta(lambda m, x: m.b(m.a(x) * m.g), g=lambda: weight(8)), "'g', which has no values"),
        (
            on_meta(lambda m, x: m.b(m.a(x) + m.g), g=lambda: nn.Buffer(torch.ones(1, 8))),
            "'g', which has no values",
        ),
        (
            Calls(lambda m, x: m.b(m.a(x) * (torch.rand(8) < 0.5)), **two_layers()),
            "random numbers.*keep them in a buffer",
        ),
        (
            Calls(
                lambda m, x: m.b((h := m.a(x)) * torch.from_numpy(h.detach().numpy() > 0)),
                **two_layers(),
            ),
            "calls 'numpy', which takes activations out of torch",
        ),
        (
            Calls(
                lambda m, x: m.b((h := m.a(x)) * torch.tensor([v > 0 for v in h.tolist()[0]])),
                **two_layers(),
            ),
            "calls 'tolist', which takes activations out of torch",
        ),
        (
            Calls(lambda m, x: m.b(m.a(x))[:, : len(x.unique())], **two_layers()),
            "lets the program decide.*leave it out",
        ),
        (Calls(lambda m, x: x.to(torch.cfloat).real, **two_layers()), "complex numbers"),
        (Calls(lambda m, x: m.b(m.a(x) / 0), **two_layers()), "what is not finite"),
        (Calls(lambda m, x: torch.zeros_like(x)), "does not depend on its input"),
        (
            Calls(lambda m, x: m.b((h := m.a(x)).relu() - 0.1 * (-h).relu()), **two_layers()),
            "signs go together.*leaky_relu",
        ),
        (Calls(lambda m, x: m.b((h := m.a(x)).relu() + (2 * h).relu()), **two_layers()), "signs"),
        (through_shared_weights(with_opposites), "signs go together.*copies after"),
        (through_shared_weights(lambda h: h.repeat_interleave(2, 2)), "signs go together"),
        (through_shared_weights(lambda h: functional.interpolate(h, 16), 3), "signs go together"),
        (
            through_shared_weights(lambda h: functional.pad(h[:, :, :1], (0, 2), "replicate")),
            "signs",
        ),
    ],
)
def test_or_refused_with_a_remedy(module, message):
    with pytest.raises(DagError, match=message) as raised:
        predicted(module)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "module",
    [
        through_shared_weights(lambda h: h),
        through_shared_weights(lambda h: functional.interpolate(h, 8), 3),
        through_shared_weights(lambda h: h.repeat_interleave(2, 2), activation=nn.Identity()),
        through_shared_weights(with_opposites, pool=nn.Conv1d(6, 1, 8)),
        through_shared_weights(lambda h: torch.cat([h, -h], 1), channels=4),
    ],
)
def test_copies_that_are_not_added_up_behind_activations_do_no_harm(module):
    predicted(module)


def test_copies_through_shared_weights_would_be_predicted_wrongly(monkeypatch):
    """One of relu(w h) and relu(-w h) always lets through, which (H) does not know."""
    module = through_shared_weights(with_opposites)
    x = torch.randn(1, 8, generator=torch.Generator().manual_seed(0), requires_grad=True)
    squares = []
    for signs in product([-1.0, 1.0], repeat=6):
        first, second = torch.tensor(signs).split([4, 2])
        module.a.weight.data = first.reshape(2, 2, 1)
        module.rest[0].weight.data[0] = second.reshape(2, 1)
        for layer in (module.a, module.rest[0]):
            layer.bias.data.zero_()
        (gradient,) = torch.autograd.grad(module(x)[0, 0, 0], x)
        squares.append(float(gradient.square().mean()))
    assert np.mean(squares) == pytest.approx(1 / 32)
    monkeypatch.setattr(Multiples, "add_weighted", lambda *_: None)
    assert predicted(module) == pytest.approx(1 / 64)


def test_integer_buffers_stay_as_they_are():
    def counting(m, x):
        m.calls += 1
        return m.a(x)

    module = Calls(counting, a=nn.Linear(8, 3), calls=nn.Buffer(torch.zeros((), dtype=torch.long)))
    predicted(module)
    assert module.calls == 0


def test_every_copy_has_a_mask_of_its_own():
    module = Calls(lambda m, x: m.a(x)[:, None].expand(-1, 3, -1).relu().mean(1), a=nn.Linear(8, 8))
    assert predicted(module, masks=True) == pytest.approx(2 / 8 * (1 / 2 * 3 + 1 / 4 * 6) / 9)


def test_masks_replace_relus_alone_and_need_no_signs():
    clamped = Calls(lambda m, x: m.b(m.a(x).clamp(min=0)), **two_layers())
    assert predicted(clamped) == pytest.approx(1 / 4)
    with pytest.raises(DagError, match="write torch"):
        predicted(clamped, masks=True)
    shifted = Calls(lambda m, x: m.b((m.a(x) + 1).relu()), **two_layers())
    assert predicted(shifted, masks=True) == pytest.approx(1 / 4)
    apart = Calls(lambda m, x: m.b((h := m.a(x)).relu() - (-h).relu()), **two_layers())
    assert predicted(apart, masks=True) == pytest.approx(3 / 4)


def test_a_neuron_that_sees_nothing_is_none():
    framed = nn.Sequential(nn.Conv1d(1, 1, 1, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(4, 1))
    assert predicted(framed, (1, 2)) == pytest.approx(2 / 4)


def test_antialiasing_is_followed():
    """A pixel weighs others by torch's own matrix."""
    module = Calls(lambda m, x: functional.interpolate(x, (3, 2), mode="bilinear", antialias=True))
    x = torch.zeros(1, 1, 6, 5, dtype=torch.double, requires_grad=True)
    (gradient,) = torch.autograd.grad(module(x).reshape(-1)[3], x)
    moments = predict_second_moments(module, (1, 6, 5), output=3)
    np.testing.assert_allclose(moments, gradient[0] ** 2, rtol=1e-9, atol=1e-18)


def test_a_limit_is_said_in_mebibytes():
    most = COMPACT_LIMIT.mebibytes * 2**20 // COMPACT_LIMIT.bytes_each
    COMPACT_LIMIT.check("0", most)
    with pytest.raises(DagError, match=r"'0' brings .* take 4,097 MiB, more than 4,096 MiB"):
        COMPACT_LIMIT.check("0", most + 2**15)
    assert SecondMomentSweep(nn.Linear(8, 3), (8,)).edges == 24
