"""Small one-dimensional networks, expanded without torch: what `Dag.from_module` would give.

Their neurons are few enough to be drawn, and they are there at once, where torch takes a second to
load.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from theory.dag import Dag
from theory.layers import DagError

Padding: TypeAlias = Literal["none", "zeros", "circular", "reflect", "replicate", "symmetric"]
"""What stands beyond the border. Without padding the layer shrinks; "reflect" mirrors at the
border's neuron, "symmetric" beside it, so that it comes twice; all others as in torch."""

Layer: TypeAlias = Sequence[Sequence[int]]
"""For each neuron, the positions in the layer below that it reads."""

_NUMPY_MODES = {
    "circular": "wrap",
    "reflect": "reflect",
    "replicate": "edge",
    "symmetric": "symmetric",
}
_NOTHING = -1


def dense_dag(size: int, *, widths: Sequence[int]) -> Dag:
    """Build a fully connected network with one logit.

    Parameters
    ----------
    size : the input dimension d.
    widths : neurons of the hidden layers.

    Returns
    -------
    A DAG with nodes x1, x2, ... (inputs), h1, h2, ... (first hidden layer), h1′, h2′, ... (second)
    and so on, and o.
    """
    below = [size, *widths]
    return _dag(size, [[range(read)] * width for read, width in zip(below, widths, strict=False)])


def convolutional_dag(size: int, *, kernel: int, stride: int, padding: Padding, layers: int) -> Dag:
    """Build convolutions of one channel, and one logit that reads all neurons of the last.

    Each layer is padded by kernel - 1 in all, to the right by one more than to the left where that
    is odd: stride 1 then keeps the size.

    Parameters
    ----------
    size : the input dimension d.
    kernel, stride, padding : of every convolution.
    layers : how many convolutions.

    Returns
    -------
    A DAG with nodes as in `dense_dag`.

    Raises
    ------
    DagError
        If a layer is too small for the window, or for what the padding has to copy.
    """
    read, below = [], size
    for _ in range(layers):
        places = _padded(below, kernel, padding)
        if len(places) < kernel:
            raise DagError(f"a kernel of {kernel} does not fit into {len(places)} neurons")
        windows = np.lib.stride_tricks.sliding_window_view(places, kernel)[::stride]
        read.append([[place for place in window if place != _NOTHING] for window in windows])
        below = len(windows)
    return _dag(size, read)


def _padded(size: int, kernel: int, padding: Padding) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the positions of a layer with its padding."""
    places = np.arange(size)
    left, right = (kernel - 1) // 2, kernel // 2
    if padding == "none":
        return places
    if padding == "zeros":
        return np.pad(places, (left, right), constant_values=_NOTHING)
    copied = size - 1 if padding == "reflect" else size
    if padding != "replicate" and max(left, right) > copied:
        raise DagError(f"{padding} padding by {max(left, right)} needs more than {size} neurons")
    return np.pad(places, (left, right), mode=_NUMPY_MODES[padding])  # type: ignore[call-overload,no-any-return]


def _dag(size: int, layers: Sequence[Layer]) -> Dag:
    nodes = [f"x{n}" for n in range(1, size + 1)]
    tails, heads = [], []
    below = 0
    for number, layer in enumerate(layers):
        first = len(nodes)
        for neuron, window in enumerate(layer):
            tails += [below + place for place in window]
            heads += [first + neuron] * len(window)
        nodes += [f"h{n}" + "′" * number for n in range(1, len(layer) + 1)]
        below = first
    o = len(nodes)
    tails += range(below, o)
    heads += [o] * (o - below)
    return Dag([*nodes, "o"], np.array(tails), np.array(heads), inputs=size, outputs=[o])
