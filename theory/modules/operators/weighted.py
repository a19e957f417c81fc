"""Operators that weigh neurons: matrix products and convolutions.

With a weight of the module they make neurons with random weights, with any other tensor neurons
with fixed ones.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor

from theory.graph.layers import NOTHING, Kind
from theory.modules.calls import Call
from theory.modules.operators.fixed import add, connect_fixed
from theory.modules.windows import pad, windows


def mm(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Multiply two matrices."""
    return matrix_product(call, *call.args[:2])


def addmm(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Multiply two matrices (or batches of them), and add a third."""
    if any(call.kwargs.get(name, 1) != 1 for name in ("alpha", "beta")):
        raise call.refused("has an alpha or a beta; leave it 1")
    product = matrix_product(call, *call.args[1:3])
    return add(call, product, call.args[0], to_product=True)


def mv(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Multiply a matrix and a vector."""
    return matrix_product(call, *call.args[:2])


def addmv(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Multiply a matrix and a vector, and add another."""
    return add(call, matrix_product(call, *call.args[1:3]), call.args[0], to_product=True)


def dot(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Multiply two vectors."""
    return matrix_product(call, *call.args[:2])


def matrix_product(call: Call, one: Tensor, other: Tensor) -> Tensor:
    """Return the codes of one @ other: matrices, batches of them, or vectors."""
    if call.carries(one) and call.carries(other):
        raise call.multiplies_two()
    is_left = call.carries(one)  # which the views below do not say any more
    of_left, of_right = one.unsqueeze(0) if one.ndim == 1 else one, other
    of_right = other.unsqueeze(-1) if other.ndim == 1 else other
    activations, matrix = (one, of_right) if is_left else (other, of_left.mT)
    codes = call.codes(activations)
    if activations.ndim == 1:
        codes = codes.unsqueeze(0)
    elif not is_left:
        codes = codes.mT
    made = _rows_times(call, codes, matrix)
    made = made if is_left else made.mT
    made = made.squeeze(-2) if one.ndim == 1 else made
    return made.squeeze(-1) if other.ndim == 1 else made


def _rows_times(call: Call, rows: Tensor, matrix: Tensor) -> Tensor:
    """Return the codes of rows @ matrix, of shapes (..., n, k) and (..., k, m)."""
    fan_in = rows.shape[-1]
    codes = rows.unsqueeze(-2).expand(*rows.shape[:-1], matrix.shape[-1], fan_in)
    if not is_weight(call, matrix):
        return connect_fixed(call, codes, call.values(matrix).mT.unsqueeze(-3))
    for axis in range(matrix.ndim - 2):
        if matrix.stride(axis) == 0:  # one matrix, for all that are in a batch
            matrix = matrix.narrow(axis, 0, 1)
    return _connect(call, matrix, matrix.detach().mT.unsqueeze(-3), codes, fan_in)


def convolution(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Convolve, or transpose a convolution, over any number of axes."""
    below, weight, bias, stride, padding, dilation, transposed, extra, groups = call.args[:9]
    if call.carries(weight):
        raise call.multiplies_two()
    kernel = weight.shape[2:]
    arriving = call.codes(below)
    if transposed:
        arriving = _spread_out(arriving, stride)
        reach = [d * (k - 1) - p for d, k, p in zip(dilation, kernel, padding, strict=True)]
        amounts = [(r, r + e) for r, e in zip(reach, extra, strict=True)]
        # (in, out/groups, *kernel) -> (groups, out/groups, in/groups, *turned kernel)
        rows = weight.detach().unflatten(0, (groups, -1)).transpose(1, 2)
        rows = rows.flip(tuple(range(3, rows.ndim)))
        steps = [1] * len(kernel)
    else:
        amounts = [(p, p) for p in padding]
        rows = weight.detach().unflatten(0, (groups, -1))
        steps = stride
    padded = pad(arriving, [amount for both in reversed(amounts) for amount in both])
    seen = windows(call.neurons, call.layer, padded, kernel, steps, dilation)
    batch, channels, *space, window = seen.shape
    codes = seen.reshape(batch, groups, channels // groups, *space, window).movedim(2, -2)
    codes = codes.reshape(batch, groups, 1, *space, channels // groups * window)
    outputs = rows.shape[1]
    codes = codes.expand(batch, groups, outputs, *space, codes.shape[-1])
    weights = rows.reshape(1, groups, outputs, *[1] * len(space), -1)
    shape = (batch, groups * outputs, *space)
    if not is_weight(call, weight):
        call.values(weight)
        made = connect_fixed(call, codes, weights).reshape(shape)
    else:
        fan_in = rows[0, 0].numel()
        if transposed:  # a neuron is reached by so many of them in the mean
            fan_in = max(1, round(fan_in / prod(stride)))
        made = _connect(call, weight, weights, codes, fan_in, shape)
    if bias is None:
        return made
    return add(call, made, bias.reshape(-1, *[1] * len(space)), to_product=True)


def is_weight(call: Call, tensor: Tensor) -> bool:
    """Whether a tensor is a weight of the module, as it is.

    Raises
    ------
    DagError
        If it has been computed from weights.
    """
    if names := call.memory.parameters.weights_in(tensor):
        raise call.refused(
            f"weighs by what is computed from the parameter {names[0]!r}, as pruning, weight norms "
            "and other parametrizations do; (H) wants the weights themselves to be independent "
            "(torch.nn.utils.prune.remove and parametrize.remove_parametrizations leave them so)"
        )
    return call.memory.parameters.name(tensor) is not None


def _connect(
    call: Call,
    weight: Tensor,
    weights: Tensor,
    codes: Tensor,
    fan_in: int,
    shape: Sequence[int] | None = None,
) -> Tensor:
    """Add neurons with random weights, of the codes' shape without slots, or another."""
    name = call.memory.parameters.use(weight, call.place, fan_in)
    grid = codes.shape[:-1]
    # A filter is a row of weights: neurons that see the same row share it.
    rows = weights.shape[:-1]
    filters = torch.arange(rows.numel()).reshape(rows).broadcast_to(grid)
    return call.neurons.connect(
        name,
        Kind.WEIGHTED,
        codes,
        shape=shape,
        filters=filters,
        divisors=fan_in,
        factors=weights,
    )


def _spread_out(codes: Tensor, stride: Sequence[int]) -> Tensor:
    """Put stride - 1 times NOTHING between codes, along the axes of space."""
    for axis, step in enumerate(stride, 2):
        length = (codes.shape[axis] - 1) * step + 1
        between = [torch.full_like(codes, NOTHING)] * (step - 1)
        spread = torch.stack([codes, *between], dim=axis + 1)
        codes = spread.flatten(axis, axis + 1).narrow(axis, 0, length)
    return codes
