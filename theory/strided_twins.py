"""Small networks for Theorem 6: n² pixels, two convolutions that keep 1 neuron of n, a logit.

Any of the two may give way to a convolution of stride 1 and a pooling over n. Built as a `Dag` at
once, without torch, for pages that build one at every click.
"""

from collections.abc import Collection
from typing import Literal, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from theory.dag import Dag
from theory.layers import NOTHING, Kind, Layer

Padding: TypeAlias = Literal["circular", "zeros", "reflect", "replicate"]
Pooling: TypeAlias = Literal["average", "maximum"]

CONVOLUTIONS = 2
_MODES: dict[Padding, Literal["wrap", "reflect", "edge"]] = {
    "circular": "wrap",
    "reflect": "reflect",
    "replicate": "edge",
}


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
    nodes: list[tuple[str, int]] = [("input", i) for i in range(n * n)]
    layers: list[Layer] = []
    relus: list[int] = []
    below = np.arange(n * n)

    def add(name: str, kind: Kind, tails: NDArray[np.int64], *, relu: bool) -> NDArray[np.int64]:
        first = len(nodes)
        added = np.arange(first, first + len(tails))
        nodes.extend((name, i) for i in range(len(tails)))
        relus.extend(added.tolist() if relu else ())
        one = np.zeros(len(tails), dtype=np.int64)
        layers.append(
            Layer(name=name, kind=kind, first=first, tails=tails, filters=one,
                  divisors=one + tails.shape[1])
        )  # fmt: skip
        return added

    for number in range(CONVOLUTIONS):
        before, after = _padded(n, kernel, strided=number not in replaced)
        windows = sliding_window_view(_surrounded(below, before, after, padding), kernel)
        if number in replaced:
            below = add(f"convolution {number}", Kind.WEIGHTED, windows, relu=True)
            kind = Kind.AVERAGE if pooling == "average" else Kind.MAXIMUM
            below = add(f"pooling {number}", kind, below.reshape(-1, n), relu=False)
        else:
            below = add(f"convolution {number}", Kind.WEIGHTED, windows[::n], relu=True)
    output = add("logit", Kind.WEIGHTED, below[None], relu=True)
    exists = [layer.tails != NOTHING for layer in layers]
    return Dag(
        nodes,
        np.concatenate([layer.tails[there] for layer, there in zip(layers, exists, strict=True)]),
        np.concatenate(
            [
                np.repeat(layer.first + np.arange(len(there)), there.sum(axis=1))
                for layer, there in zip(layers, exists, strict=True)
            ]
        ),
        inputs=n * n,
        outputs=output.tolist(),
        layers=layers,
        relus=relus,
    )


def kept_neuron(kernel: int) -> int:
    """Return which neuron of n, counted from 0, a strided convolution keeps of its twin's."""
    return (kernel - 1) // 2


def _padded(n: int, kernel: int, *, strided: bool) -> tuple[int, int]:
    """Return how many pixels are added before and after: as few as fill all windows."""
    if strided:
        return 0, kernel - n
    return kept_neuron(kernel), kernel - 1 - kept_neuron(kernel)


def _surrounded(
    below: NDArray[np.int64], before: int, after: int, padding: Padding
) -> NDArray[np.int64]:
    if padding == "zeros":
        return np.pad(below, (before, after), constant_values=NOTHING)
    return np.pad(below, (before, after), mode=_MODES[padding])
