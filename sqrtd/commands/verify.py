"""`sqrtd verify`: put the claims to the test, and write the report."""

import argparse
from pathlib import Path

from sqrtd.commands.options import (
    Commands,
    add_budget,
    add_device,
    add_seed,
    add_store,
)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "verify",
        help="put the claims to the test and write the report",
        description="Puts the claims to the test; writes the report, DIR/paper_checks.md for the "
        "paper, and DIR/results/verify/. With --claim it explains single claims, and leaves the "
        "report alone. Exit code: 0 if every check was decided; 1 if one is undecided, broke, or "
        "lacks the networks that it is about; 2 for bad input. Undecided claims on trained "
        "networks count as 0: they need more training.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--claim",
        action="append",
        metavar="ID",
        help="explain only this claim (repeatable; `sqrtd claims` lists them); files are written "
        "only with --out, to DIR/results/claims/",
    )
    parser.add_argument(
        "--falsify",
        metavar="NAME",
        help="make an ingredient of the library wrong, show which rows turn red (those that may "
        "notice, or those of --claim), and write nothing; list: show the names",
    )
    add_seed(parser)
    add_budget(parser, "how much may be sampled, relative to the default 1")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write (this folder)")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="DIR",
        help="test the networks that `sqrtd train --out DIR` recorded (those recorded in this "
        "folder, else those that come with sqrtd)",
    )
    parser.add_argument(
        "--data",
        default="digits",
        metavar="NAME[:PATH]",
        help="images to train on: digits, or cifar10:PATH (digits)",
    )
    add_store(parser, "keep the sampled networks in this SQLite file, and go on from what is in it")
    add_device(parser)
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check the claims, write the files, print the verdicts."""
    if options.falsify is not None:
        return _falsify(options)
    from rich.console import Console

    from running.plots import page
    from sqrtd.ledgers import read_ledger
    from sqrtd.verdicts.console import print_explanations, print_results
    from sqrtd.verdicts.judge import is_settled
    from sqrtd.verdicts.report.as_json import to_json
    from sqrtd.verdicts.report.places import CLAIMS, FOLDER, JSON
    from sqrtd.verdicts.results import prepare, write_claims, write_results
    from sqrtd.verdicts.run import prepare_run, run_checks

    ledger = read_ledger()
    selected, settings = prepare_run(
        ledger,
        options.claim,
        seed=options.seed,
        budget=options.budget,
        device=options.device,
        data=options.data,
        store=options.store,
        results=options.results,
    )
    out = options.out or Path()
    if not options.claim:
        prepare(out, FOLDER, ledger.report, JSON)
    elif options.out:
        prepare(out, CLAIMS)
    with page():
        checked = run_checks(ledger, selected, settings, Console(stderr=True), beside=True)
        if not options.claim:
            write_results(out, checked)
        elif options.out:
            write_claims(out, checked)
    if options.json:
        print(to_json(checked))
    elif options.claim:
        print_explanations(checked)
    else:
        print_results(checked, out)
    return 0 if all(map(is_settled, checked.results)) else 1


def _falsify(options: argparse.Namespace) -> int:
    """Run rows without and with a falsified ingredient; 1 if none of them notices."""
    from rich.console import Console

    from evidence.errors import UserError
    from sqrtd.falsified.catalogue import find_falsification
    from sqrtd.falsified.console import print_falsifications, print_rows
    from sqrtd.falsified.noticing import run_rows
    from sqrtd.ledgers import read_ledger
    from sqrtd.verdicts.claims import Settings
    from sqrtd.verdicts.run import prepare_run

    if options.falsify == "list":
        print_falsifications()
        return 0
    if options.out or options.store or options.json:
        raise UserError("--falsify writes nothing: leave --out, --store and --json away")
    ledger, falsification = read_ledger(), find_falsification(options.falsify)
    claims = options.claim or falsification.rows

    def prepare() -> Settings:
        return prepare_run(
            ledger,
            claims,
            seed=options.seed,
            budget=options.budget,
            device=options.device,
            data=options.data,
            store=None,
            results=options.results,
        )[1]

    console = Console(stderr=True)
    true = run_rows(ledger, claims, prepare, console)
    false = run_rows(ledger, claims, prepare, console, falsification)
    return 0 if print_rows(falsification, true, false) else 1
