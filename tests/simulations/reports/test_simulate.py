"""A simulation meets its predictions, and falsified networks do not."""

import math

import numpy as np
import pytest
import torch

from evidence.errors import UserError
from evidence.levels import SIMULATION_ERROR
from simulations.engine.configurations import configure
from simulations.engine.sampler import Sampler
from simulations.engine.simulation_run import SimulationRun
from simulations.networks import initialization
from simulations.reports.simulate import simulate

FALSE_FACTOR = 1.5


def run(network, *, sizes, networks=500, seed=0, precision=None, **options):
    ensembles = configure(SimulationRun(network=network, sizes=sizes, **options))
    return simulate(ensembles, Sampler(seed=seed), networks=networks, precision=precision)


def holds(interval, value):
    return interval.low < value < interval.high


def by_key(simulation):
    return {one.quantity.key: one for one in simulation.measured}


@pytest.fixture(scope="module")
def dense():
    return run("dense", sizes=[32, 128, 512], networks=2000)


def test_dense_networks_meet_2_over_d(dense):
    """All intervals together miss in one of 1,000 seeds."""
    assert [predicted.mean() for predicted in dense.predicted] == pytest.approx(
        [2 / 32, 2 / 128, 2 / 512]
    )
    assert all(holds(ratio, 1) for ratio in dense.ratios)
    assert not any(holds(ratio, FALSE_FACTOR) for ratio in dense.ratios)
    assert all(holds(spread, 0) or spread.low == 0 for spread in dense.spreads)
    assert dense.notes == []
    assert dense.without_gradient == [0, 0, 0]
    assert dense.dims == [32, 128, 512]


@pytest.mark.parametrize(
    ("key", "predicted"),
    [
        ("logit-mean-square", -1.0),
        ("logit-norm-1", 1 / 2),
        ("loss-norm-2", 0.0),
        ("loss-attack-inf", 1 / 2),
    ],
)
def test_dense_networks_grow_as_theorem_3_says(dense, key, predicted):
    measured = by_key(dense)[key]
    assert measured.predicted_exponent == pytest.approx(predicted)
    assert holds(measured.exponent, predicted)
    assert not holds(measured.exponent, predicted + 1 / 6)


def test_a_falsified_variance_is_seen(monkeypatch):
    true = initialization.he_variance
    monkeypatch.setattr(initialization, "he_variance", lambda fan_in: true(fan_in) / 2)
    found = run("dense", sizes=[32, 128])
    assert not any(holds(ratio, 1) for ratio in found.ratios)
    # The two hidden layers and the logits: (1/2)³.
    assert all(holds(ratio, 1 / 8) for ratio in found.ratios)


@pytest.mark.parametrize("relu", ["real", "masks"])
@pytest.mark.parametrize("weights", ["gaussian", "rademacher", "uniform"])
def test_the_prediction_holds_for_every_law_of_weights_and_gates(relu, weights):
    found = run("dense", sizes=[16, 64], relu=relu, weights=weights)
    assert all(holds(ratio, 1) for ratio in found.ratios)


def test_zero_padding_spreads_the_coordinates_as_predicted(tmp_path):
    """Two 3 x 3 convolutions; circular padding has no borders."""
    file = tmp_path / "nets.py"
    file.write_text(
        "from torch import nn\n"
        "def padded(size, mode='zeros'):\n"
        "    convolution = nn.Conv2d(3, 8, 3, padding=1, padding_mode=mode)\n"
        "    return nn.Sequential(convolution, nn.ReLU(), nn.Flatten(),\n"
        "                         nn.Linear(8 * size**2, 2)), (3, size, size)\n"
        "def circular(size):\n"
        "    return padded(size, 'circular')\n"
    )
    found = run(f"{file}:padded", sizes=[4, 8], networks=2000)
    for spread, predicted in zip(found.spreads, found.predicted, strict=True):
        assert holds(spread, predicted.std() / predicted.mean())
        assert spread.low > 0.1
    control = run(f"{file}:circular", sizes=[4, 8], networks=2000)
    assert all(spread.low == 0 for spread in control.spreads)


