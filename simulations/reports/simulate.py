"""Random networks at growing input dimension: their input gradients, measured and predicted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.findings import Progress, silent
from evidence.intervals import Interval
from evidence.levels import SIMULATION_ERROR, error_of_each
from evidence.spread import spread_interval
from simulations.engine.ensemble import Ensemble, plan
from simulations.engine.sampler import Sample, Sampler
from simulations.engine.sequential import Round, doubling_rounds, sample_in_rounds
from simulations.reports.precision import is_precise
from simulations.reports.quantities import (
    Average,
    Measured,
    independent_intervals,
    measure,
    quantities,
)
from theory.graph.layers import DagError
from theory.modules.predictions import predict_second_moments

NETWORKS = 1000
MOST_NETWORKS = 100_000
"""Networks of each size: without a precision, and at most with one."""

FIRST_ROUND = 256
"""Networks of the first round, where a precision is asked for."""

MOST_PARTS = 24
"""Parts of the networks that the spread over coordinates is estimated from: few and large, as the
mean of many networks is less skewed than one of them (`evidence.sums.SHOWS_SKEWNESS`)."""

Moments = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """Measured and predicted sizes of input gradients.

    Attributes
    ----------
    samples : one a size, sizes ascending.
    shapes : input shape at each size.
    measured : all quantities, with intervals and exponents.
    predicted : E[(∂_x f_0)²] under (H), shape `shapes[i]`; None where theory has no prediction.
    no_prediction : why it has none; empty if it has one at each size.
    remarks : what a reader of the figures has to know of the networks.
    ratios : E[(∂_x f_0)²], averaged over coordinates, over its prediction; None without one.
    spreads : coefficient of variation of E[(∂_x f_0)²] over the coordinates; None where d is too
        large to keep them apart, or all gradients are 0.
    error : error level of each interval; all hold at once with probability 1 - `SIMULATION_ERROR`.
    precision : the relative half-width that was asked for; None if none was.
    is_precise : whether all expectations were measured so precisely.
    """

    samples: Sequence[Sample]
    shapes: Sequence[tuple[int, ...]]
    measured: Sequence[Measured]
    predicted: Sequence[Moments | None]
    no_prediction: str
    remarks: Sequence[str]
    ratios: Sequence[Interval | None]
    spreads: Sequence[Interval | None]
    error: float
    precision: float | None
    is_precise: bool

    @property
    def dims(self) -> list[int]:
        """Input dimensions."""
        return [sample.d for sample in self.samples]

    @property
    def networks(self) -> int:
        """Networks of each size."""
        return len(self.samples[0].norms)

    @property
    def share_of_error(self) -> float:
        """What the last round had of the error level that all rounds share; 1 for a single one."""
        intervals = independent_intervals(len(self.samples), with_loss=self.samples[0].logits > 1)
        return self.error / error_of_each(SIMULATION_ERROR, intervals)

    @property
    def contradicted(self) -> list[bool]:
        """At which sizes E[(∂_x f_0)²] is not what (H) predicts: the ratio's interval lacks 1."""
        return [ratio is not None and not ratio.low <= 1 <= ratio.high for ratio in self.ratios]

    @property
    def without_gradient(self) -> list[int]:
        """How many networks of each size have ∂_x f_0 = 0: a layer of which all neurons are off."""
        return [int(np.count_nonzero(sample.norm(2) == 0)) for sample in self.samples]

    @property
    def notes(self) -> list[str]:
        """Why intervals are infinite, each reason once, with the figures of its first interval."""
        intervals = [i for size in self.measured for i in (*size.intervals, size.exponent)]
        intervals += [spread for spread in self.spreads if spread is not None]
        by_reason: dict[str, str] = {}
        for interval in intervals:
            by_reason.setdefault(re.sub(r"[\d.,e+]+", "0", interval.note), interval.note)
        return [note for note in by_reason.values() if note]


def networks_wanted(networks: int | None, precision: float | None) -> int:
    """Return how many networks of each size there are, or at most where there is a precision."""
    return networks or (NETWORKS if precision is None else MOST_NETWORKS)


