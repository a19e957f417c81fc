"""Small networks on which the exact checks run: the architectures that the paper names."""

from collections.abc import Hashable

import networkx as nx
import numpy as np
from torch import nn

from theory.dag import Dag
from theory.networks.sequential_networks import PaddingMode


def example_networks() -> dict[str, Dag]:
    """Expand dense, convolutional, strided and average-pooled networks, small to large."""
    image = (1, 4, 4)
    strided = nn.Sequential(nn.Conv2d(1, 2, 2, stride=2), nn.ReLU(), *_dense_head(8))
    networks = {
        "dense 5-3-2": Dag.from_module(
            nn.Sequential(nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 2)), (5,)
        ),
        "strided convolution, kernel 2, stride 2": Dag.from_module(strided, image),
    }
    modes: tuple[PaddingMode, ...] = ("zeros", "circular", "reflect")
    for mode in modes:
        module = nn.Sequential(*_convolution(mode), *_dense_head(32))
        name = f"convolution, kernel 3, {mode.removesuffix('s')} padding"
        networks[name] = Dag.from_module(module, image)
    pooled = nn.Sequential(*_convolution("circular"), nn.AvgPool2d(2), *_dense_head(8))
    networks["convolution, circular padding, average pooling over 4"] = Dag.from_module(
        pooled, image
    )
    return networks


def _convolution(mode: PaddingMode) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(1, 2, 3, padding=1, padding_mode=mode), nn.ReLU()


def _dense_head(features: int) -> tuple[nn.Module, ...]:
    return nn.Flatten(), nn.Linear(features, 3), nn.ReLU(), nn.Linear(3, 2)


def random_dag(rng: np.random.Generator) -> Dag:
    """Draw a small multigraph: parallel edges, skips, dead ends, unequal depths, many outputs.

    Parameters
    ----------
    rng : draws 1 to 4 inputs, 1 to 6 further nodes, and 1 to 4 edges into each of these from
        any earlier nodes.
    """
    inputs, neurons = int(rng.integers(1, 5)), int(rng.integers(1, 7))
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    graph.add_nodes_from(range(inputs + neurons))
    for head in range(inputs, inputs + neurons):
        tails = rng.integers(0, head, size=rng.integers(1, 5))
        graph.add_edges_from((int(tail), head) for tail in tails)
    declared: list[Hashable] = list(range(inputs))
    return Dag.from_networkx(graph, inputs=declared)


def random_symmetric_dag(rng: np.random.Generator) -> Dag:
    """Draw layers of one width, joined by permutations, under one output: (S) holds.

    Parameters
    ----------
    rng : draws a width of 2 to 4, 1 to 3 layers, and 1 to 3 permutations between two layers.
    """
    width, depth = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    for layer in range(depth):
        for _ in range(int(rng.integers(1, 4))):
            for tail, head in enumerate(rng.permutation(width).tolist()):
                graph.add_edge((layer, tail), (layer + 1, head))
    graph.add_edges_from(((depth, neuron), "o") for neuron in range(width))
    declared: list[Hashable] = [(0, neuron) for neuron in range(width)]
    return Dag.from_networkx(graph, inputs=declared)
