"""The built-in families of networks, and factories from users' files."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from torch import nn

from simulations.networks import paper_networks
from simulations.networks import simple_networks as networks
from simulations.networks.factories import Factory, read_factory

FAMILIES: Mapping[str, Factory] = {
    "dense": networks.dense,
    "conv": networks.conv,
    "strided": networks.strided,
    "average-pool": networks.average_pool,
    "max-pool": networks.max_pool,
    "residual": networks.residual,
    "paper-figure-1": paper_networks.figure_1,
    "paper-figure-1-half": paper_networks.figure_1_half,
    "paper-figure-1-small": paper_networks.figure_1_small,
    "paper-figure-2": paper_networks.figure_2,
    "paper-figure-3-average": paper_networks.figure_3_average,
    "paper-figure-3-strided": paper_networks.figure_3_strided,
    "paper-figure-3-max": paper_networks.figure_3_max,
}
"""Takes the input dimension d ("dense") or the pixels of an image's edge (all others)."""


def build(
    network: str, size: int, options: Sequence[tuple[str, Any]]
) -> tuple[nn.Module, tuple[int, ...]]:
    """Build a network of one size.

    Parameters
    ----------
    network : a built-in family, or FILE.py:factory.
    size : the factory's argument.
    options : keyword arguments of the factory.

    Raises
    ------
    ValueError : an unknown family, a factory that is not there, or a size or options unfit for it.
    """
    return find_factory(network)(size, **dict(options))


def find_factory(network: str) -> Factory:
    """Return a built-in family, or the factory of a user's file.

    Raises
    ------
    ValueError : an unknown family, or a factory that is not there.
    """
    if network in FAMILIES:
        return FAMILIES[network]
    if ":" in network:
        return read_factory(network)
    near = get_close_matches(network, FAMILIES, n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(
        f"unknown network {network!r}{meant}; give {', '.join(FAMILIES)} or FILE.py:factory"
    )
