"""The paper's networks as Section 4 describes them, ready to be trained on any images."""

import pytest
import torch
from small_networks import measure, train_plainly
from torch import nn
from torch.nn import functional

from empirical.data.images import at_resolution
from empirical.data.load import load_data
from running.draws import Draws
from running.streams import stream
from simulations.engine.module_interception import sample_gradients
from simulations.engine.network_plan import plan_network
from simulations.networks.initialization import he_initialize_
from simulations.networks.paper_networks import (
    figure_1,
    figure_2,
    figure_3_average,
    figure_3_max,
    figure_3_strided,
)
from theory.modules.predictions import predict_second_moments

FIGURE_3 = (figure_3_average, figure_3_strided, figure_3_max)
BLOCKS = {figure_1: 8, figure_2: 5} | dict.fromkeys(FIGURE_3, 6)
FACTORIES = tuple(BLOCKS)
SMALLEST = {figure_1: 32}


def narrow(factory, size, **options):
    return factory(size, widths=(4,) * BLOCKS[factory], **options)[0]


def initialized(factory, size, **options):
    network = narrow(factory, size, **options)
    he_initialize_(network, stream(0, "weights"))
    return network


def parameters(network):
    return sum(weights.numel() for weights in network.parameters())


@pytest.mark.parametrize(
    ("factory", "classes"), [(figure_1, 12), *((f, 10) for f in FACTORIES[1:])]
)
def test_blocks_have_64_channels_and_the_logits_see_one_pixel_of_each(factory, classes):
    blocks = BLOCKS[factory]
    with torch.device("meta"):
        network, shape = factory(32)
    assert shape == (3, 32, 32)
    by_hand = 9 * 64 * (3 + 64 * (blocks - 1)) + blocks * 2 * 64 + (64 + 1) * classes
    assert parameters(network) == by_hand
    assert network[-1].in_features == 64
    assert network[-1].bias.shape == (classes,)
    kinds = [type(layer) for layer in network]
    starts = [place for place, kind in enumerate(kinds) if kind is nn.Conv2d]
    assert [kinds[i : i + 3] for i in starts] == [[nn.Conv2d, nn.BatchNorm2d, nn.ReLU]] * blocks
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            assert layer.kernel_size == (3, 3)
            assert layer.padding_mode == "reflect"
            assert layer.bias is None
        elif isinstance(layer, nn.BatchNorm2d):
            assert layer.affine
            assert layer.track_running_stats


def test_all_resolutions_have_exactly_the_same_parameters():
    with torch.device("meta"):
        networks = [figure_1(size)[0] for size in (32, 64, 128, 256)]
        pooled = [factory(32)[0] for factory in FIGURE_3]
    for group in (networks, pooled):
        shapes = [[tuple(weights.shape) for weights in net.parameters()] for net in group]
        assert all(one == shapes[0] for one in shapes)
    assert parameters(networks[0]) == 261_580


def sizes_of_images(network, shape):
    sizes = [shape[-1]]
    x = torch.zeros(1, *shape, device="meta")
    for layer in network[:-2]:
        x = layer(x)
        if x.shape[-1] != sizes[-1]:
            sizes.append(x.shape[-1])
    return sizes


