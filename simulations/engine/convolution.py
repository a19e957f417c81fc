"""Many networks' convolutions at once: every network convolves its own input with its own filters.

All networks go into one grouped convolution, a group (or `groups` of them) for each. Measured on
one core (AMD EPYC, torch 2.13, float32, 3 x 3 kernels, 8 to 64 pixels), it does 50 to 98 GFLOP/s
from 16 or 64 channels, forward and for the input gradient alike; oneDNN convolves one large image
at 101, and torch multiplies large matrices at 79. The others were slower, by these factors:
`torch.func.vmap` 1.0 to 1.4 (it ends in the same grouped convolution), channels last 1.1 to 2.4, a
loop over networks 1.0 (64 channels, 64 pixels) to 20 (16 and 8), copied patches and a batched
matrix product 1.5 to 16, a sum of batched products over shifted views 1.3 to 15. From 3 channels,
at 10 to 45 GFLOP/s, all methods come close and none is best in both directions; but that layer
takes a third of the time at 16 channels and a tenth at 64.

A block of networks should fit the caches: speed is best while its weights and its largest
activation take 2 to 4 MB together, and falls by up to 3 above 16 MB.
"""

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional

_CONVOLUTIONS = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}

# Fewer networks, or input channels in all, make torch and oneDNN change to other kernels on a CPU,
# which add in another order.
_LEAST_NETS, _LEAST_CHANNELS = 3, 16


def convolve(
    inputs: Tensor,
    weights: Tensor,
    *,
    stride: int | Sequence[int],
    padding: str | int | Sequence[int],
    dilation: int | Sequence[int],
    groups: int,
) -> Tensor:
    """Convolve row i of the inputs with row i of the weights.

    Gradients flow to the inputs only. On a CPU, in float32 and with one thread, row i of the result
    and of the input gradient are the same to the last bit whatever other rows there are. In float64
    this holds where each row fills whole blocks of 64 bytes, and was seen to fail elsewhere only in
    three dimensions: there, MKL's order of summation depends on the alignment of its operands.

    Parameters
    ----------
    inputs : one input a network, shape (nets, channels_in, *positions), of 1, 2 or 3 dimensions.
    weights : shape (nets, channels_out, channels_in / groups, *kernel).
    stride, padding, dilation, groups : of every network, as in `torch.nn.functional.conv2d`.

    Returns
    -------
    Tensor : shape (nets, channels_out, *positions).

    Raises
    ------
    ValueError : shapes that do not fit together.
    """
    _check(inputs, weights, groups)
    nets, channels = inputs.shape[:2]
    copies = max(-(-_LEAST_NETS // nets), -(-_LEAST_CHANNELS // (nets * channels)))
    if copies > 1:
        inputs, weights = (
            rows.repeat(copies, *[1] * (rows.ndim - 1)) for rows in (inputs, weights)
        )
    kernel = weights.shape[3:]
    if inputs.device.type == "cpu" and all(side == 1 for side in kernel[-2:]):
        # Along an axis where the kernel has one position, dilation means nothing; but undilated,
        # torch with one thread takes a loop over the groups, 1 to 8 times slower than oneDNN.
        along = [dilation] * len(kernel) if isinstance(dilation, int) else dilation
        dilation = [2 if side == 1 else step for side, step in zip(kernel, along, strict=True)]
    outputs = _CONVOLUTIONS[inputs.ndim - 2](
        inputs.reshape(1, -1, *inputs.shape[2:]),
        weights.detach().reshape(-1, *weights.shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=nets * copies * groups,
    )
    return outputs.reshape(nets * copies, -1, *outputs.shape[2:])[:nets]


def _check(inputs: Tensor, weights: Tensor, groups: int) -> None:
    if inputs.ndim - 2 not in _CONVOLUTIONS or weights.ndim != inputs.ndim + 1:
        raise ValueError(
            "inputs must be (nets, channels, 1 to 3 positions) and weights (nets, channels_out, "
            f"channels_in, *kernel), not {tuple(inputs.shape)} and {tuple(weights.shape)}"
        )
    if len(inputs) != len(weights):
        raise ValueError(f"{len(inputs)} inputs need as many sets of weights, not {len(weights)}")
    if len(inputs) == 0:
        raise ValueError("there must be at least one network")
    if inputs.shape[1] != weights.shape[2] * groups:
        raise ValueError(
            f"in {groups} groups, weights of {weights.shape[2]} channels need inputs of "
            f"{weights.shape[2] * groups} channels, not {inputs.shape[1]}"
        )
    if weights.shape[1] % groups:
        raise ValueError(f"{weights.shape[1]} output channels cannot form {groups} groups")
