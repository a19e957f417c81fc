"""An audit of one network at growing size: the law, its layers, and what the remedies change."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from evidence.errors import reason_of
from evidence.findings import Progress, silent
from evidence.intervals import Interval
from evidence.levels import AUDIT_ERROR, error_of_each
from evidence.moments import (
    moment_exponent_interval,
    moment_interval,
    moment_ratio_interval,
    slope_interval,
)
from running.pools import Pool
from running.store import Store
from simulations.audit.coordinates import INTERVALS as OF_SYMMETRY
from simulations.audit.coordinates import PixelMap, Symmetry, pixel_map, symmetry
from simulations.audit.growth_verdicts import Departure, Growth, departure, growth
from simulations.audit.remedies import Remedy, remedied, remedies
from simulations.audit.sampling import EPSILON, AuditSample, Variant, sample
from simulations.engine.ensemble import Ensemble, plan
from simulations.reports.quantities import predicted_law, quantities, slope
from theory.graph.layers import DagError
from theory.modules.predictions import predict_second_moments

NETWORKS = 64
"""Networks of each size, if no number is given."""

MORE = 8
"""Times as many of the smallest size: (S) is a statement on the mean of each single coordinate."""

FEWER = 2
"""One in so many of the networks is measured with each remedy."""

LEAST_WITH_REMEDY = 8

_NO_GRADIENT = "at some size no network has a gradient other than 0"

Moments = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One quantity at all sizes.

    Attributes
    ----------
    label : what it is.
    intervals : its expectation at each size.
    exponent : of d, the least-squares slope over the sizes.
    predicted_exponent : what theory predicts; None where it predicts nothing.
    """

    label: str
    intervals: Sequence[Interval]
    exponent: Interval
    predicted_exponent: float | None

    @property
    def growth(self) -> Growth:
        """What the interval of the exponent says."""
        return growth(self.exponent)


@dataclass(frozen=True, kw_only=True)
class LayerGrowth:
    """Gradients of the loss with respect to what one layer puts out, or to the input.

    The law says that the mean square of a coordinate is one over the number n of coordinates: so
    ‖g‖_2 keeps its size, and ‖g‖_1 grows like √n.

    Attributes
    ----------
    name, kind : of the submodule; see `simulations.audit.layer_recorder`.
    coordinates : n at each size.
    norm_1, norm_2, mean_square : E‖g‖_1, E‖g‖_2 and E‖g‖_2² / n at each size.
    exponent_1, exponent_2, exponent_square : their exponents of d.
    law_1, law_square : the law's exponents of ‖g‖_1 and of the mean square; of ‖g‖_2 it is 0.
    """

    name: str
    kind: str
    coordinates: Sequence[int]
    norm_1: Sequence[float]
    norm_2: Sequence[float]
    mean_square: Sequence[float]
    exponent_1: Interval
    exponent_2: Interval
    exponent_square: Interval
    law_1: float
    law_square: float

    @property
    def place(self) -> str:
        """Name and class, as a sentence has them."""
        return f"{self.name} ({self.kind})" if self.kind else self.name

    @property
    def departure(self) -> Departure:
        """What the interval of the l1-norm's exponent says."""
        return departure(self.exponent_1, self.law_1)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What one remedy does to the l1-norm of the loss gradient, in the same networks.

    Attributes
    ----------
    remedy : which layers are replaced by what.
    networks : of each size.
    exponent : of d, with the remedy.
    change : of the exponent by the remedy.
    factor : by which it changes the norm's expectation at the largest size.
    predicted_exponent, predicted_factor : None where theory predicts nothing.
    """

    remedy: Remedy
    networks: int
    exponent: Interval
    change: Interval
    factor: Interval
    predicted_exponent: float | None
    predicted_factor: float | None


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All that was measured; its intervals all hold at once with probability 1 - `AUDIT_ERROR`.

    Attributes
    ----------
    sizes, dims, shapes : what the factory was called with, d and the input's shape.
    networks : of each size.
    norm, damage : E‖∂_x L‖_1, and E max(L(x + ε sign ∂_x L) - L(x), 0) for ε = `EPSILON`.
    first_order : E damage over E of its first order ε‖∂_x L‖_1, at each size.
    symmetry : of the coordinates, at the smallest size.
    maps : of the pixels at each size; None where there is none.
    layers : from the output back to the input, which is the last one.
    effects : of the remedies, in the order of the layers; all together last.
    not_applied : remedies that the module cannot take, and why.
    no_prediction : why there is none; empty if there is one.
    error : level of each interval.
    """

    sizes: Sequence[int]
    dims: Sequence[int]
    shapes: Sequence[tuple[int, ...]]
    networks: Sequence[int]
    norm: Measurement
    damage: Measurement
    first_order: Sequence[Interval]
    symmetry: Symmetry
    maps: Sequence[PixelMap | None]
    layers: Sequence[LayerGrowth]
    effects: Sequence[Effect]
    not_applied: Sequence[str]
    no_prediction: str
    error: float

    @property
    def first_departure(self) -> LayerGrowth | None:
        """The first layer, walking back from the output, that surely departs from the law."""
        departs = (Departure.ABOVE, Departure.BELOW)
        return next((layer for layer in self.layers if layer.departure in departs), None)


