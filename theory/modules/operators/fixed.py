"""Operators that add neurons up with fixed weights: sums, averages, scalings, resizing."""

from typing import Any

import torch
from torch import Tensor

from theory.graph.layers import CONSTANT, NOTHING, Kind
from theory.modules.calls import Call
from theory.modules.operators.reductions import (
    axes_and_others,
    pool_padding,
    pool_sizes,
    shape_of_reduced,
)
from theory.modules.windows import adaptive_windows, pad, windows

FRESH = 1e-3
"""A batch norm that scales by no more than its ε leaves the DAG as it is."""


def connect_fixed(
    call: Call, codes: Tensor, factors: Tensor, *, divisors: Tensor | int | None = None
) -> Tensor:
    """Add neurons with fixed weights.

    Parameters
    ----------
    codes : shape (*grid, slots).
    factors : broadcast to `codes`; slots with the factor 0 are no connections.
    divisors : where all factors of a neuron are 1 over this.

    Returns
    -------
    Codes, shape `grid`: NOTHING or CONSTANT where nothing with a gradient arrives.
    """
    if not bool(factors.isfinite().all()):
        raise call.refused("multiplies by what is not finite; leave it out")
    if bool((factors == 0).any()):
        codes = torch.where(factors == 0, NOTHING, codes)
    there = (codes >= 0).any(-1)
    kind = Kind.FIXED if divisors is None else Kind.AVERAGE
    if isinstance(divisors, int) and divisors == 1:
        kind = Kind.SUM
    own = factors if divisors is None else None
    if there.all():
        grid = codes.shape[:-1]
        above = call.neurons.connect(
            call.layer,
            kind,
            codes,
            shape=call.named(grid),
            factors=own,
            divisors=1 if divisors is None else divisors,
        )
        return above.reshape(grid)
    made = torch.where((codes == CONSTANT).any(-1), CONSTANT, NOTHING)
    if there.any():
        chosen = factors.broadcast_to(codes.shape)[there] if divisors is None else None
        kept = 1 if divisors is None else torch.as_tensor(divisors).broadcast_to(there.shape)[there]
        made[there] = call.neurons.connect(
            call.layer, kind, codes[there], factors=chosen, divisors=kept
        )
    return made


def add(
    call: Call,
    codes: Tensor,
    other: Tensor | float,
    *,
    alpha: float = 1.0,
    to_product: bool = False,
) -> Tensor:
    """Add a tensor, or a number, times alpha; to what a layer weighs, a parameter is a bias."""
    if isinstance(other, Tensor):
        more = call.bias_codes(other) if to_product else call.codes(other)
    else:
        more = torch.tensor(NOTHING if other == 0 else CONSTANT)
    if bool((more == NOTHING).all()):
        return codes + torch.zeros_like(more)  # broadcast
    codes, more = codes + torch.zeros_like(more), more + torch.zeros_like(codes)
    if not bool((more >= 0).any()):
        return torch.where(more == CONSTANT, call.neurons.shift(call.place, codes), codes)
    if alpha == 1 and bool((codes == NOTHING).all()):
        return more.clone()
    factors = torch.tensor([1.0, alpha], dtype=torch.float64)
    both = torch.stack([codes, more], dim=-1)
    if alpha == 1:
        return connect_sum(call, both)
    return connect_fixed(call, both, factors)


def connect_sum(call: Call, codes: Tensor) -> Tensor:
    """Add neurons that add up; where one slot only is connected, no neuron is made."""
    return connect_fixed(call, codes, torch.ones(()), divisors=1)


def scale(call: Call, codes: Tensor, factors: Tensor) -> Tensor:
    """Multiply by constants."""
    codes = codes + torch.zeros(factors.shape, dtype=codes.dtype)  # broadcast
    factors = factors.double().broadcast_to(codes.shape)
    if bool((factors == 1).all()):
        return codes.clone()
    return connect_fixed(call, codes.unsqueeze(-1), factors.unsqueeze(-1))


