"""Corollary 5 at the level of exact second moments: convolutions, strided or not."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.checks.subjects.moment_comparisons import (
    is_symmetric,
    is_zero_padded,
    moments,
    norm_differs,
    not_one_over_d,
)
from theory.checks.subjects.path_networks import (
    by_size,
    feedforward_networks,
    repeated,
    strided,
)
from theory.networks.sequential_networks import Network, convolution, with_logit

KERNELS = ((1, 2), (2, 2), (3, 2), (4, 2), (2, 3), (3, 3), (4, 3), (5, 3), (6, 3))
"""Kernels and strides of the families that go down to one pixel."""

MOST_PIXELS = 81

MARGIN = 0.02
"""In an exponent: over a factor of 40 in d a drift of 8 %."""

QS = (1, 2, 4, 8, 16, math.inf)
"""The larger q, the more the largest of unequal coordinates count."""


def check_corollary_5_moments(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Corollary 5: the sizes of all pixels together grow like √d if no kernel leaves one out."""
    networks = [
        network
        for network in by_size([*_strided_networks(), *feedforward_networks()])
        if not is_zero_padded(network)
    ]
    symmetric = [network for network in networks if is_symmetric(network.dag)]
    progress(0.3, "second moments of strided convolutions")
    families = [_ToOnePixel(kernel, stride) for kernel, stride in KERNELS]
    covering = [family for family in families if family.kernel >= family.stride]
    nearest = [family for family in families if 1 < family.kernel < family.stride]
    unequal = [family for family in covering if family.kernel % family.stride]
    average = compare(
        "with or without (S), the inputs' E[(∂_x f_k)²] average to 1/d",
        [*networks, *(family.networks[-1] for family in families)],
        norm_differs,
    )
    return Evidence(
        method=(
            f"Exact second moments under (H) on {len(networks)} successions of convolutions and "
            "dense layers, strided or not; convolutions beside zero padding cannot satisfy H3 "
            "and are left out. Coordinates “of size 1/√d” are read for all pixels together: "
            "Σ_x √E[(∂_x f_k)²], which bounds E‖∂_x f_k‖_1, grows like √d. For other q "
            "the l_q-norm of the √E[(∂_x f_k)²] is held against d^(1/q − 1/2). The hardest case "
            "are strides down to one pixel, whose number grows with d; its exponent is taken from "
            f"every size to the next, up to {MOST_PIXELS} pixels in one dimension (in two it is "
            "the same)."
        ),
        stated=[
            average,
            compare(
                "strides down to one pixel: Σ_x √E[(∂_x f_k)²] ∝ d^γ with γ within "
                f"{MARGIN:g} of 1/2",
                families,
                _ToOnePixel.leaves_one_half,
            ),
        ],
        literal=[compare("E[(∂_x f_k)²] = 1/d for every input", networks, not_one_over_d)],
        corrected=[
            average,
            compare(
                f"so it is where kernels are no smaller than strides: γ within {MARGIN:g} of 1/2",
                covering,
                _ToOnePixel.leaves_one_half,
            ),
            compare("under (S), E[(∂_x f_k)²] = 1/d for every input", symmetric, not_one_over_d),
            compare(
                "without (S), strides down to one pixel: exponents of l_q-norms minus (1/q − 1/2) "
                f"rise with q, from below 0 at q = 1 to above {MARGIN:g} at q = ∞",
                unequal,
                _ToOnePixel.keeps_to_equation_7,
            ),
        ],
        controls=[
            compare(
                "false neighbour: so it is with kernels smaller than strides that see neighbours",
                nearest,
                _ToOnePixel.leaves_one_half,
            ),
            compare(
                f"false neighbour: γ within {MARGIN:g} of {1 / 2 - 2 * MARGIN:g}",
                covering,
                lambda family: family.leaves(1 / 2 - 2 * MARGIN),
            ),
            compare(
                f"false neighbour: without (S), they are within {MARGIN:g} of 0 for every q",
                unequal,
                _ToOnePixel.leaves_equation_7,
            ),
            compare(
                "false neighbour: without (S), E[(∂_x f_k)²] = 1/d as soon as every pixel is seen",
                [network for network in networks if min(moments(network))],
                not_one_over_d,
            ),
        ],
        tables=[
            Table(
                title="Strides down to one pixel: γ in Σ_x √E[(∂_x f_k)²] ∝ d^γ between the two "
                "largest sizes, and how unequal the pixels are at the largest",
                columns=["kernel", "stride", "d", "γ", "smallest · d", "largest · d"],
                rows=[family.row() for family in families],
            )
        ],
    )


@dataclass(frozen=True)
class _ToOnePixel:
    """Strided convolutions, periodically padded, as many as take stride^L pixels to one."""

    kernel: int
    stride: int

    @cached_property
    def networks(self) -> list[Network]:
        """From stride pixels to the largest power of it that is allowed."""
        levels = int(math.log(MOST_PIXELS, self.stride) + 1e-9)
        return [
            Network(repeated(level, self._layers), (1, self.stride**level))
            for level in range(1, levels + 1)
        ]

    @cached_property
    def moments(self) -> list[list[Fraction]]:
        """E[(∂_x f_k)²] of every pixel, network by network."""
        return [moments(network) for network in self.networks]

    def _layers(self) -> list[nn.Module]:
        if self.kernel < self.stride:
            return convolution(self.kernel, stride=self.stride)
        return strided(self.kernel, self.stride)

    def exponents(self) -> list[float]:
        """From every size to the next."""
        sizes = [sum(math.sqrt(moment) for moment in found) for found in self.moments]
        return [math.log(b / a, self.stride) for a, b in pairwise(sizes)]

    def excesses(self) -> list[float]:
        """Of the exponents of l_q-norms over 1/q - 1/2, at the two largest sizes, by q."""
        sizes = [[math.sqrt(moment) for moment in found] for found in self.moments[-2:]]
        norms = [[float(np.linalg.norm(one, q)) for one in sizes] for q in QS]
        return [
            math.log(large / small, self.stride) - (1 / q - 1 / 2)
            for q, (small, large) in zip(QS, norms, strict=True)
        ]

    def leaves_equation_7(self) -> str:
        """Show the excesses where one is larger than the margin."""
        return self._describe_excesses() if max(map(abs, self.excesses())) > MARGIN else ""

    def keeps_to_equation_7(self) -> str:
        """Show the excesses where they do not rise with q, from below 0 to above the margin."""
        found = self.excesses()
        rise = found[0] < 0 and found[-1] > MARGIN and found == sorted(found)
        return "" if rise else self._describe_excesses()

    def _describe_excesses(self) -> str:
        return f"kernel {self.kernel}, stride {self.stride}: " + ", ".join(
            f"{excess:+.3f} at q = {q:g}" for q, excess in zip(QS, self.excesses(), strict=True)
        )

    def leaves_one_half(self) -> str:
        return self.leaves(1 / 2)

    def leaves(self, predicted: float) -> str:
        """Say which exponent is farther from the prediction than the margin."""
        for level, exponent in enumerate(self.exponents(), start=1):
            if abs(exponent - predicted) > MARGIN:
                return (
                    f"kernel {self.kernel}, stride {self.stride}: γ = {exponent:.3f} from d = "
                    f"{self.stride**level} to {self.stride ** (level + 1)}"
                )
        return ""

    def row(self) -> list[int | float | str]:
        found = self.moments[-1]
        d = len(found)
        return [
            self.kernel,
            self.stride,
            d,
            self.exponents()[-1],
            float(min(found) * d),
            float(max(found) * d),
        ]


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
