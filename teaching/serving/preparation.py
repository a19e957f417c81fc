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
    afterwards : called next, one after the other, when nobody waits any more.
    quiet : seconds without a click that each of them waits for, as a click is slow meanwhile.
    """

    def __init__(
        self,
        work: Callable[[], None],
        *,
        afterwards: Sequence[Callable[[], None]] = (),
        quiet: float = 0.0,
    ) -> None:
        self._work, self._afterwards, self._quiet = work, afterwards, quiet
        self._clicked = Event()
        self._lock = Lock()
        self._begun = self._abandoned = False
        self._done = Event()
        # A daemon, so that Ctrl-C need not wait for it.
        self._thread = Thread(target=self._run, name="preparation", daemon=True)

    @property
    def done(self) -> bool:
        """Whether the work is over, well or badly; what comes afterwards may not be."""
        return self._done.is_set()

    @property
    def is_running(self) -> bool:
        """Whether anything is being done, afterwards included."""
        return self._thread.is_alive()

    def begin(self) -> None:
        """Begin the work, if that has not been done."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
        self._thread.start()

    def put_off(self) -> None:
        """Say that there was a click: more may follow at once."""
        self._clicked.set()

    def abandon(self) -> None:
        """Say that the program ends, on which an import that is under way breaks with errors."""
        self._abandoned = True

    def _run(self) -> None:
        try:
            self._try(self._work)
        finally:
            self._done.set()
        for work in self._afterwards:
            self._try(work)

    def _try(self, work: Callable[[], None]) -> None:
        while self._clicked.wait(self._quiet):
            self._clicked.clear()
        try:
            work()
        except Exception:
            if not self._abandoned:
                logger.exception("the lessons' preparation")


def load_torch() -> None:
    """Import what samples need; the first lesson's imports more of torch, for a second."""
    with _giving_way():
        import torch  # noqa: F401

        load_lesson(CONTENTS[0])


def load_lesson(entry: Entry) -> None:
    """Load a lesson, and draw the first piece of its sample."""
    with _giving_way():
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
