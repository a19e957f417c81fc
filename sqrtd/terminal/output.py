"""Standard output and error, whatever becomes of what is behind them.

A command saves its results before it prints, or after: what it prints must not stop it. So where
nobody reads any more, the rest is dropped, and the exit code still tells what was found.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evidence.errors import reason_of


class _Lasting(io.RawIOBase):
    """Bytes on their way to a stream, which are dropped once it fails."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__()
        self._stream = stream
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, content: Any) -> int:  # noqa: ANN401  (whatever has bytes)
        if self.failure is None:
            try:
                self._stream.buffer.write(content)
                self._stream.buffer.flush()
            except OSError as failure:
                self.failure = failure
                # Python tries once more at its end.
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        return len(content)


@contextmanager
def lasting_output() -> Iterator[None]:
    """Let standard output and error last for a block, and show signs that they lack as escapes.

    Raises
    ------
    SystemExit : with code 2, at the end, where standard output could not take all; a pipe whose
        reader had seen enough is none of that.
    """
    streams = sys.stdout, sys.stderr
    lasting = [_lasting(stream) for stream in streams]
    sys.stdout, sys.stderr = (text for text, _ in lasting)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:  # a user's file may have closed it
                stream.flush()
        _, raw = lasting[0]
        is_lost = raw and raw.failure and not isinstance(raw.failure, BrokenPipeError)
        if raw and raw.failure and is_lost:
            print(f"sqrtd: cannot print: {reason_of(raw.failure)}", file=sys.stderr)
        sys.stdout, sys.stderr = streams
        if is_lost:
            raise SystemExit(2)


def _lasting(stream: Any) -> tuple[Any, _Lasting | None]:  # noqa: ANN401  (or None)
    if not isinstance(stream, io.TextIOWrapper):
        return stream, None
    stream.flush()
    raw = _Lasting(stream)
    text = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=True,
    )
    return text, raw
