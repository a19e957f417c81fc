"""Section 2 on random noise: it cancels where an attack adds, and it leads to Tikhonov's penalty.

Random noise takes one vector of perturbations in a random order and with random signs. All orders
and signs of a short vector can be counted, so that means over this noise are exact fractions.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations, product

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent

DIMENSIONS = (1, 2, 3, 4)
SIZES = tuple(4**n for n in range(2, 8))
"""Dimensions at which the mean |g · u| of random signs is compared with its growth."""


@dataclass(frozen=True, kw_only=True)
class Noise:
    """A gradient, and perturbations with the coordinates v in every order and with all signs.

    Attributes
    ----------
    gradient : g, whole numbers.
    coordinates : v, whole numbers, as many.
    """

    gradient: Sequence[int]
    coordinates: Sequence[int]

    @property
    def d(self) -> int:
        """The number of inputs."""
        return len(self.gradient)

    @cached_property
    def perturbations(self) -> list[tuple[int, ...]]:
        """All of them; those that coincide are counted as often."""
        return [
            tuple(sign * v for sign, v in zip(signs, order, strict=True))
            for order in permutations(self.coordinates)
            for signs in product((1, -1), repeat=self.d)
        ]

    def mean(self, value: Callable[[int], Fraction | int]) -> Fraction:
        """The mean over all perturbations u of a function of g · u."""
        changes = [_dot(self.gradient, u) for u in self.perturbations]
        return Fraction(sum(map(value, changes)), len(changes))

    @property
    def mean_square(self) -> Fraction:
        """The mean of (g · u)²."""
        return self.mean(lambda change: change**2)

    @property
    def predicted(self) -> Fraction:
        """What cancelling coordinates give: ‖g‖_2² ‖v‖_2² / d."""
        return Fraction(_square(self.gradient) * _square(self.coordinates), self.d)

    @property
    def name(self) -> str:
        """The case in words."""
        return f"g = {tuple(self.gradient)}, noise of {tuple(self.coordinates)}"


def check_random_noise(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 2: the coordinates of ∂_x L add up under attack, and cancel under random noise."""
    progress(0.0, "all signs and orders of a perturbation")
    cases = _cases(np.random.default_rng([seed, 23]))
    flat = [case for case in cases if _is_flat(case.gradient) and _is_flat(case.coordinates)]
    return Evidence(
        method=(
            "Random noise takes the coordinates of one perturbation in a random order and with "
            "random signs. All orders and signs are counted, in up to 4 dimensions, so that means "
            "are exact fractions. The attack of the same size changes the loss by its dual norm: "
            "‖g‖_2 ‖v‖_2 where the l_2-norm of the perturbation is limited, and ‖g‖_1 times the "
            "size of a pixel where the l_∞-norm is. For random signs on a gradient of equal "
            "coordinates the mean of |g · u| is also computed exactly up to d = 16,384, by the "
            "distance of a random walk from its start."
        ),
        stated=[
            compare(
                "random noise cancels: the mean of g · u is 0, and that of (g · u)² is "
                "‖g‖_2² ‖u‖_2² / d",
                cases,
                lambda case: _differs(case, case.predicted),
            ),
            compare(
                "‖δ‖_2 ≤ ε: an attack changes the loss by √d times the root mean square of random "
                "noise, whatever the gradient",
                cases,
                lambda case: _gain_differs(case, _euclidean_gain(case), case.d),
            ),
            compare(
                "‖δ‖_∞ ≤ ε: by √d times it, if the coordinates of the gradient are of equal size",
                flat,
                lambda case: _gain_differs(case, _signed_gain(case), case.d),
            ),
            compare(
                "the mean |g · u| of random signs on d coordinates of size 1 is √(2d/π), within "
                "2 %, while FGSM's signs give d",
                SIZES,
                lambda d: _walk_differs(d, math.sqrt(2 * d / math.pi)),
            ),
        ],
        controls=[
            compare(
                "false neighbour: the mean of (g · u)² is ‖g‖_2² ‖u‖_2² / (d + 1)",
                cases,
                lambda case: _differs(case, case.predicted * case.d / (case.d + 1)),
            ),
            compare(
                "false neighbour: for ‖δ‖_∞ ≤ ε the factor is √d for unequal coordinates, too",
                [case for case in cases if _is_flat(case.coordinates)],
                lambda case: _gain_differs(case, _signed_gain(case), case.d),
            ),
            compare(
                "false neighbour: noise of one sign for all coordinates cancels, too",
                [case for case in cases if _is_flat(case.coordinates)],
                _common_sign_differs,
            ),
            compare(
                "false neighbour: the mean |g · u| of random signs grows like d^0.52",
                SIZES,
                lambda d: _walk_differs(d, _walk(SIZES[0]) * (d / SIZES[0]) ** 0.52),
            ),
        ],
        tables=[
            Table(
                title="Change of a loss whose d coordinates have size 1, by ‖δ‖_∞ ≤ 1",
                columns=["d", "random signs, mean |g · u|", "attack", "quotient over √d"],
                rows=[[d, _walk(d), d, d / _walk(d) / math.sqrt(d)] for d in SIZES],
            )
        ],
    )


