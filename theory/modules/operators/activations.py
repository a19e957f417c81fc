"""Operators that let through what is above 0, and maxima."""

import math
from typing import Any

import torch
from torch import Tensor

from theory.graph.layers import NOTHING, Kind
from theory.modules.calls import Call
from theory.modules.neurons import gates_of, neurons_of
from theory.modules.operators.reductions import (
    axes_and_others,
    pool_padding,
    pool_sizes,
    shape_of_reduced,
)
from theory.modules.windows import adaptive_windows, pad, windows


def relu(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Relu."""
    return activate(call, 0.0)


def leaky_relu(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """leaky_relu."""
    return activate(call, float(call.argument(1, "negative_slope", 0.01)))


def prelu(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """prelu, with one slope for all or one a channel."""
    slopes = set(call.values(call.args[1]).reshape(-1).tolist())
    if len(slopes) > 1:
        raise call.refused("has several slopes; give it one, as nn.PReLU() has")
    return activate(call, *slopes)


def absolute(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Abs."""
    return activate(call, -1.0)


def threshold(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """threshold, clamp and clamp_min, where they are ReLUs."""
    if call.neurons.masks:
        raise call.refused("is none of the ReLUs that masks replace; write torch.relu")
    if call.name == "threshold":
        limits = call.args[1:3]
    elif call.argument(2, "max") is not None:
        raise call.refused(
            "cuts off at an upper end: how often depends on the width; take a ReLU without one"
        )
    else:
        limits = (call.argument(1, "min"), 0)
    if any(limit is None or bool(call.values(limit).ne(0).any()) for limit in limits):
        raise call.refused("cuts off at another value than 0; write torch.relu")
    return activate(call, 0.0)


def activate(call: Call, slope: float) -> Tensor:
    """Apply an activation of this slope below 0, and note which neurons were above."""
    values = call.args[0]
    codes = call.codes(values)
    gated = call.neurons.activate(call.layer, call.place, slope, codes)
    slopes = torch.from_numpy(call.neurons.gates.table(lambda gate: gate.slope))
    there = (gated >= 0) & (slopes[gates_of(codes)] == 1)  # elsewhere the sign was seen before
    call.positive.append((neurons_of(gated[there]), values.detach()[there] > 0))
    return gated


def max_pooling(call: Call, func: Any) -> Tensor:  # noqa: ANN401
    """Take the maximum over windows."""
    below = call.args[0]
    kernel, stride, padding = pool_sizes(call)
    dilation = call.argument(4, "dilation", 1)
    spread = [dilation] * len(kernel) if isinstance(dilation, int) else list(dilation)
    spread = spread * len(kernel) if len(spread) == 1 else spread
    amounts = pool_padding(call, func, below, kernel, stride, padding, spread)
    return _connect(
        call,
        *(
            windows(call.neurons, call.layer, pad(each, amounts, outside), kernel, stride, spread)
            for each, outside in ((call.codes(below), NOTHING), (below.detach(), -math.inf))
        ),
    )


def adaptive_max_pooling(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Take the maximum over windows that share an axis out."""
    below, sizes = call.args[:2]
    codes = adaptive_windows(call.codes(below), sizes)
    return _connect(call, codes, adaptive_windows(below.detach(), sizes, outside=-math.inf))


def maximum_of_axes(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Max over one axis, and amax."""
    below = call.args[0]
    axes, kept = axes_and_others(call, below)
    made = _connect(
        call,
        *(
            each.permute(*kept, *axes).flatten(start_dim=len(kept))
            for each in (call.codes(below), below.detach())
        ),
    )
    return made.reshape(shape_of_reduced(call, below, axes, made))


def _connect(call: Call, codes: Tensor, values: Tensor) -> Tensor:
    """Add neurons that take the largest of the values, shape (*grid, slots) as `codes`."""
    largest = values.argmax(-1, keepdim=True)
    chosen = torch.zeros(values.shape).scatter(-1, largest, 1.0)
    grid = codes.shape[:-1]
    above = call.neurons.connect(
        call.layer, Kind.MAXIMUM, codes, shape=call.named(grid), factors=chosen
    )
    return above.reshape(grid)


def refuse_random(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Dropout in training."""
    raise call.refused("drops at random: call .eval()")
