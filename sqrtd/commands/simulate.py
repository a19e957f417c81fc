"""`sqrtd simulate`: measure how a network's input gradients grow with its size."""

import argparse
import sys
import time

from simulations.engine.simulation_run import SimulationRun
from sqrtd.commands.options import (
    Commands,
    RunOptions,
    add_out,
    add_page,
    command_line,
    position,
    precision,
    read_run,
    whole_number,
    whole_numbers,
)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "simulate",
        help="measure how a network's input gradients grow with its size",
        description="Samples random networks of growing size, and holds the sizes of their input "
        "gradients against the prediction for this very network; writes "
        "DIR/results/simulate/NAME/. Exit code: 0, 1 if an interval has no end or the precision "
        "was not reached, 2 for bad input.",
        allow_abbrev=False,
    )
    run_options = RunOptions(parser, SimulationRun)
    run_options.add("network", metavar="NETWORK")
    sizes = parser.add_mutually_exclusive_group()
    run_options.add("sizes", to=sizes, type=whole_numbers, metavar="A,B,C")
    run_options.add("dims", to=sizes, type=whole_numbers, metavar="A,B,C")
    number = whole_number("number of networks", least=2)
    run_options.add("networks", flag="--nets", type=number, metavar="N")
    run_options.add("widths", type=whole_numbers, metavar="A,B")
    run_options.add("inputs", flag="--input", metavar="LAW")
    run_options.add("relu", choices=("real", "masks"))
    run_options.add("weights", choices=("gaussian", "rademacher", "uniform"))
    run_options.add("output", type=position, metavar="K,H,W")
    run_options.add("precision", type=precision, metavar="X")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be sampled, for how long about, and in how much memory",
    )
    run_options.add_where()
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say, layer by layer, whether the prediction is exact, and why it is not",
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--plot",
        action="store_true",
        help="draw them, as PNG, SVG and PDF, with their numbers as CSV",
    )
    add_page(parser)
    add_out(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Sample what the options ask for, write the files, print the tables."""
    from rich.console import Console

    from evidence.errors import UserError
    from running.places import check_place
    from running.plots import check_page, page
    from sqrtd.runs.files import as_json
    from sqrtd.runs.simulation_job import prepared_simulation
    from sqrtd.runs.simulation_output import (
        description,
        folder,
        print_job,
        print_simulation,
        save,
    )
    from sqrtd.terminal.progress import bar, said_how_long

    if options.check:
        from simulations.reports.network_check import check_network
        from sqrtd.runs.network_check import print_check

        checked = check_network(read_run(options, SimulationRun))
        if options.json:
            print(as_json(checked))
        else:
            print_check(checked)
        return 0
    place = options.out / folder(options.network)
    check_place(place)
    if options.plot:
        check_page(width=options.width, style=options.style)
    elif options.width or options.style:
        raise UserError("--width and --style are for plots; give --plot, too")
    start = time.perf_counter()
    try:
        console = Console(stderr=True)
        with bar("networks", console) as progress:
            asked = read_run(options, SimulationRun, progress=progress)
            with prepared_simulation(asked, dry_run=options.dry_run) as job:
                if options.dry_run:
                    print_job(job, place)
                    return 0
                simulation = job.simulate(said_how_long(progress, console, job.memory))
    except KeyboardInterrupt:
        kept = (
            f"what is finished is in {options.store}, and the same command goes on from there"
            if options.store
            else "nothing is kept without --store"
        )
        print(f"sqrtd: interrupted; {kept}", file=sys.stderr)
        return 130
    described = description(
        simulation,
        asked,
        command=command_line(options),
        seconds=round(time.perf_counter() - start, 3),
    )
    with page(width=options.width, style=options.style):
        files = save(place, simulation, described, with_plots=options.plot)
    if options.json:
        print(as_json(described))
    else:
        print_simulation(simulation, options.network, files)
    reached = simulation.is_precise or simulation.precision is None
    return 0 if reached and not simulation.notes else 1
