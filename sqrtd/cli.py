"""The command line: `sqrtd verify`, `claims`, `simulate`, `train`, `conjecture`, `teach`."""

import argparse
import os
import sys
import time

from evidence.errors import BadInputError
from sqrtd.commands.arguments import parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Returns
    -------
    0 when every check that the run could decide was decided and no counterexample was found, 1 when
    one is undecided or broke or a counterexample was found, 2 for bad input, 130 when interrupted.
    """
    options = parser().parse_args(arguments)
    run = {
        "verify": _verify,
        "claims": _claims,
        "simulate": _simulate,
        "train": _train,
        "conjecture": _conjecture,
        "teach": _teach,
    }[options.command]
    try:
        return run(options)
    except BadInputError as error:
        print(f"sqrtd: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("sqrtd: interrupted; the files of earlier runs are whole", file=sys.stderr)
        return 130


def _verify(options: argparse.Namespace) -> int:
    # Imported here because torch takes seconds, which --help and usage errors need not wait for.
    from rich.console import Console

    from sqrtd.commands.inputs import read_settings, select_claims
    from sqrtd.ledgers.paper import CLAIMS
    from sqrtd.provenance import provenance
    from sqrtd.verdicts.console import print_results
    from sqrtd.verdicts.report import write_report
    from sqrtd.verdicts.results import prepare, to_json, write_results
    from sqrtd.verdicts.run import run_checks
    from sqrtd.verdicts.trained_claims import check_recorded, is_settled

    selected = select_claims(options.claim, CLAIMS)
    settings = read_settings(
        seed=options.seed,
        budget=options.budget,
        device=options.device,
        data=options.data,
        store=options.store,
        out=options.out,
    )
    check_recorded(options.claim, CLAIMS, settings)
    prepare(options.out)
    start = time.perf_counter()
    results = run_checks(CLAIMS, selected, settings, Console(stderr=True))
    origin = provenance(seed=settings.seed, device=settings.device, budget=settings.budget)
    report = write_report(results, origin, time.perf_counter() - start)
    write_results(options.out, results, origin, report)
    if options.json:
        print(to_json(results, origin))
    else:
        print_results(results, options.out)
    return 0 if all(map(is_settled, results)) else 1


def _claims(options: argparse.Namespace) -> int:  # noqa: ARG001  (called as all commands are)
    from sqrtd.ledgers.paper import CLAIMS
    from sqrtd.verdicts.console import print_claims

    print_claims(CLAIMS)
    return 0


def _simulate(options: argparse.Namespace) -> int:
    from rich.console import Console

    from sqrtd.commands.simulate import description, folder, print_simulation, run, save
    from sqrtd.terminal.progress import bar
    from sqrtd.verdicts.results import as_json, check_place

    place = options.out / folder(options.network)
    check_place(place)
    start = time.perf_counter()
    try:
        with bar("networks", Console(stderr=True)) as progress:
            simulation = run(options, progress)
    except KeyboardInterrupt:
        kept = (
            f"what is finished is in {options.store}, and the same command goes on from there"
            if options.store
            else "nothing is kept without --store"
        )
        print(f"sqrtd: interrupted; {kept}", file=sys.stderr)
        return 130
    described = description(simulation, options, seconds=time.perf_counter() - start)
    files = save(place, simulation, described, with_plots=options.plot)
    if options.json:
        print(as_json(described))
    else:
        print_simulation(simulation, options.network, files)
    reached = simulation.is_precise or simulation.precision is None
    return 0 if reached and not simulation.notes else 1


def _train(options: argparse.Namespace) -> int:
    from rich.console import Console

    from sqrtd.commands.train import (
        FOLDER,
        prepared,
        print_plan,
        print_sweep,
        read_experiment,
        run,
        save,
    )
    from sqrtd.ledgers.paper import CLAIMS
    from sqrtd.provenance import provenance
    from sqrtd.terminal.progress import bar
    from sqrtd.verdicts.results import check_place
    from sqrtd.verdicts.trained_claims import draw, judge_sweep, print_verdicts

    experiment = read_experiment(options)
    check_place(options.out / FOLDER / experiment.name)
    try:
        with (
            bar(experiment.name, Console(stderr=True)) as progress,
            prepared(experiment, options, progress) as job,
        ):
            if options.dry_run:
                print_plan(job)
                return 0
            sweep = run(job, progress)
    except KeyboardInterrupt:
        print(
            "sqrtd: interrupted; the same command goes on from the finished networks and the "
            "checkpoints",
            file=sys.stderr,
        )
        return 130
    # Of all its runs: the last one may have had little left to do.
    worked = round(sum(network.seconds for network in sweep.networks), 1)
    origin = provenance(
        seed=options.seed,
        device=job.device,
        network_seconds=worked,
        run=job.agenda.plan.run,
        images=job.agenda.plan.digest,
    )
    results = judge_sweep(experiment.figure, sweep, CLAIMS)
    files = save(job.place, experiment, sweep, origin, draw(experiment.figure, sweep))
    print_sweep(sweep, files)
    print_verdicts(results)
    return 0


def _conjecture(options: argparse.Namespace) -> int:
    from rich.console import Console

    from sqrtd.conjectures.conjecture import read_conjecture
    from sqrtd.conjectures.counterexample import FOLDER, print_search, save
    from sqrtd.conjectures.search import search
    from sqrtd.terminal.progress import bar
    from sqrtd.verdicts.results import check_place

    conjecture = read_conjecture(options.target)
    check_place(options.out / FOLDER)
    examples, seed = options.examples, options.seed
    with bar("search", Console(stderr=True)) as progress:
        found = search(conjecture, examples=examples, seed=seed, progress=progress)
    print_search(conjecture, found, seed=seed)
    if found.counterexample is None:
        return 0
    picture, data = save(
        options.out, conjecture, found.counterexample, examples=examples, seed=seed
    )
    print(f"Saved as {picture} and {data}")
    return 1


def _teach(options: argparse.Namespace) -> int:
    from sqrtd.commands.teach import teach

    return teach(options)
