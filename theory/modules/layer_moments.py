"""Moments under (H) of the weights of a layer's edges."""

from torch import Tensor

from theory.graph.layers import Kind
from theory.modules.compact_layers import CompactLayer


def edge_weights(layer: CompactLayer) -> Tensor:
    """Root of E[w^2] for every connection, broadcast to `layer.codes`; a fixed weight is itself.

    He's variance 2/divisor for a random weight.
    """
    if layer.kind is not Kind.WEIGHTED:
        return layer.factors
    divisors = layer.divisors
    for axis in layer.repeated:
        divisors = divisors.narrow(axis, 0, 1)
    return (2 / divisors.double()).sqrt().unsqueeze(-1)
