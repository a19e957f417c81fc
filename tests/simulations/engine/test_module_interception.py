"""One forward pass for many networks gives each network's own."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from scipy import stats
from torch import nn
from torch.func import functional_call

from running.draws import Draws
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.autograd import input_gradients
from simulations.engine.module_interception import ManyNetworks, sample_gradients
from simulations.engine.network_plan import plan_network
from simulations.networks.initialization import he_initialize_

pytestmark = pytest.mark.usefixtures("one_thread")


class Everything(nn.Module):
    """Convolutions, poolings, a residual, batch norm, and ReLUs of all kinds."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect")
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding="same", groups=2, dilation=2, bias=False)
        self.third = nn.Conv2d(4, 6, (3, 1), stride=2)
        self.mix = nn.Linear(6, 6)
        self.hidden = nn.Linear(6, 5)
        self.last = nn.Linear(5, 3)

    def forward(self, x):
        h = F.relu(self.norm(self.first(x)))
        h = h + self.second(h).relu()
        h = F.avg_pool2d(self.third(F.max_pool2d(h, 2)), (1, 2)).relu_()
        h = F.relu(self.mix(h.permute(0, 2, 3, 1)), inplace=True)
        return self.last(self.hidden(h.mean((1, 2))).relu())


def module_and_inputs():
    module = Everything().eval()
    return module, torch.randn(5, 2, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("weights", ["gaussian", "rademacher", "uniform"])
def test_networks_are_those_with_the_drawn_weights(weights):
    module, inputs = module_and_inputs()
    networks = ManyNetworks(module, Draws(1, "a", range(5)), weights=weights)
    logits = networks.features(inputs)
    assert set(networks.drawn) == {
        name for name, p in module.named_parameters() if p.ndim > 1 and name != "norm.weight"
    }
    gradients = sample_gradients(
        plan_network(module, (2, 8, 8)),
        inputs,
        Draws(1, "a", range(5)),
        weights="rademacher" if weights == "gaussian" else weights,
    )
    zeros = {name: torch.zeros_like(p) for name, p in module.named_parameters() if "bias" in name}
    for index in range(5):
        own = zeros | {name: drawn[index] for name, drawn in networks.drawn.items()}
        alone = functional_call(module, own, inputs[index : index + 1])
        torch.testing.assert_close(logits[index : index + 1], alone, rtol=1e-4, atol=1e-6)
        if weights == "gaussian":
            continue
        for name, parameter in module.named_parameters():
            if name in own:
                parameter.data.copy_(own[name])
        reference = input_gradients(module, inputs[index : index + 1])
        rows = torch.stack([reference.logit_gradients[0], reference.loss_gradients[0]]).flatten(1)
        torch.testing.assert_close(gradients.rows[index], rows, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("weights", ["gaussian", "rademacher", "uniform"])
def test_weights_have_he_variance(weights):
    module, _ = module_and_inputs()
    networks = ManyNetworks(module, Draws(1, "a", range(2000)), weights=weights)
    networks.features(torch.randn(2000, 2, 8, 8, generator=torch.Generator().manual_seed(0)))
    for drawn in networks.drawn.values():
        fan_in = drawn[0, 0].numel()
        squares = drawn.double().square().mean(tuple(range(1, drawn.ndim)))
        half = stats.norm.isf(5e-5) * squares.std() / 2000**0.5 + 1e-6
        assert abs(squares.mean() - 2 / fan_in) < half
        assert abs(squares.mean() - 1 / fan_in) > half


def test_the_dense_layers_after_a_body_have_the_law_of_drawn_weights():
    module, _ = module_and_inputs()
    plan = plan_network(module, (2, 8, 8))
    assert [layer.weight for layer in plan.head] == ["hidden.weight", "last.weight"]
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(1500, 2, 8, 8, generator=generator)
    fast = sample_gradients(plan, inputs, Draws(3, "a", range(1500)))
    rows = []
    for _ in range(500):
        he_initialize_(module, generator)
        x = torch.randn(1, 2, 8, 8, generator=generator).requires_grad_()
        logits = module(x)
        loss = F.cross_entropy(logits, torch.tensor([0]))
        found = [torch.autograd.grad(y, x, retain_graph=True)[0] for y in (logits[0, 0], loss)]
        rows.append(torch.stack(found).flatten(1))
    naive = torch.stack(rows)
    p_values = []
    for row in range(2):
        for q in (1, 2, float("inf")):
            pair = [x[:, row].norm(q, dim=1).numpy() for x in (fast.rows, naive)]
            p_values.append(stats.ks_2samp(*pair).pvalue)
            assert stats.ks_2samp(pair[0], 2 * pair[1]).pvalue < 1e-3
        p_values.append(stats.ks_2samp(fast.rows[:, row, 7], naive[:, row, 7]).pvalue)
    inner = [(x[:, 0] * x[:, 1]).sum(1).numpy() for x in (fast.rows, naive)]
    assert min(*p_values, stats.ks_2samp(*inner).pvalue) > 1e-3 / 9


def test_masks_kill_half_of_the_neurons_whatever_they_are():
    class Spy(nn.Module):
        def forward(self, x):
            h = F.relu(x.abs() + 1, inplace=True)
            return h.relu().flatten(1)

    networks = ManyNetworks(Spy(), Draws(0, "a", range(400)), relu="masks")
    alive = (networks.features(torch.ones(400, 50)) > 0).double().mean()
    assert stats.binomtest(int(alive * 20_000), 20_000, 1 / 4).pvalue > 1e-3


def test_other_than_one_entry_a_network_is_refused():
    networks = ManyNetworks(nn.Linear(4, 2), Draws(0, "a", range(3)))
    with pytest.raises(ModuleError, match="one entry a network"):
        networks.features(torch.ones(2, 4))
