"""The smooth networks' gradients and curvature bounds, against torch."""

import numpy as np
import pytest
import torch

from theory.attacks.smooth_networks import SOFTPLUS, TANH, smooth_networks

TORCH = {"tanh": torch.tanh, "softplus": torch.nn.functional.softplus}


def torch_loss(networks, b):
    weights, biases, readout = (
        torch.tensor(a[b]) for a in (networks.weights, networks.biases, networks.readout)
    )
    label = torch.tensor(int(networks.labels[b]))
    activation = TORCH[networks.activation.name]
    return lambda x: torch.nn.functional.cross_entropy(
        readout @ activation(weights @ x + biases), label
    )


@pytest.mark.parametrize("activation", [TANH, SOFTPLUS], ids=lambda a: a.name)
@pytest.mark.parametrize("d", [1, 3, 8])
def test_loss_gradient_and_curvature_agree_with_autograd(activation, d):
    rng = np.random.default_rng(d)
    networks = smooth_networks(rng, 4, d, activation)
    x = 2 * rng.normal(size=(4, 5, d))
    bound = networks.loss_curvature()
    for b, s in np.ndindex(4, 5):
        loss, point = torch_loss(networks, b), torch.tensor(x[b, s])
        assert networks.loss(x)[b, s] == pytest.approx(float(loss(point)), rel=1e-12)
        gradient = torch.autograd.functional.jacobian(loss, point).numpy()
        assert networks.loss_gradient(x)[b, s] == pytest.approx(gradient, rel=1e-9, abs=1e-12)
        hessian = torch.autograd.functional.hessian(loss, point)
        assert float(torch.linalg.matrix_norm(hessian, 2)) <= bound[b]


@pytest.mark.parametrize("activation", [TANH, SOFTPLUS], ids=lambda a: a.name)
def test_the_bounds_of_the_activations_are_their_largest_derivatives(activation):
    z = np.linspace(-20, 20, 40_001)
    slope = activation.slope(z)
    assert np.abs(slope).max() <= 1
    curvature = np.abs(np.gradient(slope, z)).max()
    assert curvature == pytest.approx(activation.curvature, rel=1e-5)
    assert np.gradient(activation.value(z), z)[1:-1] == pytest.approx(slope[1:-1], abs=1e-6)
