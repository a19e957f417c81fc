"""What poolings and sums over axes read: their windows, padding and axes."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from theory.modules.calls import Call


def pool_sizes(call: Call) -> tuple[list[int], list[int], list[int]]:
    """Return kernel, stride and padding of a pooling, one number an axis of space."""
    axes = int(call.name.removesuffix("_with_indices")[-2])  # max_pool2d
    kernel = _each(call.argument(1, "kernel_size"), axes)
    stride = _each(call.argument(2, "stride") or kernel, axes)
    return kernel, stride, _each(call.argument(3, "padding", 0), axes)


def pool_padding(
    call: Call,
    func: Any,  # noqa: ANN401
    below: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> list[int]:
    """Return the amounts to pad by, from the last axis on.

    With ceil_mode the last window may reach beyond the padding: so far as torch's own result says.
    """
    made = func(below.detach(), *call.args[1:], **call.kwargs)
    made = made if isinstance(made, Tensor) else made[0]
    axes = len(kernel)
    amounts: list[int] = []
    for axis in reversed(range(axes)):
        there, length = made.shape[axis - axes], below.shape[axis - axes]
        reach = (there - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1
        amounts += [padding[axis], max(padding[axis], reach - length - padding[axis])]
    return amounts


def axes_and_others(call: Call, below: Tensor) -> tuple[list[int], list[int]]:
    """Return the axes that a sum, mean or maximum runs over, and those that stay."""
    dims = call.argument(1, "dim")
    chosen = [dims] if isinstance(dims, int) else list(dims or range(below.ndim))
    axes = [axis % below.ndim for axis in chosen]
    return axes, [axis for axis in range(below.ndim) if axis not in axes]


def shape_of_reduced(
    call: Call, below: Tensor, axes: Sequence[int], made: Tensor
) -> Sequence[int] | torch.Size:
    """Return the shape of the result, which may keep axes of length 1."""
    if not call.argument(2, "keepdim", False):
        return made.shape
    return [1 if axis in axes else length for axis, length in enumerate(below.shape)]


def _each(value: int | Sequence[int], axes: int) -> list[int]:
    sizes = [value] if isinstance(value, int) else list(value)
    return sizes * axes if len(sizes) == 1 else sizes
