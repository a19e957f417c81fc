"""Weights of another size than He's: what they do to gradient and output is exact."""

import math

import pytest
import torch
from torch import nn

from simulations.engine.autograd import input_gradients
from simulations.networks.initialization import he_initialize_, resize_weights_
from theory.attacks import attack_growth
from theory.attacks.attack_growth import WeightSize


def test_resized_weights_multiply_gradient_and_output_as_computed():
    module = nn.Sequential(
        nn.Conv2d(1, 2, 2, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1, bias=False)
    )
    he_initialize_(module, torch.Generator().manual_seed(0))
    inputs = torch.randn(1, 1, 3, 3, generator=torch.Generator().manual_seed(1))
    before = input_gradients(module, inputs)
    weights = WeightSize(factor=0.7, exponent=1.0)
    resize_weights_(module, weights)
    after = input_gradients(module, inputs)
    factor = attack_growth.gradient_factor(weights, [4, 8])
    assert factor == pytest.approx((0.7 / 4) / math.sqrt(2 / 4) * (0.7 / 8) / math.sqrt(2 / 8))
    torch.testing.assert_close(after.logit_gradients, factor * before.logit_gradients)
    torch.testing.assert_close(after.logits, factor * before.logits)
