"""Hypotheses H4 and H5 put to the test: independent layers and uncorrelated weights.

The paper says of H3 to H5 that He initialization satisfies them by design. An edge is read as
what `theory.paths.sign_patterns.layer_maps` finds in torch: neuron i sees input j over weight k.
"""

from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np
from torch import nn

from evidence.comparison import compare
from evidence.findings import Evidence, Progress, Table, silent
from theory.networks.path_networks import Network, weighted_networks

Law: TypeAlias = tuple[str, list[tuple[int, ...]]]
"""A name, and equally likely values of the weights along one path."""


def check_h4(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """H4: weights of different layers are independent; uncorrelated would not do.

    Parameters
    ----------
    seed : not used, as every law is enumerated.
    progress : told the fraction done.
    """
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
        printed=[
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
    """H5: two weights of a layer are uncorrelated; shared weights are not, unless they meet.

    Parameters
    ----------
    seed : not used, as every small network is tried.
    progress : told the fraction done.
    """
    networks = weighted_networks()
    progress(0.1, "shared weights")
    keeping = [network for network in networks if not _copying_mode(network)]
    return Evidence(
        method=(
            "The paper writes w_p for the weight from one neuron to the next: one weight an edge. "
            "Two edges that carry one shared weight are fully correlated. Which edges carry which "
            f"weight is read from torch's Jacobians, on {len(networks)} dense and convolutional "
            "networks with every padding. Lemma 9 needs H5 for two edges into one neuron; Lemma "
            "10 for two edges out of one neuron."
        ),
        printed=[
            compare(
                "two edges of a layer carry different weights, drawn independently",
                networks,
                lambda network: _shared(network, (1, 2), "two edges"),
            )
        ],
        corrected=[
            compare(
                "two edges into one neuron carry different weights (enough for Lemma 9)",
                networks,
                lambda network: _shared(network, (2,), "two edges into one neuron"),
            ),
            compare(
                "without padding, with zero padding, or with periodic padding that does not "
                "enlarge the layer, two edges out of one neuron do, too (enough for Lemma 10)",
                keeping,
                lambda network: _shared(network, (1,), "two edges out of one neuron"),
            ),
        ],
        controls=[
            compare(
                f"false neighbour: with {mode} padding, two edges out of one neuron carry "
                "different weights",
                [network for network in networks if _copying_mode(network) == mode],
                lambda network: _shared(network, (1,), "two edges out of one neuron"),
            )
            for mode in ("circular", "reflect", "replicate")
        ],
        tables=[
            Table(
                title="Small networks in which edges share a weight",
                columns=["edges", "networks", "with a shared weight"],
                rows=[
                    [words, len(networks), sum(bool(_shared(n, axes, "")) for n in networks)]
                    for words, axes in (
                        ("of one layer (H5 as printed)", (1, 2)),
                        ("into one neuron (Lemma 9)", (2,)),
                        ("out of one neuron (Lemma 10)", (1,)),
                    )
                ],
            )
        ],
    )


def _tied() -> Network:
    first, second = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    second.weight = first.weight
    return Network([first, nn.ReLU(), second], (1,))


def _copying_mode(network: Network) -> str:
    """Name the padding mode if it lets one filter see a pixel twice at one weight, else ""."""
    first = network.module[0]
    if not isinstance(first, nn.Conv1d) or first.padding == (0,) or first.padding_mode == "zeros":
        return ""
    # Periodic windows repeat once they start a whole period apart.
    apart = (network.weighted[0].maps.shape[1] - 1) * first.stride[0]
    if first.padding_mode == "circular" and apart < network.shape[1]:
        return ""
    return first.padding_mode


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
