"""The built-in families of networks, and factories from users' files."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from simulations.networks import paper_networks, simple_networks
from simulations.networks.user_factories import (
    Factory,
    ModuleAndShape,
    checked_factory,
    user_function,
)

FAMILIES: Mapping[str, Factory] = {
    "dense": simple_networks.dense,
    "conv": simple_networks.conv,
    "strided": simple_networks.strided,
    "average-pool": simple_networks.average_pool,
    "max-pool": simple_networks.max_pool,
    "residual": simple_networks.residual,
    "paper-figure-1": paper_networks.figure_1,
    "paper-figure-1-half": paper_networks.figure_1_half,
    "paper-figure-1-small": paper_networks.figure_1_small,
    "paper-figure-2": paper_networks.figure_2,
    "paper-figure-3-average": paper_networks.figure_3_average,
    "paper-figure-3-strided": paper_networks.figure_3_strided,
    "paper-figure-3-max": paper_networks.figure_3_max,
}
"""Takes the input dimension d ("dense") or the pixels of an image's edge (all others)."""


def build(network: str | Factory, size: int, options: Sequence[tuple[str, Any]]) -> ModuleAndShape:
    """Build a network of one size.

    Parameters
    ----------
    network : a built-in family, FILE.py:factory, or a factory.
    size : the factory's argument.
    options : keyword arguments of the factory.

    Raises
    ------
    ValueError : an unknown family, a factory that is not there, or a size or options unfit for it.
    """
    return find_factory(network)(size, **dict(options))


def find_factory(network: str | Factory) -> Factory:
    """Return a built-in family, or a user's factory: a function, or one of a file.

    Raises
    ------
    ValueError : an unknown family, or a factory that is not there.
    """
    if not isinstance(network, str):
        return checked_factory(network, getattr(network, "__name__", repr(network)))
    if network in FAMILIES:
        return FAMILIES[network]
    if function := user_function(network):
        return checked_factory(function.load(), network)
    near = get_close_matches(network, FAMILIES, n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    raise ValueError(
        f"unknown network {network!r}{meant}; give {', '.join(FAMILIES)} or FILE.py:factory"
    )
