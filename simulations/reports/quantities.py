"""The sizes of random input gradients at growing dimension: estimates, intervals, exponents.

All quantities rest on a few statistics of each network: the norms ‖g‖_1, ‖g‖_2, ‖g‖_∞ of its
gradient g (of the logit f_0, and of the loss L), and the mean square of its coordinates. Averages
over coordinates and ε_p times a dual norm are these, multiplied by a power of d, so that their
intervals hold and miss together and count once against the error level.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from evidence.intervals import Interval
from evidence.means import Samples, exponent_interval, mean_interval, slope_coefficients
from evidence.moments import moment_exponent_interval, moment_interval
from simulations.engine.gradient_norms import GradientNorms
from theory.attacks.normal_norms import expected_log_maximum

INFINITY = float("inf")


class Average(Enum):
    """How a statistic of networks is averaged over them."""

    SQUARE = "the expected square"
    MEAN = "the expectation"
    TYPICAL = "exp E log, the geometric mean"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """An average over networks of ‖g‖_q, or of its square, times a power of d.

    Attributes
    ----------
    key, label : its name in files, and in print.
    loss : whether g is ∂_x L instead of ∂_x f_0.
    q : 1, 2 or infinity.
    average : over the networks.
    power : of d.
    """

    key: str
    label: str
    loss: bool
    q: float
    average: Average
    power: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A quantity at all sizes.

    Attributes
    ----------
    quantity : what it is.
    intervals : one a size.
    exponent : of d, the least-squares slope over all sizes.
    law : what is predicted at each size, up to a constant; None without a prediction.
    predicted_exponent : the law's slope over the same sizes; None without a prediction.
    """

    quantity: Quantity
    intervals: Sequence[Interval]
    exponent: Interval
    law: Sequence[float] | None
    predicted_exponent: float | None


_OF_A_GRADIENT = (
    ("mean-square", "E[({g})²]", 2, Average.SQUARE, -1.0),
    ("mean-absolute", "E|{g}|", 1, Average.MEAN, -1.0),
    ("typical-coordinate", "typical rms {g}", 2, Average.TYPICAL, -0.5),
    ("norm-1", "E‖{g}‖_1", 1, Average.MEAN, 0.0),
    ("norm-2", "E‖{g}‖_2", 2, Average.MEAN, 0.0),
    ("norm-inf", "E‖{g}‖_∞", INFINITY, Average.MEAN, 0.0),
    ("typical-norm-1", "typical ‖{g}‖_1", 1, Average.TYPICAL, 0.0),
    ("typical-norm-2", "typical ‖{g}‖_2", 2, Average.TYPICAL, 0.0),
    ("typical-norm-inf", "typical ‖{g}‖_∞", INFINITY, Average.TYPICAL, 0.0),
)
_OF_ATTACKS = (
    ("attack-inf", "ε_∞ E‖{g}‖_1", 1, Average.MEAN, 0.0),
    ("attack-2", "ε_2 E‖{g}‖_2", 2, Average.MEAN, 0.5),
    ("attack-1", "ε_1 E‖{g}‖_∞", INFINITY, Average.MEAN, 1.0),
)
"""ε_p times the dual norm, ε_p = ε_∞ d^(1/p) with ε_∞ = 1 (Eq. 5), 1/p + 1/q = 1."""


def quantities(*, with_loss: bool) -> list[Quantity]:
    """List the quantities of a network: those of ∂_x f, and with two logits or more of ∂_x L.

    Attacks are on the loss, or on the only logit.
    """
    of_logit = [("logit", "∂_x f", *row) for row in _OF_A_GRADIENT]
    of_loss = [("loss", "∂_x L", *row) for row in _OF_A_GRADIENT]
    last = of_loss[0][:2] if with_loss else of_logit[0][:2]
    rows = of_logit + of_loss * with_loss + [(*last, *row) for row in _OF_ATTACKS]
    return [
        Quantity(
            key=f"{gradient}-{name}",
            label=label.format(g=g),
            loss=gradient == "loss",
            q=q,
            average=average,
            power=power,
        )
        for gradient, g, name, label, q, average, power in rows
    ]


