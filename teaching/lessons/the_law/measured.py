"""What the drawn networks show: gains at each d, and exponents over d, with their intervals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from evidence.intervals import Interval
from evidence.levels import LESSON_ERROR
from teaching.lessons.the_law.settings import (
    DIMENSIONS,
    EPSILON,
    NORMS,
    SIDES,
    Settings,
    dimension,
    in_degrees,
)
from theory.attacks import attack_growth
from theory.attacks.norms import dual_exponent

QS = tuple(dual_exponent(p) for p in NORMS.values())
"""The exponents q of the norms that a piece keeps of each gradient."""

Logs: TypeAlias = Mapping[int, NDArray[np.float64]]
"""Logarithms of what scales, one a network, by the input dimension d."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some networks of one size.

    Attributes
    ----------
    side : pixels along an edge of their images.
    norms : ‖∂_x o‖_q with He's weights for q in `QS`, shape (networks, 3).
    outputs : o with He's weights, shape (networks,).
    """

    side: int
    norms: NDArray[np.float64]
    outputs: NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """What there is to be shown of some settings.

    Attributes
    ----------
    settings : network, attack and weights.
    pieces : of the sample, drawn so far.
    """

    settings: Settings
    pieces: Sequence[Piece]

    def factor(self, side: int) -> float:
        """Return what the weights' size does to the gradients of one size of images."""
        degrees = in_degrees(self.settings.kind, side)
        return attack_growth.gradient_factor(self.settings.weights, degrees)

    def output(self, side: int) -> float:
        """Return the root mean square of the output at images of one size."""
        degrees = in_degrees(self.settings.kind, side)
        return attack_growth.output_size(dimension(side), self.settings.weights, degrees)

    @cached_property
    def expected(self) -> Mapping[int, float]:
        """The gain ε_p ‖∂_x o‖_q / ε_∞ that the weights' size lets expect, by d."""
        p, weights, kind = self.settings.norm, self.settings.weights, self.settings.kind
        return {
            dimension(side): attack_growth.predicted_gain(
                p, dimension(side), weights, in_degrees(kind, side)
            )
            for side in SIDES
        }

    @cached_property
    def per_output(self) -> Mapping[int, float]:
        """1 over the size of the output, by d, where the gain is drawn over it; else 1."""
        over = self.settings.look == "ratio"
        return {dimension(side): 1 / self.output(side) if over else 1.0 for side in SIDES}

    @property
    def drawn(self) -> Logs:
        """Logarithms of what is drawn as dots."""
        return {d: logs + math.log(self.per_output[d]) for d, logs in self.gains.items()}

    def along(self, exponent: float, *, drawn: bool = False) -> Mapping[int, float]:
        """A law d^exponent that starts at the first expected gain, or at what is drawn, by d."""
        first = DIMENSIONS[0]
        start = (first, self.expected[first] * (self.per_output[first] if drawn else 1))
        return {d: attack_growth.power_law(exponent, d, through=start) for d in DIMENSIONS}

    @cached_property
    def expected_exponent(self) -> float:
        """The exponent of d in what is expected."""
        return attack_growth.growth_exponent(list(self.expected), list(self.expected.values()))

    @cached_property
    def gains(self) -> Logs:
        """Log ε_p ‖∂_x o‖_q / ε_∞ of the drawn networks."""
        p = self.settings.norm
        norms = self._log_norms(dual_exponent(p))
        return {d: np.log(attack_growth.threshold(p, d)) + logs for d, logs in norms.items()}

    def flips(self, d: int) -> NDArray[np.bool_]:
        """Whether an attack of size `EPSILON` flips the sign of each o drawn, to first order."""
        factor = math.log(self.factor(SIDES[DIMENSIONS.index(d)]))
        outputs = [piece.outputs for piece in self.pieces if dimension(piece.side) == d]
        sizes = np.log(np.abs(np.concatenate(outputs))) + factor
        return np.asarray(math.log(EPSILON) + self.gains[d] > sizes)

    def coordinates(self, q: float) -> Logs:
        """Return log(d^(-1/q) ‖∂_x o‖_q): the size of a coordinate, as its q-th mean."""
        return {d: logs - math.log(d) / q for d, logs in self._log_norms(q).items()}

    def _log_norms(self, q: float) -> Logs:
        drawn: dict[int, list[NDArray[np.float64]]] = {}
        for piece in self.pieces:
            drawn.setdefault(piece.side, []).append(piece.norms[:, QS.index(q)])
        return {
            dimension(side): np.log(np.concatenate(parts)) + math.log(self.factor(side))
            for side, parts in sorted(drawn.items())
        }


def typical(logs: NDArray[np.float64]) -> Interval:
    """Return the interval for a typical size, the geometric mean over networks."""
    from evidence import means  # scipy, which the first page does without

    return means.mean_interval(logs, LESSON_ERROR).exponential()


def share(flips: NDArray[np.bool_]) -> Interval:
    """Return the interval for the share of labels that flip, in percent."""
    from evidence.shares import share_interval

    return share_interval(int(flips.sum()), len(flips), LESSON_ERROR).scaled(100)


def exponent(logs: Logs) -> Interval:
    """Return the interval for the exponent of d, of two d or more."""
    from evidence import means

    return means.exponent_interval(list(logs), list(logs.values()), LESSON_ERROR)


def level(logs: Logs, expected: Mapping[int, float]) -> Interval:
    """Return the interval for log(drawn / expected gain), in the mean over the d."""
    from evidence import means

    apart = [one - math.log(expected[d]) for d, one in logs.items()]
    fewest = min(map(len, apart))
    return means.mean_interval(np.mean([one[:fewest] for one in apart], axis=0), LESSON_ERROR)


def number(value: float) -> str:
    """Write a gain with three digits or more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def power(exponent: float) -> str:
    """Write an exponent with three decimals at most, and 0 without a sign."""
    return f"{round(exponent, 3) + 0.0:g}"