def test_poolings_halve_the_image_where_section_4_says_so():
    with torch.device("meta"):
        for size in (32, 64, 128, 256):
            network, shape = figure_1(size)
            eighth = size // 8
            assert sizes_of_images(network.eval(), shape) == [size, size // 2, size // 4, eighth, 1]
        network, shape = figure_2(32)
        assert sizes_of_images(network.eval(), shape) == [32, 1]
        for factory in FIGURE_3:
            network, shape = factory(32)
            assert sizes_of_images(network.eval(), shape) == [32, 16, 8, 4, 1]


@pytest.mark.parametrize("layer", [3, 10, 17])
def test_dilations_let_filters_cover_like_ranges_of_the_image(layer):
    """At twice the resolution, what a neuron sees is twice as many pixels wide, to one or two."""
    spans = []
    for size in (32, 64, 128):
        network = narrow(figure_1, size).eval()
        for one in network:
            if isinstance(one, nn.Conv2d):
                nn.init.ones_(one.weight)
        x = torch.ones(1, 3, size, size, requires_grad=True)
        features = network[:layer](x)
        middle = features.shape[-1] // 2
        seen = torch.autograd.grad(features[0, 0, middle, middle], x)[0][0, 0].abs().sum(0) > 0
        reached = seen.nonzero()
        spans.append((int(reached.max() - reached.min()) + 1) / size)
    assert spans[0] == pytest.approx(spans[1], abs=3 / 32)
    assert spans[1] == pytest.approx(spans[2], abs=3 / 64)
    assert spans[0] < 1


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_seed_gives_the_same_he_weights_at_each_size(factory):
    size = SMALLEST.get(factory, 16)
    first, second = initialized(factory, size), initialized(factory, 2 * size)
    assert all(map(torch.equal, first.parameters(), second.parameters()))
    other = narrow(factory, size)
    he_initialize_(other, stream(1, "weights"))
    assert not torch.equal(other[0].weight, first[0].weight)
    wide = factory(size)[0]
    he_initialize_(wide, stream(0, "weights"))
    weight = wide[3].weight
    assert weight.var().item() == pytest.approx(2 / (64 * 9), rel=0.05)
    assert not wide[-1].bias.any()


@pytest.mark.parametrize("factory", FACTORIES)
def test_training_mode_trains_every_parameter_and_the_running_statistics(factory):
    size = SMALLEST.get(factory, 8)
    network = initialized(factory, size, channels=1, logits=3)
    images = torch.randn(12, 1, size, size, generator=stream(0, "x"))
    labels = torch.arange(12) % 3
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(12):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(images), labels)
        loss.backward()
        assert all(bool(weights.grad.isfinite().all()) for weights in network.parameters())
        losses.append(loss.item())
        optimizer.step()
    assert all(bool(weights.grad.any()) for weights in network.parameters())
    assert losses[-1] < losses[0]
    for layer in network:
        if isinstance(layer, nn.BatchNorm2d):
            assert layer.num_batches_tracked == 12
    logits = network.eval()(images)
    assert torch.equal(logits, network(images))


def test_grey_digits_are_learned():
    digits = at_resolution(load_data("digits", seed=0), 8)
    network = figure_3_average(8, channels=1, widths=(16,) * 6, logits=digits.classes)[0]
    he_initialize_(network, stream(0, "weights"))
    before = measure(network, digits, epsilon=0.006)
    train_plainly(network, digits.train_images, digits.train_labels, epochs=4)
    after = measure(network, digits, epsilon=0.006)
    assert before.accuracy < 0.3
    assert after.accuracy > 0.8


@pytest.mark.parametrize("factory", [figure_2, figure_3_average, figure_3_strided])
def test_theory_predicts_the_second_moments_of_these_modules(factory):
    """Biases are constants: the same prediction with and without them; a maximum has none."""
    network, shape = narrow(factory, 8), (3, 8, 8)
    moments = predict_second_moments(network, shape)
    assert moments.shape == shape
    assert bool((moments >= 0).all())
    network[-1] = nn.Linear(4, 10, bias=False)
    assert (predict_second_moments(network, shape) == moments).all()


@pytest.mark.parametrize("factory", FACTORIES)
def test_simulations_sample_these_modules_as_they_sample_those_without_biases(factory):
    size = SMALLEST.get(factory, 8)
    module = narrow(factory, size)
    inputs = torch.randn(3, 3, size, size, generator=stream(0, "x"))

    def sampled():
        planned = plan_network(module.eval(), (3, size, size))
        assert [layer.neurons for layer in planned.head] == [len(module[-1].weight)]
        draws = Draws(0, "networks", range(3))
        return sample_gradients(planned, inputs, draws)

    with_biases = sampled()
    assert bool(with_biases.rows.any(dim=2).all())
    module[-1].bias = None
    without = sampled()
    assert torch.equal(with_biases.rows, without.rows)
    assert torch.equal(with_biases.logits, without.logits)


@pytest.mark.parametrize("factory", FACTORIES)
@pytest.mark.parametrize(
    ("options", "message"),
    [({"channels": 0}, "one channel or more, not 0"), ({"logits": 0}, "one logit or more, not 0")],
)
def test_networks_without_inputs_or_outputs_are_refused(factory, options, message):
    with pytest.raises(ValueError, match=message):
        factory(32, **options)
