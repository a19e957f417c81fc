"""Hypotheses H3 to H5: variances of He initialization, independent layers, uncorrelated weights.

The paper says of H3 to H5 that He initialization satisfies them by design. An edge is read from
torch by `theory.networks.layer_maps`: neuron i sees input j over weight k.
"""

from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.moment_comparisons import is_zero_padded
from theory.checks.subjects.path_networks import weighted_networks
from theory.networks.layer_maps import LayerMaps
from theory.networks.sequential_networks import Network

Law: TypeAlias = tuple[str, list[tuple[int, ...]]]
"""A name, and equally likely values of the weights along one path."""


def check_h3(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """H3: He initialization gives each weight the variance 2/in-degree of the neuron it enters."""
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
        stated=[compare("every weight has variance 2/in-degree", networks, _variance_is_not_h3s)],
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


def check_h4(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """H4: weights of different layers are independent; uncorrelated would not do."""
    networks = weighted_networks()
    progress(0.1, "joint laws of the weights on one path")
    values = (-1, 0, 0, 1)
    uncorrelated: Law = "(w, w')", [(1, 0), (-1, 0), (0, 1), (0, -1)]
    pairwise: Law = "(w, w', w w')", [(a, b, a * b) for a in (-1, 1) for b in (-1, 1)]
    independent: list[Law] = [
        (f"{length} independent weights", list(product(values, repeat=length)))
        for length in (1, 2, 3, 4)
    ]
    return Evidence(
        method=(
            "By design: every layer draws its own parameters. That Lemma 9 needs the independence "
            "is tested on one path whose weights follow a finite law, enumerated exactly."
        ),
        stated=[
            compare(
                "no parameter belongs to two layers, so that independent draws satisfy H4",
                networks,
                _shared_parameters,
            ),
            compare(
                "with independent weights, E[ω_p] = 0 and E[ω_p²] is the product of the E[w_p²]",
                independent,
                lambda law: _not_centred(law) or _squares_do_not_multiply(law),
            ),
        ],
        controls=[
            compare(
                "false neighbour: layers with uncorrelated weights suffice for E[ω_p²]",
                [uncorrelated],
                _squares_do_not_multiply,
            ),
            compare(
                "false neighbour: layers that are independent two by two suffice for E[ω_p] = 0",
                [pairwise],
                _not_centred,
            ),
            compare(
                "false neighbour: one parameter in two layers is independent, too",
                [_tied()],
                _shared_parameters,
            ),
        ],
    )


def check_h5(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """H5: two weights of a layer are uncorrelated; shared weights are not, unless they meet."""
    networks = weighted_networks()
    progress(0.1, "shared weights")
    return Evidence(
        method=(
            "The paper writes w_p for the weight from one neuron to the next: one weight an edge. "
            "Two edges that carry one shared weight are fully correlated. Which edges carry which "
            f"weight is read from torch's Jacobians, on {len(networks)} dense and convolutional "
            "networks with every padding. The proof of Lemma 9 needs H5 for two edges into one "
            "neuron; that of Lemma 10 for two edges out of one neuron."
        ),
        stated=[
            compare(
                "two edges into one neuron carry different weights, drawn independently",
                networks,
                lambda network: _shared(network, (2,), "two edges into one neuron"),
            )
        ],
        literal=[
            compare(
                "any two edges of a layer do",
                networks,
                lambda network: _shared(network, (1, 2), "two edges"),
            )
        ],
        controls=[
            compare(
                "false neighbour: two edges out of one neuron do, whatever the padding",
                networks,
                lambda network: _shared(network, (1,), "two edges out of one neuron"),
            ),
        ],
        tables=[
            Table(
                title="Small networks in which edges share a weight",
                columns=["edges", "networks", "with a shared weight"],
                rows=[
                    [words, len(networks), sum(bool(_shared(n, axes, "")) for n in networks)]
                    for words, axes in (
                        ("of one layer (H5 to the letter)", (1, 2)),
                        ("into one neuron (Lemma 9)", (2,)),
                        ("out of one neuron (Lemma 10)", (1,)),
                    )
                ],
            )
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


def _tied() -> Network:
    first, second = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    second.weight = first.weight
    return Network([first, nn.ReLU(), second], (1,))


def _shared(network: Network, axes: tuple[int, ...], edges: str) -> str:
    """Find a weight that occurs twice when its uses are summed over neurons (1), inputs (2)."""
    for layer in network.weighted:
        uses = layer.maps.sum(axis=axes).reshape(len(layer.maps), -1).max(axis=1)
        for weight in np.flatnonzero(uses > 1):
            square = Fraction(2, layer.fan_in or 1)
            return f"{network}: weight {weight} is on {edges}, with E[w w'] = {square}, not 0"
    return ""


def _shared_parameters(network: Network) -> str:
    owners: dict[int, str] = {}
    for name, layer in network.module.named_modules():
        for parameter in layer.parameters(recurse=False):
            if owners.setdefault(id(parameter), name) != name:
                other = owners[id(parameter)]
                return f"{network}: layers {other} and {name} have one weight, E[w w'] = E[w²]"
    return ""


def _not_centred(law: Law) -> str:
    name, outcomes = law
    mean = Fraction(sum(map(prod, outcomes)), len(outcomes))
    return f"weights {name} uniform on {outcomes}: E[ω_p] = {mean}" if mean else ""


def _squares_do_not_multiply(law: Law) -> str:
    name, outcomes = law
    square = Fraction(sum(prod(weights) ** 2 for weights in outcomes), len(outcomes))
    separate = prod(
        Fraction(sum(weight**2 for weight in weights), len(outcomes))
        for weights in zip(*outcomes, strict=True)
    )
    if square == separate:
        return ""
    return f"weights {name} uniform on {outcomes}: E[ω_p²] = {square}, not {separate}"
