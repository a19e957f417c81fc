"""Small networks for Theorem 6: n² pixels, two convolutions that keep 1 neuron of n, a logit.

Any of the two may give way to a convolution of stride 1 and a pooling over n. Built as a `Dag` at
once, without torch, for pages that build one at every click.
"""

from collections.abc import Collection
from typing import Literal, TypeAlias

from theory.dag import Dag
from theory.graph.layers import Kind
from theory.networks.layer_stack import LayerStack, padded, windows

Padding: TypeAlias = Literal["circular", "zeros", "reflect", "replicate"]
Pooling: TypeAlias = Literal["average", "maximum"]

CONVOLUTIONS = 2


def strided_twin(
    n: int,
    kernel: int,
    *,
    replaced: Collection[int] = (),
    padding: Padding = "circular",
    pooling: Pooling = "average",
) -> Dag:
    """Build the network with some of its strided convolutions replaced (Theorem 6).

    All have one channel. ReLUs stand on the convolutions and on the logit, as H1 is printed.

    Parameters
    ----------
    n : a strided convolution keeps 1 neuron of n; there are d = n² inputs, named ("input", i).
    kernel : n, for which the network is symmetric (S), or n + 1.
    replaced : which of the convolutions, 0 and 1, have stride 1 and a pooling instead. Neurons are
        named ("convolution 0", i) and so on, ("pooling 0", i) and ("logit", 0).
    padding : what surrounds each layer's input, where a window reaches beyond it.
    pooling : what is put behind a replaced convolution.

    Raises
    ------
    ValueError : n below 2, another kernel, or a convolution that is not there.
    """
    if n < 2 or kernel not in (n, n + 1):
        raise ValueError(f"the twins take n >= 2 and the kernel n or n + 1, not {n} and {kernel}")
    if not set(replaced) <= set(range(CONVOLUTIONS)):
        raise ValueError(f"convolutions are numbered from 0 to {CONVOLUTIONS - 1}")
    stack = LayerStack([("input", i) for i in range(n * n)])
    for number in range(CONVOLUTIONS):
        before, after = added_pixels(n, kernel, strided=number not in replaced)
        stride = 1 if number in replaced else n
        seen = windows(padded(stack.top, before, after, padding), kernel, stride=stride)
        name = f"convolution {number}"
        stack.add(name, _named(name, len(seen)), seen, shared=True)
        if number in replaced:
            kind = Kind.AVERAGE if pooling == "average" else Kind.MAXIMUM
            groups = windows(stack.top, n, stride=n)
            name = f"pooling {number}"
            stack.add(name, _named(name, len(groups)), groups, kind=kind, relu=False)
    stack.add("logit", [("logit", 0)], [stack.top])
    return stack.dag()


def kept_neuron(kernel: int) -> int:
    """Return which neuron of n, counted from 0, a strided convolution keeps of its twin's."""
    return (kernel - 1) // 2


def added_pixels(n: int, kernel: int, *, strided: bool) -> tuple[int, int]:
    """Return how many pixels are added before and after: as few as fill all windows."""
    if strided:
        return 0, kernel - n
    return kept_neuron(kernel), kernel - 1 - kept_neuron(kernel)


def _named(name: str, neurons: int) -> list[tuple[str, int]]:
    return [(name, i) for i in range(neurons)]
