"""Factories of networks from users' files."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

from torch import nn

from running.user_files import UserFileError, one_line, read_function, split_target

Factory: TypeAlias = Callable[..., tuple[nn.Module, tuple[int, ...]]]
"""Takes a size, and keyword options; returns a module and its input shape."""


class FactoryError(UserFileError):
    """A factory that does not make what it should; the message is one line."""


def read_factory(target: str) -> Factory:
    """Import FILE.py:factory.

    What it makes is checked at each call, so that the factory raises `FactoryError` with one line
    where a user's function raises, or returns anything but a module and its input shape.

    Raises
    ------
    UserFileError : no such file or function.
    FactoryError : a function that cannot be called with just a size.
    """
    file, name = split_target(target, "a factory of networks")
    function = read_function(file, name)
    try:
        inspect.signature(function).bind(8)
    except TypeError as error:
        raise FactoryError(f"{target} cannot be called with just a size: {error}") from error

    @functools.wraps(function)
    def factory(size: int, **options: Any) -> tuple[nn.Module, tuple[int, ...]]:  # noqa: ANN401
        try:
            made = function(size, **options)
        except (Exception, SystemExit) as error:
            raise FactoryError(f"{target} raises {one_line(error, file)} at size {size}") from error
        return _checked(made, target)

    return factory


def takes(factory: Factory, option: str) -> bool:
    """Whether a factory has a keyword option of that name."""
    parameters = inspect.signature(factory).parameters
    by_keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    first, *_ = parameters
    return option != first and (
        (option in parameters and parameters[option].kind in by_keyword)
        or any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values())
    )


def _checked(made: object, target: str) -> tuple[nn.Module, tuple[int, ...]]:
    match made:
        case (nn.Module() as module, tuple() | list() as shape) if shape and all(
            isinstance(length, int) and length > 0 for length in shape
        ):
            return module, tuple(shape)
    raise FactoryError(
        f"{target} returns {_described(made)}; it must return (nn.Module, input shape), such as "
        "(net, (3, 32, 32))"
    )


def _described(made: object) -> str:
    if isinstance(made, tuple):
        inside = ", ".join(
            repr(item) if isinstance(item, tuple | list) else type(item).__name__ for item in made
        )
        return f"({inside})"
    return type(made).__name__
