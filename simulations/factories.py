"""Factories of networks from users' files."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from torch import nn

Factory: TypeAlias = Callable[..., tuple[nn.Module, tuple[int, ...]]]
"""Takes a size, and keyword options; returns a module and its input shape."""


def read_factory(target: str) -> Factory:
    """Import FILE.py:factory."""
    path, _, name = target.rpartition(":")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)
