"""How the gradients of one kind of network grow with d: samples held against predicted moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evidence.intervals import Interval
from evidence.means import exponent_interval
from evidence.moments import moment_exponent_interval, moment_interval
from simulations.engine.gradient_norms import GradientNorms
from simulations.reports.quantities import predicted_law, quantities, slope

(SUP_NORM,) = (q for q in quantities(with_loss=True) if q.key == "loss-typical-norm-inf")


@dataclass(frozen=True, kw_only=True, eq=False)
class Growth:
    """Samples at two input dimensions or more.

    Attributes
    ----------
    samples : one a dimension, ascending.
    predicted : E[(∂_x f_0)²] of each coordinate, at each dimension.
    largest : `typical_largest` of the predicted moments, at each dimension.
    error : error level of each interval.
    """

    samples: Sequence[GradientNorms]
    predicted: Sequence[NDArray[np.float64]]
    largest: Sequence[float]
    error: float

    @property
    def dims(self) -> list[int]:
        """The input dimensions."""
        return [sample.d for sample in self.samples]

    @property
    def networks(self) -> int:
        """Networks at each dimension; the fewest where they are not equally many."""
        return min(len(sample.factors) for sample in self.samples)

    @cached_property
    def mean_squares(self) -> list[Interval]:
        """Intervals for the mean of E[(∂_x f_0)²] over the coordinates."""
        return [moment_interval(sample.mean_square(), self.error) for sample in self.samples]

    @cached_property
    def ratios(self) -> list[Interval]:
        """Intervals for the same, over what is predicted."""
        return [
            interval.scaled(1 / float(moments.mean()))
            for interval, moments in zip(self.mean_squares, self.predicted, strict=True)
        ]

    def moment_exponent(self) -> Interval:
        """Interval for the exponent of d in the mean of E[(∂_x f_0)²]."""
        samples = [sample.mean_square() for sample in self.samples]
        return moment_exponent_interval(self.dims, samples, self.error)

    def step_2(self) -> Interval:
        """Interval for the variance of ∂_x L over what Step 2 of Theorem 3's proof makes of it.

        That is `loss_factors` times the predicted E[(∂_x f_0)²]; the quotient is 1 if Step 2 is
        right. All dimensions are put together.
        """
        quotients = [
            sample.mean_square(loss=True) / sample.factors / float(moments.mean())
            for sample, moments in zip(self.samples, self.predicted, strict=True)
        ]
        return moment_interval(np.concatenate(quotients), self.error)

    def norm_exponent(self, q: float) -> Interval:
        """Interval for the exponent of d in ‖∂_x L‖_q, of networks whose gradient is not 0."""
        norms = [sample.norm(q, loss=True) for sample in self.samples]
        return exponent_interval(self.dims, [np.log(norm[norm > 0]) for norm in norms], self.error)

    def exponent_of_largest(self) -> float:
        """Return the exponent of d in ‖∂_x L‖_∞ that `typical_largest` predicts."""
        return slope(self.dims, self.largest)


def typical_largest(moments: NDArray[np.float64]) -> float:
    """Return what ‖∂_x L‖_∞ follows over d, up to a constant that d does not change.

    The largest of d normal coordinates is larger than the others, by √(2 log d) nearly.

    Parameters
    ----------
    moments : the predicted E[(∂_x f_0)²] of each coordinate, shape (d,).

    Raises
    ------
    ValueError : all of them are 0.
    """
    law = predicted_law(SUP_NORM, [moments])
    if law is None:
        raise ValueError("all predicted moments are 0: there is no largest coordinate")
    return law[0]
