"""What lies at a path. Whatever reads or writes files asks here first.

Python's own `Path.is_file` and its kin raise where a folder may not be searched or a name is too
long; and a pipe or a device, opened for a file, is waited for without end.
"""

import errno
import json
import os
import stat
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from evidence.errors import UserError, reason_of
from running.leftovers import remove_leftovers

NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR)

LONGEST_NAME = 255
"""Bytes of a file's name on every file system in use."""


def is_file(path: Path, *, error: type[UserError] = UserError) -> bool:
    """Whether a regular file is there, at the end of links.

    Raises
    ------
    UserError : or the class of errors that is given, where the file system does not tell.
    """
    return _kind(path, error) == stat.S_IFREG


def is_folder(path: Path, *, error: type[UserError] = UserError) -> bool:
    """Whether a folder is there; otherwise as `is_file`."""
    return _kind(path, error) == stat.S_IFDIR


def is_there(path: Path, *, error: type[UserError] = UserError) -> bool:
    """Whether anything is there; otherwise as `is_file`."""
    return _kind(path, error) is not None


def require_file(path: Path, *, error: type[UserError] = UserError) -> None:
    """Make sure, before a path is opened, that a regular file is there.

    Raises
    ------
    UserError : or the class of errors that is given, for anything else.
    """
    kind = _kind(path, error)
    if kind is None:
        raise error(f"cannot read {str(path)!r}: {os.strerror(errno.ENOENT)}")
    if kind != stat.S_IFREG:
        what = "a folder" if kind == stat.S_IFDIR else "a pipe or a device"
        raise error(f"cannot read {str(path)!r}: it is {what}, not a file")


def read_bytes(path: Path, *, error: type[UserError] = UserError) -> bytes:
    """Read a regular file.

    Raises
    ------
    UserError : or the class of errors that is given, for a file that cannot be read.
    """
    require_file(path, error=error)
    try:
        return path.read_bytes()
    except OSError as reason:
        raise error(f"cannot read {str(path)!r}: {reason_of(reason)}") from reason


def read_text(path: Path, *, error: type[UserError] = UserError) -> str:
    """Read a regular file as text in UTF-8; otherwise as `read_bytes`."""
    try:
        return read_bytes(path, error=error).decode()
    except UnicodeDecodeError as reason:
        raise error(f"cannot read {str(path)!r}: it is not text in UTF-8") from reason


def read_json(path: Path, *, error: type[UserError] = UserError) -> Any:  # noqa: ANN401
    """Read a JSON file; otherwise as `read_text`.

    Lists in lists in lists, thousands deep, and numbers of thousands of digits are refused.
    """
    text = read_text(path, error=error)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as reason:
        raise error(f"{str(path)!r} is damaged or no JSON: {reason_of(reason)}") from reason


def check_place(folder: Path) -> None:
    """Make sure, before any work, that `folder` can hold results; create nothing yet.

    What killed runs left there half-written is removed.

    Raises
    ------
    UserError : it cannot, such as a name that is too long, a link to nowhere, or a file in the way.
    """
    for part in folder.parts:
        if len(os.fsencode(part)) > LONGEST_NAME:
            raise UserError(f"cannot write into {str(folder)!r}: the name {part!r} is too long")
    try:
        existing = folder.absolute()
        while not is_there(existing):
            if existing.is_symlink():
                raise UserError(
                    f"cannot write into {str(folder)!r}: {str(existing)!r} is a link to nothing"
                )
            existing = existing.parent
        if not is_folder(existing):
            raise UserError(f"cannot write into {str(folder)!r}: {str(existing)!r} is in the way")
        with TemporaryFile(dir=existing):
            pass
        remove_leftovers(folder)
    except OSError as reason:
        raise UserError(f"cannot write into {str(folder)!r}: {reason_of(reason)}") from reason


def _kind(path: Path, error: type[UserError]) -> int | None:
    """Return the kind of what is there, as of `stat.S_IFMT`; None for nothing."""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except ValueError as reason:  # a zero byte in the name
        raise error(f"{str(path)!r} is no name of a file: {reason_of(reason)}") from reason
    except OSError as reason:
        if reason.errno in NOTHING_THERE:
            return None
        raise error(f"cannot read {str(path)!r}: {reason_of(reason)}") from reason
