"""Small one-dimensional networks, expanded without torch: what `Dag.from_module` would give.

Their neurons are few enough to be drawn, and they are there at once, where torch takes a second to
load.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from theory.dag import Dag
from theory.graph.layers import DagError
from theory.networks.layer_stack import LayerStack, padded, windows

Padding: TypeAlias = Literal["none", "zeros", "circular", "reflect", "replicate", "symmetric"]
"""What stands beyond the border. Without padding the layer shrinks; "reflect" mirrors at the
border's neuron, "symmetric" beside it, so that it comes twice; all others as in torch."""


def dense_dag(size: int, *, widths: Sequence[int], logits: int = 1, linear: bool = False) -> Dag:
    """Build a fully connected network.

    Parameters
    ----------
    size : the input dimension d.
    widths : neurons of the hidden layers.
    logits : neurons of the last layer.
    linear : whether the logits have no ReLU.

    Returns
    -------
    A DAG with nodes x1, x2, ... (inputs), h1, h2, ... (first hidden layer), h1′, h2′, ... (second)
    and so on, and o, or o1, o2, ... if there are more logits than one.
    """
    stack = LayerStack(_names("x", size))
    for number, width in enumerate(widths):
        stack.add(f"layer {number}", _names("h", width, number), [stack.top] * width)
    return _with_logits(stack, logits, linear)


def convolutional_dag(
    size: int,
    *,
    kernel: int,
    stride: int,
    padding: Padding,
    layers: int,
    logits: int = 1,
    linear: bool = False,
) -> Dag:
    """Build convolutions of one channel, and logits that read all neurons of the last.

    Each layer is padded by kernel - 1 in all, to the right by one more than to the left where that
    is odd: stride 1 then keeps the size.

    Parameters
    ----------
    size : the input dimension d.
    kernel, stride, padding : of every convolution.
    layers : how many convolutions.
    logits, linear : as in `dense_dag`.

    Returns
    -------
    A DAG with nodes as in `dense_dag`. All neurons of a convolution share its filter.

    Raises
    ------
    DagError
        If a layer is too small for the window, or for what the padding has to copy.
    """
    stack = LayerStack(_names("x", size))
    for number in range(layers):
        places = stack.top
        if padding != "none":
            places = padded(places, *around(kernel), padding)
        if len(places) < kernel:
            raise DagError(f"a kernel of {kernel} does not fit into {len(places)} neurons")
        seen = windows(places, kernel, stride=stride)
        stack.add(f"layer {number}", _names("h", len(seen), number), seen, shared=True)
    return _with_logits(stack, logits, linear)


def around(kernel: int) -> tuple[int, int]:
    """Return how many neurons `convolutional_dag` adds before and after a padded layer."""
    return (kernel - 1) // 2, kernel // 2


def _with_logits(stack: LayerStack, logits: int, linear: bool) -> Dag:
    names = _names("o", logits) if logits > 1 else ["o"]
    stack.add("logits", names, [stack.top] * logits, relu=not linear)
    return stack.dag()


def _names(letter: str, number: int, primes: int = 0) -> list[str]:
    return [f"{letter}{n}" + "′" * primes for n in range(1, number + 1)]