def adding(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """add, sub and rsub, of tensors or numbers."""
    one, other = call.args[:2]
    alpha = float(call.argument(2, "alpha", 1))
    if call.name == "rsub":
        one, other = other, one
    if call.name in ("sub", "rsub"):
        alpha = -alpha
    if not call.carries(other):
        return add(call, call.codes(one), other, to_product=_is_product(call, one))
    if not call.carries(one):
        turned = scale(call, call.codes(other), torch.tensor(alpha))
        return add(call, turned, one, to_product=_is_product(call, other))
    return add(call, call.codes(one), other, alpha=alpha)


def _is_product(call: Call, value: Tensor | float) -> bool:
    """Whether a sum with this is that of a layer, whose bias it may add."""
    return call.name == "add" and isinstance(value, Tensor) and call.memory.is_product(value)


def scaling(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """mul, div and neg."""
    if call.name == "neg":
        return scale(call, call.codes(call.args[0]), torch.tensor(-1.0))
    one, other = call.args[:2]
    if call.carries(one) and call.carries(other):
        raise call.multiplies_two()
    if call.name == "div":
        if call.kwargs.get("rounding_mode") is not None or call.carries(other):
            raise call.refused("divides by an activation, or rounds; leave it out")
        return scale(call, call.codes(one), 1 / call.values(other).double())
    if call.carries(other):
        one, other = other, one
    return scale(call, call.codes(one), call.values(other))


def adding_product(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """addcmul: a tensor, plus a product of which one factor is constant."""
    added, one, other = call.args[:3]
    if call.carries(one) and call.carries(other):
        raise call.multiplies_two()
    if not call.carries(one):
        one, other = other, one
    factors = call.values(other) * call.argument(3, "value", 1)
    if not call.carries(one):
        return add(call, call.codes(added), factors * call.values(one))
    return add(call, scale(call, call.codes(one), factors), added)


def summing(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Sum or average over whole axes."""
    below = call.args[0]
    axes, kept = axes_and_others(call, below)
    codes = call.codes(below)
    codes = codes.permute(*kept, *axes).flatten(start_dim=len(kept)) if axes else codes[..., None]
    divisor = codes.shape[-1] if call.name == "mean" else 1
    made = connect_fixed(call, codes, torch.tensor(1 / divisor), divisors=divisor)
    return made.reshape(shape_of_reduced(call, below, axes, made))


def average_pooling(call: Call, func: Any) -> Tensor:  # noqa: ANN401
    """Average over windows; each divisor is read off torch's own average of ones."""
    below = call.args[0]
    kernel, stride, padding = pool_sizes(call)
    spread = [1] * len(kernel)
    amounts = pool_padding(call, func, below, kernel, stride, padding, spread)
    ones = torch.ones_like(below.detach())
    seen, pixels = (
        windows(call.neurons, call.layer, pad(each, amounts, outside), kernel, stride, spread)
        for each, outside in ((call.codes(below), NOTHING), (ones, 0))
    )
    averages = func(ones, *call.args[1:], **call.kwargs)
    divisors = (pixels.sum(-1) / averages).round().long()
    return connect_fixed(call, seen, 1 / divisors.unsqueeze(-1), divisors=divisors)


def adaptive_average_pooling(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Average over windows that share an axis out."""
    below, sizes = call.args[:2]
    seen = adaptive_windows(call.codes(below), sizes)
    counts = adaptive_windows(torch.ones(below.shape), sizes, outside=0).sum(-1).long()
    return connect_fixed(call, seen, 1 / counts.unsqueeze(-1), divisors=counts)


def batch_norm(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Scale and shift each channel, by the running statistics."""
    below, weight, bias, mean, variance = call.args[:5]
    training = "no_training" not in call.name and call.args[5]
    if training or mean is None:
        raise call.refused(
            "normalizes by the batch's own mean and variance; call .eval(), with "
            "track_running_stats=True"
        )
    epsilon = call.args[-1]
    factors = (call.values(variance).double() + epsilon).rsqrt()
    shift = -call.values(mean) * factors
    if weight is not None:
        factors, shift = factors * call.values(weight), shift * call.values(weight)
    if bias is not None:
        shift = shift + call.values(bias)
    channels = (-1, *[1] * (below.ndim - 2))
    codes = call.codes(below)
    nearly = bool(((factors - 1).abs() <= FRESH).all())
    if not (nearly and call.neurons.leaves_epsilon_out):
        codes = scale(call, codes, factors.reshape(channels))
    return add(call, codes, shift.reshape(channels))


def resize(call: Call, func: Any) -> Tensor:  # noqa: ANN401
    """Interpolate linearly: along each axis by a matrix, which torch itself says."""
    below = call.args[0]
    codes = call.codes(below)
    made = func(below.detach(), *call.args[1:], **call.kwargs)
    for axis in range(2, below.ndim):
        length = below.shape[axis]
        matrix = _resizing_matrix(call, func, below, axis, made.shape[axis])
        width = int((matrix != 0).sum(1).max())
        order = (matrix != 0).int().argsort(dim=1, descending=True, stable=True)[:, :width]
        factors = matrix.gather(1, order)
        if length == made.shape[axis] and bool((matrix == torch.eye(length)).all()):
            continue
        seen = codes.movedim(axis, -1)[..., order]
        codes = connect_fixed(call, seen, factors).movedim(-1, axis)
    return codes


def _resizing_matrix(call: Call, func: Any, below: Tensor, axis: int, new: int) -> Tensor:  # noqa: ANN401
    """Return the matrix (new, old) that an axis is resized by."""
    length = below.shape[axis]
    # Two equal pixels along other axes: torch resizes images of one by antialiasing wrongly.
    others = [2] * (below.ndim - 2)
    shape = [length, 1, *([1] * len(others))]
    shape[axis] = length
    images = torch.eye(length, dtype=torch.float64).reshape(shape)
    target, wide = list(others), [-1, -1, *others]
    target[axis - 2], wide[axis] = new, -1
    images = images.expand(wide).contiguous()
    arguments = [target, *call.args[2:]]
    matrix: Tensor = func(images, *arguments, **call.kwargs)
    return matrix.movedim(axis, 1).flatten(2)[:, :, 0].T
