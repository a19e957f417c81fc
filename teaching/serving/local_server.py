"""Serve the lessons on this machine until Ctrl-C, and open the browser at one: `sqrtd teach`."""

import errno
import ipaddress
import os
import socket
import sys
import threading
import webbrowser
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

import uvicorn

from evidence.errors import UserError
from teaching.contents import CONTENTS, SLUGS
from teaching.serving.connections import SECONDS_OF_IDLENESS, Connection
from teaching.serving.preparation import Preparation, load_lesson, load_torch
from teaching.serving.server import application
from teaching.statements import Statements

QUIET = 1.0
"""Seconds without a click after which a student is reading, and torch can be loaded."""

USUAL_PORT = 7280
"""Browsers keep a student's progress by host and port: so it is the same one each time."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def serve_lessons(
    lesson: str | None,
    *,
    host: str,
    port: int,
    opens_browser: bool,
    embeddable: bool,
    statements: Statements,
) -> None:
    """Serve the lessons until Ctrl-C, and open the browser at one.

    Parameters
    ----------
    lesson : its slug, or an address that was copied from a page; the course's home page if None.
    host : an address of this machine.
    port : where to listen; if 0, `USUAL_PORT`, or a free one if that is taken.
    opens_browser : whether to open the browser there.
    embeddable, statements : as `application` takes them.

    Raises
    ------
    UserError : no such lesson, no such host, or a port that cannot be had.
    """
    place = _place(lesson)
    with _listening(host, port) if port else _usual(host) as listener:
        address, taken = listener.getsockname()[:2]
        is_loopback = ipaddress.ip_address(address).is_loopback
        if not is_loopback:
            print(
                f"sqrtd: whoever reaches {host} over the network can open the lessons "
                "and keep this machine busy",
                file=sys.stderr,
            )
        is_any = ipaddress.ip_address(address).is_unspecified
        names = _own_names() if is_any else [host, address]
        hosts = [*LOOPBACK, *map(_bracketed, names)]
        name = _bracketed(names[0])
        here = "localhost" if is_any else name
        preparation = Preparation(
            load_torch,
            afterwards=[partial(load_lesson, entry) for entry in CONTENTS[1:]],
            quiet=QUIET,
        )
        server = _Server(
            uvicorn.Config(
                application(hosts, preparation, statements=statements, embeddable=embeddable),
                loop="asyncio",
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=SECONDS_OF_IDLENESS,
                timeout_graceful_shutdown=1,
            ),
            said=f"Lessons at http://{name}:{taken}/{place} (Ctrl-C ends them)",
            opened=f"http://{here}:{taken}/{place}" if opens_browser else None,
        )
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            preparation.abandon()
            print("sqrtd: the lessons are closed", file=sys.stderr, flush=True)
            if preparation.is_running:
                # Torch aborts where the interpreter is taken down in the middle of its loading.
                os._exit(0)


class _Server(uvicorn.Server):
    """Says where it is, and opens the browser there, once it answers."""

    def __init__(self, config: uvicorn.Config, *, said: str, opened: str | None) -> None:
        super().__init__(config)
        self._said, self._opened = said, opened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        print(self._said, flush=True)
        if self._opened:
            # Some browsers are waited for until they are closed.
            threading.Thread(target=_open, args=(self._opened,), daemon=True).start()


def _open(url: str) -> None:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    # One that runs inside the terminal would fight with us for it.
    if type(browser) is not webbrowser.GenericBrowser or "BROWSER" in os.environ:
        browser.open(url)


def _place(lesson: str | None) -> str:
    """Read what `--lesson` names: a slug, or an address that was copied from a page."""
    if lesson is None:
        return ""
    try:
        parts = urlsplit(lesson)
    except ValueError:
        parts = urlsplit("")
    slug = parts.path.strip("/")
    if slug not in SLUGS:
        known = ", ".join(entry.slug for entry in CONTENTS)
        raise UserError(f"{lesson!r} is no lesson; there are {known}")
    return f"{slug}?{parts.query}" if parts.query else slug


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that whoever connects from now on is answered."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise UserError(f"{host!r} is no host that this machine knows") from None
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        # Else a port stays taken for a minute after its last server.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise UserError(_why(error, host, port)) from None
    return listener


def _usual(host: str) -> socket.socket:
    """Return a socket on the usual port, or on a free one if that is taken."""
    try:
        return _listening(host, USUAL_PORT)
    except UserError:
        return _listening(host, 0)


def _own_names() -> list[str]:
    """Return this machine's address on its network, and its name, as far as they can be told."""
    own = socket.gethostname().lower()
    names = [own, f"{own}.local"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        # Nothing is sent: the system only chooses which of its addresses it would send from. The
        # other end is reserved for documentation (RFC 5737).
        probe.connect(("192.0.2.1", 9))
        names.insert(0, probe.getsockname()[0])
    return names


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken; without --port a free one is found"
    if error.errno == errno.EACCES:
        return f"port {port} is not yours to open; take one from 1024 up"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host!r} is no address of this machine"
    return f"cannot listen on {host!r}, port {port}: {error.strerror}"


def _bracketed(host: str) -> str:
    """Write a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
