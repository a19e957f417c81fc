"""`sqrtd conjecture`: look for the smallest network that refutes a conjecture."""

import argparse

from sqrtd.commands.options import Commands, add_out, add_seed, whole_number


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "conjecture",
        help="look for the smallest network that refutes a conjecture of yours",
        description="Looks for a DAG on which a function of yours is not True, and shrinks it; "
        "saves it as SVG and JSON in DIR/results/conjectures/. Exit code: 0 if there was none, 1 "
        "if there was one, 2 for bad input.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "target",
        metavar="FILE.py:FUNCTION",
        help="or package.module:FUNCTION; a function of dag and, if it wants one, x (an input) and "
        "o (an output), that returns whether the conjecture holds there",
    )
    parser.add_argument(
        "--examples",
        type=whole_number("number of DAGs", least=1),
        default=2000,
        metavar="N",
        help="how many random DAGs to try; and at most how many small ones, to make sure that a "
        "counterexample is the smallest (2000)",
    )
    add_seed(parser, "which DAGs are tried")
    add_out(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Search, print what was found, and save a counterexample."""
    from rich.console import Console

    from running.places import check_place
    from sqrtd.conjectures.conjecture import read_conjecture
    from sqrtd.conjectures.counterexample import FOLDER, print_search, save
    from sqrtd.conjectures.search import search
    from sqrtd.terminal.progress import bar

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
