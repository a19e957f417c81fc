"""`sqrtd verify`: put the claims to the test, and write the report."""

import argparse

from sqrtd.commands.options import (
    Commands,
    add_budget,
    add_device,
    add_out,
    add_seed,
    add_store,
)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "verify",
        help="put the claims to the test and write the report",
        description="Puts the claims to the test; writes the report, DIR/paper_checks.md for the "
        "paper, and DIR/results/verify/. Exit code: 0 if every check was decided, 1 if one is "
        "undecided or broke, 2 for bad input. Undecided claims on recorded networks "
        "(DIR/results/train, DIR/results/gpu) count as 0: they need more training.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--claim",
        action="append",
        metavar="ID",
        help="check only this claim (repeatable; `sqrtd claims` lists them); the report then "
        "holds no other",
    )
    add_seed(parser)
    add_budget(parser, "how much may be sampled, relative to the default 1")
    add_out(parser)
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
    from rich.console import Console

    from sqrtd.ledgers import read_ledger
    from sqrtd.verdicts.console import print_results
    from sqrtd.verdicts.judge import is_settled
    from sqrtd.verdicts.results import prepare, to_json, write_results
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
        recorded=options.out,
    )
    prepare(options.out, ledger.report)
    checked = run_checks(ledger, selected, settings, Console(stderr=True))
    write_results(options.out, checked)
    if options.json:
        print(to_json(checked))
    else:
        print_results(checked, options.out)
    return 0 if all(map(is_settled, checked.results)) else 1
