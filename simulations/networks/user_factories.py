"""Factories of networks from users' files."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from torch import nn

from running.user_files import UserFileError, UserFunction, explain_error, parse_user_function

ModuleAndShape: TypeAlias = tuple[nn.Module, tuple[int, ...]]
"""A module, and the shape of one of its inputs."""

Factory: TypeAlias = Callable[..., ModuleAndShape]
"""Takes a size, and keyword options; returns a module and its input shape."""


class FactoryError(UserFileError):
    """A factory that does not make what it should; the message is one line."""


def user_function(network: str | Factory) -> UserFunction | None:
    """Return the function of a user's file that a network is written as; None for all others.

    Raises
    ------
    UserFileError : a colon, but not the form FILE.py:factory.
    """
    if not isinstance(network, str) or ":" not in network:
        return None
    return parse_user_function(network, "a factory of networks")


def checked_factory(function: Callable[..., Any], name: str) -> Factory:
    """Let a user's function raise `FactoryError` where it fails or makes something else.

    What it makes is checked at each call: the message is one line where the function raises, or
    returns anything but a module and its input shape.

    Parameters
    ----------
    function : takes a size, and keyword options.
    name : the function in messages.

    Raises
    ------
    FactoryError : no function, or one that cannot be called with just a size.
    """
    if not inspect.isfunction(function):
        raise FactoryError(f"{name} is not a function that takes a size")
    try:
        inspect.signature(function).bind(8)
    except TypeError as error:
        raise FactoryError(f"{name} cannot be called with just a size: {error}") from error
    file = Path(inspect.getfile(inspect.unwrap(function)))

    @functools.wraps(function)
    def factory(size: int, **options: Any) -> ModuleAndShape:  # noqa: ANN401
        try:
            made = function(size, **options)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise FactoryError(
                f"{name} raises {explain_error(error, file)} at size {size}"
            ) from error
        return _checked(made, name)

    return factory


def takes(factory: Factory, option: str) -> bool:
    """Say whether a factory has a keyword option of that name."""
    parameters = inspect.signature(factory).parameters
    by_keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    first, *_ = parameters
    return option != first and (
        (option in parameters and parameters[option].kind in by_keyword)
        or any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    )


def _checked(made: object, target: str) -> ModuleAndShape:
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
