"""Stopping from outside: Ctrl-C and SIGTERM end work alike, and a second one ends it at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
"""The exit code of what Ctrl-C has ended."""


class Stops:
    """The signals that came.

    Attributes
    ----------
    first : the signal that began the end; None before.
    """

    def __init__(self) -> None:
        self.first: int | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Handle a signal: the first one is an exception, the second one the end."""
        if self.first is not None:
            # At once: whoever swallowed the exception, or does not come to an end, is not asked.
            os.write(2, b"sqrtd: ended at once\n")
            os._exit(128 + number)
        self.first = number
        raise KeyboardInterrupt

    def exit_code(self, code: int) -> int:
        """Return the exit code of a command that ended with `code`: that of the signal, if any."""
        return 128 + self.first if code == INTERRUPTED and self.first is not None else code


@contextmanager
def stoppable() -> Iterator[Stops]:
    """Let SIGINT and SIGTERM raise KeyboardInterrupt in the block, and the second one exit.

    After a first one, the handlers stay: threads of this process may take a while to end. A signal
    that was ignored, as of background jobs of a script, stays ignored. Outside of the main thread,
    which alone may handle signals, nothing changes.
    """
    stops = Stops()
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, stops)
    try:
        yield stops
    finally:
        if stops.first is None:
            for number, handler in before.items():
                signal.signal(number, handler)
