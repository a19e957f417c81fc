"""What callers tell apart: input that cannot be used, and records that lack what is asked."""

from evidence.one_line import one_line


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


class LackingRecordsError(ValueError):
    """Recorded networks lack what is asked of them, such as a size, a method or a positive norm.

    More training may help. The ledger takes it for "not checked"; any other error of a check is a
    fault of ours.
    """
