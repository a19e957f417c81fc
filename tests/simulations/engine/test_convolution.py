"""Many networks' convolutions at once, against one convolution after another."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from simulations.engine.convolution import convolve

NETS = 16


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@dataclass(frozen=True)
class Case:
    """A convolution's shapes and options."""

    channels_in: int
    channels_out: int
    positions: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: int | tuple[int, ...] = 1
    padding: str | int | tuple[int, ...] = 0
    dilation: int | tuple[int, ...] = 1
    groups: int = 1

    def draw(self, *, nets: int, dtype: torch.dtype, seed: int = 0) -> tuple[Tensor, Tensor]:
        generator = torch.Generator().manual_seed(seed)
        inputs = torch.empty(nets, self.channels_in, *self.positions, dtype=dtype)
        shape = nets, self.channels_out, self.channels_in // self.groups, *self.kernel
        weights = torch.empty(shape, dtype=dtype)
        return inputs.normal_(generator=generator), weights.normal_(generator=generator)

    def options(self) -> dict[str, object]:
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def all_at_once(self, inputs: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """The outputs, and the inputs with their graph."""
        inputs = inputs.detach().clone().requires_grad_()
        return convolve(inputs, weights, **self.options()), inputs

    def one_by_one(self, inputs: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        convolution = getattr(functional, f"conv{len(self.kernel)}d")
        inputs = inputs.detach().clone().requires_grad_()
        rows = [
            convolution(x[None], w, **self.options()) for x, w in zip(inputs, weights, strict=True)
        ]
        return torch.cat(rows), inputs


def outputs_and_gradient(outputs: Tensor, inputs: Tensor, seed: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    cotangents = torch.empty_like(outputs).normal_(generator=generator)
    (gradient,) = torch.autograd.grad(outputs, inputs, cotangents, retain_graph=True)
    return outputs.detach(), gradient


@st.composite
def cases(draw: st.DrawFn) -> Case:
    dims = draw(st.integers(1, 3))
    longest = {1: 24, 2: 10, 3: 6}[dims]

    def axes(least: int, most: int) -> tuple[int, ...]:
        return draw(st.tuples(*[st.integers(least, most)] * dims))

    groups = draw(st.sampled_from([1, 1, 2, 3]))
    kernel = draw(st.sampled_from([(1,) * dims, axes(1, 4)]))
    dilation = draw(st.sampled_from([1, 2, axes(1, 2)]))
    positions = axes(2, longest)
    padding: str | int | tuple[int, ...]
    padding = draw(st.sampled_from(["same", "valid", 1, axes(0, 2)]))
    stride = 1 if padding == "same" else draw(st.sampled_from([1, 2, axes(1, 3)]))
    added = {"same": math.inf, "valid": 0}.get(padding, padding)
    added, dilated = (
        value if isinstance(value, tuple) else (value,) * dims for value in (added, dilation)
    )
    for side, k, p, d in zip(positions, kernel, added, dilated, strict=True):
        assume(side + 2 * p > d * (k - 1))
    channels = st.sampled_from([1, 2, 3, 5, 8, 16, 17])
    return Case(
        groups * draw(channels),
        groups * draw(channels),
        positions,
        kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@settings(deadline=None, max_examples=150)
@given(cases(), st.integers(1, 5))
def test_every_network_gets_its_own_convolution_and_input_gradient(case: Case, nets: int):
    drawn = case.draw(nets=nets, dtype=torch.float64)
    fast = outputs_and_gradient(*case.all_at_once(*drawn))
    slow = outputs_and_gradient(*case.one_by_one(*drawn))
    for ours, reference in zip(fast, slow, strict=True):
        torch.testing.assert_close(ours, reference, rtol=1e-12, atol=1e-11)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@settings(deadline=None, max_examples=100)
@given(cases(), st.data())
def test_other_networks_change_no_bit(case: Case, data: st.DataObject):
    compare_with_batches(case, torch.float32, first=data.draw(st.integers(0, NETS - 7)))


@pytest.mark.parametrize("channels_in", [3, 16, 64])
@pytest.mark.parametrize("side", [8, 16])
@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_other_networks_change_no_bit_in_usual_sizes(
    channels_in: int, side: int, kernel: int, dtype: torch.dtype
):
    case = Case(channels_in, 16, (side, side), (kernel, kernel), padding=kernel // 2)
    compare_with_batches(case, dtype, first=5)


def compare_with_batches(case: Case, dtype: torch.dtype, *, first: int) -> None:
    inputs, weights = case.draw(nets=NETS, dtype=dtype)
    outputs, inputs = case.all_at_once(inputs, weights)
    cotangents = torch.randn_like(outputs)
    (gradient,) = torch.autograd.grad(outputs, inputs, cotangents)
    for nets in (1, 2, 3, 7):
        rows = slice(first, first + nets)
        part, part_inputs = case.all_at_once(inputs[rows], weights[rows])
        assert torch.equal(part, outputs[rows])
        (part_gradient,) = torch.autograd.grad(part, part_inputs, cotangents[rows])
        assert torch.equal(part_gradient, gradient[rows])


@pytest.mark.parametrize("channels_in", [3, 16, 64])
def test_single_precision_keeps_its_digits(channels_in: int):
    case = Case(channels_in, 64, (9, 8), (3, 3), padding=1)
    inputs, weights = case.draw(nets=4, dtype=torch.float32)
    weights *= math.sqrt(2 / weights[0, 0].numel())
    single = outputs_and_gradient(*case.all_at_once(inputs, weights))
    outputs, inputs = case.one_by_one(inputs.double(), weights.double())
    cotangents = torch.empty_like(outputs, dtype=torch.float32)
    cotangents.normal_(generator=torch.Generator().manual_seed(1))
    (gradient,) = torch.autograd.grad(outputs, inputs, cotangents.double())
    # Sums of up to 576 products of size about 1/17: rounding stays below 576 * 2^-24 of their size.
    for ours, reference in zip(single, (outputs.detach(), gradient), strict=True):
        torch.testing.assert_close(ours.double(), reference, rtol=0, atol=1e-4)


def test_the_graph_serves_several_cotangents_and_never_the_weights():
    case = Case(4, 6, (7, 7), (3, 3), stride=2, padding=1, groups=2)
    inputs, weights = case.draw(nets=3, dtype=torch.float64)
    weights.requires_grad_()
    outputs, inputs = case.all_at_once(inputs, weights)
    reference, reference_inputs = case.one_by_one(inputs, weights.detach())
    for seed in (1, 2):
        _, gradient = outputs_and_gradient(outputs, inputs, seed)
        _, expected = outputs_and_gradient(reference, reference_inputs, seed)
        torch.testing.assert_close(gradient, expected)
    outputs.sum().backward()
    assert weights.grad is None


@pytest.mark.parametrize(
    ("inputs", "weights", "groups", "message"),
    [
        ((2, 3, 8, 8), (2, 4, 3, 3), 1, "1 to 3 positions"),
        ((2, 3), (2, 4, 3), 1, "1 to 3 positions"),
        ((2, 3, 8, 8), (3, 4, 3, 3, 3), 1, "2 inputs need as many sets of weights, not 3"),
        ((0, 3, 8), (0, 4, 3, 3), 1, "at least one"),
        ((2, 3, 8, 8), (2, 4, 3, 3, 3), 2, "need inputs of 6 channels, not 3"),
        ((2, 4, 8, 8), (2, 3, 2, 3, 3), 2, "3 output channels cannot form 2 groups"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(inputs, weights, groups, message):
    with pytest.raises(ValueError, match=message):
        convolve(
            torch.ones(inputs),
            torch.ones(weights),
            stride=1,
            padding=0,
            dilation=1,
            groups=groups,
        )
