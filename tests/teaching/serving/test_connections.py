"""Slow and idle connections end; a clock of our own says when, and nobody waits."""

import asyncio
import socket

import h11
import pytest
import uvicorn
from serving import ask, serving
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from teaching.serving.connections import SECONDS_OF_A_REQUEST, SECONDS_OF_IDLENESS, Connection

WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
WITH_BODY = b"POST /event HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"


class Handle:
    """Something that is to be done later."""

    def __init__(self, when, callback):
        self.when, self.callback, self.is_cancelled = when, callback, False

    def cancel(self):
        self.is_cancelled = True


class Clock:
    """Stands in for the event loop: time passes when a test says so, and no request is answered."""

    def __init__(self):
        self.now, self.handles = 0.0, []

    def call_later(self, delay, callback):
        self.handles.append(Handle(self.now + delay, callback))
        return self.handles[-1]

    def create_task(self, coroutine, **how):
        coroutine.close()
        return Answer()

    def pass_seconds(self, seconds):
        self.now += seconds
        due = [one for one in self.handles if one.when <= self.now and not one.is_cancelled]
        for handle in due:
            self.handles.remove(handle)
            handle.callback()


class Answer:
    """A task that is never done."""

    def add_done_callback(self, callback):
        pass


class Wire(asyncio.Transport):
    """Takes what is written, and remembers whether it was ended."""

    def __init__(self):
        super().__init__()
        self.is_ended = False

    def write(self, data):
        pass

    def abort(self):
        self.is_ended = True

    close = abort

    def is_closing(self):
        return self.is_ended

    def pause_reading(self):
        pass

    resume_reading = pause_reading


def connected(kind=Connection):
    """Return a clock, the connection and its wire."""
    clock, wire = Clock(), Wire()
    config = uvicorn.Config(
        lambda scope, receive, send: None,
        log_config=None, timeout_keep_alive=SECONDS_OF_IDLENESS,
    )  # fmt: skip
    config.load()
    connection = kind(config=config, server_state=ServerState(), app_state={}, _loop=clock)
    connection.connection_made(wire)
    return clock, connection, wire


def answer(connection):
    """Answer the request that is worked on."""
    connection.conn.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
    connection.conn.send(h11.EndOfMessage())
    connection.cycle.response_complete = True
    connection.on_response_complete()


@pytest.mark.parametrize("start", [b"", WHOLE[:9], WITH_BODY, WITH_BODY + b"1234"])
def test_a_byte_now_and_then_does_not_keep_a_connection(start):
    clock, connection, wire = connected()
    if start:
        connection.data_received(start)
    for _ in range(4):
        clock.pass_seconds(SECONDS_OF_A_REQUEST / 5)
        connection.data_received(b"x")
        assert not wire.is_ended
    clock.pass_seconds(SECONDS_OF_A_REQUEST / 5)
    assert wire.is_ended


def test_without_our_class_it_would_be_kept_for_ever():
    clock, connection, wire = connected(H11Protocol)
    for _ in range(100):
        clock.pass_seconds(1000)
        connection.data_received(b"x")
    assert not wire.is_ended


@pytest.mark.parametrize("request_", [WHOLE, WITH_BODY + b"123456789"])
def test_an_answer_may_take_its_time_and_the_next_request_too(request_):
    clock, connection, wire = connected()
    for _ in range(3):
        connection.data_received(request_[:20])
        clock.pass_seconds(SECONDS_OF_A_REQUEST - 1)
        connection.data_received(request_[20:])
        clock.pass_seconds(100 * SECONDS_OF_A_REQUEST)
        answer(connection)
        clock.pass_seconds(SECONDS_OF_IDLENESS - 1)
        assert not wire.is_ended
    clock.pass_seconds(1)
    assert wire.is_ended


def test_a_part_of_the_next_request_is_waited_for_from_the_answer_on():
    clock, connection, wire = connected()
    connection.data_received(WHOLE + WHOLE[:5])
    clock.pass_seconds(10 * SECONDS_OF_A_REQUEST)
    answer(connection)
    clock.pass_seconds(SECONDS_OF_A_REQUEST - 1)
    assert not wire.is_ended
    clock.pass_seconds(1)
    assert wire.is_ended


@pytest.mark.parametrize("reads_on", [True, False])
def test_an_answer_that_nobody_reads_ends_the_connection(reads_on):
    clock, connection, wire = connected()
    connection.data_received(WHOLE)
    connection.pause_writing()
    clock.pass_seconds(SECONDS_OF_A_REQUEST - 1)
    if reads_on:
        connection.resume_writing()
    clock.pass_seconds(1)
    assert wire.is_ended is not reads_on


def test_the_server_ends_a_connection_that_stays_silent_and_answers_others():
    """The client waits for the server, whose patience is short here."""

    class Impatient(Connection):
        seconds = 0.01

    with serving(connection=Impatient) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as silent:
            assert silent.recv(1) == b""
        assert ask(port, "GET", "/no-lesson")[0] == 404
