"""The figures of a simulation, each with the numbers it draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from evidence.findings import Table
from evidence.levels import SIMULATION_ERROR
from running.plots import typeset
from simulations.reports.coordinate_maps import (
    MOST_MAPS,
    CoordinateMap,
    coordinate_map_plot,
    relative_map,
)
from simulations.reports.quantities import Measured
from simulations.reports.scaling_plots import Series, scaling_plot, through_centre
from simulations.reports.simulate import Simulation
from simulations.reports.written import with_ends

AT_ONCE = f"intervals that all hold at once with probability {1 - SIMULATION_ERROR:.1%}"
NORMS = ("1", "2", "inf")
MOMENT = "logit-mean-square"


@dataclass(frozen=True, kw_only=True)
class Growth:
    """A network at growing sizes, with what was measured of it.

    Attributes
    ----------
    label : how the network is called in a legend.
    dims : input dimensions, ascending.
    measured : all quantities, by key.
    """

    label: str
    dims: Sequence[int]
    measured: Mapping[str, Measured]

    @property
    def gradient(self) -> str:
        """What attacks are on: "loss", or "logit" of a network that has a single one."""
        return "loss" if any(one.quantity.loss for one in self.measured.values()) else "logit"

    def is_drawn(self, key: str) -> bool:
        """Say whether a quantity has a place on a logarithmic axis at each size."""
        estimates = np.array([i.estimate for i in self.measured[key].intervals])
        return bool(np.isfinite(estimates).all() and (estimates > 0).all())


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A figure and its numbers."""

    figure: Figure
    data: Table


def simulation_plots(simulation: Simulation, network: str) -> Mapping[str, Plot]:
    """Draw a simulation of a network: `network_plots`, and for images coordinate maps."""
    plots = dict(network_plots(growth_of(simulation, network), AT_ONCE))
    maps = _maps(simulation)
    if maps:
        plots["coordinate-maps"] = Plot(
            figure=coordinate_map_plot(maps[-MOST_MAPS:]), data=_map_table(maps)
        )
    return plots


def growth_of(simulation: Simulation, label: str) -> Growth:
    """Return what is drawn of a simulation."""
    by_key = {measured.quantity.key: measured for measured in simulation.measured}
    return Growth(label=label, dims=simulation.dims, measured=by_key)


def network_plots(growth: Growth, intervals: str) -> Mapping[str, Plot]:
    """Draw one network: by file name, figures with their numbers.

    "norms" are typical ‖∂_x L‖_q (of the only logit, if there is one), "second-moment" is
    E[(∂_x f)²]. Quantities that are 0 are left out. A bar without an end is an
    arrow.

    Parameters
    ----------
    growth : the network.
    intervals : what the intervals are, for the legend.
    """
    plots = {}
    norms = [f"{growth.gradient}-typical-norm-{q}" for q in NORMS]
    if all(map(growth.is_drawn, norms)):
        labels = [growth.measured[key].quantity.label for key in norms]
        curves = [
            _Curve(typeset(label), growth, key) for label, key in zip(labels, norms, strict=True)
        ]
        plots["norms"] = _scaling(curves, "geometric mean", intervals)
    if growth.is_drawn(MOMENT):
        label = growth.measured[MOMENT].quantity.label
        plots["second-moment"] = _scaling(
            [_Curve(typeset(label), growth, MOMENT)], label, intervals
        )
    return plots


def several_networks_plot(growths: Sequence[Growth], key: str, intervals: str) -> Plot:
    """Draw one quantity of several networks.

    Parameters
    ----------
    growths : at most as many as there are colours; each has the quantity, above 0.
    key : of the quantity.
    intervals : as in `network_plots`.
    """
    # A $ of a user's begins no formula.
    curves = [_Curve(growth.label.replace("$", r"\$"), growth, key) for growth in growths]
    return _scaling(curves, growths[0].measured[key].quantity.label, intervals)


class _Curve(NamedTuple):
    """A quantity of a network, as it stands in a legend."""

    label: str
    growth: Growth
    key: str

    @property
    def measured(self) -> Measured:
        return self.growth.measured[self.key]


def _scaling(curves: Sequence[_Curve], y_label: str, intervals: str) -> Plot:
    """Draw quantities over d, with their laws; where there is none, with fitted power laws."""
    series = [
        Series(
            f"{curve.label}: {with_ends(curve.measured.exponent).replace('-', '−')}",
            curve.growth.dims,
            curve.measured.intervals,
            _line(curve.growth.dims, curve.measured),
            "fitted power law" if curve.measured.law is None else "predicted",
        )
        for curve in curves
    ]
    figure = scaling_plot(
        series,
        x_label="input dimension d",
        y_label=y_label,
        bars=f"exponents of d, and bars: {intervals}",
    )
    rows: list[list[str | int | float]] = [
        [curve.growth.label, curve.key, d, i.estimate, i.low, i.high, i.samples, value, one.line]
        for curve, one in zip(curves, series, strict=True)
        for d, i, value in zip(one.x, curve.measured.intervals, one.predicted, strict=True)
    ]
    return Plot(
        figure=figure,
        data=Table(
            title=y_label,
            columns=[
                "network",
                "quantity",
                "d",
                "estimate",
                "low",
                "high",
                "networks",
                "line",
                "line is",
            ],
            rows=rows,
        ),
    )


def _line(dims: Sequence[int], measured: Measured) -> list[float]:
    """Return the law through the centre; of E[(∂_x f)²] the prediction itself."""
    law = measured.law
    if law is None:
        law = [float(d) ** measured.exponent.estimate for d in dims]
    elif measured.quantity.key == MOMENT:
        return list(law)
    return through_centre(law, [interval.estimate for interval in measured.intervals])


def _maps(simulation: Simulation) -> list[CoordinateMap]:
    return [
        CoordinateMap(
            measured=relative_map(sample.squares.sum(axis=0, dtype=np.float64), shape),
            predicted=(
                relative_map(predicted, shape)
                if predicted is not None and predicted.any()
                else None
            ),
            networks=int(sample.counts.sum()),
        )
        for sample, shape, predicted in zip(
            simulation.samples, simulation.shapes, simulation.predicted, strict=True
        )
        if len(shape) == 3 and sample.squares.any()
    ]


def _map_table(maps: Sequence[CoordinateMap]) -> Table:
    rows: list[list[str | int | float]] = [
        [
            *each.measured.shape,
            row,
            column,
            float(value),
            "" if each.predicted is None else float(each.predicted[row, column]),
        ]
        for each in maps
        for (row, column), value in np.ndenumerate(each.measured)
    ]
    return Table(
        title="E[(∂_x f)²] over its mean, averaged over channels",
        columns=["height", "width", "row", "column", "measured", "predicted"],
        rows=rows,
    )
