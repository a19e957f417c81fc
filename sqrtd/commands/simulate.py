"""`sqrtd simulate`: measure how a network's input gradients grow with its size."""

import argparse
import sys
import time

from sqrtd.commands.options import (
    Commands,
    add_device,
    add_out,
    add_seed,
    add_store,
    add_workers,
    precision,
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
    parser.add_argument(
        "network",
        metavar="NETWORK",
        help="a built-in family (dense, conv, strided, average-pool, max-pool, residual, "
        "paper-figure-1 ...), or FILE.py:factory, a function that takes a size and returns "
        "(nn.Module, input shape)",
    )
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument(
        "--sizes",
        type=whole_numbers,
        metavar="A,B,C",
        help="pixels of an image's edge, or what the factory takes (8,16,32,64 as far as it can)",
    )
    sizes.add_argument(
        "--dims",
        type=whole_numbers,
        metavar="A,B,C",
        help="input dimensions instead; of images 3 x side x side (dense: 64,256,1024,4096)",
    )
    parser.add_argument(
        "--nets",
        type=whole_number("number of networks", least=2),
        metavar="N",
        help="networks of each size (1000); with --precision the most (100000)",
    )
    parser.add_argument(
        "--widths",
        type=whole_numbers,
        metavar="A,B",
        help="neurons or channels of the hidden layers",
    )
    parser.add_argument(
        "--input",
        default="noise",
        metavar="LAW",
        help="noise, smooth, constant, or images:PATH, a folder of PNG or JPEG files or CIFAR-10's "
        "binary one (noise)",
    )
    parser.add_argument(
        "--relu",
        choices=("real", "masks"),
        default="real",
        help="masks: each neuron is off with probability 1/2, whatever it is, as H1 says (real)",
    )
    parser.add_argument(
        "--weights",
        choices=("gaussian", "rademacher", "uniform"),
        default="gaussian",
        help="the law of the weights, always of variance 2/fan-in (gaussian)",
    )
    add_seed(parser)
    add_device(parser)
    parser.add_argument(
        "--precision",
        type=precision,
        metavar="X",
        help="sample until all expectations are known to this relative error, such as 0.05",
    )
    add_store(parser, "keep finished work in this SQLite file, and go on from what is in it")
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--plot", action="store_true", help="draw them, as PNG and SVG, with their numbers as CSV"
    )
    add_out(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Sample what the options ask for, write the files, print the tables."""
    from rich.console import Console

    from simulations.engine.configurations import SimulationRun
    from sqrtd.runs.files import as_json, check_place
    from sqrtd.runs.simulation import run_simulation
    from sqrtd.runs.simulation_output import description, folder, print_simulation, save
    from sqrtd.terminal.progress import bar

    asked = SimulationRun(
        network=options.network,
        sizes=options.sizes,
        dims=options.dims,
        widths=options.widths,
        inputs=options.input,
        relu=options.relu,
        weights=options.weights,
        networks=options.nets,
        precision=options.precision,
        seed=options.seed,
        device=options.device,
        store=options.store,
        workers=options.workers,
        scheduler=options.scheduler,
    )
    place = options.out / folder(options.network)
    check_place(place)
    start = time.perf_counter()
    try:
        with bar("networks", Console(stderr=True)) as progress:
            simulation = run_simulation(asked, progress=progress)
    except KeyboardInterrupt:
        kept = (
            f"what is finished is in {asked.store}, and the same command goes on from there"
            if asked.store
            else "nothing is kept without --store"
        )
        print(f"sqrtd: interrupted; {kept}", file=sys.stderr)
        return 130
    described = description(simulation, asked, seconds=time.perf_counter() - start)
    files = save(place, simulation, described, with_plots=options.plot)
    if options.json:
        print(as_json(described))
    else:
        print_simulation(simulation, options.network, files)
    reached = simulation.is_precise or simulation.precision is None
    return 0 if reached and not simulation.notes else 1
