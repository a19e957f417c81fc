"""What an l_p-attack gains at first order, as the input dimension d grows: Section 3 in formulas.

The networks have ReLUs on hidden layers, a linear output o, no biases, and weights of one size a
layer. They are light formulas, without DAGs: the coordinates of ∂_x o are taken as normal, with the
second moment that Theorem 4 gives them under (S).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from theory.attacks.normal_norms import normal_norm
from theory.attacks.norms import dual_exponent


@dataclass(frozen=True, kw_only=True)
class WeightSize:
    """The standard deviation of weights, factor · in-degree^(-exponent).

    Attributes
    ----------
    factor, exponent : √2 and 1/2 for He initialization (H3).
    """

    factor: float
    exponent: float

    def at(self, in_degree: int) -> float:
        """Return the standard deviation of a weight that enters a neuron of this in-degree."""
        return float(self.factor * in_degree**-self.exponent)


HE = WeightSize(factor=math.sqrt(2), exponent=0.5)
"""Weights of variance 2/in-degree (H3)."""


def like_he_at(in_degree: int, exponent: float) -> WeightSize:
    """Return weights that shrink with another exponent, and have He's size at one in-degree."""
    return WeightSize(factor=HE.at(in_degree) * in_degree**exponent, exponent=exponent)


def gradient_factor(weights: WeightSize, in_degrees: Sequence[int]) -> float:
    """By how much ∂_x o, and o itself, are multiplied when He's weights get another size.

    A layer without biases whose weights are multiplied by c > 0 passes c times as much on, and the
    ReLUs after it stay as they are: o is c times what it was, at each network, and so is ∂_x o.

    Parameters
    ----------
    weights : their new size.
    in_degrees : of the neurons of each layer.
    """
    return math.prod(weights.at(v) / HE.at(v) for v in in_degrees)


def coordinate_size(d: int, weights: WeightSize, in_degrees: Sequence[int]) -> float:
    """The root mean square √E[(∂_x o)²] of a coordinate of the gradient.

    With He's weights E[(∂_x o)²] is 2/d under (S) (Theorem 4; the paper's 1/d counts a ReLU after
    the output, too).

    Parameters
    ----------
    d : input dimension.
    weights, in_degrees : as in `gradient_factor`.
    """
    return math.sqrt(2 / d) * gradient_factor(weights, in_degrees)


def output_size(d: int, weights: WeightSize, in_degrees: Sequence[int]) -> float:
    """The root mean square of o at inputs of d pixels of mean square 1; √2 with He's weights.

    Without biases o = ∂_x o · x, and coordinates of different inputs are uncorrelated.
    """
    return math.sqrt(d) * coordinate_size(d, weights, in_degrees)


def threshold(p: float, d: int) -> float:
    """The size ε_p = ε_∞ d^(1/p) of an l_p-attack, for ε_∞ = 1 (Eq. 5).

    Parameters
    ----------
    p : in [1, infinity].
    d : input dimension.
    """
    return float(d ** (1 / p))


def predicted_gain(p: float, d: int, weights: WeightSize, in_degrees: Sequence[int]) -> float:
    """The size of ε_p ‖∂_x o‖_q, what an l_p-attack adds to o at first order (Eq. 6 and 7).

    It grows like √d with He's weights for p > 1, and like √(d log d) for p = 1.

    Parameters
    ----------
    p : of the attack, in [1, infinity].
    d, weights, in_degrees : as in `coordinate_size`.

    Raises
    ------
    ValueError : if `p` is not in [1, infinity].
    """
    size = coordinate_size(d, weights, in_degrees)
    return threshold(p, d) * normal_norm(dual_exponent(p), d) * size


def power_law(exponent: float, d: float, *, through: tuple[float, float]) -> float:
    """Return what a law d^exponent gives at d, if it gives `through[1]` at `through[0]`."""
    return float(through[1] * (d / through[0]) ** exponent)


def growth_exponent(dimensions: Sequence[int], values: Sequence[float]) -> float:
    """Return the least-squares slope of log value over log d.

    Parameters
    ----------
    dimensions : two distinct ones at least, positive.
    values : one each, positive.
    """
    import numpy as np

    return float(np.polyfit(np.log(dimensions), np.log(values), 1)[0])
