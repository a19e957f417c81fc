"""A pass through a module tells weights, biases and what is kept, and their fan-ins."""

import architectures as made
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from architectures import Of
from torch import nn

from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.network_plan import plan_network


def parameter(*shape):
    return nn.Parameter(torch.rand(shape))


def attention(**options):
    return nn.MultiheadAttention(4, 2, batch_first=True, **options)


ROLES = {
    # What it is: module, shape of the input, fan-ins of the weights, what is kept.
    "a layer": (nn.Linear(6, 2), (6,), {"weight": 6}, []),
    "a convolution in groups": (
        Of(lambda m, x: m.a(x).flatten(1), a=nn.Conv2d(4, 2, 3, groups=2)), (4, 3, 3),
        {"a.weight": 18}, [],
    ),
    "a transposed convolution": (
        Of(lambda m, x: m.a(x).flatten(1), a=nn.ConvTranspose1d(6, 3, 5, 2, groups=3)), (6, 4),
        {"a.weight": 5}, [],
    ),
    "a product from the left": (
        Of(lambda m, x: (m.w @ x).flatten(1), w=parameter(5, 4)), (4, 2), {"w": 4}, []
    ),
    "a product from the right": (
        Of(lambda m, x: (x @ m.w).flatten(1), w=parameter(2, 7)), (4, 2), {"w": 2}, []
    ),
    "heads of an einsum": (
        Of(lambda m, x: torch.einsum("btm,hmo->bhto", x, m.w).flatten(1), w=parameter(2, 3, 5)),
        (4, 3), {"w": 3}, [],
    ),
    "a convolution written with unfold": (
        Of(lambda m, x: (m.w.flatten(1) @ F.unfold(x, 3)).flatten(1), w=parameter(5, 2, 3, 3)),
        (2, 4, 4), {"w": 18}, [],
    ),
    "standardized weights": (
        Of(lambda m, x: F.linear(x, m.g * (m.w - m.w.mean(1, keepdim=True)) / m.w.std()),
           w=parameter(2, 6), g=parameter(2, 1)),
        (6,), {"w": 6}, ["g"],
    ),
    "joined weights": (
        Of(lambda m, x: F.linear(x, torch.cat([m.u, m.v])), u=parameter(2, 6), v=parameter(1, 6)),
        (6,), {"u": 6, "v": 6}, [],
    ),
    "attention": (
        Of(lambda m, x: m.a(x, x, x)[0].flatten(1), a=attention()), (3, 4),
        {"a.in_proj_weight": 4, "a.out_proj.weight": 4}, [],
    ),
    "attention with a bias of the keys": (
        Of(lambda m, x: m.a(x, x, x)[0].flatten(1), a=attention(add_bias_kv=True)), (3, 4),
        {"a.in_proj_weight": 4, "a.out_proj.weight": 4}, ["a.bias_k", "a.bias_v"],
    ),
    "attention of other sizes": (
        Of(lambda m, x: m.a(x, x[:, :, :2], x[:, :, :3])[0].flatten(1),
           a=attention(kdim=2, vdim=3)),
        (3, 4),
        {"a.q_proj_weight": 4, "a.k_proj_weight": 2, "a.v_proj_weight": 3,
         "a.out_proj.weight": 4}, [],
    ),
    "a question of parameters alone": (
        Of(lambda m, x: ((m.q(m.seed)) @ m.k(x).transpose(1, 2)).flatten(1),
           q=nn.Linear(4, 4), k=nn.Linear(4, 4), seed=parameter(1, 4)),
        (3, 4), {"q.weight": 4, "k.weight": 4}, ["seed"],
    ),
    "positions through a layer": (
        Of(lambda m, x: (x + m.a(m.places)).flatten(1), a=nn.Linear(5, 4), places=parameter(3, 5)),
        (3, 4), {"a.weight": 5}, ["places"],
    ),
    "an embedding": (
        Of(lambda m, x: m.a((x + m.e(torch.arange(3))).flatten(1)), a=nn.Linear(12, 2),
           e=nn.Embedding(3, 4)),
        (3, 4), {"a.weight": 12}, ["e.weight"],
    ),
    "norms": (
        nn.Sequential(nn.Conv1d(2, 4, 1), nn.GroupNorm(2, 4), nn.BatchNorm1d(4),
                      nn.LayerNorm((4, 3)), nn.RMSNorm((4, 3)), nn.Flatten(), nn.Linear(12, 2)),
        (2, 3), {"0.weight": 2, "6.weight": 12}, [],
    ),
    "a recurrent layer": (
        Of(lambda m, x: m.a(x)[0][:, -1], a=nn.LSTM(4, 2, batch_first=True)), (3, 4),
        {"a.weight_ih_l0": 4, "a.weight_hh_l0": 2}, [],
    ),
    "a recurrent layer of one step": (
        Of(lambda m, x: m.a(x[:, None])[0][:, 0], a=nn.GRU(4, 2, batch_first=True)), (4,),
        {"a.weight_ih_l0": 4, "a.weight_hh_l0": 2}, [],
    ),
    "a transposed layer, frozen": (
        Of(lambda m, x: x @ m.w, w=nn.Parameter(torch.ones(6, 2), requires_grad=False)), (6,),
        {"w": 6}, [],
    ),
    "memory that two parameters share": (
        Of(lambda m, x: x @ m.v, w=(whole := parameter(6, 2)), v=nn.Parameter(whole.data)), (6,),
        {"v": 6}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROLES)
def test_weights_are_found_with_their_fan_ins(name):
    module, shape, in_degrees, kept = ROLES[name]
    found = plan_network(module, shape).parameters
    assert dict(found.in_degrees) == in_degrees
    assert list(found.kept) == kept
    assert set(found.biases) <= {n for n, p in module.named_parameters() if p.ndim == 1}


ARCHITECTURES = {
    "ViT": (made.ViT(8), (3, 8, 8), (), ["class_token", "positions"], True),
    "Swin": (made.Swin(16), (3, 16, 16), (), ["bias_table"], True),
    "ConvNeXt": (made.ConvNeXt(8), (3, 8, 8), (), ["layer_scale"], False),
    "Mixer on one patch": (made.Mixer(8), (3, 8, 8), (), [], False),
    "EfficientNet": (made.EfficientNet(8), (3, 8, 8), (), [], False),
    "DenseNet": (made.DenseNet(8), (3, 8, 8), (), [], False),
    "DenseNet with checkpoints": (
        made.DenseNet(8, memory_efficient=True), (3, 8, 8), (), [], True
    ),
    "U-Net": (made.UNet(8), (3, 8, 8), (1, 4, 4), [], True),
    "generator": (made.Generator(5), (5,), (0, 3, 3), [], True),
    "discriminator": (made.Discriminator(8), (3, 8, 8), (), [], True),
}  # fmt: skip


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_architectures_have_all_their_weights_drawn(name):
    module, shape, output, kept, one_at_a_time = ARCHITECTURES[name]
    plan = plan_network(module, shape, output=output)
    weights = {n for n, p in module.named_parameters() if p.ndim > 1} - set(kept)
    assert set(plan.parameters.in_degrees) == weights
    assert list(plan.parameters.kept) == kept
    assert plan.one_at_a_time is one_at_a_time
    assert [note for note in plan.notes if all(n in note for n in kept) and kept] == list(
        plan.notes[: bool(kept)]
    )


@pytest.mark.parametrize(
    ("module", "shape", "note"),
    [
        (Of(lambda m, x: F.linear(x, m.a.weight @ m.b), a=nn.Linear(5, 2), b=torch.ones(5, 6)),
         (6,), ""),
        (Of(lambda m, x: m.a(x @ m.b), a=nn.Linear(5, 2), b=torch.ones(6, 5)), (6,),
         "matrices that are no parameters: the module"),
        (Of(lambda m, x: m.a(x @ m.b), a=nn.Linear(5, 2), b=nn.Buffer(torch.ones(6, 5))), (6,),
         "matrices that are no parameters: b"),
        (Of(lambda m, x: (x @ m.a.weight.t()) @ m.a.weight, a=nn.Linear(6, 5)), (6,),
         "a.weight is used with fan-ins 6 and 5"),
        (nn.Sequential(nn.Linear(6, 3), nn.Softmax(1)), (6,), "probabilities"),
        (made.Discriminator(8), (3, 8, 8), "probabilities"),
        (made.Discriminator(8), (3, 8, 8), "changed by the module: layers.2"),
        (Of(lambda m, x: x @ (m.w / m.w.norm()), w=parameter(6, 2)), (6,), "changed by the module"),
        (Of(lambda m, x: x @ m.w.t().clone()[:, :2], w=parameter(3, 6)), (6,), ""),
        (nn.utils.parametrizations.weight_norm(nn.Linear(6, 2)), (6,), ""),
        (nn.Sequential(nn.Linear(6, 3), nn.Sigmoid(), nn.Linear(3, 1)), (6,), ""),
        (nn.Sequential(nn.Linear(6, 3), nn.LogSoftmax(1)), (6,), ""),
    ],
)  # fmt: skip
def test_what_is_not_as_usual_is_noted(module, shape, note):
    notes = plan_network(module, shape).notes
    assert any(note in each for each in notes) if note else not notes


def test_memory_of_two_weights_is_refused_if_they_differ():
    both = torch.ones(2, 6, 5)
    module = Of(lambda m, x: (x @ m.a) @ m.b.t(), a=nn.Parameter(both[0]), b=nn.Parameter(both[1]))
    with pytest.raises(ModuleError, match="a and b share memory"):
        plan_network(module, (6,))
