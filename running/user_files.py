"""Functions from users' own Python files."""

import importlib.util
import sys
import traceback
from collections.abc import Callable
from hashlib import sha256
from inspect import isfunction
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any


class UserFileError(ValueError):
    """A user's file that cannot be used; the message is one line."""


def split_target(target: str, what: str) -> tuple[Path, str]:
    """Take FILE.py:name apart.

    Parameters
    ----------
    target : the file and the name of a function in it.
    what : what the function is, such as "a conjecture", for the error message.

    Raises
    ------
    UserFileError : another form, or no such file.
    """
    path, colon, name = target.rpartition(":")
    if not colon or not path or not name.isidentifier():
        raise UserFileError(f"{target!r} is not {what}; give FILE.py:function")
    if not Path(path).is_file():
        raise UserFileError(f"there is no file {path}")
    return Path(path), name


def read_function(file: Path, name: str) -> Callable[..., Any]:
    """Import a file as a module, its own folder on the path as Python does, and take a function.

    Raises
    ------
    UserFileError : a file that is no Python file or cannot be run, or no such function.
    """
    spec = importlib.util.spec_from_file_location(f"sqrtd_user_{file.stem}", file.resolve())
    if spec is None or spec.loader is None:
        raise UserFileError(f"{file} is not a Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise UserFileError(f"{file} cannot be imported: {one_line(error, file)}") from error
    function = getattr(module, name, None)
    if not isfunction(function):
        raise UserFileError(f"{file} has no function {name!r}")
    return function


def fingerprint(file: Path) -> str:
    """Hash a Python file and all modules that it imports from its own folder (SHA-256).

    Raises
    ------
    UserFileError : a file that cannot be read or parsed.
    """
    finder = ModuleFinder(path=[str(file.resolve().parent)])
    try:
        finder.run_script(str(file.resolve()))
        files = {name: vars(module)["__file__"] for name, module in finder.modules.items()}
        sources = {name: Path(source).read_bytes() for name, source in files.items() if source}
    except (OSError, SyntaxError, ValueError) as error:
        raise UserFileError(f"{file} cannot be read: {one_line(error, file)}") from error
    digest = sha256()
    for name, source in sorted(sources.items()):
        digest.update(f"{name} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def one_line(error: BaseException, file: Path) -> str:
    """Name an exception and the last line of the user's file that it came through."""
    message = " ".join(str(error).split())
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(file.resolve())
    ]
    place = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}{': ' if message else ''}{message}{place}"
