"""What takes seconds and no first page waits for: done once, in the background."""

import gc
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread

from teaching.contents import CONTENTS, Entry, load

logger = logging.getLogger(__name__)


class Preparation:
    """Work that is begun when the first page has been sent.

    Parameters
    ----------
    work : called once, in a thread of its own.
    afterwards : called next, when nobody waits any more.
    """

    def __init__(
        self, work: Callable[[], None], *, afterwards: Callable[[], None] = lambda: None
    ) -> None:
        self._work, self._afterwards = work, afterwards
        self._lock = Lock()
        self._begun = self._abandoned = False
        self._done = Event()

    @property
    def done(self) -> bool:
        """Whether the work is over, well or badly; what comes afterwards may not be."""
        return self._done.is_set()

    def begin(self) -> None:
        """Begin the work, if that has not been done."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
        # A daemon, so that Ctrl-C need not wait for it.
        Thread(target=self._run, name="preparation", daemon=True).start()

    def abandon(self) -> None:
        """Say that the program ends, on which an import that is under way breaks with errors."""
        self._abandoned = True

    def _run(self) -> None:
        try:
            self._try(self._work)
        finally:
            self._done.set()
        self._try(self._afterwards)

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            if not self._abandoned:
                logger.exception("the lessons' preparation")


def load_torch() -> None:
    """Import what samples need; the first lesson's imports more of torch, for a second."""
    with _giving_way():
        import torch  # noqa: F401

        _load(CONTENTS[:1])


def load_lessons() -> None:
    """Load the other lessons, and draw the first piece of their samples."""
    with _giving_way():
        _load(CONTENTS[1:])


def _load(entries: Sequence[Entry]) -> None:
    for entry in entries:
        lesson = load(entry.slug)
        sampling = lesson.sampling(lesson.settings())
        if sampling is not None:
            sampling.draw(0)


@contextmanager
def _giving_way() -> Iterator[None]:
    """Let clicks have the interpreter often, which an import otherwise holds all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 20)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
        # Else each full collection walks through all of torch, which takes a tenth of a second.
        gc.freeze()
