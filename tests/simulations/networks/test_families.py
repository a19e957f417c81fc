"""The built-in families: shapes, twins, errors; theory expands each at a small size."""

import numpy as np
import pytest
import torch
from torch import nn

from simulations.engine.ensemble import Ensemble, gradient_batches
from simulations.networks.families import FAMILIES, build
from simulations.networks.initialization import he_initialize_
from simulations.networks.paper_networks import figure_1
from theory.dag import Dag
from theory.modules.predictions import predict_second_moments

SMALL = {
    "dense": (6, {"widths": (3, 2)}),
    "conv": (4, {"widths": (2, 2)}),
    "strided": (8, {"widths": (2, 2)}),
    "average-pool": (8, {"widths": (2, 2), "kernel": 2}),
    "max-pool": (8, {"widths": (2, 2), "kernel": 2}),
    "residual": (4, {"widths": (2, 2, 3)}),
    "paper-figure-1": (32, {"widths": (1,) * 8}),
    "paper-figure-1-half": (16, {"widths": (1,) * 8}),
    "paper-figure-1-small": (8, {"widths": (1,) * 4}),
    "paper-figure-2": (6, {"widths": (1,) * 5}),
    "paper-figure-3-average": (8, {"widths": (1,) * 6}),
    "paper-figure-3-strided": (8, {"widths": (1,) * 6}),
    "paper-figure-3-max": (8, {"widths": (1,) * 6}),
}


def seeded(network: str, size: int, **options) -> tuple[nn.Module, tuple[int, ...]]:
    module, shape = build(network, size, tuple(options.items()))
    he_initialize_(module, torch.Generator().manual_seed(0))
    return module.double().eval(), shape


def test_small_sizes_are_here_for_every_family():
    assert set(SMALL) == set(FAMILIES)


@pytest.mark.parametrize("network", FAMILIES)
def test_theory_expands_each_family_and_it_computes_logits(network):
    size, options = SMALL[network]
    module, shape = seeded(network, size, **options)
    dag = Dag.from_module(module, shape)
    logits = module(torch.ones(1, *shape, dtype=torch.double))
    assert logits.shape == (1, 12 if network.startswith("paper-figure-1") else 10)
    assert (len(dag.inputs), len(dag.outputs)) == (int(np.prod(shape)), logits.shape[1])
    assert not any("bias" in name for name, _ in module.named_parameters() if "Conv" in name)


@pytest.mark.parametrize("network", FAMILIES)
def test_the_engine_samples_each_family_with_its_default_widths(network):
    size = {"paper-figure-1": 32, "paper-figure-1-half": 16}.get(network, 8)
    ensemble = Ensemble(network=network, size=size)
    (gradients,) = gradient_batches(ensemble, 0, range(2), "cpu")
    assert gradients.rows.shape[:2] == (2, 2)
    assert bool(gradients.rows.isfinite().all())
    assert not torch.equal(gradients.rows[0], gradients.rows[1])


@pytest.mark.parametrize("stride", [2, 3])
def test_the_averaged_twin_is_the_mean_of_all_strided_ones(stride):
    """A stride keeps 1 of n neurons; shifting the image keeps each of the others."""
    options = {"widths": (4,), "stride": stride, "kernel": stride}
    before, shape = seeded("strided", 2 * stride, **options)
    after, _ = seeded("average-pool", 2 * stride, **options)
    assert all(
        torch.equal(*pair) for pair in zip(before.parameters(), after.parameters(), strict=True)
    )
    x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(1), dtype=torch.double)
    offset = (stride - 1) // 2
    kept = [
        before[:2](x.roll((offset - i, offset - j), dims=(2, 3)))
        for i in range(stride)
        for j in range(stride)
    ]
    assert torch.allclose(after[:3](x), torch.stack(kept).mean(0))


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2), (4, 2), (3, 3), (4, 4), (1, 2)])
def test_the_kept_neuron_is_one_of_those_averaged(kernel, stride):
    """Otherwise twins would be paired at shifted windows, and lose their correlation."""
    options = {"widths": (1,), "stride": stride, "kernel": kernel}
    before, shape = seeded("strided", 3 * stride, **options)
    after, _ = seeded("average-pool", 3 * stride, **options)
    x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(1), dtype=torch.double)
    kept, all_neurons = before[0](x), after[0](x)
    windows = all_neurons.unfold(2, stride, stride).unfold(3, stride, stride).flatten(4)
    assert bool(torch.isclose(windows, kept[..., None]).any(-1).all())


