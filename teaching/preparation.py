"""What takes seconds and no first page waits for: done once, in the background."""

import gc
import logging
import sys
from collections.abc import Callable
from threading import Event, Lock, Thread

logger = logging.getLogger(__name__)


class Preparation:
    """Work that is begun when the first page has been sent.

    Parameters
    ----------
    work : called once, in a thread of its own.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = Lock()
        self._begun = self._abandoned = False
        self._done = Event()

    @property
    def done(self) -> bool:
        """Whether the work is over, well or badly."""
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
            self._work()
        except Exception:
            if not self._abandoned:
                logger.exception("the lessons' preparation")
        finally:
            self._done.set()


def load_torch_and_lessons() -> None:
    """Import what samples need, and load every lesson."""
    from teaching.contents import CONTENTS, load

    # An import holds the interpreter all the time: a click that comes meanwhile is to get it often.
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 20)
    try:
        import torch  # noqa: F401

        for entry in CONTENTS:
            load(entry.slug)
    finally:
        sys.setswitchinterval(before)
    # Else each full collection walks through all of torch, which takes a tenth of a second.
    gc.freeze()
