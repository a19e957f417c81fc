"""Sampled networks against one network at a time; the store; blocks."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import simulations.audit.sampling as sampling
from running.draws import Draws
from running.pools import thread_pool
from running.store import Store
from simulations.audit.remedies import remedied, remedies
from simulations.audit.sampling import EPSILON, NETWORKS_IN_A_BLOCK, Variant, measure_block, sample
from simulations.engine.ensemble import Ensemble, plan
from simulations.engine.module_interception import ManyNetworks
from simulations.networks.sources import source_of

CPU = torch.device("cpu")


def cnn(size):
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, stride=2, padding=1, bias=False),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3 * (size // 4) ** 2, 4, bias=False),
    ), (1, size, size)


@pytest.fixture
def ensemble():
    return Ensemble(network=cnn, size=8)


def sampled(ensemble, networks, store=None, layers=()):
    (found,) = sample(
        [(Variant(ensemble=ensemble, layers=layers), networks)],
        seed=3,
        device=CPU,
        pool=thread_pool(workers=1),
        store=store,
        report=lambda part: None,
    )
    return found


@pytest.mark.parametrize("replaced", [False, True])
def test_a_block_is_what_its_networks_are_alone(ensemble, replaced):
    planned = plan(ensemble)
    layers = remedies(planned.module)[-1].layers if replaced else ()
    block = measure_block(Variant(ensemble=ensemble, layers=layers), 3, 1, "cpu")
    indices = range(NETWORKS_IN_A_BLOCK, 2 * NETWORKS_IN_A_BLOCK)
    draws = Draws(3, "networks of size 8", indices)
    inputs = draws.normal(1, 8, 8)
    networks = ManyNetworks(planned.module, draws)
    networks.features(inputs)
    for number in range(NETWORKS_IN_A_BLOCK):
        module = copy.deepcopy(planned.module)
        with torch.no_grad():
            for name, weights in networks.drawn.items():
                module.get_parameter(name).copy_(weights[number])
        module = remedied(module, layers)
        x = inputs[number : number + 1].clone().requires_grad_()
        label = torch.tensor([0])
        loss = functional.cross_entropy(module(x.clone()), label)
        (gradient,) = torch.autograd.grad(loss, x)
        expected = [float(gradient.abs().sum()), float(gradient.norm())]
        assert block.norms[number, 0] == pytest.approx(expected, rel=1e-4)
        attacked = functional.cross_entropy(module(x + EPSILON * gradient.sign()), label)
        damage = float((attacked - loss).detach())
        assert block.damages[number] == (0 if replaced else pytest.approx(damage, abs=2e-6))


def test_more_networks_are_the_same_and_others(ensemble):
    few, many = sampled(ensemble, 6), sampled(ensemble, 11)
    assert np.array_equal(few.norms, many.norms[:6])
    assert np.array_equal(few.damages, many.damages[:6])
    assert few.names == ["input", "0", "1", "2", "3", "4"]
    assert few.coordinates == [64, 48, 48, 12, 12, 4]
    assert len({row.tobytes() for row in many.norms}) == 11
    assert few.counts.sum() == 8  # whole blocks
    assert few.squares.sum() == pytest.approx((sampled(ensemble, 8).norms[:, 0, 1] ** 2).sum())


def test_variants_have_the_same_weights(ensemble):
    as_it_is, other = sampled(ensemble, 4), sampled(ensemble, 4, layers=("2",))
    # The last layer is the same: so is the gradient at its output, but for the logits.
    assert as_it_is.names == other.names
    assert not np.array_equal(as_it_is.norms, other.norms)
    assert np.corrcoef(as_it_is.norms[:, 0, 0], other.norms[:, 0, 0])[0, 1] > 0.3


def test_the_store_keeps_what_is_finished(tmp_path, monkeypatch):
    file = tmp_path / "nets.py"
    file.write_text(
        "from torch import nn\n"
        "def dense(size):\n"
        "    return nn.Sequential(nn.Linear(size, 5), nn.ReLU(), nn.Linear(5, 2)), (size,)\n"
    )
    network = f"{file}:dense"
    ensemble = Ensemble(network=network, size=8, source=source_of(network, "noise"))
    store = Store(tmp_path / "store")
    first = sampled(ensemble, 6, store)
    monkeypatch.setattr(sampling, "measure_block", None)  # any call would fail
    again = sampled(ensemble, 8, store)
    assert np.array_equal(again.norms[:6], first.norms)
    assert again.names == first.names
    assert again.kinds == first.kinds
    with pytest.raises(TypeError):
        sampled(ensemble, 9, store)
    store.close()
