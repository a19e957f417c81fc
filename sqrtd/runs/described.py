"""Runs as dataclasses whose fields are options, documented once for the command and for Python.

The docstring of such a class describes each field. The command line shows that text as the help of
an option, and the function in `sqrtd.public` has the fields as its parameters.
"""

import re
from collections.abc import Callable
from functools import wraps
from inspect import cleandoc, signature
from typing import ParamSpec, TypeVar

Options = ParamSpec("Options")
Run = TypeVar("Run")
Result = TypeVar("Result")


def described(run: Callable[..., object]) -> dict[str, str]:
    """Return what the docstring of a class says of each attribute, by name."""
    entries = re.findall(r"^(\w+) : (.*(?:\n .*)*)", _attributes(run), re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}


def with_options_of(
    run: Callable[Options, Run],
) -> Callable[[Callable[[Run], Result]], Callable[Options, Result]]:
    """Let a function of a run be called with the run's options, and describe them.

    Parameters
    ----------
    run : the class of the run.
    """

    def decorate(function: Callable[[Run], Result]) -> Callable[Options, Result]:
        @wraps(function)
        def call(*args: Options.args, **options: Options.kwargs) -> Result:
            return function(run(*args, **options))

        summary, raises, errors = cleandoc(function.__doc__ or "").partition("Raises\n")
        call.__doc__ = f"{summary}Parameters\n----------\n{_attributes(run)}\n\n{raises}{errors}"
        returned = signature(function).return_annotation
        call.__signature__ = signature(run).replace(  # type: ignore[attr-defined]
            return_annotation=returned
        )
        return call

    return decorate


def _attributes(run: Callable[..., object]) -> str:
    _, _, listed = cleandoc(run.__doc__ or "").partition("Attributes\n----------\n")
    return listed.partition("\n\n")[0]
