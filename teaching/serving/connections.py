"""Connections to the lessons' server: those that are slow or idle end."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_OF_A_REQUEST = 30.0
"""From its first byte, or from the connection, to its last; and for a browser to read on."""

SECONDS_OF_IDLENESS = 400
"""Between two requests: longer than browsers keep a connection, most at 300 seconds, so that none
sends a click into one that is being closed."""


class Connection(H11Protocol):
    """A connection that ends if a request does not come, or an answer is not read, in time.

    uvicorn itself only ends connections that rest between two requests. A byte now and then would
    keep a connection for ever, and bytes that come later do not prolong the time here.
    """

    seconds = SECONDS_OF_A_REQUEST
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest if it is not a whole request."""
        super().data_received(data)
        self._wait_for_the_rest()

    def on_response_complete(self) -> None:
        """Go on with the next request if a part of it has come."""
        super().on_response_complete()
        self._wait_for_the_rest()

    def pause_writing(self) -> None:
        """Wait until the browser reads on."""
        super().pause_writing()
        self._wait()

    def resume_writing(self) -> None:
        """Be content: the browser reads."""
        super().resume_writing()
        self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait_for_the_rest(self) -> None:
        is_whole = self.conn.their_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR)
        is_resting = self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]
        if is_whole or (is_resting and self.cycle is not None):
            self._wait_no_more()
        else:
            self._wait()

    def _wait(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(self.seconds, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
