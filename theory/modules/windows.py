"""What the windows of convolutions and poolings see, on tensors of activation codes."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from theory.graph.layers import NOTHING, DagError
from theory.modules.neurons import Neurons


def pad(codes: Tensor, amounts: Sequence[int], mode: str) -> Tensor:
    """Pad as `torch.nn.functional.pad` does (amounts from the last axis); zeros become NOTHING."""
    if not any(amounts):
        return codes
    # Padding modes exist for floats only; doubles hold the codes exactly up to 2^53.
    if mode in ("zeros", "constant"):
        return functional.pad(codes.double(), list(amounts), value=NOTHING).long()
    return functional.pad(codes.double(), list(amounts), mode=mode).long()


def windows(
    neurons: Neurons,
    name: str,
    codes: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Tensor:
    """Collect what each window sees: (1, C, *space) -> (C, *new space, window).

    Raises
    ------
    DagError
        If a window does not fit into the padded space, or all of them are more than `neurons`
        can hold.
    """
    for axis, (size, step, spread) in enumerate(zip(kernel, stride, dilation, strict=True), 2):
        reach = spread * (size - 1) + 1
        if codes.shape[axis] < reach:
            raise DagError(
                f"submodule {name!r}: a window of {reach} does not fit into "
                f"{codes.shape[axis]} padded pixels"
            )
        codes = codes.unfold(axis, reach, step)[..., ::spread]
    neurons.expect(name, codes.numel())  # before they are copied
    return codes[0].flatten(start_dim=1 + len(kernel))


def adaptive_windows(codes: Tensor, sizes: Sequence[int | None]) -> Tensor:
    """Collect what adaptive pooling sees: (1, C, *space) -> (C, *sizes, longest window).

    Window i of n over m pixels reaches from floor(i m / n) to ceil((i + 1) m / n), as in torch;
    shorter windows are filled up with NOTHING.
    """
    for axis, wanted in enumerate(sizes, 2):
        length = codes.shape[axis]
        n = length if wanted is None else wanted
        starts = torch.arange(n) * length // n
        ends = -(-(torch.arange(1, n + 1) * length) // n)
        reach = int((ends - starts).max())
        places = starts.unsqueeze(1) + torch.arange(reach)
        outside = places >= ends.unsqueeze(1)
        places = places.clamp(max=length - 1)
        shape = (*codes.shape[:axis], n, reach, *codes.shape[axis + 1 :])
        codes = codes.index_select(axis, places.flatten()).reshape(shape)
        codes = codes.movedim(axis + 1, -1)
        beyond = outside.reshape(n, *[1] * (codes.ndim - axis - 2), reach)
        codes = codes.masked_fill(beyond, NOTHING)
    return codes[0].flatten(start_dim=1 + len(sizes))
