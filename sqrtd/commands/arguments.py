"""What the commands take: options, their types and their help."""

import argparse
import math
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

LARGEST_BUDGET = 1_000_000


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one line, where argparse would add its usage, and exit with 2."""
        self.exit(2, f"sqrtd: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
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
    _add_simulate(commands)
    _add_train(commands)
    _add_conjecture(commands)
    _add_teach(commands)
    return parser


def _add_verify(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "verify",
        help="put the claims to the test and write paper_checks.md",
        description="Puts the claims of the paper to the test; writes DIR/paper_checks.md and "
        "DIR/results/verify/. Exit code: 0 if every check was decided, 1 if one is undecided or "
        "broke, 2 for bad input. Undecided claims on recorded networks (DIR/results/train, "
        "DIR/results/gpu) count as 0: they need more training.",
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
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="keep the sampled networks in this SQLite file, and go on from what is in it",
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (cpu)")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def _add_simulate(commands: "argparse._SubParsersAction[_Parser]") -> None:
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
        type=_numbers,
        metavar="A,B,C",
        help="pixels of an image's edge, or what the factory takes (8,16,32,64 as far as it can)",
    )
    sizes.add_argument(
        "--dims",
        type=_numbers,
        metavar="A,B,C",
        help="input dimensions instead; of images 3 x side x side (dense: 64,256,1024,4096)",
    )
    parser.add_argument(
        "--nets",
        type=_several,
        metavar="N",
        help="networks of each size (1000); with --precision the most (100000)",
    )
    parser.add_argument(
        "--widths", type=_numbers, metavar="A,B", help="neurons or channels of the hidden layers"
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
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="decides every random number (0)"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (cpu)")
    parser.add_argument(
        "--precision",
        type=_precision,
        metavar="X",
        help="sample until all expectations are known to this relative error, such as 0.05",
    )
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="keep finished work in this SQLite file, and go on from what is in it",
    )
    _add_workers(parser, "")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--plot", action="store_true", help="draw them, as PNG and SVG, with their numbers as CSV"
    )
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where to write (this folder)"
    )


def _add_train(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "train",
        help="train the networks of the paper's Figures 1 to 3, or your own, and measure them",
        description="Trains networks and measures gradients, accuracy and vulnerability on "
        "held-out images; writes DIR/results/train/NAME/. A run that was interrupted or killed "
        "goes on with the same command. Exit code: 0, 2 for bad input.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        help="figure-1, figure-2, figure-3, or FILE.toml, such as a changed copy of a preset",
    )
    parser.add_argument(
        "--preset",
        choices=("smoke", "cpu", "paper"),
        help="of a figure: smoke, about a minute; cpu, under an hour on two cores; paper, the "
        "paper's size, for a GPU (smoke)",
    )
    parser.add_argument(
        "--data",
        metavar="NAME[:PATH]",
        help="images instead of the experiment's own: digits, cifar10 (downloaded once), "
        "cifar10:PATH, imagefolder:PATH, dead-leaves",
    )
    parser.add_argument(
        "--budget",
        type=_budget,
        default=1.0,
        metavar="X",
        help="how many networks of each kind, relative to the experiment's own number; finished "
        "ones are kept (1)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be run, and for how long"
    )
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="decides every random number (0)"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (cpu)")
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="keep finished networks in this SQLite file, and take them from it "
        "(DIR/results/train/NAME/networks.sqlite)",
    )
    _add_workers(parser, ", whose workers see DIR and the images under the same paths")
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where to write (this folder)"
    )


def _add_workers(parser: _Parser, workers_see: str) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=_positive, metavar="N", help="processes (threads of one, if not given)"
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=f"a Dask scheduler, such as tcp://HOST:8786{workers_see}",
    )


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


def _add_teach(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "teach",
        help="open the lessons on the proofs in the browser",
        description="Serves the lessons to the browsers of this machine, and opens one. Ctrl-C "
        "ends them. Exit code: 0, 2 for bad input.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--lesson",
        metavar="NAME",
        help="open this one, such as random-walk; or an address that was copied from a page, in "
        "quotes (the first)",
    )
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="where to listen (a free port)"
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="H",
        help="another address of this machine, to let its network in, such as 0.0.0.0 (127.0.0.1)",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address alone")


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


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1 to 65535")
    return int(text)


def _several(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of networks; give one from 2 up")
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of sizes; give whole numbers from 1 up, such as 8,16,32"
        )
    return tuple(map(int, parts))


def _precision(text: str) -> float:
    try:
        precision = float(text)
    except ValueError:
        precision = math.nan
    if not 0 < precision < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a precision; give a relative error between 0 and 1, such as 0.05"
        )
    return precision
