"""The figures of a simulation, each with the numbers it draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.figure import Figure

from evidence.findings import Table
from evidence.intervals import Interval
from evidence.levels import SIMULATION_ERROR
from simulations.reports.coordinate_maps import (
    MOST_MAPS,
    CoordinateMap,
    coordinate_map_plot,
    relative_map,
)
from simulations.reports.quantities import Measured
from simulations.reports.scaling_plots import Series, scaling_plot, through_centre
from simulations.reports.simulate import Simulation

BARS = f"bars: intervals that all hold at once with probability {1 - SIMULATION_ERROR:.1%}"


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A figure and its numbers."""

    figure: Figure
    data: Table


def simulation_plots(simulation: Simulation) -> Mapping[str, Plot]:
    """Draw all that a simulation has: by file name, figures with their numbers.

    "norms" are typical ‖∂_x L‖_q (of the only logit, if there is one), "second-moment" is
    E[(∂_x f)²], and "coordinate-maps" are for images alone. Quantities that are 0 are left out, and
    so are bars without an end.
    """
    plots = {}
    last = "loss" if any(measured.quantity.loss for measured in simulation.measured) else "logit"
    by_key = {measured.quantity.key: measured for measured in simulation.measured}
    norms = [by_key[f"{last}-typical-norm-{q}"] for q in ("1", "2", "inf")]
    if all(np.isfinite(i.estimate) for norm in norms for i in norm.intervals):
        plots["norms"] = _scaling(simulation, norms, "geometric mean over networks")
    moment = by_key["logit-mean-square"]
    if all(i.estimate > 0 for i in moment.intervals):
        plots["second-moment"] = _scaling(simulation, [moment], "E[(∂_x f)²]")
    maps = _maps(simulation)
    if maps:
        plots["coordinate-maps"] = Plot(
            figure=coordinate_map_plot(maps[-MOST_MAPS:]), data=_map_table(maps)
        )
    return plots


def _scaling(simulation: Simulation, drawn: Sequence[Measured], y_label: str) -> Plot:
    """Draw quantities over d, with their laws; where there is none, with fitted power laws."""
    dims = simulation.dims
    series = [
        Series(
            measured.quantity.label,
            dims,
            [_bar(interval) for interval in measured.intervals],
            _line(simulation, measured),
        )
        for measured in drawn
    ]
    line = "fitted power law" if drawn[0].law is None else "predicted"
    figure = scaling_plot(
        series, x_label="input dimension d", y_label=y_label, bars=BARS, line=line
    )
    rows: list[list[str | int | float]] = [
        [measured.quantity.label, d, i.estimate, i.low, i.high, i.samples, value]
        for measured, drawn_series in zip(drawn, series, strict=True)
        for d, i, value in zip(dims, measured.intervals, drawn_series.predicted, strict=True)
    ]
    return Plot(
        figure=figure,
        data=Table(
            title=y_label,
            columns=["quantity", "d", "estimate", "low", "high", "networks", line],
            rows=rows,
        ),
    )


def _line(simulation: Simulation, measured: Measured) -> list[float]:
    """Return the law through the centre; of E[(∂_x f)²] the prediction itself."""
    law = measured.law
    if law is None:
        law = [float(d) ** measured.exponent.estimate for d in simulation.dims]
    elif measured.quantity.key == "logit-mean-square":
        return list(law)
    return through_centre(law, [interval.estimate for interval in measured.intervals])


def _bar(interval: Interval) -> Interval:
    """Return what is drawn of an interval: no bar where an end is 0 or infinite."""
    if interval.low > 0 and np.isfinite(interval.high):
        return interval
    return replace(interval, low=interval.estimate, high=interval.estimate)


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
