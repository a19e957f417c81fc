"""What `sqrtd simulate` prints and saves."""

import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from evidence.intervals import Interval
from evidence.levels import SIMULATION_ERROR
from running.files import explained, replacing
from simulations.engine.ensemble import plan
from simulations.engine.simulation_run import SimulationRun
from simulations.networks.user_factories import user_function
from simulations.reports.growth_plots import simulation_plots
from simulations.reports.simulate import Simulation
from sqrtd.provenance import provenance
from sqrtd.runs.files import as_json, save_figure, write_csv
from sqrtd.terminal.devices import read_device


def folder(network: str) -> Path:
    """Return where the results of a network go, relative to the output folder."""
    function = user_function(network)
    if function is None:
        name = network
    else:  # a file by its name, a module by all of it: pkg.a and pkg.b are two
        name = f"{Path(function.place.removesuffix('.py')).name}.{function.name}"
    return Path("results") / "simulate" / name


def description(simulation: Simulation, run: SimulationRun, *, seconds: float) -> dict[str, Any]:
    """Describe a run and all its results, for JSON."""
    sizes = []
    for row, sample in enumerate(simulation.samples):
        predicted = simulation.predicted[row]
        sizes.append(
            {
                "size": sample.ensemble.size,
                "d": sample.d,
                "input_shape": simulation.shapes[row],
                "networks": len(sample.norms),
                "without_gradient": simulation.without_gradient[row],
                "predicted_mean_square": None if predicted is None else float(predicted.mean()),
                "measured_over_predicted": _ends(simulation.ratios[row]),
                "spread": _ends(simulation.spreads[row]),
                "predicted_spread": _predicted_spread(predicted),
                "quantities": {
                    one.quantity.key: {
                        "label": one.quantity.label,
                        **asdict(one.intervals[row]),
                    }
                    for one in simulation.measured
                },
            }
        )
    first = simulation.samples[0].ensemble
    return {
        "provenance": provenance(
            seed=run.seed, device=read_device(run.device), seconds=round(seconds, 3)
        ),
        "network": run.network,
        "options": dict(first.options),
        "inputs": run.inputs,
        "relu": first.relu,
        "weights": first.weights,
        "output": first.output,
        "source": first.source,
        "logits": plan(first).logits,
        "error": SIMULATION_ERROR,
        "error_of_each_interval": simulation.error,
        "precision": simulation.precision,
        "is_precise": simulation.is_precise,
        "no_prediction": simulation.no_prediction,
        "remarks": list(simulation.remarks),
        "sizes": sizes,
        "exponents": {
            one.quantity.key: {
                "label": one.quantity.label,
                **asdict(one.exponent),
                "predicted": one.predicted_exponent,
            }
            for one in simulation.measured
        },
    }


def save(
    place: Path, simulation: Simulation, described: Mapping[str, Any], *, with_plots: bool
) -> list[Path]:
    """Write simulation.json and the plots into a folder, each moved there when all are whole.

    Returns
    -------
    The files.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    with explained(place):
        place.mkdir(parents=True, exist_ok=True)
    plots = simulation_plots(simulation) if with_plots else {}
    files = [place / "simulation.json"]
    # Wall time would make the files of equal runs differ.
    origin = {k: v for k, v in described["provenance"].items() if k != "seconds"}
    with ExitStack() as moves:  # leaves in reverse: the JSON file is entered first, moved last
        file = moves.enter_context(replacing(files[0]))
        file.write_text(as_json(described) + "\n", encoding="utf-8")
        for name, plot in plots.items():
            for suffix in (".png", ".svg"):
                files.append(place / f"{name}{suffix}")
                save_figure(plot.figure, moves.enter_context(replacing(files[-1])), suffix, origin)
            files.append(place / f"{name}.csv")
            write_csv(plot.data, moves.enter_context(replacing(files[-1])))
    return files


def print_simulation(simulation: Simulation, network: str, files: Sequence[Path]) -> None:
    """Print the sizes at each dimension, and the exponents, beside their predictions."""
    console = Console(markup=False, highlight=False)
    dims = simulation.dims
    console.print(
        f"{network}: {simulation.networks:,} networks of each size. All intervals hold at once "
        f"with probability {1 - SIMULATION_ERROR:.1%} (each with {1 - simulation.error:.5%}).",
        soft_wrap=True,
    )
    moments = Table("d", "E[(∂_x f)²]", "predicted", "measured / predicted")
    spreads = Table("d", "spread over the coordinates", "predicted")
    for row, d in enumerate(dims):
        predicted = simulation.predicted[row]
        moments.add_row(
            f"{d:,}",
            f"{simulation.measured[0].intervals[row].estimate:.4g}",
            "-" if predicted is None else f"{predicted.mean():.4g}",
            _interval(simulation.ratios[row]),
        )
        spreads.add_row(
            f"{d:,}", _interval(simulation.spreads[row]), _number(_predicted_spread(predicted))
        )
    console.print(moments)
    console.print(spreads)
    if simulation.no_prediction:
        console.print(f"No prediction: {simulation.no_prediction}.", soft_wrap=True)
    for remark in simulation.remarks:
        console.print(f"Note: {remark}.", soft_wrap=True)
    sizes = Table("", *(f"d = {d:,}" for d in dims))
    exponents = Table("grows like d to the power of", "measured", "predicted")
    for one in simulation.measured:
        label = one.quantity.label
        sizes.add_row(label, *map(_with_percent, one.intervals))
        exponents.add_row(label, _interval(one.exponent), _number(one.predicted_exponent))
    console.print(sizes)
    console.print(exponents)
    for d, off in zip(dims, simulation.without_gradient, strict=True):
        if off:
            console.print(
                f"At d = {d:,}, the gradient of {off:,} of {simulation.networks:,} networks is 0, "
                "a layer being off; typical sizes are those of the others.",
                soft_wrap=True,
            )
    for note in simulation.notes:
        console.print(f"Intervals without end: {note}.", soft_wrap=True)
    if simulation.precision is not None and not simulation.is_precise:
        console.print(
            f"The precision {simulation.precision:g} was not reached; give more --nets.",
            soft_wrap=True,
        )
    console.print(f"Saved as {', '.join(map(str, files))}", soft_wrap=True)


def _ends(interval: Interval | None) -> dict[str, Any] | None:
    return None if interval is None else asdict(interval)


def _predicted_spread(predicted: np.ndarray[Any, np.dtype[np.float64]] | None) -> float | None:
    """Coefficient of variation of the predicted second moments."""
    if predicted is None or not predicted.any():
        return None
    return float(predicted.std() / predicted.mean())


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    return f"{_number(interval.estimate)} [{_number(interval.low)}, {_number(interval.high)}]"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{round(value, 3) + 0.0:.3f}"  # without -0.000


def _with_percent(interval: Interval) -> str:
    """Write an estimate, and the distance to the farther end of its interval."""
    farther = max(interval.estimate - interval.low, interval.high - interval.estimate)
    percent = 100 * farther / interval.estimate if interval.estimate else math.inf
    return f"{interval.estimate:.4g} ±{percent:.2g}%"
