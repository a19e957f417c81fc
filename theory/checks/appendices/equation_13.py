"""Equation 13, from all pairs of paths to 1/d, and the sentence after it, in fractions."""

from collections.abc import Callable, Hashable
from fractions import Fraction

from torch import nn

from evidence.findings import Evidence, Progress, compare, silent
from theory.checks.oracles.sign_patterns import squared_gradient_moments
from theory.checks.subjects.moment_comparisons import (
    is_symmetric,
    is_zero_padded,
    moments,
    not_one_over_d,
)
from theory.checks.subjects.path_networks import averaged, by_size, strided
from theory.networks.sequential_networks import (
    PADDING_MODES,
    Network,
    convolution,
    dense,
    with_logit,
    without_last,
)
from theory.paths.moment_terms import fan_in, sum_over_paths


def check_equation_13(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Equation 13, line by line: from all pairs of paths to 1/d under (S)."""
    tiny = by_size(_tiny_networks())
    zero = [network for network in tiny if is_zero_padded(network)]
    he = [network for network in tiny if not is_zero_padded(network)]
    symmetric = [network for network in he if is_symmetric(network.dag)]
    progress(0.1, "Equation 13 on small networks")
    return Evidence(
        method=(
            "The left side is averaged over every pattern of ±σ weights and of open and closed "
            f"ReLUs, by products of Jacobians, on {len(tiny)} small dense and convolutional "
            "networks with a ReLU on the logit; line 1 by the walk over all pairs of paths; lines "
            "2 and 3 by enumeration of paths. He variances 2/fan-in, so that line 3 is tested "
            "without zero padding (see H3)."
        ),
        stated=[
            compare(
                "line 1: E[(∂_x o)²] = Σ_{p,p'} E[ω_p ω_p'] E[σ_p σ_p']",
                [*tiny, *by_size(_averaging_networks())],
                lambda network: _differ(network, squared_gradient_moments(network.maps)),
            ),
            compare(
                "line 2: = Σ_p Π E[w_p²] E[σ_p²]",
                tiny,
                lambda network: _differ(network, _over_paths(network, fan_in(network.dag))),
            ),
            compare(
                "line 3: = Σ_p Π (2/d_p) (1/2)",
                he,
                lambda network: _differ(network, _over_paths(network, network.dag.in_degree)),
            ),
            compare(
                "line 3: = 1/d, under (S)",
                symmetric,
                not_one_over_d,
            ),
            compare(
                "after it: E[‖∂_x o‖_2²] = 1, with or without (S)",
                he,
                lambda network: "" if sum(moments(network)) == 1 else str(network),
            ),
        ],
        controls=[
            compare(
                "false neighbour: line 3 is 1/d without (S)",
                he,
                not_one_over_d,
            ),
            compare(
                "false neighbour: line 3 is 1/d without a ReLU on the logit",
                [without_last(network) for network in symmetric],
                not_one_over_d,
            ),
            compare(
                "false neighbour: line 3 holds for He variances beside zero padding",
                zero,
                lambda network: _differ(network, _over_paths(network, network.dag.in_degree)),
            ),
            compare(
                "false neighbour: line 2 holds over averages, their weights counted as random",
                by_size(_averaging_networks()),
                lambda network: _differ(network, _over_paths(network, fan_in(network.dag))),
            ),
        ],
    )


def _over_paths(network: Network, divisor: Callable[[Hashable], int]) -> list[Fraction]:
    return [sum_over_paths(network.dag, x, divisor) for x in network.dag.inputs]


def _differ(network: Network, terms: list[Fraction]) -> str:
    """Compare the terms of one line of Eq. 13, one an input, with the second moments."""
    expected = moments(network)
    if terms == expected:
        return ""
    return f"{network}: {[str(v) for v in terms]} against {[str(v) for v in expected]}"


def _tiny_networks() -> list[Network]:
    """Few enough weights and neurons for all patterns of signs and ReLUs."""
    networks = [
        dense(*sizes) for sizes in ((1, 1), (2, 1), (3, 1), (2, 2, 1), (3, 2, 1), (1, 3, 1))
    ]
    networks += [
        with_logit(convolution(kernel, stride=stride), (1, pixels))
        for kernel, stride, pixels in ((2, 1, 3), (1, 2, 2), (2, 2, 4), (3, 2, 5))
    ]
    networks += [
        with_logit(convolution(kernel, padding=1, mode=mode, stride=stride), (1, 3))
        for mode in PADDING_MODES
        for kernel, stride in ((2, 1), (3, 1), (3, 2))
    ]
    networks.append(with_logit(strided(4, 2), (1, 4)))
    return networks


def _averaging_networks() -> list[Network]:
    networks = [with_logit(averaged(2, 2), (1, 4)), with_logit(averaged(2, 2), (1, 2))]
    for mode in PADDING_MODES:
        pooled = [*convolution(2, padding=1, mode=mode), nn.AvgPool1d(3)]
        networks.append(with_logit(pooled, (1, 2)))
    return networks