def simulate(
    ensembles: Sequence[Ensemble],
    sampler: Sampler,
    *,
    networks: int | None = None,
    precision: float | None = None,
    progress: Progress = silent,
) -> Simulation:
    """Sample networks of each size, and hold their input gradients against the prediction.

    Parameters
    ----------
    ensembles : one network at growing sizes, from `simulations.engine.configurations.configure`.
    sampler : gives the samples; it holds seed, device, store and workers.
    networks : of each size, at least 2; at most so many if there is a precision. `NETWORKS` or
        `MOST_NETWORKS` if None.
    precision : a target for the relative half-width of the interval of every expectation (second
        moments and norms, at each size). Networks are added in doubling rounds until it is
        reached. The rounds share the error level, so that stopping early spoils no interval.
    progress : called as networks are finished.

    Raises
    ------
    ValueError : fewer than two networks, or a precision that is not positive.
    PoolError, StoreError : as `Sampler.sample`.
    """
    most = networks_wanted(networks, precision)
    if most < 2:
        raise ValueError(f"an interval needs two networks or more, not {most}")
    progress(0.0, "prediction")
    predictions = [_predict(ensemble) for ensemble in ensembles]
    with_loss = plan(ensembles[0]).logits > 1
    error = error_of_each(
        SIMULATION_ERROR, independent_intervals(len(ensembles), with_loss=with_loss)
    )
    rounds = (
        [Round(networks=most, error=error)]
        if precision is None
        else doubling_rounds(FIRST_ROUND, error)
    )
    simulation = sample_in_rounds(
        sampler,
        ensembles,
        rounds,
        lambda samples, error: _evaluated(samples, ensembles, predictions, error, precision),
        is_enough=lambda simulation: simulation.is_precise,
        most=most,
        progress=progress,
        activity="{networks} networks of each size",
    )
    progress(1.0, "done")
    return simulation


def _evaluated(
    samples: Sequence[Sample],
    ensembles: Sequence[Ensemble],
    predictions: Sequence[tuple[Moments | None, str]],
    error: float,
    precision: float | None,
) -> Simulation:
    moments = [prediction for prediction, _ in predictions]
    known = [second.ravel() for second in moments if second is not None]
    measured = [
        measure(quantity, samples, error, known if len(known) == len(samples) else None)
        for quantity in quantities(with_loss=samples[0].logits > 1)
    ]
    expectations = [
        interval
        for one in measured
        if one.quantity.average is not Average.TYPICAL
        for interval in one.intervals
    ]
    return Simulation(
        samples=samples,
        shapes=[plan(ensemble).shape for ensemble in ensembles],
        measured=measured,
        predicted=moments,
        no_prediction=next((reason for _, reason in predictions if reason), ""),
        remarks=list(dict.fromkeys(note for one in ensembles for note in plan(one).notes)),
        ratios=[
            None if one is None or not one.any() else interval.scaled(1 / float(one.mean()))
            for one, interval in zip(moments, measured[0].intervals, strict=True)
        ],
        spreads=[_spread(sample, error) for sample in samples],
        error=error,
        precision=precision,
        is_precise=precision is not None and is_precise(expectations, precision),
    )


def _predict(ensemble: Ensemble) -> tuple[Moments | None, str]:
    """Return the predicted second moments, or None and the reason."""
    planned = plan(ensemble)
    masks = ensemble.relu == "masks"
    try:
        return predict_second_moments(
            planned.module, planned.shape, output=planned.output or 0, masks=masks
        ), ""
    except DagError as error:
        return None, f"at size {ensemble.size}, {error}"


def _spread(sample: Sample, error: float) -> Interval | None:
    sums = sample.squares
    if not sums.any():
        return None
    starts = np.arange(0, len(sums), -(-len(sums) // MOST_PARTS))
    return spread_interval(
        np.add.reduceat(sums, starts, axis=0, dtype=np.float64),
        np.add.reduceat(sample.counts, starts),
        error,
    )
