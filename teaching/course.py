"""What the lessons have in common, in words: `course.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def course() -> Mapping[str, Any]:
    """Return the words of the course."""
    return tomllib.loads(files("teaching").joinpath("course.toml").read_text("utf-8"))


def hypotheses() -> Mapping[str, str]:
    """Return the paper's assumptions, a sentence each, by name: "H1" to "H5", and "S"."""
    found: Mapping[str, str] = course()["hypotheses"]
    return found