def check_tikhonov(*, seed: int, progress: Progress = silent) -> Evidence:
    """Section 2: Tikhonov regularization amounts to training with random noise (Bishop 1995)."""
    progress(0.0, "linear models trained with noise")
    rng = np.random.default_rng([seed, 24])
    cases = [(case, int(rng.integers(-5, 6))) for case in _cases(rng)]
    return Evidence(
        method=(
            "For a linear model w · x under squared loss, with noise as in section-2-random-noise: "
            "the mean of (y − w · (x + u))² over all u, as an exact fraction, against the loss at "
            "x plus Tikhonov's multiple of ‖w‖_2². Beyond linear models Bishop's result is of "
            "second order in the noise; it is cited, not claimed, by the paper."
        ),
        stated=[
            compare(
                "the mean loss with noise is the loss plus (‖u‖_2² / d) ‖w‖_2²",
                cases,
                lambda case: _noisy_loss_differs(*case, case[0].predicted),
            )
        ],
        controls=[
            compare(
                "false neighbour: plus that with d + 1 for d",
                cases,
                lambda case: _noisy_loss_differs(
                    *case, case[0].predicted * case[0].d / (case[0].d + 1)
                ),
            ),
            compare(
                "false neighbour: plus (‖u‖_2² / d) ‖w‖_1², an attack's norm",
                cases,
                lambda case: _noisy_loss_differs(
                    *case,
                    Fraction(
                        sum(map(abs, case[0].gradient)) ** 2 * _square(case[0].coordinates),
                        case[0].d,
                    ),
                ),
            ),
        ],
    )


def _cases(rng: np.random.Generator) -> list[Noise]:
    """Equal coordinates first, small dimensions first."""
    cases = []
    for d in DIMENSIONS:
        gradients = [[1] * d, [1] + [0] * (d - 1), *rng.integers(-3, 4, size=(4, d)).tolist()]
        shapes = [[1] * d, [2] + [0] * (d - 1), rng.integers(-3, 4, size=d).tolist()]
        cases += [Noise(gradient=g, coordinates=v) for g in gradients for v in shapes]
    return cases


def _differs(case: Noise, predicted: Fraction) -> str:
    mean, square = case.mean(lambda change: change), case.mean_square
    if mean == 0 and square == predicted:
        return ""
    return f"{case.name}: mean {mean}, mean square {square}, predicted 0 and {predicted}"


def _euclidean_gain(case: Noise) -> int:
    return _square(case.gradient) * _square(case.coordinates)


def _signed_gain(case: Noise) -> int:
    return (sum(map(abs, case.gradient)) * max(map(abs, case.coordinates))) ** 2


def _gain_differs(case: Noise, attacked: int, factor: int) -> str:
    """Compare the square of an attack's change with a multiple of the mean square of noise."""
    if attacked == factor * case.mean_square:
        return ""
    return f"{case.name}: {attacked} under attack, {case.mean_square} under noise, in squares"


def _common_sign_differs(case: Noise) -> str:
    square = _dot(case.gradient, [abs(v) for v in case.coordinates]) ** 2
    if square == case.predicted:
        return ""
    return f"{case.name}, all of one sign: (g · u)² = {square}, not {case.predicted}"


def _noisy_loss_differs(case: Noise, residual: int, penalty: Fraction) -> str:
    """The model's weights are the gradient g; the residual is y − w · x."""
    mean = case.mean(lambda change: (residual - change) ** 2)
    if mean == residual**2 + penalty:
        return ""
    return f"w: {case.name}, y − w · x = {residual}: {mean}, not {residual**2 + penalty}"


def _walk(d: int) -> float:
    """The mean distance from its start of a random walk of d steps, d even."""
    return float(Fraction(d * math.comb(d, d // 2), 2**d))


def _walk_differs(d: int, predicted: float) -> str:
    value = _walk(d)
    if math.isclose(value, predicted, rel_tol=0.02):
        return ""
    return f"d = {d}: mean |g · u| = {value:.4g}, predicted {predicted:.4g}"


def _is_flat(vector: Sequence[int]) -> bool:
    return len({abs(value) for value in vector}) == 1


def _dot(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _square(vector: Sequence[int]) -> int:
    return _dot(vector, vector)
