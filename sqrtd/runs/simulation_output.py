"""What `sqrtd simulate` prints and saves."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from evidence.intervals import Interval
from evidence.levels import SIMULATION_ERROR
from running.files import explained, replacing
from running.memory import gigabytes
from simulations.engine.ensemble import plan
from simulations.engine.simulation_run import SimulationRun
from simulations.networks.user_factories import user_function
from simulations.reports.growth_plots import AT_ONCE, growth_of, simulation_plots
from simulations.reports.simulate import Simulation
from simulations.reports.written import number, with_ends, with_precision
from sqrtd.provenance import provenance
from sqrtd.runs.files import as_json
from sqrtd.runs.plot_files import save_plot, save_tables
from sqrtd.runs.simulation_job import SimulationJob
from sqrtd.runs.stored_simulations import NETWORKS, SIMULATION, digest, norms_file
from sqrtd.terminal.devices import read_device
from sqrtd.terminal.durations import duration
from sqrtd.terminal.tables import print_table


def folder(network: str) -> Path:
    """Return where the results of a network go, relative to the output folder."""
    function = user_function(network)
    if function is None:
        name = network
    else:  # a file by its name, a module by all of it: pkg.a and pkg.b are two
        name = f"{Path(function.place.removesuffix('.py')).name}.{function.name}"
    return Path("results") / "simulate" / name


def description(
    simulation: Simulation, run: SimulationRun, *, command: str, seconds: float
) -> dict[str, Any]:
    """Describe a run and all its results, for JSON.

    Parameters
    ----------
    simulation, run : what came out, and what was asked for.
    command : the command line, for the provenance.
    seconds : that it took.
    """
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
                "contradicted": simulation.contradicted[row],
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
            seed=run.seed, device=read_device(run.device), command=command, seconds=seconds
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
        "share_of_error": simulation.share_of_error,
        "precision": simulation.precision,
        "is_precise": simulation.is_precise,
        "no_prediction": simulation.no_prediction,
        "contradiction": contradiction(simulation),
        "remarks": list(simulation.remarks),
        "sizes": sizes,
        "exponents": {
            one.quantity.key: {
                "label": one.quantity.label,
                **asdict(one.exponent),
                "predicted": one.predicted_exponent,
                "law": None if one.law is None else list(one.law),
            }
            for one in simulation.measured
        },
        "sha256": digest(norms_file(simulation.samples)),
    }


def contradiction(simulation: Simulation) -> str:
    """Say in words by how much the prediction is missed, and why it may be; empty if it is not."""
    missed = [
        (max(ratio.estimate, 1 / ratio.estimate), d, ratio)
        for d, ratio, is_missed in zip(
            simulation.dims, simulation.ratios, simulation.contradicted, strict=True
        )
        if ratio is not None and is_missed
    ]
    if not missed:
        return ""
    _, largest, ratio = max(missed, key=lambda one: one[0])
    text = (
        f"At d = {'; '.join(f'{d:,}' for _, d, _ in missed)} the measured second moment is not the "
        f"predicted one; it is {with_ends(ratio)} times as large at d = {largest:,}. "
    )
    first = simulation.samples[0].ensemble
    if first.relu == "real" and plan(first).relus:
        return text + (
            "The likely reason: real ReLUs break H1. Where averages or residual additions follow "
            "ReLUs, gates are not independent of what arrives. Try --relu masks, where the "
            "prediction must hold."
        )
    gates = "masks" if plan(first).relus else "no ReLU"
    return text + (
        f"With {gates}, the prediction must hold: but for one run in "
        f"{1 / SIMULATION_ERROR:,.0f}, it or this program is wrong. Please report it, with the "
        "network."
    )


def save(
    place: Path, simulation: Simulation, described: Mapping[str, Any], *, with_plots: bool
) -> list[Path]:
    """Write the results and the plots into a folder, each moved there when all are whole.

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
    growth = growth_of(simulation, str(described["network"]))
    plots = simulation_plots(simulation, str(described["network"])) if with_plots else {}
    # Wall time would make the files of equal runs differ.
    origin = {k: v for k, v in described["provenance"].items() if k != "seconds"}
    with ExitStack() as moves:  # leaves in reverse: the JSON file is entered first, moved last
        files = [place / SIMULATION, place / NETWORKS]
        file = moves.enter_context(replacing(files[0]))
        file.write_text(as_json(described) + "\n", encoding="utf-8")
        moves.enter_context(replacing(files[1])).write_bytes(norms_file(simulation.samples))
        files += save_tables(moves, place, [growth], AT_ONCE)
        for name, plot in plots.items():
            files += save_plot(moves, place / name, plot, origin)
    return files


def print_job(job: SimulationJob, place: Path) -> None:
    """Print what would be sampled, for how long about, and in how much memory."""
    console = Console(markup=False, highlight=False)
    each = job.seconds_each()
    rows = []
    for ensemble, seconds in zip(job.ensembles, each, strict=True):
        planned = plan(ensemble)
        rows.append(
            [
                f"{ensemble.size:,}",
                f"{planned.d:,}",
                str(planned.logits),
                f"{planned.numbers:,}",
                f"{seconds:.2g}",
            ]
        )
    print_table(console, ["size", "d", "logits", "activations and weights", "seconds each"], rows)
    networks = f"{job.networks:,}"
    if job.run.precision is not None:
        networks = f"at most {networks}"
    console.print(
        f"{networks} networks of each size are to be sampled, {job.workers} at a time: about "
        f"{duration(job.networks * sum(each) / job.workers)}, in {gigabytes(job.memory)} of "
        f"memory. Results go to {place}.",
        soft_wrap=True,
    )


def print_simulation(simulation: Simulation, network: str, files: Sequence[Path]) -> None:
    """Print the sizes at each dimension, and the exponents, beside their predictions."""
    console = Console(markup=False, highlight=False, emoji=False)
    dims = simulation.dims
    console.print(
        f"{network}: {simulation.networks:,} networks of each size. All intervals hold at once "
        f"with probability {1 - SIMULATION_ERROR:.1%} (each with {1 - simulation.error:.5%}).",
        soft_wrap=True,
    )
    moments, spreads = [], []
    for row, d in enumerate(dims):
        predicted = simulation.predicted[row]
        moments.append(
            [
                f"{d:,}",
                f"{simulation.measured[0].intervals[row].estimate:.4g}",
                "-" if predicted is None else f"{predicted.mean():.4g}",
                with_ends(simulation.ratios[row]) + " !" * simulation.contradicted[row],
            ]
        )
        spreads.append(
            [f"{d:,}", with_ends(simulation.spreads[row]), number(_predicted_spread(predicted))]
        )
    print_table(console, ["d", "E[(∂_x f)²]", "predicted", "measured / predicted"], moments)
    if found := contradiction(simulation):
        console.print(f"! {found}", soft_wrap=True)
    print_table(console, ["d", "spread over the coordinates", "predicted"], spreads)
    if simulation.no_prediction:
        console.print(f"No prediction: {simulation.no_prediction}.", soft_wrap=True)
    for remark in simulation.remarks:
        console.print(f"Note: {remark}.", soft_wrap=True)
    measured = simulation.measured
    print_table(
        console,
        ["", *(f"d = {d:,}" for d in dims)],
        [[one.quantity.label, *map(with_precision, one.intervals)] for one in measured],
    )
    print_table(
        console,
        ["grows like d to the power of", "measured", "predicted"],
        [
            [one.quantity.label, with_ends(one.exponent), number(one.predicted_exponent)]
            for one in measured
        ],
    )
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
