"""Functions from users' own Python files."""

import importlib.util
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from inspect import iscoroutinefunction, isfunction
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

from evidence.errors import UserError, reason_of
from running.places import is_file


class UserFileError(UserError):
    """A user's file that cannot be used."""


@dataclass(frozen=True)
class UserFunction:
    """A function of a user, written FILE.py:function or package.module:function.

    Attributes
    ----------
    place : the file, or the module, as it is written.
    name : the function's.
    """

    place: str
    name: str

    def __str__(self) -> str:
        """Return how it is written."""
        return f"{self.place}:{self.name}"

    def file(self, folder: Path = Path()) -> Path:
        """Find the file.

        Parameters
        ----------
        folder : where relative paths start, and modules are looked for before Python's own path.

        Raises
        ------
        UserFileError : no such file or module.
        """
        file = folder / self.place
        if is_file(file, error=UserFileError):
            return file
        parts = self.place.split(".")
        if parts[-1] == "py" or not all(map(str.isidentifier, parts)):
            raise UserFileError(f"there is no file {self.place}")
        for root in (folder, *map(Path, sys.path)):
            module = root.joinpath(*parts)
            for file in (module.with_suffix(".py"), module / "__init__.py"):
                if is_file(file, error=UserFileError):
                    return file
        raise UserFileError(f"there is no file {self.place}, and no such module")

    def located(self, folder: Path = Path()) -> "UserFunction":
        """Return the same function by the absolute path of its file; arguments as of `file`."""
        return UserFunction(str(self.file(folder).resolve()), self.name)

    def load(self) -> Callable[..., Any]:
        """Import the file as `python -m pytest` does, and take the function.

        A file in a package has the package's name, and may import from it relatively. The current
        folder, and the one that holds the file or its outermost package, are put on Python's path.

        Raises
        ------
        UserFileError : no such file, one that is no Python file or cannot be run, or no such
            function.
        """
        file = self.file()
        root, name = _root_and_name(file)
        spec = importlib.util.spec_from_file_location(name, file.resolve())
        if spec is None or spec.loader is None:
            raise UserFileError(f"{self.place} is not a Python file: its name must end in .py")
        for folder in (str(Path.cwd()), str(root)):
            if folder not in sys.path:
                sys.path.insert(0, folder)
        _check_package(root, name)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            reason = explain_error(error, file)
            raise UserFileError(f"{self.place} cannot be imported: {reason}") from error
        function = getattr(module, self.name, None)
        if not isfunction(function):
            raise UserFileError(f"{self.place} has no function {self.name!r}")
        if iscoroutinefunction(function):
            raise UserFileError(f"{self.name!r} in {self.place} is async; leave async away")
        return function

    def fingerprint(self) -> str:
        """Hash the file and all modules that it imports from its own folder or package (SHA-256).

        Raises
        ------
        UserFileError : a file that is not there, or cannot be read or parsed.
        """
        file = self.file()
        root, name = _root_and_name(file)
        finder = ModuleFinder(path=[str(root)])
        try:
            if "." in name:
                finder.import_hook(name)
            else:
                finder.run_script(str(file.resolve()))
            files = {name: vars(module)["__file__"] for name, module in finder.modules.items()}
            sources = {name: Path(source).read_bytes() for name, source in files.items() if source}
        except (OSError, ImportError, SyntaxError, ValueError) as error:
            reason = explain_error(error, file)
            raise UserFileError(f"{self.place} cannot be read: {reason}") from error
        digest = sha256()
        for name, source in sorted(sources.items()):
            digest.update(f"{name} {len(source)}\n".encode() + source)
        return digest.hexdigest()


def parse_user_function(text: str, what: str) -> UserFunction:
    """Read FILE.py:function or package.module:function; the file need not be there yet.

    Parameters
    ----------
    text : as a user writes it.
    what : what the function is, such as "a conjecture", for the error message.

    Raises
    ------
    UserFileError : another form.
    """
    place, _, name = text.rpartition(":")
    if not place or not name.isidentifier():
        raise UserFileError(
            f"{text!r} is not {what}; give FILE.py:function or package.module:function"
        )
    return UserFunction(place, name)


def explain_error(error: BaseException, file: Path | None = None) -> str:
    """Name an exception, and the last line of the user's file that it came through."""
    message = reason_of(error)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if file and frame.filename == str(file.resolve())
    ]
    place = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}{': ' if message else ''}{message}{place}"


def _root_and_name(file: Path) -> tuple[Path, str]:
    """Return the folder in which imports start, and the file's name as a module.

    A file outside of packages gets a name that no other module has.
    """
    root = file.resolve().parent
    name = file.stem
    while is_file(root / "__init__.py"):
        name = f"{root.name}.{name}"
        root = root.parent
    return root, name if "." in name else f"sqrtd_user_{name}"


def _check_package(root: Path, module: str) -> None:
    """Refuse a module whose package Python would take for another of that name."""
    importlib.invalidate_caches()
    package, dot, _ = module.partition(".")
    spec = importlib.util.find_spec(package) if dot else None
    if spec is not None and spec.origin and Path(spec.origin).parent != root / package:
        raise UserFileError(
            f"{root / package} cannot be imported: another package {package!r} lies in "
            f"{Path(spec.origin).parent}"
        )
