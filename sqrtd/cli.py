"""The command line: `sqrtd verify`, `sqrtd simulate` and the other commands."""

import argparse
import os
import sys

from evidence.errors import UserError, lacks_memory, one_line, reason_of
from running.stopping import INTERRUPTED, stoppable
from sqrtd.commands import audit, claims, conjecture, diff, plot, simulate, teach, train, verify
from sqrtd.commands.options import Parser
from sqrtd.terminal.output import lasting_output

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
    given = sys.argv[1:] if arguments is None else arguments
    with lasting_output():
        options = _parser().parse_args(given)
        options.given = given
        with stoppable() as stops:
            return stops.exit_code(_run(options))


def _run(options: argparse.Namespace) -> int:
    """Run a command; what it raises becomes one line and an exit code."""
    try:
        code: int = options.run(options)
        print(end="", flush=True)
    except UserError as error:
        return _refuse(str(error))
    except ValueError:
        if not getattr(sys.stdout, "closed", False):
            raise
        return _refuse(
            "the standard output was closed, perhaps by a file of yours; leave that away"
        )
    except KeyboardInterrupt:
        print("sqrtd: interrupted; the files of earlier runs are whole", file=sys.stderr)
        return INTERRUPTED
    except (MemoryError, RuntimeError) as error:  # of sizes whose need nothing foresaw
        if not lacks_memory(error):
            raise
        return _refuse(
            "it takes more memory than there is; give smaller sizes or widths, fewer images or "
            "fewer workers"
        )
    except OSError as error:  # a folder, a disk or a socket that went away meanwhile
        return _refuse(_explained(error))
    return code


def _refuse(message: str) -> int:
    print(f"sqrtd: {message}", file=sys.stderr)
    return 2


def _explained(error: OSError) -> str:
    """Say in one line what the system refused."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        return "the working directory is not there any more; change into another one"
    named = f"{one_line(os.fsdecode(error.filename))!r}: " if error.filename is not None else ""
    return f"{named}{reason_of(error)}"


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
