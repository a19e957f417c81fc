"""Definition 1 and the size of the weights: smaller weights protect no label."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import TypeAlias

import numpy as np

from evidence.findings import Evidence, Progress, Table, compare, silent

Vector: TypeAlias = Sequence[Fraction]
Layer: TypeAlias = tuple[Sequence[Vector], Vector]
"""A layer's weights, a row for each of its neurons, and its biases."""
Gate: TypeAlias = Callable[[Fraction], int]

NETWORKS, POINTS = 40, 6
FACTORS = tuple(Fraction(*pair) for pair in ((2, 1), (1, 3), (1, 48), (7, 1)))
STEPS = tuple(Fraction(n, 4) for n in range(-2, 3))
"""Perturbations of one coordinate: those of an l_∞-attack of size 1/2, on a grid."""


@dataclass(frozen=True, kw_only=True)
class ReluNetwork:
    """A fully connected network with ReLUs on all layers but the last, in exact fractions.

    Attributes
    ----------
    layers : from the input on.
    """

    layers: Sequence[Layer]

    def logits(self, x: Vector) -> Vector:
        """The logits f_k(x)."""
        for weights, biases, gate in self._layers():
            sums = [_dot(row, x) + bias for row, bias in zip(weights, biases, strict=True)]
            x = [gate(value) * value for value in sums]
        return x

    def gradients(self, x: Vector) -> Sequence[Vector]:
        """The gradients ∂_x f_k(x), a row for each logit."""
        rows: Sequence[Vector] = [[Fraction(n == m) for m in range(len(x))] for n in range(len(x))]
        for weights, biases, gate in self._layers():
            sums = [_dot(row, x) + bias for row, bias in zip(weights, biases, strict=True)]
            columns = list(zip(*rows, strict=True))
            rows = [
                [gate(value) * _dot(row, column) for column in columns]
                for row, value in zip(weights, sums, strict=True)
            ]
            x = [gate(value) * value for value in sums]
        return rows

    def predicted(self, x: Vector) -> int:
        """The class of the largest logit, the first of several."""
        logits = self.logits(x)
        return max(range(len(logits)), key=lambda k: logits[k])

    def scaled(self, layer: int, factor: Fraction) -> "ReluNetwork":
        """The network with the weights of one layer multiplied, and its biases left alone."""
        weights, biases = self.layers[layer]
        times = [[factor * w for w in row] for row in weights]
        return replace(
            self, layers=[*self.layers[:layer], (times, biases), *self.layers[layer + 1 :]]
        )

    def _layers(self) -> Iterator[tuple[Sequence[Vector], Vector, Gate]]:
        last = len(self.layers) - 1
        for depth, (weights, biases) in enumerate(self.layers):
            yield weights, biases, relu_gate if depth < last else lambda _: 1


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """A network, a layer of it and a factor, with the inputs of a test set.

    Attributes
    ----------
    network : before its weights are multiplied.
    layer, factor : what is multiplied, and by what.
    points : the test set.
    """

    network: ReluNetwork
    layer: int
    factor: Fraction
    points: Sequence[Vector]

    @property
    def after(self) -> ReluNetwork:
        """The network with multiplied weights."""
        return self.network.scaled(self.layer, self.factor)

    @property
    def name(self) -> str:
        """The case in words."""
        sizes = [len(weights) for weights, _ in self.network.layers]
        return (
            f"d = {len(self.points[0])}, layers {', '.join(map(str, sizes))}, weights of layer "
            f"{self.layer + 1} times {self.factor}"
        )


def relu_gate(value: Fraction) -> int:
    """1 if a ReLU is open, 0 if it is closed, as it counts at 0."""
    return int(value > 0)


