"""Light faces of packages: public names that are imported when they are first used.

A package offers names from its files without importing them:

    __all__ = ["Dag"]
    __getattr__, __dir__ = lazy_face(__name__, {"theory.dag": "Dag"})

The same imports stand under `if TYPE_CHECKING:`, for type checkers and editors.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def resolve(name: str) -> Any:  # noqa: ANN401  (whatever has that name)
    """Import what a name such as "package.module:function" or "package.module" stands for.

    Raises
    ------
    ImportError, AttributeError : there is no such module, or nothing of that name in it.
    """
    module, _, attribute = name.partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def lazy_face(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a package's `__getattr__` and `__dir__` (PEP 562).

    Parameters
    ----------
    package : its `__name__`.
    names : by module, its public names, separated by spaces; empty where the module itself is the
        public name.
    """
    homes = {
        name: f"{module}:{name}" for module, listed in names.items() for name in listed.split()
    } | {module.rpartition(".")[2]: module for module, listed in names.items() if not listed}

    def get(name: str) -> Any:  # noqa: ANN401
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = resolve(homes[name])
        setattr(sys.modules[package], name, value)  # the next time, nobody asks
        return value

    return get, lambda: sorted(homes)
