"""The lessons, in the order of `course.toml`.

Each is loaded when it is first opened: some need torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from teaching.course import course
from teaching.lesson import AnyLesson
from teaching.texts import read_texts


@dataclass(frozen=True)
class Entry:
    """A lesson's place in the contents.

    Attributes
    ----------
    slug : its name in the address; with underscores, its package in `teaching.lessons`.
    title : in the list of lessons.
    """

    slug: str
    title: str


CONTENTS = tuple(Entry(slug, title) for slug, title in course()["lessons"].items())
SLUGS = frozenset(entry.slug for entry in CONTENTS)


@lru_cache(maxsize=len(CONTENTS))
def load(slug: str) -> AnyLesson:
    """Return a lesson: `LESSON` of `teaching.lessons.SLUG.lesson`.

    Raises
    ------
    KeyError : no lesson of that name.
    """
    if slug not in SLUGS:
        raise KeyError(slug)
    lesson: AnyLesson = import_module(f"{_package(slug)}.lesson").LESSON
    return lesson


@lru_cache(maxsize=len(CONTENTS))
def lesson_texts(slug: str) -> Mapping[str, Any]:
    """Return a lesson's words without loading its code."""
    return read_texts(_package(slug))


def _package(slug: str) -> str:
    return f"teaching.lessons.{slug.replace('-', '_')}"
