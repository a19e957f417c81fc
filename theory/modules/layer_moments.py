"""Moments under (H) of what a path meets in a layer: its edges' weights and its neurons' gates."""

import numpy as np
from torch import Tensor

from theory.graph.layers import Kind
from theory.modules.compact_layers import CompactLayer

GATE_MEANS = np.array([1, 1 / 2])
"""E[g] of a use without a gate, and of one behind a ReLU, open half of the time (H1).

A use is told by the last bit of its code.
"""

GATE_PRODUCTS = np.array([[1, 1 / 2], [1 / 2, 1 / 2]])
"""E[g g'] of two uses of one neuron, whose gate is one and the same."""


def edge_weights(layer: CompactLayer) -> Tensor:
    """Root of E[w^2] for every neuron's edges, shape `layer.grid`; a fixed weight is itself.

    He's variance 2/divisor for a random weight, 1/divisor for an average or a sum.
    """
    divisors = layer.divisors.double()
    return (2 / divisors).sqrt() if layer.kind is Kind.WEIGHTED else 1 / divisors
