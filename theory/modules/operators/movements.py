"""Operators that move numbers, and change none: done to codes by the operator itself."""

from typing import Any

import torch
from torch import Tensor

from theory.graph.layers import CONSTANT, NOTHING
from theory.modules.calls import Call

DATA: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        (
            *("clone", "repeat", "roll", "flip", "rot90", "index_select", "index", "gather"),
            *("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "take", "tril", "triu"),
            *("unsafe_split", "unsafe_chunk", "expand_copy", "view_copy", "permute_copy"),
            *("as_strided_copy", "diag_embed", "repeat_interleave", "narrow_copy", "select_copy"),
        ),
        (0,),
    ),
    **dict.fromkeys(("slice_scatter", "select_scatter", "diagonal_scatter"), (0, 1)),
    "where": (1, 2),
}
"""Places of the arguments that are moved; all others say where to."""

FLOATS_ONLY = frozenset(
    [
        "im2col",
        *("reflection_pad1d", "reflection_pad2d", "reflection_pad3d"),
        *("replication_pad1d", "replication_pad2d", "replication_pad3d"),
        *("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d"),
        *("_upsample_nearest_exact1d", "_upsample_nearest_exact2d", "_upsample_nearest_exact3d"),
    ]
)
"""Operators that torch has for floats; doubles hold the codes exactly up to 2^53."""


def move(call: Call, func: Any) -> Any:  # noqa: ANN401
    """Do to codes what an operator of `DATA` does to numbers."""
    moved = DATA[func.overloadpacket.__name__]
    args = [
        call.codes(arg)
        if place in moved and isinstance(arg, Tensor)
        else CONSTANT
        if place in moved and isinstance(arg, int | float)
        else _where_to(call, arg)
        for place, arg in enumerate(call.args)
    ]
    kwargs = {name: _where_to(call, value) for name, value in call.kwargs.items()}
    kwargs.pop("memory_format", None)
    if call.name in ("tril", "triu"):  # which put zeros, not NOTHING
        return func(args[0] - NOTHING, *args[1:], **kwargs) + NOTHING
    return func(*args, **kwargs)


def _where_to(call: Call, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Tensor):
        return call.values(value)
    if isinstance(value, list | tuple):
        return [_where_to(call, item) for item in value]
    return value


def move_floats(call: Call, func: Any) -> Tensor:  # noqa: ANN401
    """Do to codes what an operator of `FLOATS_ONLY` does."""
    # Zeros that im2col pads with become NOTHING.
    codes: Tensor = func(call.codes(call.args[0]).double() - NOTHING, *call.args[1:], **call.kwargs)
    return codes.long() + NOTHING


def join(call: Call, func: Any) -> Tensor:  # noqa: ANN401
    """Cat and stack."""
    parts = [call.codes(part) for part in call.args[0]]
    codes: Tensor = func(parts, *call.args[1:], **call.kwargs)
    return codes


def cast(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Copies in another type, or on another device."""
    return call.codes(call.args[0]).clone()


def copy(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Write one tensor over another."""
    target, source = call.args[:2]
    return call.codes(source).expand(target.shape).clone()


def fill(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Write one number everywhere."""
    target = call.args[0]
    return torch.full(target.shape, constant(call, call.argument(1, "value", 0)))


def masked_fill(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Write one number wherever a mask says so."""
    target, mask, value = call.args
    return call.codes(target).masked_fill(call.values(mask).bool(), constant(call, value))


def index_put(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Write a tensor to given places."""
    target, places, source = call.args[:3]
    if call.argument(3, "accumulate", False):
        raise call.refused("adds up at given places; write the sum itself")
    places = [place if place is None else call.values(place) for place in places]
    codes = call.codes(target).clone()
    return torch.ops.aten.index_put(codes, places, call.codes(source))  # type: ignore[no-any-return]


def pad_constant(call: Call, func: Any) -> Tensor:  # noqa: ANN401, ARG001
    """Pad with one number."""
    value = call.argument(2, "value", 0)
    padded: Tensor = torch.constant_pad_nd(
        call.codes(call.args[0]), call.args[1], constant(call, value)
    )
    return padded


def constant(call: Call, value: Any) -> int:  # noqa: ANN401
    """Return the code of one number."""
    if isinstance(value, Tensor):
        if call.carries(value):
            raise call.refused("writes one activation to many places; use expand")
        return int(call.codes(value).reshape(()))
    return NOTHING if value == 0 else CONSTANT