def audit(
    ensembles: Sequence[Ensemble],
    *,
    networks: int,
    seed: int,
    device: torch.device,
    pool: Pool,
    store: Store | None = None,
    progress: Progress = silent,
) -> Audit:
    """Measure a network at growing size.

    Parameters
    ----------
    ensembles : from `simulations.engine.configurations.configure`.
    networks : of each size, 2 or more; of the smallest one, the first, `MORE` times as many.
    seed, device, pool, store : as of `simulations.engine.sampler.Sampler`.
    progress : called as networks are finished.

    Raises
    ------
    PoolError, StoreError, ModuleError : as `simulations.audit.sampling.sample`.
    """
    progress(0.0, "prediction")
    listed, not_applied = _applicable(ensembles)
    predicted, no_prediction = _predict(ensembles, Remedy(label="", layers=()))
    fewer = min(networks, max(LEAST_WITH_REMEDY, networks // FEWER))
    of_remedies = [_predict(ensembles, remedy)[0] for remedy in listed]
    numbers = [MORE * networks] + [networks] * (len(ensembles) - 1)
    wanted = [
        (Variant(ensemble=ensemble), number)
        for ensemble, number in zip(ensembles, numbers, strict=True)
    ]
    wanted += [
        (Variant(ensemble=ensemble, layers=remedy.layers), fewer)
        for remedy in listed
        for ensemble in ensembles
    ]
    samples = sample(
        wanted,
        seed=seed,
        device=device,
        pool=pool,
        store=store,
        report=lambda part: progress(part, f"{networks} networks of each size"),
    )
    own, replaced = samples[: len(ensembles)], samples[len(ensembles) :]
    progress(1.0, "intervals")
    names = [name for name in own[0].names if all(name in one.names for one in own)]
    error = error_of_each(
        AUDIT_ERROR,
        3 * len(own) + OF_SYMMETRY + 2 + 3 * len(names) + 3 * len(listed),
    )
    dims = [one.d for one in own]
    shapes = [plan(ensemble).shape for ensemble in ensembles]
    law = _law(predicted)
    exponent = None if law is None else slope(dims, law)
    effects = [
        _effect(
            remedy,
            own,
            replaced[number * len(own) : (number + 1) * len(own)],
            (law, _law(of_remedies[number])),
            error,
        )
        for number, remedy in enumerate(listed)
    ]
    first_order = [EPSILON * one.norms[:, 0, 0] for one in own]
    return Audit(
        sizes=[ensemble.size for ensemble in ensembles],
        dims=dims,
        shapes=shapes,
        networks=numbers,
        norm=_measured("E‖∂_x L‖_1", own, [one.norms[:, 0, 0] for one in own], exponent, error),
        damage=_measured(
            f"damage of the attack ε sign ∂_x L, ε = {EPSILON:g}",
            own,
            [one.damages.clip(min=0) for one in own],
            exponent,
            error,
        ),
        first_order=[
            moment_ratio_interval(one.damages.clip(min=0), linear, error).exponential()
            if one.damages.max() > 0
            else _unbounded(error, "the attack raises no network's loss")
            for one, linear in zip(own, first_order, strict=True)
        ],
        symmetry=symmetry(own[0], shapes[0], error),
        maps=[pixel_map(one, shape) for one, shape in zip(own, shapes, strict=True)],
        layers=[_layer(name, own, error) for name in reversed(names)],
        effects=effects,
        not_applied=not_applied,
        no_prediction=no_prediction,
        error=error,
    )


def _applicable(ensembles: Sequence[Ensemble]) -> tuple[list[Remedy], list[str]]:
    """Return the remedies that the module takes at each size, and why it does not take others."""
    modules = [plan(ensemble).module for ensemble in ensembles]
    common = set.intersection(*({r.layers for r in remedies(module)} for module in modules))
    smallest = plan(ensembles[0])
    applicable, refused = [], []
    for remedy in remedies(modules[0]):
        if remedy.layers not in common:
            continue
        try:
            with torch.no_grad():
                remedied(smallest.module, remedy.layers)(torch.zeros(1, *smallest.shape))
        except Exception as error:
            refused.append(f"{remedy.label}: {reason_of(error)}")
        else:
            applicable.append(remedy)
    return applicable, refused


def _predict(ensembles: Sequence[Ensemble], remedy: Remedy) -> tuple[list[Moments], str]:
    """Return E[(∂_x f)²] at each size; none, and the reason, where a size has no prediction."""
    moments = []
    for ensemble in ensembles:
        planned = plan(ensemble)
        try:
            module = remedied(planned.module, remedy.layers)
            moments.append(predict_second_moments(module, planned.shape).ravel())
        except DagError as error:
            return [], f"at size {ensemble.size}, {error}"
    return moments, ""


def _law(moments: Sequence[Moments]) -> list[float] | None:
    """Return what is predicted for ‖∂_x L‖_1 at each size, up to one constant."""
    (norm,) = (one for one in quantities(with_loss=False) if one.key == "logit-norm-1")
    return predicted_law(norm, moments) if moments else None


def _measured(
    label: str,
    samples: Sequence[AuditSample],
    values: Sequence[NDArray[np.float64]],
    predicted: float | None,
    error: float,
) -> Measurement:
    return Measurement(
        label=label,
        intervals=[moment_interval(of_size, error) for of_size in values],
        exponent=_exponent(samples, values, error),
        predicted_exponent=predicted,
    )


def _exponent(
    samples: Sequence[AuditSample], values: Sequence[NDArray[np.float64]], error: float
) -> Interval:
    if min(of_size.max() for of_size in values) > 0:
        return moment_exponent_interval([one.d for one in samples], values, error)
    return _unbounded(error, _NO_GRADIENT)


def _unbounded(error: float, note: str) -> Interval:
    return Interval(
        estimate=math.nan, low=-math.inf, high=math.inf, error=error, samples=0, note=note
    )


def _layer(name: str, samples: Sequence[AuditSample], error: float) -> LayerGrowth:
    places = [one.names.index(name) for one in samples]
    numbers = [one.coordinates[place] for one, place in zip(samples, places, strict=True)]
    dims = [one.d for one in samples]
    norms = [one.norms[:, place] for one, place in zip(samples, places, strict=True)]
    firsts, seconds = [one[:, 0] for one in norms], [one[:, 1] for one in norms]
    squares = [one**2 / n for one, n in zip(seconds, numbers, strict=True)]
    law = slope(dims, numbers)
    return LayerGrowth(
        name=name,
        kind=samples[0].kinds[places[0]],
        coordinates=numbers,
        norm_1=[float(one.mean()) for one in firsts],
        norm_2=[float(one.mean()) for one in seconds],
        mean_square=[float(one.mean()) for one in squares],
        exponent_1=_exponent(samples, firsts, error),
        exponent_2=_exponent(samples, seconds, error),
        exponent_square=_exponent(samples, squares, error),
        law_1=law / 2,
        law_square=-law,
    )


def _effect(
    remedy: Remedy,
    own: Sequence[AuditSample],
    replaced: Sequence[AuditSample],
    laws: tuple[list[float] | None, list[float] | None],
    error: float,
) -> Effect:
    dims = [one.d for one in own]
    norms = [one.norms[:, 0, 0] for one in replaced]
    before = [one.norms[: len(after), 0, 0] for one, after in zip(own, norms, strict=True)]
    if min(values.max() for values in (*norms, *before)) > 0:
        ratios = [moment_ratio_interval(*pair, error) for pair in zip(norms, before, strict=True)]
    else:
        ratios = [_unbounded(error, _NO_GRADIENT) for _ in norms]
    as_is, with_remedy = laws
    return Effect(
        remedy=remedy,
        networks=len(norms[0]),
        exponent=_exponent(replaced, norms, error),
        change=slope_interval(dims, ratios),
        factor=ratios[-1].exponential(),
        predicted_exponent=None if with_remedy is None else slope(dims, with_remedy),
        predicted_factor=with_remedy[-1] / as_is[-1] if as_is and with_remedy else None,
    )