def independent_intervals(sizes: int, *, with_loss: bool) -> int:
    """Count the intervals that can miss for reasons of their own.

    Quantities that average one norm in one way differ by a power of d, and hold or miss together.
    Each such statistic has an interval at each size and an exponent. To these comes, at each size,
    the spread over the coordinates.
    """
    listed = quantities(with_loss=with_loss)
    statistics = {(quantity.loss, quantity.q, quantity.average) for quantity in listed}
    return (sizes + 1) * len(statistics) + sizes


def measure(
    quantity: Quantity,
    samples: Sequence[GradientNorms],
    error: float,
    predicted: Sequence[NDArray[np.float64]] | None,
) -> Measured:
    """Average a quantity at each size and find its exponent.

    Typical sizes are those of the networks whose gradient is not 0: where all neurons of a layer
    are off it is, and has no logarithm.

    Parameters
    ----------
    quantity : what to measure.
    samples : the samples of each size, sizes ascending.
    error : error level of each interval.
    predicted : E[(∂_x f_0)²] of each coordinate, at each size; None without a prediction.
    """
    dims = [sample.d for sample in samples]
    norms = [sample.norm(quantity.q, loss=quantity.loss) for sample in samples]
    if quantity.average is Average.TYPICAL:
        logs = [np.log(norm[norm > 0]) for norm in norms]
        intervals = [_typical(logarithms, error) for logarithms in logs]
        exponent = (
            exponent_interval(dims, logs, error)
            if min(map(len, logs)) > 1
            else _none(error, sum(map(len, logs)))
        )
    else:
        values = [norm**2 if quantity.average is Average.SQUARE else norm for norm in norms]
        intervals = [moment_interval(sizes, error) for sizes in values]
        exponent = (
            moment_exponent_interval(dims, values, error)
            if min(sizes.max() for sizes in values) > 0
            else _none(error, sum(map(len, values)))
        )
    law = None if predicted is None else predicted_law(quantity, predicted)
    return Measured(
        quantity=quantity,
        intervals=[
            interval.scaled(d**quantity.power) for d, interval in zip(dims, intervals, strict=True)
        ],
        exponent=exponent.scaled(1.0, shift=quantity.power),
        law=law,
        predicted_exponent=None if law is None else slope(dims, law),
    )


def predicted_law(quantity: Quantity, moments: Sequence[NDArray[np.float64]]) -> list[float] | None:
    """Compute what the second moments predict for a quantity at each size, up to a constant.

    Coordinate i is taken to be of size √m_i, so that ‖g‖_q follows (Σ m_i^(q/2))^(1/q); the largest
    of d coordinates is that of d independent half-normal ones of the root-mean-square size. The
    gradient of the loss goes like that of a logit (proof of Theorem 3, Step 2, which holds the
    probabilities of the classes fixed).

    Parameters
    ----------
    quantity : what is predicted.
    moments : E[(∂_x f_0)²] of each coordinate, shape (d,), at each size.

    Returns
    -------
    None if all moments of a size are 0.
    """
    if any(not m.max() > 0 for m in moments):
        return None
    square = 2 if quantity.average is Average.SQUARE else 1
    return [math.exp(square * _log_norm(m, quantity.q)) * m.size**quantity.power for m in moments]


def slope(dims: Sequence[int], values: Sequence[float]) -> float:
    """Return the least-squares slope of log value over log d."""
    coefficients = slope_coefficients(dims, len(values))
    return float(np.dot(coefficients, np.log(values)))


def _log_norm(moments: NDArray[np.float64], q: float) -> float:
    if q == 1:
        return math.log(float(np.sqrt(moments).sum()))
    if q == 2:
        return math.log(float(moments.sum())) / 2
    return math.log(float(moments.mean())) / 2 + expected_log_maximum(moments.size)


def _typical(logs: Samples, error: float) -> Interval:
    return (mean_interval(logs, error) if logs.size > 1 else _none(error, logs.size)).exponential()


def _none(error: float, samples: int) -> Interval:
    return Interval(
        estimate=math.nan,
        low=-math.inf,
        high=math.inf,
        error=error,
        samples=samples,
        note="fewer than two networks have a gradient other than 0",
    )
