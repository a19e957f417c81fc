"""Predictions for modules of the sizes that users have."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

from theory.dag import Dag, DagError
from theory.modules.predictions import predict_second_moments
from theory.strategies import networks


def convolutions(channels, side, *tail, mode="zeros"):
    with torch.device("meta"):  # the weights' values do not matter
        return nn.Sequential(
            nn.Conv2d(3, channels, 3, padding=1, padding_mode=mode),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode=mode),
            nn.ReLU(),
            *(tail or (nn.Flatten(), nn.Linear(channels * side**2, 10))),
        ), (3, side, side)


def averaged(channels):
    return nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks(max_pooling=False))
def test_predictions_equal_fractions(drawn):
    module, shape = drawn
    dag = Dag.from_module(module, shape)
    expected = [float(moment) for moment in dag.second_moments(dag.outputs[0]).values()]
    found = predict_second_moments(module, shape)
    assert found.shape == shape
    assert found.dtype == np.float64
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("mode", ["zeros", "circular", "reflect", "replicate"])
@pytest.mark.parametrize("ends_in_an_average", [False, True])
def test_convolutions_of_thousands_of_neurons_equal_pairs_of_paths(mode, ends_in_an_average):
    module, shape = convolutions(16, 8, *(averaged(16) if ends_in_an_average else ()), mode=mode)
    dag = Dag.from_module(module, shape)
    expected = dag.second_moments(dag.outputs[0], exact=False)
    np.testing.assert_allclose(
        predict_second_moments(module, shape).ravel(), expected, rtol=1e-12, atol=0
    )


def test_a_million_inputs_have_second_moment_2_over_d():
    d = 10**6
    with torch.device("meta"):
        module = nn.Sequential(nn.Linear(d, 16), nn.ReLU(), nn.Linear(16, 10))
    np.testing.assert_allclose(predict_second_moments(module, (d,)), 2 / d, rtol=1e-12)


def test_circular_convolutions_of_64_channels_have_second_moment_2_over_d():
    module, shape = convolutions(64, 64, mode="circular")
    np.testing.assert_allclose(predict_second_moments(module, shape), 2 / (3 * 64**2), rtol=1e-12)


def test_an_average_over_n_divides_by_n():
    """Theorem 6, corrected: the variance is divided by the number of averaged neurons."""
    module, shape = convolutions(16, 32, *averaged(16), mode="circular")
    moments = predict_second_moments(module, shape)
    np.testing.assert_allclose(moments, 2 / (3 * 32**2) / 32**2, rtol=1e-12)


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (
            (nn.Conv2d(20, 1, 31), (20, 120, 120)),
            "MiB, more than 4,096 MiB: give a smaller input shape",
        ),
        (
            convolutions(4, 8, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10)),
            r"'4' takes a maximum.*\(H\) gives it no second moment",
        ),
        (
            (nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=1)), (2,)),
            "'1' .Softmax. calls 'softmax', which is none",
        ),
    ],
)
def test_what_has_no_prediction_gets_one_line(drawn, message):
    with pytest.raises(DagError, match=message) as raised:
        predict_second_moments(*drawn)
    assert "\n" not in str(raised.value)