def test_replaced_convolutions_are_those_that_are_named():
    options = {"widths": (2, 2, 2), "kernel": 2}
    kinds = {
        replaced: [
            type(layer).__name__
            for layer in seeded("average-pool", 8, **options, replaced=replaced)[0]
        ]
        for replaced in ((), (0,), (2,), (0, 2))
    }
    pooled = {replaced: names.count("AvgPool2d") for replaced, names in kinds.items()}
    assert pooled == {(): 0, (0,): 1, (2,): 1, (0, 2): 2}
    assert kinds[(0,)].index("AvgPool2d") == 2
    assert kinds[(2,)].index("AvgPool2d") == 6
    module, _ = seeded("average-pool", 8, **options, replaced=())
    assert str(module) == str(seeded("strided", 8, **options)[0])


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_figure_1_has_the_papers_layers(size):
    module, shape = figure_1(size)
    convolutions = [layer for layer in module if isinstance(layer, nn.Conv2d)]
    assert shape == (3, size, size)
    assert {layer.dilation[0] for layer in convolutions} == {size // 32}
    assert {layer.out_channels for layer in convolutions} == {64}
    assert [layer.padding_mode for layer in convolutions] == ["reflect"] * 8
    names = [type(layer).__name__ for layer in module]
    block = ["Conv2d", "BatchNorm2d", "ReLU"]
    twice = [*block, *block, "MaxPool2d"]
    assert names == [*twice * 3, *block * 2, "AdaptiveMaxPool2d", "Flatten", "Linear"]
    assert module[-1].weight.shape == (12, 64)


def test_figures_2_and_3_have_the_papers_layers():
    second = [type(layer).__name__ for layer in build("paper-figure-2", 32, ())[0]]
    assert second.count("Conv2d") == 5
    assert second[-3:] == ["AdaptiveAvgPool2d", "Flatten", "Linear"]
    for kind, pooling in (("average", "AvgPool2d"), ("max", "MaxPool2d")):
        module, _ = build(f"paper-figure-3-{kind}", 32, ())
        names = [type(layer).__name__ for layer in module]
        assert [i for i, name in enumerate(names) if name == pooling] == [6, 13, 20]
    module, _ = build("paper-figure-3-strided", 32, ())
    strides = [layer.stride[0] for layer in module if isinstance(layer, nn.Conv2d)]
    assert strides == [1, 2, 1, 2, 1, 2]


def test_residual_blocks_add_their_input():
    module, shape = seeded("residual", 4, widths=(2, 2))
    block = module[2]
    block.second.weight.data.zero_()
    h = module[:2](torch.randn(1, *shape, dtype=torch.double))
    assert torch.equal(block(h), h)


def test_s_holds_where_kernels_are_multiples_of_strides():
    for network, options, symmetric in (
        ("conv", {}, True),
        ("conv", {"padding": "zeros"}, False),
        ("conv", {"padding": "none"}, False),
        ("strided", {"kernel": 4}, True),
        ("strided", {"kernel": 2}, True),
        ("strided", {"kernel": 3}, False),
        ("average-pool", {"kernel": 2}, True),
    ):
        moments = predict_second_moments(*seeded(network, 8, widths=(2, 2), **options))
        assert bool(np.ptp(moments) < 1e-9) is symmetric, (network, options)


@pytest.mark.parametrize(
    ("network", "size", "options", "message"),
    [
        ("strided", 7, {}, "multiple of the strides multiplied, here of 2 x 2, not 7"),
        ("strided", 6, {}, "multiple of the strides multiplied, here of 2 x 2, not 6"),
        ("strided", 8, {"stride": (2,)}, "2 widths need as many strides, not 1"),
        ("average-pool", 8, {"replaced": (2,)}, "from 0 to 1; there is no 2"),
        ("conv", 0, {}, "positive integers, not 0"),
        ("conv", 8, {"widths": (4, 0)}, "positive integers, not 0"),
        (
            "conv",
            2,
            {"padding": "none"},
            "needs 3 pixels along an edge or more, where a layer has 2",
        ),
        ("conv", 1, {"kernel": 5}, "needs 2 pixels along an edge or more"),
        ("conv", 8, {"padding": "mirror"}, "unknown padding 'mirror'; give circular"),
        ("residual", 8, {"widths": ()}, "one width or more"),
        ("paper-figure-1", 33, {}, "images of 32, 64, 96 ... pixels, not 33"),
        ("paper-figure-1", 32, {"widths": (4,)}, "8 blocks: give 8 widths"),
        ("paper-figure-2", 1, {}, "images of 2 pixels or more, not 1"),
        ("paper-figure-3-max", 12, {}, "images of 8, 16, 24 ... pixels, not 12"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(network, size, options, message):
    with pytest.raises(ValueError, match=message) as raised:
        build(network, size, tuple(options.items()))
    assert "\n" not in str(raised.value)


def test_unknown_families_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'averagepool' \(did you mean average-pool\?\).*FILE.py"):
        build("averagepool", 8, ())
    with pytest.raises(ValueError, match="unknown network 'zzz'; give dense, conv, strided"):
        build("zzz", 8, ())
