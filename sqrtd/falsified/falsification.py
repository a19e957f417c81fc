"""One ingredient of the library, made wrong for a while.

A row of the ledger that stays green whatever the library computes shows nothing. So ingredients
are falsified on purpose, such as the variance of weights, and the rows that turn red are listed.
"""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

ROOMS = ("evidence", "running", "theory", "simulations", "empirical", "sqrtd")

Change: TypeAlias = Callable[[Any], Any]
"""Makes a false ingredient of the true one."""

Place: TypeAlias = tuple[dict[str, Any] | type, str]
"""A dictionary or a class, and a key or an attribute of it."""


@dataclass(frozen=True, kw_only=True)
class Falsification:
    """A named falsification.

    Attributes
    ----------
    name : such as "variance-plus-3-percent".
    says : what is wrong then, in one sentence.
    changes : by "module:attribute" or "module:Class.attribute", what makes the false function,
        class or property of the true one.
    rows : ids of the claims that may notice.
    """

    name: str
    says: str
    changes: Mapping[str, Change]
    rows: tuple[str, ...]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Falsify the ingredient while the context lasts, in all modules that have it by name.

        Functions that remember results forget them before and after.

        Raises
        ------
        AttributeError, ImportError : an ingredient that is not there.
        ValueError : a false ingredient that is also in use as a true one, and could not be undone.
        """
        _import_all()
        pairs = [(true, change(true)) for true, change in map(_true, self.changes.items())]
        if any(next(_places(false), None) for _, false in pairs):
            raise ValueError(f"{self.name}: the false ingredient is one that is in use")
        _forget()
        try:
            for true, false in pairs:
                _replace(true, false)
            yield
        finally:
            for true, false in pairs:
                _replace(false, true)
            _forget()


def _true(item: tuple[str, Change]) -> tuple[Any, Change]:
    """Find the true ingredient: what stands in the module or class, not what a lookup returns."""
    where, change = item
    module, _, path = where.partition(":")
    *classes, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in classes:
        owner = getattr(owner, part)
    if name not in vars(owner):
        raise AttributeError(f"{where} is not there")
    return vars(owner)[name], change


def _import_all() -> None:
    """Import every module of the rooms, so that none binds a false ingredient for good."""
    for room in ROOMS[:-1]:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if "__main__" not in found.name:
                importlib.import_module(found.name)


def _modules() -> list[ModuleType]:
    return [
        module
        for name, module in list(sys.modules.items())
        if module is not None and name.partition(".")[0] in ROOMS
    ]


def _replace(old: Any, new: Any) -> None:  # noqa: ANN401
    """Put `new` wherever a module, a class of one or a dictionary of one has `old`."""
    for container, key in list(_places(old)):
        if isinstance(container, dict):
            container[key] = new
        else:
            setattr(container, key, new)


def _places(ingredient: Any) -> Iterator[Place]:  # noqa: ANN401
    for module in _modules():
        for key, value in list(vars(module).items()):
            if value is ingredient:
                yield vars(module), key
            elif isinstance(value, dict) and not key.startswith("__"):
                yield from ((value, k) for k, v in value.items() if v is ingredient)
            elif isinstance(value, type) and value.__module__ == module.__name__:
                yield from ((value, k) for k, v in vars(value).items() if v is ingredient)


def _forget() -> None:
    """Empty the caches of all functions of the rooms."""
    for module in _modules():
        for value in list(vars(module).values()):
            if callable(getattr(value, "cache_clear", None)):
                value.cache_clear()
