"""The slow obvious reference for tests and benchmarks: each network built, drawn and run alone."""

import math

import torch
from torch import Tensor, nn

from running.draws import Draws
from simulations.engine.autograd import input_gradients
from simulations.engine.ensemble import Ensemble
from simulations.engine.gradient_rows import Gradients, Rows, WeightLaw
from simulations.networks import initialization
from simulations.networks.families import build
from simulations.networks.input_laws import draw_inputs


def naive_gradients(
    ensemble: Ensemble, seed: int, networks: range, *, rows: Rows = "logit and loss"
) -> Gradients:
    """Sample input gradients one network after the other, with autograd.

    Parameters
    ----------
    ensemble : what is sampled. Of its ReLUs, `nn.ReLU` modules alone can be masked.
    seed, networks : decide every number, which are not those of `gradient_batches`.
    rows : as in `simulations.engine.module_interception.sample_gradients`.
    """
    generator = torch.Generator().manual_seed(seed)
    logits, rows_of_each = [], []
    for index in networks:
        module, shape = build(ensemble.network, ensemble.size, ensemble.options)
        module.eval()
        initialization.he_initialize_(module, generator.manual_seed(seed + index))
        _change_weights_(module, ensemble.weights)
        if ensemble.relu == "masks":
            _mask_relus_(module, generator)
        inputs = draw_inputs(ensemble.inputs, shape, Draws(seed, "naive inputs", [index]))
        gradients = input_gradients(module, inputs)
        logits.append(gradients.logits)
        if rows == "logits":
            rows_of_each.append(gradients.logit_gradients)
        else:
            kept = min(2, len(gradients.logits))
            pair = [gradients.logit_gradients[0], gradients.loss_gradients[0]]
            rows_of_each.append(torch.stack(pair[:kept]))
    return Gradients(logits=torch.stack(logits), rows=torch.stack(rows_of_each).flatten(2))


@torch.no_grad()
def _change_weights_(module: nn.Module, law: WeightLaw) -> None:
    """Turn Gaussian weights into others of the same mean and variance."""
    for layer in module.modules():
        if law == "gaussian" or not isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d):
            continue
        size = math.sqrt(initialization.he_variance(layer.weight[0].numel()))
        if law == "rademacher":
            layer.weight.sign_().mul_(size)
        else:
            layer.weight.copy_(torch.erf(layer.weight / size / 2**0.5) * size * 3**0.5)


class _IndependentKilling(nn.Module):
    """Kills each neuron with probability 1/2, whatever its input is."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor) -> Tensor:
        return z * torch.randint(0, 2, z.shape, generator=self.generator)


def _mask_relus_(module: nn.Module, generator: torch.Generator) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU):
            setattr(module, name, _IndependentKilling(generator))
        else:
            _mask_relus_(child, generator)
