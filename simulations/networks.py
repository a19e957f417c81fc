"""The paper's networks as ordinary modules: dense ones, and the twins of Theorem 6."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


def dense_family(
    d: int, *, widths: Sequence[int] = (64, 64), logits: int = 10, relu_on_logits: bool = False
) -> tuple[nn.Module, tuple[int, ...]]:
    """Fully connected networks (see `dense`), with inputs of dimension d."""
    module = dense(d, widths, logits)
    return (nn.Sequential(*module, nn.ReLU()) if relu_on_logits else module), (d,)


def dense(d: int, widths: Sequence[int], logits: int) -> nn.Sequential:
    """Succession of dense layers (Theorem 3), without biases.

    Parameters
    ----------
    d : input dimension; inputs have shape (batch, d).
    widths : neurons of each hidden layer; each is followed by a ReLU.
    logits : number K of logits, which are linear as in practice. H1 counts a ReLU there too: append
        an `nn.ReLU` for the network as the paper prints it.
    """
    layers: list[nn.Module] = []
    for in_degree, width in pairwise([d, *widths]):
        layers += [nn.Linear(in_degree, width, bias=False), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear([d, *widths][-1], logits, bias=False))


def strided(
    side: int,
    channels: int,
    logits: int,
    *,
    stride: int = 2,
    activation: Callable[[], nn.Module] = nn.ReLU,
) -> nn.Sequential:
    """Convolution, strided convolution and dense layer on RGB images (Theorem 6, before).

    All convolutions are 3 x 3, without biases, with circular padding, so that every neuron's
    in-degree is its fan-in and all input neurons are alike.

    Parameters
    ----------
    side : pixels along an edge; inputs have shape (batch, 3, side, side).
    channels : output channels of both convolutions.
    logits : number K of logits.
    stride : the strided convolution keeps 1 neuron of n = stride².
    activation : builds what follows each convolution.
    """
    _check(side, stride)
    return nn.Sequential(
        _convolution(3, channels, stride=1),
        activation(),
        _convolution(channels, channels, stride=stride),
        activation(),
        nn.Flatten(),
        nn.Linear(channels * (side // stride) ** 2, logits, bias=False),
    )


def averaged(
    side: int,
    channels: int,
    logits: int,
    *,
    stride: int = 2,
    activation: Callable[[], nn.Module] = nn.ReLU,
) -> nn.Sequential:
    """Replace the strided convolution of `strided` by stride 1 and an average (Theorem 6, after).

    Parameters as in `strided`. Both twins hold the same weights in the same order, so one random
    stream initializes both alike.
    """
    _check(side, stride)
    return nn.Sequential(
        _convolution(3, channels, stride=1),
        activation(),
        _convolution(channels, channels, stride=1),
        activation(),
        average_pooling(stride),
        nn.Flatten(),
        nn.Linear(channels * (side // stride) ** 2, logits, bias=False),
    )


def average_pooling(stride: int) -> nn.Module:
    """Mean over n = stride² neurons of each channel: n weights of size 1/n."""
    return nn.AvgPool2d(stride)


class IndependentKilling(nn.Module):
    """What H1 puts for a ReLU: kill each neuron with probability 1/2, whatever its input is.

    Every forward pass draws anew.

    Parameters
    ----------
    generator : the source of randomness, on the device of the inputs.
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the inputs with half of them, on average, replaced by 0."""
        alive = torch.randint(0, 2, inputs.shape, generator=self.generator, device=inputs.device)
        return inputs * alive


def _convolution(inputs: int, outputs: int, *, stride: int) -> nn.Conv2d:
    return nn.Conv2d(
        inputs, outputs, 3, stride=stride, padding=1, padding_mode="circular", bias=False
    )


def _check(side: int, stride: int) -> None:
    if side % stride:
        raise ValueError(f"the side must be a multiple of the stride {stride}, not {side}")
