"""The nine lessons, in order. Each is loaded when it is first opened: some need torch."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from teaching.lesson import AnyLesson


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


CONTENTS = (
    Entry("the-law", "The law in one minute"),
    Entry("dual-norms", "An attack is a dual norm"),
    Entry("one-neuron", "One neuron with many inputs"),
    Entry("random-walk", "The random walk"),
    Entry("path-degrees", "Path-degrees and symmetry"),
    Entry("path-products", "Path-products decorrelate"),
    Entry("square-root", "From paths to 1/√d"),
    Entry("averages", "Strides and averages"),
    Entry("after-training", "After training"),
)
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
    lesson: AnyLesson = import_module(f"teaching.lessons.{slug.replace('-', '_')}.lesson").LESSON
    return lesson
