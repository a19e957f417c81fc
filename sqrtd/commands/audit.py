"""`sqrtd audit`: which parts of a network make its gradients grow, and what would help."""

import argparse
import sys
import time
from pathlib import Path

from sqrtd.audit.audit_run import AuditRun
from sqrtd.commands.options import (
    Commands,
    RunOptions,
    add_out,
    number,
    read_run,
    whole_number,
    whole_numbers,
)

epsilon = number(
    "size of attacks", "a number above 0 and below 255, such as 1", lambda x: 0 < x < 255
)


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "audit",
        help="find out which layers of a network make its gradients grow",
        description="Measures how the loss gradient of a network grows with the size of its input, "
        "layer by layer, and what average-pooling in place of strides and of max-pooling would "
        "change; writes a page, DIR/results/audit/NAME/audit.html, and audit.json beside it. Exit "
        "code: 0, 2 for bad input.",
        allow_abbrev=False,
    )
    run_options = RunOptions(parser, AuditRun)
    run_options.add("network", metavar="NETWORK")
    run_options.add("sizes", type=whole_numbers, metavar="A,B,C")
    networks = whole_number("number of networks", least=2)
    run_options.add("networks", flag="--nets", type=networks, metavar="N")
    run_options.add("weights", type=Path, metavar="FILE")
    run_options.add("images", type=Path, metavar="DIR")
    run_options.add("epsilon", type=epsilon, metavar="X")
    run_options.add_where()
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    add_out(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure what the options ask for, write the files, print the answers."""
    from rich.console import Console

    from running.places import check_place
    from sqrtd.audit.audit_run import run_audit
    from sqrtd.audit.description import description
    from sqrtd.audit.output import folder, print_audit, save
    from sqrtd.runs.files import as_json
    from sqrtd.terminal.progress import bar

    place = options.out / folder(options.network)
    check_place(place)
    start = time.perf_counter()
    try:
        with bar("audit", Console(stderr=True)) as progress:
            asked = read_run(options, AuditRun, progress=progress)
            audit, trained = run_audit(asked)
    except KeyboardInterrupt:
        kept = (
            f"what is finished is in {options.store}, and the same command goes on from there"
            if options.store
            else "nothing is kept without --store"
        )
        print(f"sqrtd: interrupted; {kept}", file=sys.stderr)
        return 130
    described = description(audit, trained, asked, seconds=time.perf_counter() - start)
    files = save(place, audit, trained, described)
    if options.json:
        print(as_json(described))
    else:
        print_audit(audit, trained, options.network, files)
    return 0
