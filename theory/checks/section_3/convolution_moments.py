"""Corollary 5 at the level of exact second moments: convolutions, strided or not."""

from fractions import Fraction

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.moment_comparisons import (
    is_symmetric,
    is_zero_padded,
    moments,
    norm_differs,
    not_one_over_d,
)
from theory.checks.subjects.path_networks import (
    CircularPad,
    by_size,
    feedforward_networks,
    repeated,
    strided,
)
from theory.networks.sequential_networks import Network, convolution, with_logit

HALVINGS = (1, 2, 3, 4, 5)


def check_corollary_5_moments(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Corollary 5: successions of convolutions have coordinates of size 1/√d only under (S)."""
    networks = [
        network
        for network in by_size([*_strided_networks(), *feedforward_networks()])
        if not is_zero_padded(network)
    ]
    symmetric = [network for network in networks if is_symmetric(network.dag)]
    halving = [_halving(levels) for levels in HALVINGS]
    progress(0.3, "second moments of strided convolutions")
    return Evidence(
        method=(
            f"Exact second moments under (H) on {len(networks)} successions of convolutions and "
            "dense layers, strided or not; convolutions beside zero padding cannot satisfy H3 "
            "and are left out. The print asks nothing of strides and kernels. Its weakest reading, "
            "that E[(∂_x f_k)²] decreases like 1/d at every pixel, is tested on strided "
            "convolutions of kernel 3 that halve 2^L pixels L times, in which every pixel is seen."
        ),
        stated=[
            compare("E[(∂_x f_k)²] = 1/d for every input", networks, not_one_over_d),
            compare("weaker: every pixel has E[(∂_x f_k)²] > 0", networks, _unseen_pixel),
            compare(
                "weakest: d E[(∂_x f_k)²] at pixel 0 stays the same as d grows",
                halving[1:],
                lambda network: _scaled_differs(network, halving[0]),
            ),
        ],
        corrected=[
            compare("under (S), E[(∂_x f_k)²] = 1/d for every input", symmetric, not_one_over_d),
            compare(
                "with or without (S), the inputs' E[(∂_x f_k)²] average to 1/d",
                [*networks, *halving],
                norm_differs,
            ),
        ],
        controls=[
            compare(
                "false neighbour: 1/d as soon as every pixel is seen",
                [network for network in networks if min(moments(network))],
                not_one_over_d,
            ),
            compare(
                "false neighbour: 1/d² under (S)",
                symmetric,
                lambda network: not_one_over_d(network, power=2),
            ),
        ],
        tables=[
            Table(
                title="Kernel 3, stride 2, periodic padding, from d pixels down to 1: "
                "E[(∂_x f_k)²] · d at pixel 0, and at the pixel where it is largest",
                columns=["d", "pixel 0", "largest"],
                rows=[
                    [
                        len(network.dag.inputs),
                        str(moments(network)[0] * len(network.dag.inputs)),
                        str(max(moments(network)) * len(network.dag.inputs)),
                    ]
                    for network in halving
                ],
            )
        ],
    )


def _scaled_differs(network: Network, reference: Network) -> str:
    found, before = (moments(net)[0] * len(net.dag.inputs) for net in (network, reference))
    if found == before:
        return ""
    return (
        f"{network}: d E[(∂_x f_k)²] = {found} at pixel 0, but {before} at d = "
        f"{len(reference.dag.inputs)}; (2/3)^L for d = 2^L"
    )


def _unseen_pixel(network: Network) -> str:
    values = moments(network)
    return "" if min(values) else f"{network}: input {values.index(Fraction(0))} is never seen: 0"


def _strided_networks() -> list[Network]:
    """Kernels smaller than, equal to, between and a multiple of the strides."""
    networks = [with_logit(convolution(1, stride=2), (1, pixels)) for pixels in (2, 4)]
    networks += [with_logit(convolution(2, stride=stride), (1, 6)) for stride in (2, 3)]
    networks += [
        with_logit(strided(kernel, stride), (1, pixels))
        for kernel, stride, pixels in ((2, 2, 4), (3, 2, 4), (4, 2, 4), (3, 3, 6), (6, 3, 6))
    ]
    networks.append(with_logit([*strided(2, 2), *strided(4, 2)], (1, 8)))
    networks.append(with_logit(strided(2, 2, axes=2), (1, 4, 4)))
    networks.append(with_logit(strided(3, 2, axes=2), (1, 4, 4)))
    return networks


def _halving(levels: int) -> Network:
    """Build strided convolutions of kernel 3 that take 2^levels pixels to the one logit."""
    layers = repeated(levels, lambda: [CircularPad(1, 0), *convolution(3, stride=2)])
    return Network(layers, (1, 2**levels))
