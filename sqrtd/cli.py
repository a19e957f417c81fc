"""The command line: `sqrtd verify`, `sqrtd claims`, `sqrtd conjecture`, `sqrtd --version`."""

import argparse
import math
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from sqrtd.errors import BadInputError

LARGEST_BUDGET = 1_000_000


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one line, where argparse would add its usage, and exit with 2."""
        self.exit(2, f"sqrtd: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Returns
    -------
    0 when every check that exists was decided and no counterexample was found, 1 when a check is
    undecided or broke or a counterexample was found, 2 for bad input, 130 when interrupted.
    """
    parser = _Parser(
        prog="sqrtd",
        description="Checks the paper 'Adversarial Vulnerability of Neural Networks Increases "
        "with Input Dimension'.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sqrtd {version('sqrtd')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_verify(commands)
    commands.add_parser(
        "claims", help="list the claims of the paper", description="Lists the claims of the paper."
    )
    _add_conjecture(commands)
    options = parser.parse_args(arguments)
    run = {"verify": _verify, "claims": _claims, "conjecture": _conjecture}[options.command]
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


def _add_verify(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "verify",
        help="put the claims to the test and write paper_checks.md",
        description="Puts the claims of the paper to the test; writes DIR/paper_checks.md and "
        "DIR/results/verify/. Exit code: 0 if every check was decided, 1 if one is undecided or "
        "broke, 2 for bad input.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--claim",
        action="append",
        metavar="ID",
        help="check only this claim (repeatable; `sqrtd claims` lists them); the report then "
        "holds no other",
    )
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="decides every random number (0)"
    )
    parser.add_argument(
        "--budget",
        type=_budget,
        default=1.0,
        metavar="X",
        help="how much may be sampled, relative to the default 1",
    )
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where to write (this folder)"
    )
    parser.add_argument(
        "--data",
        default="digits",
        metavar="NAME[:PATH]",
        help="images to train on: digits, or cifar10:PATH (digits)",
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (cpu)")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def _add_conjecture(commands: "argparse._SubParsersAction[_Parser]") -> None:
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
        help="a function of dag and, if it wants one, x (an input) and o (an output), that "
        "returns whether the conjecture holds there",
    )
    parser.add_argument(
        "--examples",
        type=_examples,
        default=2000,
        metavar="N",
        help="how many random DAGs to try; and at most how many small ones, to make sure that a "
        "counterexample is the smallest (2000)",
    )
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="decides which DAGs are tried (0)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where to write (this folder)"
    )


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a seed; give a whole number from 0 up")
    return int(text)


def _examples(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of DAGs; give one from 1 up")
    return int(text)


def _budget(text: str) -> float:
    try:
        budget = float(text)
    except ValueError:
        budget = math.nan
    if not 0 < budget <= LARGEST_BUDGET:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a budget; give a number above 0, at most {LARGEST_BUDGET:,}"
        )
    return budget


def _verify(options: argparse.Namespace) -> int:
    # Imported here because torch takes seconds, which --help and usage errors need not wait for.
    from rich.console import Console

    from sqrtd.claims import CLAIMS
    from sqrtd.console import print_results
    from sqrtd.inputs import read_settings, select_claims
    from sqrtd.ledger import Verdict
    from sqrtd.provenance import provenance
    from sqrtd.report import write_report
    from sqrtd.results import prepare, to_json, write_results
    from sqrtd.verify import run_checks

    selected = select_claims(options.claim, CLAIMS)
    settings = read_settings(
        seed=options.seed, budget=options.budget, device=options.device, data=options.data
    )
    prepare(options.out)
    start = time.perf_counter()
    results = run_checks(CLAIMS, selected, settings, Console(stderr=True))
    origin = provenance(settings)
    report = write_report(results, origin, time.perf_counter() - start)
    write_results(options.out, results, origin, report)
    if options.json:
        print(to_json(results, origin))
    else:
        print_results(results, options.out)
    checked = [result for result in results if result.verdict is not Verdict.NOT_CHECKED]
    return 0 if all(result.is_decided for result in checked) else 1


def _claims(options: argparse.Namespace) -> int:  # noqa: ARG001  (called as all commands are)
    from sqrtd.claims import CLAIMS
    from sqrtd.console import print_claims

    print_claims(CLAIMS)
    return 0


def _conjecture(options: argparse.Namespace) -> int:
    from rich.console import Console

    from sqrtd.conjecture import read_conjecture
    from sqrtd.conjecture_search import search
    from sqrtd.counterexample import prepare, print_search, save
    from sqrtd.progress import bar

    conjecture = read_conjecture(options.target)
    prepare(options.out)
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
