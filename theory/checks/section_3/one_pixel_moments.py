"""What the sentence after Theorem 6 on one pixel a channel needs: √n, not the printed n."""

import math
from dataclasses import dataclass
from functools import cached_property

from torch import nn

from evidence.findings import Evidence, Progress, Table, compare, silent
from theory.attacks.norms import ROUNDING
from theory.checks.subjects.moment_comparisons import moments
from theory.checks.subjects.path_networks import averaged, repeated, strided
from theory.networks.sequential_networks import Network

SIZES = ((2, 1), (2, 2), (3, 1), (2, 3), (3, 2), (2, 4), (3, 3))
"""Strides, which are the kernels too, and numbers of layers: 2 to 27 pixels down to one."""


def check_one_pixel_needs_root_n(*, seed: int, progress: Progress = silent) -> Evidence:  # noqa: ARG001
    """Averages down to one pixel: vulnerability is the same for every d, so they divide by √n."""
    cases = [_DownToOnePixel(*size) for size in SIZES]
    progress(0.1, "second moments of networks that go down to one pixel")
    return Evidence(
        method=(
            "Exact second moments under (H) of networks that take 2 to 27 pixels to one, by "
            "convolutions with strides of the kernel's size, and of their twins with averages over "
            "n neurons for the strides, so that n over all layers is d. The size of "
            "‖∂_x f_k‖_1 is Σ_x √E[(∂_x f_k)²]; the attack is l_∞, with a constant ε."
        ),
        stated=[
            compare(
                "with strides it grows like √d",
                cases,
                lambda case: case.differs(case.strided, case.d**0.5),
            ),
            compare(
                "with averages it is the same for every d (the sentence of Section 3.3)",
                cases,
                lambda case: case.differs(case.averaged, 1.0),
            ),
            compare(
                "so the averages of all layers divide it by √d, √n for each, and not by d",
                cases,
                lambda case: case.differs(case.strided / case.averaged, case.d**0.5),
            ),
        ],
        controls=[
            compare(
                "false neighbour: divided by n for each, as Theorem 6 is printed, it is the same "
                "for every d",
                cases,
                lambda case: case.differs(case.strided / case.d, 1.0),
            ),
            compare(
                "false neighbour: the averages divide it by n^0.55 for each",
                cases,
                lambda case: case.differs(case.strided / case.averaged, case.d**0.55),
            ),
        ],
        tables=[
            Table(
                title="Σ_x √E[(∂_x f_k)²] with strides and with averages, and what the print's n "
                "would leave",
                columns=["kernel", "layers", "d", "strides", "averages", "strides / d"],
                rows=[
                    [
                        case.stride,
                        case.layers,
                        case.d,
                        case.strided,
                        case.averaged,
                        case.strided / case.d,
                    ]
                    for case in cases
                ],
            )
        ],
    )


@dataclass(frozen=True)
class _DownToOnePixel:
    """Layers whose strides, or averages, take stride^layers pixels to one."""

    stride: int
    layers: int

    @property
    def d(self) -> int:
        return int(self.stride**self.layers)

    @cached_property
    def strided(self) -> float:
        """Σ_x √E[(∂_x f_k)²] with strides."""
        return self._size(repeated(self.layers, lambda: strided(self.stride, self.stride)))

    @cached_property
    def averaged(self) -> float:
        """The same with averages."""
        return self._size(repeated(self.layers, lambda: averaged(self.stride, self.stride)))

    def _size(self, layers: list[nn.Module]) -> float:
        return sum(math.sqrt(moment) for moment in moments(Network(layers, (1, self.d))))

    def differs(self, found: float, expected: float) -> str:
        if abs(found / expected - 1) <= ROUNDING:
            return ""
        return f"kernel {self.stride}, {self.d} pixels to one: {found:.4g}, not {expected:.4g}"
