"""`sqrtd train`: train the networks of an experiment, and measure them."""

import argparse
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence.findings import Progress, silent
from sqrtd.commands.options import (
    Commands,
    RunOptions,
    add_out,
    add_page,
    budget,
    command_line,
    hours,
    read_run,
    whole_number,
)
from sqrtd.runs.training_run import TrainingRun

if TYPE_CHECKING:
    from empirical.measures.trained import Cell, Sweep
    from empirical.sweeps.experiment import Experiment
    from sqrtd.runs.training import Job


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "train",
        help="train the networks of a figure, or your own, and measure them",
        description="Trains networks and measures gradients, accuracy and vulnerability on "
        "held-out images; writes DIR/results/train/NAME/. A run that was interrupted or killed, or "
        "whose time was up, goes on with the same command. Exit code: 0 if all networks are "
        "trained, 1 if the time was up before, 2 for bad input.",
        allow_abbrev=False,
    )
    run_options = RunOptions(parser, TrainingRun)
    run_options.add("experiment", metavar="EXPERIMENT")
    run_options.add("preset", choices=("smoke", "cpu", "paper"))
    run_options.add("data", metavar="NAME[:PATH]")
    run_options.add("budget", type=budget, metavar="X")
    run_options.add("epochs", type=whole_number("number of epochs", least=1), metavar="N")
    run_options.add("hours", type=hours, metavar="H")
    run_options.add("until_decided", flag="--until-decided", action="store_true")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be run, and for how long"
    )
    run_options.add_where()
    add_page(parser)
    add_out(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train what is not finished, write the files, print means and verdicts."""
    from running.memory import used_so_far
    from sqrtd.runs.training import prepared, train_due
    from sqrtd.terminal.durations import LONG, duration

    if options.width or options.style:
        from running.plots import check_page  # which needs matplotlib; training does not

        check_page(width=options.width, style=options.style)
    interrupted = False
    with (
        _bar() as progress,
        prepared(read_run(options, TrainingRun, progress=progress), dry_run=options.dry_run) as job,
    ):
        if options.dry_run:
            from sqrtd.runs.training_output import print_plan

            print_plan(job)
            return 0
        seconds = job.seconds([network.cell for network in job.agenda.due])
        if seconds > LONG:
            print(
                f"It takes about {duration(seconds)}. {used_so_far()} Ctrl-C ends it, and the same "
                "command goes on.",
                file=sys.stderr,
            )
        try:
            if options.until_decided:
                job = _train_until_decided(options, job)
            else:
                train_due(job)
        except KeyboardInterrupt:
            interrupted = True
    left = len(job.agenda.due)
    if left or not options.until_decided:
        _save(options, job, interrupted=interrupted)
    go_on = (
        f"{left} of {job.agenda.experiment.networks} networks are left; the same command goes on "
        "from the finished networks and the checkpoints"
    )
    if interrupted:
        print(f"sqrtd: interrupted, {go_on}", file=sys.stderr)
        return 130
    if left:
        print(f"The time is up, {go_on}.")
    return 1 if left else 0


def _train_until_decided(options: argparse.Namespace, job: "Job") -> "Job":
    """Train on, save and report at each look, and say what is open."""
    from sqrtd.ledgers import read_ledger
    from sqrtd.runs.until_decided import train_until_decided
    from sqrtd.verdicts.open_claims import describe_open, next_networks, open_claims

    ledger = read_ledger()

    def look(job: "Job") -> "Mapping[Cell, int]":
        sweep = _save(options, job, interrupted=False)
        claims = open_claims(job.agenda.experiment.figure, sweep, ledger)
        said = describe_open(claims, job.costs, sweep, workers=job.workers)
        print("\n".join(["Open:", *said] if claims else ["All claims on it are decided."]))
        return next_networks(claims, job.costs, sweep)

    return train_until_decided(job, look)


def _save(options: argparse.Namespace, job: "Job", *, interrupted: bool) -> "Sweep":
    """Write the record of what is finished, unless there is a better one, and report it."""
    from empirical.sweeps.record import keeps_its_record, with_looks, write_record
    from sqrtd.provenance import provenance

    experiment, sweep, left = job.agenda.experiment, job.agenda.sweep, len(job.agenda.due)
    if left and keeps_its_record(job.place, sweep):
        print(f"{job.place} keeps its record until this sweep is whole.")
    elif sweep.networks:
        sweep = with_looks(job.place, sweep)
        # Of all its runs: the last one may have had little left to do.
        worked = round(sum(network.seconds for network in sweep.networks), 1)
        origin = provenance(
            seed=options.seed,
            device=job.device,
            command=command_line(options),
            network_seconds=worked,
            run=job.agenda.plan.run,
            images=job.agenda.plan.digest,
        )
        files = write_record(job.place, experiment, sweep, origin)
        if not interrupted:
            files += _report(options, job.place, experiment, sweep, origin, is_whole=not left)
        print(f"Saved as {', '.join(map(str, files))}")
    return sweep


def _bar() -> AbstractContextManager[Progress]:
    """Show the progress, unless the machine has torch alone."""
    try:
        from rich.console import Console

        from sqrtd.terminal.progress import bar
    except ModuleNotFoundError:
        return nullcontext(silent)
    return bar("networks", Console(stderr=True))


def _report(
    options: argparse.Namespace,
    place: Path,
    experiment: "Experiment",
    sweep: "Sweep",
    origin: Mapping[str, Any],
    *,
    is_whole: bool,
) -> list[Path]:
    """Print means and verdicts, draw the figure, and return its files.

    On a machine with torch alone, which `make gpu` needs no more than, one line says what is left
    out; and so it does for a figure whose networks are not all there yet.
    """
    try:
        from evidence.faces import resolve
        from running.plots import page
        from sqrtd.ledgers import read_ledger
        from sqrtd.runs.training_output import print_sweep, save_figures
        from sqrtd.verdicts.console import print_verdicts
        from sqrtd.verdicts.recorded import judge_sweep

    except ModuleNotFoundError as missing:
        package, _, _ = (missing.name or "a package").partition(".")
        print(f"No verdicts and no figure, because {package} is not installed here.")
        return []
    ledger = read_ledger()
    print_sweep(sweep)
    if is_whole:  # each reading of verdicts costs some of their error level
        print_verdicts(judge_sweep(experiment.figure, sweep, ledger))
    if experiment.figure is None:
        return []
    with page(width=options.width, style=options.style):
        try:
            figure = resolve(ledger.figures[experiment.figure])(sweep)
        except ValueError as reason:
            print(f"No figure{'' if is_whole else ' yet'}: {reason}.")
            return []
        return save_figures(place, origin, {experiment.figure: figure})