def check_scaled_weights(*, seed: int, progress: Progress = silent) -> Evidence:
    """Multiplying a layer's weights multiplies gradients, and changes no vulnerability."""
    rng = np.random.default_rng([seed, 25])
    plain = list(_scalings(rng, progress, biases=False))
    biased = list(_scalings(rng, progress, biases=True))
    negative = [replace(one, factor=-one.factor) for one in plain]
    return Evidence(
        method=(
            "Random ReLU networks with small whole weights and two or three classes, in exact "
            "fractions. The weights of one layer are multiplied by a factor, the first, a hidden "
            "or the last one. Logits, their gradients and the predicted classes are computed anew "
            "and compared at the points of a test set and at all perturbations of them on a grid "
            "in the l_∞-ball of size 1/2."
        ),
        stated=[
            compare(
                "all logits and their gradients are multiplied by c", plain, _multiplied_otherwise
            ),
            compare(
                "the same perturbations change the predicted class, so the vulnerability is the "
                "same",
                plain,
                _flips_others,
            ),
        ],
        controls=[
            compare(
                "false neighbour: the logits of a network with biases, of which only the weights "
                "of a layer are multiplied, are multiplied by c",
                biased,
                _multiplied_otherwise,
            ),
            compare(
                "false neighbour: such a network is as vulnerable as before", biased, _flips_others
            ),
            compare(
                "false neighbour: multiplying by −c multiplies the logits by −c",
                negative,
                _multiplied_otherwise,
            ),
        ],
        tables=[
            Table(
                title="A network without biases and one with them: weights of layer 1 times c",
                columns=["biases", "c", "largest |∂_x f_k|", "vulnerability"],
                rows=[
                    [words, str(case.factor), str(_steepest(case)), str(_vulnerability(case))]
                    for words, cases in (("none", plain), ("some", biased))
                    for case in _with_factors(next(filter(_is_vulnerable, cases)))
                ],
            )
        ],
    )


def _scalings(rng: np.random.Generator, progress: Progress, *, biases: bool) -> Iterator[Scaling]:
    """Draw networks, small ones first, each with a layer, a factor and a test set."""
    for number in range(NETWORKS):
        progress((number + NETWORKS * biases) / (2 * NETWORKS), "networks in fractions")
        d, depth = 1 + number % 2, 2 + number // (NETWORKS // 2)
        sizes = [d, *[2 + number // 2 % 2] * (depth - 1), 2 + number // 2 % 2]
        layers = [
            (_whole(rng, (rows, columns)), [biases * b for b in _whole(rng, (1, rows))[0]])
            for columns, rows in pairwise(sizes)
        ]
        yield Scaling(
            network=ReluNetwork(layers=layers),
            layer=number % depth,
            factor=FACTORS[number % len(FACTORS)],
            points=_whole(rng, (POINTS, d)),
        )


def _whole(rng: np.random.Generator, shape: tuple[int, int]) -> list[list[Fraction]]:
    return [[Fraction(int(value)) for value in row] for row in rng.integers(-3, 4, shape)]


def _dot(one: Vector, other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def _multiplied_otherwise(case: Scaling) -> str:
    before, after, c = case.network, case.after, case.factor
    for x in case.points:
        if list(after.logits(x)) != [c * value for value in before.logits(x)]:
            return f"{case.name}: logits at {_written(x)}"
        wanted = [[c * value for value in row] for row in before.gradients(x)]
        if [list(row) for row in after.gradients(x)] != wanted:
            return f"{case.name}: gradients at {_written(x)}"
    return ""


def _flips_others(case: Scaling) -> str:
    before, after = case.network, case.after
    for x in case.points:
        if _flips(before, x) != _flips(after, x):
            return f"{case.name}: perturbations of {_written(x)}"
    return ""


def _flips(network: ReluNetwork, x: Vector) -> list[bool]:
    """Whether each perturbation on the grid changes the predicted class."""
    here = network.predicted(x)
    return [
        network.predicted([a + b for a, b in zip(x, delta, strict=True)]) != here
        for delta in product(STEPS, repeat=len(x))
    ]


def _vulnerability(case: Scaling) -> Fraction:
    """The share of the test set that some perturbation on the grid flips (Definition 1)."""
    flipped = [any(_flips(case.after, x)) for x in case.points]
    return Fraction(sum(flipped), len(flipped))


def _is_vulnerable(case: Scaling) -> bool:
    return case.layer == 0 and 0 < _vulnerability(replace(case, factor=Fraction(1))) < 1


def _with_factors(case: Scaling) -> list[Scaling]:
    return [replace(case, factor=c) for c in (Fraction(1), *FACTORS)]


def _steepest(case: Scaling) -> Fraction:
    return max(abs(value) for x in case.points for row in case.after.gradients(x) for value in row)


def _written(x: Vector) -> str:
    return f"x = ({', '.join(map(str, x))})"
