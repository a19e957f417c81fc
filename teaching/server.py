"""The local web server: pages, events, and what it refuses.

A page is a GET of its address. An event is a POST of JSON to `/event`, answered with the parts of
the page that changed. Nothing else is served, and the page is allowed to ask nobody else.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from teaching.contents import CONTENTS
from teaching.page import not_found
from teaching.sessions import Sessions
from teaching.state import Event, Progress

STATIC = Path(__file__).parent / "static"
LARGEST_BODY = 16 * 1024
"""Bytes of an event: an address of at most 4 KiB, percent-encoded, and a few words."""

LONGEST_TEXT = 400
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class BadEventError(ValueError):
    """A request that is no event; the message is one line."""


def application(hosts: list[str]) -> Starlette:
    """Return the web application.

    Parameters
    ----------
    hosts : names under which it may be asked, without port. Any other `Host` is refused, so that a
        foreign page cannot reach the lessons through a name that it points to this machine.
    """
    sessions = Sessions()

    async def home(request: Request) -> Response:  # noqa: ARG001
        return RedirectResponse(f"/{CONTENTS[0].slug}")

    async def page(request: Request) -> Response:
        slug, query = request.path_params["slug"], request.url.query
        try:
            return HTMLResponse(await run_in_threadpool(sessions.open, slug, query))
        except KeyError:
            return HTMLResponse(not_found(Progress()), status_code=404)

    async def event(request: Request) -> Response:
        try:
            session, slug, query, wanted = _read(await _body(request))
            reply = await run_in_threadpool(sessions.send, session, slug, query, wanted)
        except BadEventError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except KeyError:
            return JSONResponse({"error": "no such lesson"}, status_code=404)
        return JSONResponse(asdict(reply))

    async def missing(request: Request, error: Exception) -> Response:  # noqa: ARG001
        return HTMLResponse(not_found(Progress()), status_code=404)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/event", event, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/{slug}", page),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            Middleware(_Headers),
        ],
        exception_handlers={404: missing},
    )


async def _body(request: Request) -> bytes:
    """Read the body of an event.

    Raises
    ------
    BadEventError : not declared as JSON, or too large. A form of a foreign page cannot declare
        JSON without asking first, which is never granted.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadEventError("an event is JSON: send it with content-type application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadEventError(f"an event has at most {LARGEST_BODY} bytes")
    return body


def _read(body: bytes) -> tuple[str, str, str, Event]:
    """Read an event: the page's name, its address in two parts, and what the student did."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadEventError("the event is not JSON") from None
    wanted = {"session": str, "address": str, "name": str, "text": str, "moving": bool}
    if not isinstance(data, dict) or data.keys() != wanted.keys():
        raise BadEventError(f"an event has the keys {', '.join(wanted)}")
    for key, kind in wanted.items():
        if not isinstance(data[key], kind):
            raise BadEventError(f"{key} must be of type {kind.__name__}")
    if len(data["session"]) > 64 or len(data["name"]) > 64 or len(data["text"]) > LONGEST_TEXT:
        raise BadEventError("session, name or text is too long")
    try:
        address = urlsplit(data["address"])
    except ValueError:
        raise BadEventError("the address is none") from None
    event = Event(data["name"], data["text"], data["moving"])
    return data["session"], address.path.strip("/"), address.query, event


class _Headers:
    """Adds `HEADERS` to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
