"""The local web server: pages, events, and what it refuses.

A page is a GET of its address. An event is a POST of JSON to `/event`, answered with the parts of
the page that changed. Nothing else is served, and the page is allowed to ask nobody else.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from teaching.contents import SLUGS
from teaching.fields import AddressError, from_query
from teaching.serving import home
from teaching.serving.preparation import Preparation
from teaching.serving.sessions import OUR_BUG, Sessions
from teaching.serving.shell import broken, not_found
from teaching.state import Event, Progress
from teaching.statements import Statements

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
LARGEST_BODY = 16 * 1024
"""Bytes of an event: an address of at most 4 KiB, percent-encoded, and a few words."""

LONGEST_NAME, LONGEST_TEXT, LONGEST_ADDRESS = 64, 400, 12 * 1024
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
EMBEDDABLE_HEADERS = {
    name: words.replace("; frame-ancestors 'none'", "")
    for name, words in HEADERS.items()
    if name != "x-frame-options"
}
"""For pages that others may show in a frame."""


def application(
    hosts: Sequence[str],
    preparation: Preparation | None = None,
    *,
    statements: Statements,
    embeddable: bool = False,
) -> Starlette:
    """Return the web application.

    Parameters
    ----------
    hosts : names under which it may be asked, without port; "*" is any. Another `Host` is refused,
        so that a foreign page cannot reach the lessons through a name that it points to this
        machine.
    preparation : begun when the first page has been sent.
    statements : of the ledger, for the map of the proof.
    embeddable : whether pages may be shown inside others, such as slides or a notebook.
    """
    preparation = preparation or Preparation(lambda: None)
    sessions = Sessions(preparation)
    files = {file.name for file in STATIC.iterdir()}

    pages = home.course_pages(statements)

    async def of_the_course(request: Request) -> Response:
        made = pages[request.url.path.strip("/")]
        content = await run_in_threadpool(made, _looks(request))
        return HTMLResponse(content, background=BackgroundTask(preparation.begin))

    async def page(request: Request) -> Response:
        slug = request.path_params["slug"]
        if slug not in SLUGS:
            raise HTTPException(404)
        if not embeddable:
            _refuse_embedding(request)
        try:
            content = await run_in_threadpool(sessions.open, slug, _query(request))
        except Exception:
            logger.exception("the lesson %s", slug)
            return HTMLResponse(broken(Progress(), OUR_BUG), status_code=500)
        return HTMLResponse(content, background=BackgroundTask(preparation.begin))

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            raise HTTPException(404)
        return FileResponse(STATIC / name)

    async def event(request: Request) -> Response:
        _refuse_foreign(request)
        try:
            session, slug, query, wanted = _read(await _body(request))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        if slug not in SLUGS:
            raise HTTPException(400, "The address is no lesson's.")
        try:
            reply = await run_in_threadpool(sessions.send, session, slug, query, wanted)
        except Exception:
            logger.exception("an event of the lesson %s", slug)
            return JSONResponse({"error": OUR_BUG}, status_code=500)
        return JSONResponse(asdict(reply))

    async def refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == 404:
            return HTMLResponse(not_found(Progress()), status_code=404)
        return JSONResponse(
            {"error": error.detail}, status_code=error.status_code, headers=error.headers
        )

    served = Starlette(
        routes=[
            *(Route(f"/{name}", of_the_course) for name in pages),
            Route("/event", event, methods=["POST"]),
            Route("/static/{name}", static),
            Route("/{slug}", page),
        ],
        middleware=[
            Middleware(_Headers, headers=EMBEDDABLE_HEADERS if embeddable else HEADERS),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={HTTPException: refuse},
    )
    served.router.redirect_slashes = False
    return served


def _refuse_embedding(request: Request) -> None:
    """Let a foreign page link to a lesson, but not load it as a picture, a script or a frame.

    Each load opens a page, and many of them would push the student's own ones out.

    Raises
    ------
    HTTPException : the browser says that a foreign page asks, and that it is no link.
    """
    asks = request.headers.get("sec-fetch-site", "none")
    wanted = request.headers.get("sec-fetch-dest", "document")
    if asks in ("same-site", "cross-site") and wanted != "document":
        raise HTTPException(403, "A lesson is no part of another page.")


def _refuse_foreign(request: Request) -> None:
    """Take events from our own pages, and from programs, which name no page that they come from.

    Raises
    ------
    HTTPException : the browser says that another page sends it.
    """
    ours = f"http://{request.headers['host']}".lower()
    if any(origin.lower() != ours for origin in request.headers.getlist("origin")):
        raise HTTPException(403, "Events are taken from the lessons' own pages alone.")


def _looks(request: Request) -> Progress:
    """Return how a page of the course is to look: as its address says, if it can be read."""
    try:
        (progress,) = from_query(_query(request), Progress)
    except AddressError:
        return Progress()
    return Progress(large=progress.large, theme=progress.theme)


def _query(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("ascii", errors="replace")


async def _body(request: Request) -> bytes:
    """Read the body of an event, and no more of it than an event can have.

    Raises
    ------
    HTTPException : not declared as JSON, or too large. A form of a foreign page cannot declare
        JSON without asking first, which is never granted.
    """
    if (
        request.headers.get("content-type", "").partition(";")[0].strip().lower()
        != "application/json"
    ):
        raise HTTPException(415, "An event is JSON: send it with content-type application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, f"An event has at most {LARGEST_BODY} bytes.")
    return body


def _read(body: bytes) -> tuple[str, str, str, Event]:
    """Read an event: the page's name, its address in two parts, and what the student did."""
    try:
        data: Any = json.loads(body)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
    except (ValueError, RecursionError):
        raise HTTPException(400, "The event is not JSON.") from None
    wanted = {"session": str, "address": str, "name": str, "text": str, "moving": bool}
    if not isinstance(data, dict) or data.keys() != wanted.keys():
        raise HTTPException(400, f"An event has the keys {', '.join(wanted)}.")
    for key, kind in wanted.items():
        if not isinstance(data[key], kind):
            raise HTTPException(400, f"{key} is to be of type {kind.__name__}.")
    limits = {
        "session": LONGEST_NAME,
        "name": LONGEST_NAME,
        "text": LONGEST_TEXT,
        "address": LONGEST_ADDRESS,
    }
    for key, most in limits.items():
        if len(data[key]) > most:
            raise HTTPException(400, f"{key} has more than {most} characters.")
    try:
        address = urlsplit(data["address"])
    except ValueError:
        raise HTTPException(400, "address is none.") from None
    event = Event(data["name"], data["text"], data["moving"])
    return data["session"], address.path.strip("/"), address.query, event


class _Headers:
    """Adds headers to every response."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
