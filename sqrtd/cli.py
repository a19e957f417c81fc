"""The command line: `sqrtd verify`, `sqrtd simulate` and the other commands."""

import argparse
import os
import sys
from io import TextIOWrapper

from evidence.errors import UserError
from running.stopping import INTERRUPTED, stoppable
from sqrtd.commands import audit, claims, conjecture, diff, plot, simulate, teach, train, verify
from sqrtd.commands.options import Parser

COMMANDS = (verify, diff, claims, simulate, plot, audit, train, conjecture, teach)
"""Each adds its parser, and imports what takes long when it runs: --help need not wait for it."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Returns
    -------
    0 when every check that the run could decide was decided and no counterexample was found, 1 when
    one is undecided or broke, a counterexample was found or a verdict changed, 2 for bad input, 130
    when interrupted by Ctrl-C, 143 by SIGTERM.
    """
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may lack ∂ and √
        sys.stdout.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    options.given = sys.argv[1:] if arguments is None else arguments
    with stoppable() as stops:
        return stops.exit_code(_run(options))


def _run(options: argparse.Namespace) -> int:
    """Run a command; what it raises becomes one line and an exit code."""
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except UserError as error:
        print(f"sqrtd: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ValueError:
        if not sys.stdout.closed:
            raise
        print(
            "sqrtd: the standard output was closed, perhaps by a file of yours; leave that away",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("sqrtd: interrupted; the files of earlier runs are whole", file=sys.stderr)
        return INTERRUPTED
    return code


class _Version(argparse.Action):
    """Prints the version; metadata take longer to import than all else that --help needs."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"sqrtd {version('sqrtd')}")
        parser.exit()


def _parser() -> Parser:
    parser = Parser(
        prog="sqrtd",
        description="Checks the statements of a theory paper, and tests networks and conjectures "
        "of your own.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
