"""Options that several commands take, and how their values are read."""

import argparse
import math
import shlex
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

from evidence.errors import one_line
from sqrtd.runs.described import described

Run = TypeVar("Run")

LARGEST_BUDGET = 1_000_000

MOST_DIGITS = 100
"""Of a whole number, and characters of what is shown of a longer one."""

WHERE = ("--out", "--store", "--workers", "--scheduler", "--hours")
"""Options that change no number of a finished run."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse --option=--, of which argparse would make an empty list."""
        for word in args or ():
            if word.startswith("--") and word.endswith("=--"):
                self.error(f"{word!r} gives no value")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print one line, where argparse would add its usage, and exit with 2."""
        self.exit(2, f"sqrtd: {one_line(message)}\n")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
"""What `add_parser` of a command adds its parser to."""


def whole_number(what: str, *, least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers of ASCII digits.

    Parameters
    ----------
    what : such as "seed", for the message where the text is none.
    least, most : the range, ends included; no upper end if None.
    """

    def read(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        if not is_number or int(text) < least or (most is not None and int(text) > most):
            end = "up" if most is None else f"to {most}"
            raise argparse.ArgumentTypeError(
                f"{text[:MOST_DIGITS]!r} is not a {what}; give a whole number from {least} {end}"
            )
        return int(text)

    return read


def _whole_numbers(wanted: str, *, least: int, example: str) -> Callable[[str], tuple[int, ...]]:
    def read(text: str) -> tuple[int, ...]:
        try:
            return tuple(map(whole_number("number", least=least), text.split(",")))
        except argparse.ArgumentTypeError:
            raise argparse.ArgumentTypeError(
                f"{text[:MOST_DIGITS]!r} is no {wanted}; give whole numbers from {least} up, such "
                f"as {example}"
            ) from None

    return read


whole_numbers = _whole_numbers("list of sizes", least=1, example="8,16,32")
position = _whole_numbers("position of an output", least=0, example="0,16,16")


def number(what: str, wanted: str, fits: Callable[[float], bool]) -> Callable[[str], float]:
    """Return a reader of numbers.

    Parameters
    ----------
    what, wanted : such as "time" and "a number of hours above 0", for the message where the text
        is none.
    fits : whether a number, or nan for text that is none, is one.
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not fits(value):
            raise argparse.ArgumentTypeError(f"{text!r} is not a {what}; give {wanted}")
        return value

    return read


budget = number(
    "budget", f"a number above 0, at most {LARGEST_BUDGET:,}", lambda x: 0 < x <= LARGEST_BUDGET
)
hours = number("time", "a number of hours above 0, such as 0.5", lambda hours: 0 < hours < math.inf)
level = number(
    "confidence level", "a number between 0 and 1, such as 0.95", lambda level: 0 < level < 1
)
precision = number(
    "precision", "a relative error between 0 and 1, such as 0.05", lambda error: 0 < error < 1
)


def _address(text: str) -> str:
    """Read where a scheduler listens; what is behind it answers later, or does not."""
    if not text.strip():
        raise argparse.ArgumentTypeError(
            f"{text!r} is no address of a scheduler; give one such as tcp://HOST:8786"
        )
    return text


INCHES = {"mm": 1 / 25.4, "cm": 1 / 2.54, "pt": 1 / 72.27, "in": 1.0}
"""Of the units in which journals give widths; pt are those of TeX."""


def width(text: str) -> float:
    """Read the width of a figure, such as column or 89mm, in inches."""
    from running.plots import COLUMN, MOST_INCHES, PAGE  # takes long; --help need not wait for it

    if text in ("column", "page"):
        return COLUMN if text == "column" else PAGE
    try:
        inches = float(text[:-2]) * INCHES[text[-2:]]
    except (KeyError, ValueError):
        inches = math.nan
    if not 1 <= inches <= MOST_INCHES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no width of a figure; give column, page, or a length of 1 to "
            f"{MOST_INCHES} in, such as 89mm, 3.5in or 252pt"
        )
    return inches


def add_page(parser: Parser) -> None:
    """Add --width and --style, of plots."""
    parser.add_argument(
        "--width",
        type=width,
        metavar="WIDTH",
        help="of a plot: column (3.25 in), page (6.75 in), or a length such as 89mm (page)",
    )
    parser.add_argument(
        "--style", type=Path, metavar="FILE", help="a matplotlib style file for plots: fonts, sizes"
    )


def command_line(options: argparse.Namespace) -> str:
    """Return the command as it was given, without what says where it works and where it writes.

    So it is the same for runs that have the same results.
    """
    kept = []
    given = iter(options.given)
    for word in given:
        flag, equals, _ = word.partition("=")
        if flag not in WHERE:
            kept.append(word)
        elif not equals:
            next(given, None)
    return shlex.join(["sqrtd", *kept])


def add_seed(parser: Parser, decides: str = "every random number") -> None:
    """Add --seed."""
    parser.add_argument(
        "--seed",
        type=whole_number("seed", least=0),
        default=0,
        metavar="N",
        help=f"decides {decides} (0)",
    )


def add_budget(parser: Parser, help: str) -> None:  # noqa: A002  (as argparse calls it)
    """Add --budget."""
    parser.add_argument("--budget", type=budget, default=1.0, metavar="X", help=help)


def add_device(parser: Parser) -> None:
    """Add --device."""
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (cpu)")


def add_store(parser: Parser, help: str) -> None:  # noqa: A002
    """Add --store."""
    parser.add_argument("--store", type=Path, metavar="FILE", help=help)


def add_out(parser: Parser) -> None:
    """Add --out."""
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where to write (this folder)"
    )


class RunOptions(Generic[Run]):
    """Options of a command that are the fields of a run: their words and defaults stand there.

    Parameters
    ----------
    parser : the command's.
    run : the class of the run.
    """

    def __init__(self, parser: Parser, run: type[Run]) -> None:
        self._parser, self._words = parser, described(run)
        self._defaults = {field.name: field.default for field in fields(run)}  # type: ignore[arg-type]

    def add(
        self,
        name: str,
        *,
        flag: str = "",
        to: "argparse._ActionsContainer | None" = None,
        **how: Any,  # noqa: ANN401
    ) -> None:
        """Add one option.

        Parameters
        ----------
        name : of the field. A field without a default is given without a flag.
        flag : such as "--nets"; that of the name if empty.
        to : a group of the parser.
        how : further arguments of argparse's `add_argument`, such as `type` and `metavar`.
        """
        default, words = self._defaults[name], self._words[name].removesuffix(".")
        if default is MISSING:
            self._parser.add_argument(name, help=words, **how)
            return
        if default not in (None, False):
            words = f"{words} ({default})"
        (to or self._parser).add_argument(
            flag or f"--{name}", dest=name, default=default, help=words, **how
        )

    def add_where(self) -> None:
        """Add what all runs have: seed, device, store, and --workers or --scheduler."""
        self.add("seed", type=whole_number("seed", least=0), metavar="N")
        self.add("device")
        self.add("store", type=Path, metavar="FILE")
        where = self._parser.add_mutually_exclusive_group()
        workers = whole_number("number of workers", least=1)
        self.add("workers", to=where, type=workers, metavar="N")
        self.add("scheduler", to=where, type=_address, metavar="ADDRESS")


def read_run(options: argparse.Namespace, run: type[Run], **others: Any) -> Run:  # noqa: ANN401
    """Make a run of a command's options, and of those of its fields that are none."""
    given = vars(options)
    names = [field.name for field in fields(run) if field.name in given]  # type: ignore[arg-type]
    return run(**{name: given[name] for name in names}, **others)
