"""What the windows of convolutions and poolings see, on tensors of activation codes."""

from collections.abc import Sequence

import torch
from torch import Tensor

from theory.graph.layers import NOTHING, DagError
from theory.modules.neurons import Neurons


def pad(codes: Tensor, amounts: Sequence[int], outside: float = NOTHING) -> Tensor:
    """Pad with one number, NOTHING for zeros; amounts from the last axis, as in torch."""
    return torch.constant_pad_nd(codes, list(amounts), outside) if any(amounts) else codes


def windows(
    neurons: Neurons,
    name: str,
    codes: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Tensor:
    """Collect what each window sees: (..., *space) -> (..., *new space, window).

    Raises
    ------
    DagError
        If a window does not fit into the padded space, or all of them are more than `neurons`
        can hold.
    """
    space = codes.ndim - len(kernel)
    for axis, (size, step, spread) in enumerate(zip(kernel, stride, dilation, strict=True), space):
        reach = spread * (size - 1) + 1
        if codes.shape[axis] < reach:
            raise DagError(
                f"submodule {name!r}: a window of {reach} does not fit into "
                f"{codes.shape[axis]} padded pixels"
            )
        codes = codes.unfold(axis, reach, step)[..., ::spread]
    neurons.expect(name, codes.numel())  # before they are copied
    return codes.flatten(start_dim=codes.ndim - len(kernel))


def adaptive_windows(
    codes: Tensor, sizes: Sequence[int | None], *, outside: float = NOTHING
) -> Tensor:
    """Collect what adaptive pooling sees: (..., *space) -> (..., *sizes, longest window).

    Window i of n over m pixels reaches from floor(i m / n) to ceil((i + 1) m / n), as in torch;
    shorter windows are filled up with `outside`.
    """
    for axis, wanted in enumerate(sizes, codes.ndim - len(sizes)):
        length = codes.shape[axis]
        n = length if wanted is None else wanted
        starts = torch.arange(n) * length // n
        ends = -(-(torch.arange(1, n + 1) * length) // n)
        reach = int((ends - starts).max())
        places = starts.unsqueeze(1) + torch.arange(reach)
        after = places >= ends.unsqueeze(1)
        places = places.clamp(max=length - 1)
        shape = (*codes.shape[:axis], n, reach, *codes.shape[axis + 1 :])
        codes = codes.index_select(axis, places.flatten()).reshape(shape)
        codes = codes.movedim(axis + 1, -1)
        beyond = after.reshape(n, *[1] * (codes.ndim - axis - 2), reach)
        codes = codes.masked_fill(beyond, outside)
    return codes.flatten(start_dim=codes.ndim - len(sizes))
