"""The one error the command line explains in one line, with exit code 2."""


class BadInputError(Exception):
    """Input, or a place for output, that cannot be used; says what would be right."""
