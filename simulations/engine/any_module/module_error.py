"""Modules that can not be sampled, and where they fail."""

import traceback

from torch import nn

from evidence.errors import UserError


class ModuleError(UserError):
    """A module that can not be sampled; the message says what would be right."""


def failing_submodule(error: BaseException) -> str | None:
    """Return the name of the innermost submodule in which an exception was raised.

    It is empty where that is the module itself, and None where no module was being called.
    """
    called = [
        frame.f_locals["self"]
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if isinstance(frame.f_locals.get("self"), nn.Module)
    ]
    if not called:
        return None
    names: dict[int, str] = {id(part): name for name, part in called[0].named_modules()}
    return next(names[id(part)] for part in reversed(called) if id(part) in names)
