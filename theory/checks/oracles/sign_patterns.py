"""Path-products by brute force: every pattern of ±σ weights, straight from the torch modules.

The slow reference beside `theory.paths.path_pairs` and `theory.checks.oracles.symbolic_paths`, with
which it shares no code. It knows a layer only by its Jacobians (`theory.networks.layer_maps`), and
is exact: signs and Jacobians are whole numbers, and σ² = 2/fan-in is a fraction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from theory.networks.layer_maps import LayerMaps

MOST_PATTERNS = 2**20

Path: TypeAlias = tuple[int, int, tuple[int, ...], int]
"""A path's start and end, the numbers of its weights, and the product of its fixed weights."""


@dataclass(frozen=True, kw_only=True)
class PathProducts:
    """The products ω_p of all paths through a network, for every pattern of signs.

    Attributes
    ----------
    inputs : number of inputs.
    starts, ends : shape (paths,), the input and the output of each path.
    weights : for each path, the numbers of the weights on it, counted through the network.
    signs : shape (patterns, paths), the product of the signs of a path's weights.
    fixed : shape (paths,), what averages on the way multiply by, times `divisor`.
    divisor : the product of all averages' numbers of neurons.
    variance : the product of the variances 2/fan-in of the weights on a path.
    """

    inputs: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    weights: list[tuple[int, ...]]
    signs: NDArray[np.int64]
    fixed: NDArray[np.int64]
    divisor: int
    variance: Fraction

    def second_moments(self) -> tuple[NDArray[np.int64], Fraction]:
        """E[ω_p ω_p'] for all pairs of paths: an array (paths, paths) and the unit it counts."""
        fixed = np.outer(self.fixed, self.fixed)
        unit = self.variance / (len(self.signs) * self.divisor**2)
        return self.signs.T @ self.signs * fixed, unit

    def products_of_variances(self) -> list[Fraction]:
        """Π E[w_p²] along every path, the squares of averages' fixed weights included."""
        return [self.variance * Fraction(int(value), self.divisor) ** 2 for value in self.fixed]

    def pair_sums(self, end: int) -> list[tuple[Fraction, Fraction]]:
        """For each input, sum E[ω_p ω_p'] over all pairs of paths to `end`, and Π E[w_p²]."""
        totals, unit = self.second_moments()
        squares = self.products_of_variances()
        sums = []
        for start in range(self.inputs):
            chosen = np.flatnonzero((self.starts == start) & (self.ends == end))
            every = int(totals[np.ix_(chosen, chosen)].sum())
            sums.append((unit * every, sum((squares[p] for p in chosen), Fraction(0))))
        return sums


def path_products(layers: Sequence[LayerMaps]) -> PathProducts:
    """Multiply the weights along every path, for every pattern of ± signs of all weights."""
    inputs = layers[0].maps.shape[2]
    weighted = [len(layer.maps) for layer in layers if layer.fan_in]
    signs = _patterns(sum(weighted), (-1, 1))
    paths: list[Path] = [(x, x, (), 1) for x in range(inputs)]
    first = 0
    for layer in layers:
        steps = [tuple(map(int, step)) for step in np.argwhere(layer.maps)]
        longer = []
        for start, end, weights, fixed in paths:
            for k, above, below in steps:
                if below == end:
                    used = (*weights, first + k) if layer.fan_in else weights
                    value = int(layer.maps[k, above, below])
                    longer.append((start, above, used, fixed * value))
        paths = longer
        first += len(layer.maps) if layer.fan_in else 0
    return PathProducts(
        inputs=inputs,
        starts=np.array([path[0] for path in paths]),
        ends=np.array([path[1] for path in paths]),
        weights=[path[2] for path in paths],
        signs=np.stack([signs[:, path[2]].prod(axis=1) for path in paths], axis=1),
        fixed=np.array([path[3] for path in paths]),
        divisor=prod(layer.divisor for layer in layers),
        variance=_variance(layers),
    )


def squared_gradient_moments(layers: Sequence[LayerMaps], *, power: int = 1) -> list[Fraction]:
    """Average squared gradients of the first output over all signs and all ReLU gates (H1).

    The Jacobians are multiplied layer by layer: no path is formed.

    Parameters
    ----------
    layers : of the network, as `network_maps` finds them.
    power : 1 for E[(∂_x o)²] of every input; 2 for the single number E[‖∂_x o‖_2⁴].
    """
    signs = _patterns(sum(len(layer.maps) for layer in layers if layer.fan_in), (-1, 1))
    gates = _patterns(sum(layer.maps.shape[1] for layer in layers if layer.gates), (0, 1))
    if len(signs) * len(gates) > MOST_PATTERNS:
        raise ValueError(f"{len(signs)} × {len(gates)} patterns are too many: take a smaller net")
    jacobian = np.eye(layers[0].maps.shape[2], dtype=np.int64)[None, None]
    weight = gate = 0
    for layer in layers:
        if layer.gates:
            wide = layer.maps.shape[1]
            jacobian = gates[None, :, gate : gate + wide, None] * jacobian
            gate += wide
            continue
        values = signs[:, weight : weight + len(layer.maps)] if layer.fan_in else np.ones((1, 1))
        weight += len(layer.maps) if layer.fan_in else 0
        matrices = np.tensordot(values.astype(np.int64), layer.maps, axes=1)
        jacobian = matrices[:, None] @ jacobian
    squares = jacobian[..., 0, :] ** 2
    unit = _variance(layers) / prod(layer.divisor for layer in layers) ** 2
    patterns = squares.shape[0] * squares.shape[1]
    if power == 2:
        total = int((squares.sum(axis=-1) ** 2).sum())
        return [unit**2 * Fraction(total, patterns)]
    return [unit * Fraction(int(total), patterns) for total in squares.sum(axis=(0, 1))]


def _variance(layers: Iterable[LayerMaps]) -> Fraction:
    return prod((Fraction(2, layer.fan_in) for layer in layers if layer.fan_in), start=Fraction(1))


def _patterns(places: int, values: tuple[int, int]) -> NDArray[np.int64]:
    """All rows of `places` values, shape (2**places, places)."""
    if 2**places > MOST_PATTERNS:
        raise ValueError(f"2^{places} patterns are too many: take a smaller network")
    rows = np.array(list(product(values, repeat=places)), dtype=np.int64)
    return rows.reshape(2**places, places)
