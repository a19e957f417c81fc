"""What callers tell apart: input that cannot be used, and records that lack what is asked."""

import math


class UserError(ValueError):
    """Input, data or a place for output that cannot be used.

    The message is one line, and says what was wrong and what would be right. The command line
    prints it and exits with 2. Each room derives the errors that its callers tell apart.
    """


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
