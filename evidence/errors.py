"""The parent of every error whose message is one line for the user."""


class UserError(ValueError):
    """Input, data or a place for output that cannot be used.

    The message is one line, and says what was wrong and what would be right. The command line
    prints it and exits with 2. Each room derives the errors that its callers tell apart.
    """
