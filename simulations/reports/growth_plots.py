"""The figures of a simulation, each with the numbers it draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from evidence.findings import Table
from evidence.intervals import Interval
from running.plots import Series, scaling_plot, through_centre
from simulations.reports.coordinate_maps import (
    MOST_MAPS,
    CoordinateMap,
    coordinate_map_plot,
    relative_map,
)
from simulations.reports.quantities import Measured
from simulations.reports.simulate import ERROR, Simulation

BARS = f"bars: intervals that all hold at once with probability {1 - ERROR:.1%}"


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
    found = {}
    last = "loss" if any(one.quantity.loss for one in simulation.measured) else "logit"
    by_key = {one.quantity.key: one for one in simulation.measured}
    norms = [by_key[f"{last}-typical-norm-{q}"] for q in ("1", "2", "inf")]
    if all(np.isfinite(i.estimate) for one in norms for i in one.intervals):
        found["norms"] = _scaling(simulation, norms, "geometric mean over networks")
    moment = by_key["logit-mean-square"]
    if all(i.estimate > 0 for i in moment.intervals):
        found["second-moment"] = _scaling(simulation, [moment], "E[(∂_x f)²]")
    maps = _maps(simulation)
    if maps:
        found["coordinate-maps"] = Plot(
            figure=coordinate_map_plot(maps[-MOST_MAPS:]), data=_map_table(maps)
        )
    return found


def _scaling(simulation: Simulation, drawn: Sequence[Measured], y_label: str) -> Plot:
    """Draw quantities over d, with their laws; where there is none, with fitted power laws."""
    dims = simulation.dims
    series = []
    for one in drawn:
        estimates = [interval.estimate for interval in one.intervals]
        ends = [_drawn(interval) for interval in one.intervals]
        series.append(
            Series(
                label=one.quantity.label,
                x=dims,
                estimate=estimates,
                low=[low for low, _ in ends],
                high=[high for _, high in ends],
                predicted=_line(simulation, one),
            )
        )
    has_law = drawn[0].law is not None
    figure = scaling_plot(
        series,
        x_label="input dimension d",
        y_label=y_label,
        bars=BARS,
        line="predicted" if has_law else "fitted power law",
    )
    rows: list[list[str | int | float]] = [
        [one.quantity.label, d, i.estimate, i.low, i.high, i.samples, line]
        for one, of_one in zip(drawn, series, strict=True)
        for d, i, line in zip(dims, one.intervals, of_one.predicted, strict=True)
    ]
    line = "predicted" if has_law else "fitted power law"
    return Plot(
        figure=figure,
        data=Table(
            title=y_label,
            columns=["quantity", "d", "estimate", "low", "high", "networks", line],
            rows=rows,
        ),
    )


def _line(simulation: Simulation, one: Measured) -> list[float]:
    """Return the law through the centre; of E[(∂_x f)²] the prediction itself."""
    estimates = [interval.estimate for interval in one.intervals]
    if one.quantity.key == "logit-mean-square" and one.law is not None:
        return list(one.law)
    power = [float(d) ** one.exponent.estimate for d in simulation.dims]
    return through_centre(one.law if one.law is not None else power, estimates)


def _drawn(interval: Interval) -> tuple[float, float]:
    """Return the ends of a bar, or the estimate where one of them is 0 or infinite."""
    if interval.low > 0 and np.isfinite(interval.high):
        return interval.low, interval.high
    return interval.estimate, interval.estimate


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
            *one.measured.shape,
            row,
            column,
            float(value),
            "" if one.predicted is None else float(one.predicted[row, column]),
        ]
        for one in maps
        for (row, column), value in np.ndenumerate(one.measured)
    ]
    return Table(
        title="E[(∂_x f)²] over its mean, averaged over channels",
        columns=["height", "width", "row", "column", "measured", "predicted"],
        rows=rows,
    )