def test_without_a_prediction_there_is_a_reason():
    found = run("max-pool", sizes=[4, 8], networks=100)
    assert found.predicted == [None, None]
    assert "takes a maximum" in found.no_prediction
    assert found.ratios == [None, None]
    assert all(one.predicted_exponent is None for one in found.measured)


def test_the_mean_square_of_the_pixels_is_the_2_norm():
    found = run("conv", sizes=[4, 8], networks=256)
    for sample, interval in zip(
        found.samples, by_key(found)["logit-mean-square"].intervals, strict=True
    ):
        assert sample.counts.sum() == 256
        assert sample.squares.sum() / 256 / sample.d == pytest.approx(interval.estimate, rel=1e-4)


def test_a_seed_decides_the_numbers():
    one, same, other = (run("dense", sizes=[16, 32], networks=50, seed=s) for s in (1, 1, 2))
    assert one.measured == same.measured
    assert one.measured != other.measured


@pytest.mark.parametrize(("precision", "reached"), [(0.2, True), (0.01, False)])
def test_sampling_ends_at_the_precision_or_at_the_most(precision, reached):
    found = run("dense", sizes=[16, 64], networks=1500, precision=precision)
    assert found.is_precise == reached
    widths = [
        max(i.high - i.estimate, i.estimate - i.low) / i.estimate
        for one in found.measured
        if "typical" not in one.quantity.key
        for i in one.intervals
    ]
    assert (max(widths) <= precision) == reached
    assert found.networks in ((256, 512, 1024, 1500) if reached else (1500,))
    single = run("dense", sizes=[16, 64], networks=found.networks)
    assert found.error < single.error < SIMULATION_ERROR / 40


def test_two_networks_are_the_fewest():
    with pytest.raises(ValueError, match="two networks"):
        run("dense", sizes=[8, 16], networks=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"network": "densy"}, "did you mean dense"),
        ({"network": "dense", "sizes": [8]}, "two distinct sizes"),
        ({"network": "dense", "sizes": [8, 8]}, "two distinct sizes"),
        ({"network": "dense", "sizes": [8, 16], "dims": [8, 16]}, "exclude each other"),
        ({"network": "conv", "dims": [192, 100]}, r"no inputs of dimension 100, but of 75 \(size"),
        ({"network": "max-pool", "sizes": [8, 9]}, "multiple of the strides"),
        ({"network": "conv", "sizes": [8, 16], "inputs": "pink"}, "unknown input 'pink'"),
        ({"network": "dense", "dims": [8, 10**24]}, "the dims must be from 1 to 100,000,000"),
    ],
)
def test_wishes_that_cannot_be_fulfilled(options, message):
    with pytest.raises(UserError, match=message) as raised:
        configure(SimulationRun(**options))
    assert "\n" not in str(raised.value)


def sizes_of(**options):
    return [one.size for one in configure(SimulationRun(**options))]


def test_dimensions_become_sizes():
    assert sizes_of(network="dense", dims=[100, 30]) == [30, 100]
    assert sizes_of(network="conv", dims=[192, 108]) == [6, 8]


def test_sizes_and_widths_have_defaults():
    assert sizes_of(network="dense") == [64, 256, 1024, 4096]
    assert sizes_of(network="conv", widths=[4]) == [8, 16, 32, 64]
    assert configure(SimulationRun(network="conv", widths=[4]))[0].options == (("widths", (4,)),)


def test_large_inputs_have_no_map():
    side = 130
    found = run("conv", sizes=[4, side], networks=2, widths=[1])
    assert found.spreads[1] is None
    assert found.samples[1].squares.size == 0
    assert found.shapes[1] == (3, side, side)


def test_smooth_and_constant_inputs_are_sampled():
    for inputs in ("smooth", "constant"):
        found = run("conv", sizes=[4, 8], networks=200, inputs=inputs)
        assert all(holds(ratio, 1) for ratio in found.ratios)
    assert torch.is_grad_enabled()
    assert all(math.isfinite(x) for x in np.concatenate([s.norm(2) for s in found.samples]))
