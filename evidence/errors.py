"""What callers tell apart: input that cannot be used, and records that lack what is asked.

Messages are one short line, whatever names of files, values that users typed and words of other
libraries are in them.
"""

import math
from pickle import PickleError

LONGEST_WORD = 256
"""Letters; a file's name has 255 bytes or fewer."""

LONGEST_LINE = 1000

OF_TORCH = ("\nException raised from ", "\nC++ CapturedTraceback", "\nframe #")
"""Where torch's messages go on with a stack of C++."""

OF_LACKING_MEMORY = ("can't allocate memory", "out of memory", "Storage size calculation overflow")
"""In torch's messages; its exceptions are mostly not of a kind of their own."""


class UserError(ValueError):
    """Input, data or a place for output that cannot be used.

    The message is one line, and says what was wrong and what would be right. The command line
    prints it and exits with 2. Each room derives the errors that its callers tell apart.

    Parameters
    ----------
    message : what `one_line` leaves of it is kept.
    """

    def __init__(self, message: object = "") -> None:
        super().__init__(one_line(str(message)))


def require_whole_number(
    what: str, number: int, *, least: int = 1, most: int | None = None
) -> None:
    """Make sure that a whole number lies within stated limits.

    Parameters
    ----------
    what : it is a number of, for the message.
    number : as a user gave it.
    least, most : the limits, which belong to the range; no upper one if None.

    Raises
    ------
    UserError : it does not.
    """
    if number < least or (most is not None and number > most):
        end = "up" if most is None else f"to {most:,}"
        raise UserError(f"{what} must be from {least:,} {end}, not {written(number)}")


def written(number: float) -> str:
    """Write a number of any size in a few characters, for a message."""
    if isinstance(number, int) and abs(number) >= 10**15:
        return f"about {'-' * (number < 0)}10^{math.log10(abs(number)):.0f}"
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


LARGEST_SEED = 2**64 - 1
"""Of any run: more digits make no more streams."""


class LackingRecordsError(ValueError):
    """Recorded networks lack what is asked of them, such as a size, a method or a positive norm.

    More training may help. The ledger takes it for "not checked"; any other error of a check is a
    fault of ours.
    """


def one_line(text: str) -> str:
    r"""Escape what does not print, and cut the middle out of words and lines that are too long.

    Line breaks become \n, for example. A message is one line, and a description goes into files in
    UTF-8, which cannot hold the stray surrogates by which Python names undecodable bytes.
    """
    escaped = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
    words = (_cut(word, LONGEST_WORD) for word in escaped.split(" "))
    return _cut(" ".join(words), LONGEST_LINE)


def reason_of(error: BaseException) -> str:
    """Say in one line what an exception says, without the name of its class."""
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror)
    try:
        text = str(error)
    except BaseException:  # a user's own exception, whose text can not be made
        text = ""
    for end in OF_TORCH:
        text = text.partition(end)[0]
    return one_line(" ".join(text.split()))


def damage_of(error: Exception) -> str:
    """Say in one line what is wrong with a file, by what reading it led to.

    Names of ours, which `TypeError` and its like tell, and torch's long advice are left out.
    """
    if isinstance(error, KeyError):
        return f"it lacks {reason_of(error)}"
    if isinstance(error, TypeError | AttributeError | IndexError | RuntimeError | PickleError):
        return "what it holds is of another form"
    return reason_of(error)


def lacks_memory(error: BaseException) -> bool:
    """Whether an exception says that more memory was asked for than there is."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in OF_LACKING_MEMORY)
    )


def _cut(text: str, most: int) -> str:
    half = most // 2
    return text if len(text) <= most else f"{text[: half - 1]}…{text[len(text) - half :]}"
