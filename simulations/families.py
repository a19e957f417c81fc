"""The built-in families of networks, and factories from users' files."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from simulations import networks
from simulations.factories import Factory, read_factory

FAMILIES: Mapping[str, Factory] = {
    "dense": networks.dense_family,
}


def build(
    network: str, size: int, options: Sequence[tuple[str, Any]]
) -> tuple[nn.Module, tuple[int, ...]]:
    """Build a network of one size.

    Parameters
    ----------
    network : a built-in family, or FILE.py:factory.
    size : the factory's argument.
    options : keyword arguments of the factory.
    """
    factory = read_factory(network) if ":" in network else FAMILIES[network]
    return factory(size, **dict(options))
