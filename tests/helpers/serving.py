"""The lessons, served to tests from a thread."""

import http.client
import json
import socket
import threading
from contextlib import contextmanager

import uvicorn

from sqrtd.commands.lesson_statements import lesson_statements
from teaching.serving.connections import Connection
from teaching.serving.server import application


@contextmanager
def serving(preparation=None, connection=Connection, **options):
    """Yield the port of a running server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            application(
                ["127.0.0.1", "localhost", "[::1]"], preparation,
                statements=lesson_statements(), **options,
            ),
            http=connection, ws="none", lifespan="off", log_config=None, log_level="error",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def ask(port, method, target, body=None, headers=None):
    """Return status, headers and text of a response."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def send(port, name, text="", *, address="/the-law", session="", moving=False):
    """Send an event; return the status and the reply."""
    event = {"session": session, "address": address, "name": name, "text": text, "moving": moving}
    status, _, reply = ask(
        port, "POST", "/event", json.dumps(event), {"content-type": "application/json"}
    )
    return status, json.loads(reply)
