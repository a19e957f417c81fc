"""What `sqrtd train` prints and saves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from empirical.measures.image_measures import Measures
from empirical.measures.trained import Cell, Sweep
from running.memory import used_so_far
from sqrtd.runs.files import save_figure
from sqrtd.runs.training import Job
from sqrtd.terminal.durations import duration
from sqrtd.terminal.tables import print_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


NAMES = ("network", "px", "method", "ε")
"""Columns that say which cell a row is of."""


def print_plan(job: Job) -> None:
    """Print what would be run, and for how long."""
    console = Console(markup=False, highlight=False, emoji=False)
    todo = job.agenda
    due = Counter(network.cell for network in todo.due)
    rows = [
        [
            *_named(cell),
            str(repeats),
            str(repeats - due[cell]),
            f"{job.costs[cell]:.3g}" if cell in job.costs else "-",
        ]
        for cell, repeats in todo.experiment.cells
    ]
    recipe = todo.experiment.recipe
    heads = [*NAMES, "networks", "finished", "seconds each"]
    print_table(console, heads, rows, names=len(NAMES))
    console.print(f"Images: {todo.plan.data}.", soft_wrap=True)
    console.print(
        f"{recipe.epochs} epochs in batches of {recipe.batch}; measured by FGSM"
        f"{' and PGD' if todo.experiment.pgd else ''} with ε = {todo.experiment.epsilon:g}.",
        soft_wrap=True,
    )
    if not todo.due:
        console.print(f"All networks are trained; results go to {job.place}.", soft_wrap=True)
        return
    console.print(
        f"{due.total()} of {todo.experiment.networks} networks are to be trained, {job.workers} at "
        f"a time: about {duration(job.seconds(list(due.elements())))}. {used_so_far()} Results go "
        f"to {job.place}.",
        soft_wrap=True,
    )


def save_figures(
    place: Path, origin: Mapping[str, Any], figures: Mapping[str, "Figure"]
) -> list[Path]:
    """Write figures into a folder, each moved there when all are whole, and return the files.

    Raises
    ------
    UserError
        If a file cannot be written.
    """
    # The time that the networks took would make the figures of equal runs differ.
    source = {name: value for name, value in origin.items() if name != "network_seconds"}
    files: list[Path] = []
    with ExitStack() as moves:
        for name, figure in figures.items():
            files += save_figure(moves, figure, place / name, source)
    return files


def print_sweep(sweep: Sweep) -> None:
    """Print the means of each kind of network."""
    console = Console(markup=False, highlight=False, emoji=False)
    rows = []
    for cell, networks in sweep.groups():
        found = [one.measures.summary() for one in networks]

        def mean(name: str, found: Sequence[Measures] = found) -> float:
            return float(sum(getattr(one, name) for one in found) / len(found))

        rows.append(
            [
                *_named(cell),
                str(len(networks)),
                f"{mean('accuracy'):.1%}",
                f"{mean('gradient_norm'):.3g}",
                f"{mean('vulnerability'):.1%}",
            ]
        )
    heads = [*NAMES, "nets", "accuracy", "E‖∂L‖_1", "vulnerability"]
    print_table(console, heads, rows, names=len(NAMES))


def _named(cell: Cell) -> list[str]:
    """Return the cell's entries in the columns of names."""
    strength = "-" if cell.method == "plain" else f"{cell.epsilon:g}"
    return [cell.network, str(cell.size), cell.method, strength]
