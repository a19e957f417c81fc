"""What a student can set in the lesson on path-degrees, and the events that do it."""

from dataclasses import dataclass
from typing import cast

from teaching.edited_network import Edges, EditedNetwork
from teaching.fields import AddressError, choice, custom, whole
from theory.dag import Dag
from theory.graph.layers import DagError
from theory.networks import small_networks

WIDTH = 4
"""Neurons in a hidden layer of the dense network."""

LARGEST = 8
"""Inputs, at most: more could not be told apart in the picture."""

PUZZLE = EditedNetwork(
    names=("x1", "x2", "x3", "h1", "h2", "h3", "o"), inputs=3, most_edges=12, most_parallel=1
)
INPUTS = PUZZLE.names[: PUZZLE.inputs]
PUZZLE_START: Edges = ((0, 3), (1, 3), (1, 4), (2, 4), (3, 6), (4, 6))


@dataclass(frozen=True)
class Settings:
    """What stands in the address.

    Attributes
    ----------
    kind : dense or convolutional.
    size : the input dimension d.
    layers : before the logit.
    kernel, stride, padding : of the convolutions.
    x : number of the input whose paths are shown, from 1; of those beyond the last, the last.
    edges : of the puzzle's network.
    tail : the node of the puzzle's network from which the next edge is drawn; "" if none.
    """

    kind: str = choice("convolution", "dense")
    size: int = whole(6, low=4, high=LARGEST)
    layers: int = whole(1, low=1, high=2)
    kernel: int = whole(3, low=1, high=4)
    stride: int = whole(1, low=1, high=2)
    padding: str = choice("circular", "zeros", "none", "reflect", "replicate", "symmetric")
    x: int = whole(1, low=1, high=LARGEST)
    edges: tuple[tuple[int, int], ...] = custom(PUZZLE_START, PUZZLE.read, PUZZLE.write)
    tail: str = choice("", *PUZZLE.names[:-1])


def network(settings: Settings) -> Dag:
    """Build the DAG of the architecture; DagError for a convolution that does not fit."""
    if settings.kind == "dense":
        return small_networks.dense_dag(settings.size, widths=[WIDTH] * settings.layers)
    return small_networks.convolutional_dag(
        settings.size,
        kernel=settings.kernel,
        stride=settings.stride,
        padding=cast(small_networks.Padding, settings.padding),
        layers=settings.layers,
    )


def chosen(settings: Settings) -> str:
    """Name the input whose paths are shown."""
    return f"x{min(settings.x, settings.size)}"


def check(settings: Settings) -> None:
    """Refuse convolutions that do not fit."""
    try:
        network(settings)
    except DagError as error:
        raise AddressError(f"{error}: take a smaller kernel, more inputs, or stride 1") from None
