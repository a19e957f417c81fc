"""Hypothesis H3 put to the test: the variances of He initialization, and in-degrees."""

from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from evidence.comparison import compare
from evidence.findings import Evidence, Progress, silent
from theory.networks.moment_comparisons import is_zero_padded
from theory.networks.path_networks import Network, weighted_networks
from theory.paths.sign_patterns import LayerMaps


def check_h3(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """H3: under He initialization, every weight has variance 2/in-degree of the neuron it enters.

    Parameters
    ----------
    seed : not used, as every small network is tried.
    progress : told the fraction done.
    """
    networks = weighted_networks()
    progress(0.1, "variances of shared weights")
    zero = [network for network in networks if is_zero_padded(network)]
    other = [network for network in networks if not is_zero_padded(network)]
    return Evidence(
        method=(
            "He initialization gives a weight the variance 2/fan-in, where fan-in counts the "
            "weights of a neuron; the in-degree counts the connections that exist, read from "
            f"torch's Jacobians, on {len(networks)} dense and convolutional networks. Beside zero "
            "padding, neurons of one filter have unequal in-degrees, and no variance of their "
            "shared weight is 2/in-degree for all of them. The symmetric laws of He "
            "initialization have expectation 0."
        ),
        printed=[compare("every weight has variance 2/in-degree", networks, _variance_is_not_h3s)],
        corrected=[
            compare(
                "without zero padding, every weight has variance 2/fan-in = 2/in-degree",
                other,
                _variance_is_not_h3s,
            ),
            compare(
                "with zero padding, in-degrees are at most the fan-in, and smaller for a neuron "
                "that sees padding",
                zero,
                _no_smaller_in_degree,
            ),
        ],
        controls=[
            compare(
                "false neighbour: other variances of the shared weights satisfy H3 beside zero "
                "padding",
                zero,
                _no_variance_fits,
            ),
            compare(
                "false neighbour: every weight has variance 2/fan-out",
                networks,
                _not_2_over_fan_out,
            ),
        ],
    )


def _in_degrees(layer: LayerMaps) -> NDArray[np.int64]:
    degrees: NDArray[np.int64] = layer.maps.sum(axis=(0, 2))
    return degrees


def _variance_is_not_h3s(network: Network) -> str:
    for layer in network.weighted:
        for neuron, degree in enumerate(_in_degrees(layer).tolist()):
            if degree != layer.fan_in:
                return (
                    f"{network}: neuron {neuron} has in-degree {degree}, its weights variance "
                    f"{Fraction(2, layer.fan_in or 1)}, not {Fraction(2, degree)}"
                )
    return ""


def _no_smaller_in_degree(network: Network) -> str:
    fan_in = network.weighted[0].fan_in or 0
    degrees, first = _in_degrees(network.weighted[0]), cast(nn.Conv1d, network.module[0])
    starts = np.arange(len(degrees)) * first.stride[0] - int(first.padding[0])
    padded = (starts < 0) | (starts + fan_in > network.shape[1])
    right = np.array_equal(degrees < fan_in, padded) and degrees.max() <= fan_in
    return "" if right else f"{network}: in-degrees {degrees.tolist()}"


def _no_variance_fits(network: Network) -> str:
    for layer in network.weighted:
        degrees = _in_degrees(layer)
        for weight, edges in enumerate(layer.maps):
            wanted = sorted({int(degrees[neuron]) for neuron in np.nonzero(edges)[0]})
            if len(wanted) > 1:
                return f"{network}: weight {weight} enters neurons of in-degrees {wanted}"
    return ""


def _not_2_over_fan_out(network: Network) -> str:
    for layer in network.weighted:
        out = int(layer.maps.sum(axis=(0, 1)).max())
        if out != layer.fan_in:
            return f"{network}: fan-out {out}, variance 2/{layer.fan_in}"
    return ""
