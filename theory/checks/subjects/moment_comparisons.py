"""Exact second moments of a network's gradients, held against what a statement predicts."""

from fractions import Fraction

from torch import nn

from theory.dag import Dag
from theory.networks.sequential_networks import Network
from theory.paths.path_polynomial import same_path_degrees


def moments(network: Network) -> list[Fraction]:
    """Return E[(∂_x o)²] of the first output o, for every input in order."""
    return list(network.dag.second_moments(network.dag.outputs[0]).values())


def _not_all(network: Network, value: Fraction) -> str:
    """Say which input has another second moment than `value`; empty if none has."""
    for x, moment in enumerate(moments(network)):
        if moment != value:
            return f"{network}: input {x} has E[(∂_x f_k)²] = {moment}, not {value}"
    return ""


def not_one_over_d(network: Network, *, power: int = 1) -> str:
    """Say which input's second moment is not 1/d, or another power of it."""
    return _not_all(network, Fraction(1, network.dag.number_of_inputs**power))


def norm_differs(network: Network) -> str:
    """Say what E[‖∂_x o‖_2²] is where it is not 1."""
    total = sum(moments(network))
    return "" if total == 1 else f"{network}: E[‖∂_x o‖_2²] = {total}, not 1"


def is_symmetric(dag: Dag) -> bool:
    """Decide (S) at the first output, by comparing whole multisets of path-degrees."""
    return same_path_degrees(dag, dag.outputs[0])


def is_zero_padded(network: Network) -> bool:
    """Whether a one-dimensional convolution of the network pads with zeros."""
    return any(
        isinstance(layer, nn.Conv1d) and layer.padding != (0,) and layer.padding_mode == "zeros"
        for layer in network.module
    )
