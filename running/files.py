"""Files that are whole or not there, and one line for the user where they cannot be written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence.errors import UserError, reason_of
from running.leftovers import PARTIAL, temporary_name


@contextmanager
def replacing(path: Path, *, error: type[UserError] = UserError) -> Iterator[Path]:
    """Give a temporary name in the folder of `path`, and move the file to `path` at the end.

    Where the block raises, `path` stays as it was. Names are unique, because several processes
    and machines may write into one folder, and `running.leftovers` removes those of killed ones.

    Files of several such blocks in one `ExitStack` are moved when all are whole, in reverse order.

    Parameters
    ----------
    path : where the file goes; its folder is there, or is made in the block.
    error : what to raise.

    Raises
    ------
    UserError : the file cannot be written or moved.
    """
    temporary = path.with_name(temporary_name(path.name, PARTIAL))
    with explained(path, error=error):
        try:
            yield temporary
            os.replace(temporary, path)  # noqa: PTH105  (the atomic one)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def explained(path: Path, *, error: type[UserError] = UserError) -> Iterator[None]:
    """Turn an error of the file system, while `path` is written, into one line for the user.

    Raises
    ------
    UserError : or the class of errors that is given, for an `OSError` of the block.
    """
    try:
        yield
    except OSError as reason:
        raise error(f"cannot write {str(path)!r}: {reason_of(reason)}") from reason
