"""The open pages, each with its state, its sample, and what the browser has been sent of it."""

import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from threading import Lock

from teaching.contents import load
from teaching.serving.page import document, fragments
from teaching.serving.preparation import Preparation
from teaching.state import Event, State, apply, from_address, start

logger = logging.getLogger(__name__)

MOST_PAGES = 200
"""Pages that are remembered; the one that was used longest ago goes first, and starts from its
address when it comes back."""

PAUSE, LONG_PAUSE = 15, 200
"""Milliseconds between two pieces of a sample: for the browser to draw; while torch is loaded."""

LOOK = "look"
"""The event of a browser that loaded a page anew and goes on where it was: it gets all parts."""

OUR_BUG = "This is a bug of ours; the terminal that runs `sqrtd teach` says where."


@dataclass
class Page:
    """An open page.

    Attributes
    ----------
    slug : the lesson's name in the address.
    state : what the student has done.
    sent : the fragments that the browser shows.
    lock : held while an event is worked on: events of one page wait for each other.
    """

    slug: str
    state: State
    sent: dict[str, str]
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a browser gets for an event.

    Attributes
    ----------
    session : names the page from now on.
    address : of the new state.
    fragments : those that changed.
    more : milliseconds until the page may ask for the sample's next piece; None if it wants none.
    theme, large : how the page looks.
    """

    session: str
    address: str
    fragments: dict[str, str]
    more: int | None
    theme: str
    large: bool


class Sessions:
    """All open pages.

    Parameters
    ----------
    preparation : samples wait for it, so that no click waits for a sample that waits for torch.
    """

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = Lock()

    def open(self, slug: str, query: str) -> str:
        """Open a page at an address and return its document.

        Raises
        ------
        KeyError : no lesson of that name.
        """
        lesson = load(slug)
        try:
            return self._opened(slug, from_address(lesson, query))
        except Exception:
            if not query:
                raise
            logger.exception("the address /%s?%s", slug, query)
            message = f"The lesson starts anew, as its address met an error. {OUR_BUG}"
            return self._opened(slug, replace(start(lesson), message=message))

    def send(self, session: str, slug: str, query: str, event: Event) -> Reply:
        """Work on an event of a page.

        Parameters
        ----------
        session : names the page.
        slug, query : the address that the browser shows; a forgotten page starts from it.
        event : what the student did.

        Raises
        ------
        KeyError : no lesson of that name.
        """
        if event.name != "more":
            self._preparation.put_off()
        session, page = self._page(session, slug, query)
        with page.lock:
            prepared = self._preparation.done
            state = page.state
            if event.name == LOOK:
                page.sent = {}
            elif event.name != "more" or prepared:
                state = apply(state, event)
            parts = fragments(state)
            changed = {name: part for name, part in parts.items() if page.sent.get(name) != part}
            # Only now: a lesson that breaks leaves the page as the student sees it.
            page.state, page.sent = state, parts
        return Reply(
            session=session,
            address=f"/{slug}" + (f"?{state.query}" if state.query else ""),
            fragments=changed,
            more=(PAUSE if prepared else LONG_PAUSE) if state.wants_more else None,
            theme=state.progress.theme,
            large=state.progress.large,
        )

    def _opened(self, slug: str, state: State) -> str:
        parts = fragments(state)
        session = self._keep(Page(slug=slug, state=state, sent=parts))
        return document(slug, state, parts, session)

    def _page(self, session: str, slug: str, query: str) -> tuple[str, Page]:
        with self._lock:
            page = self._pages.get(session)
            if page is not None and page.slug == slug:
                self._pages.move_to_end(session)
                return session, page
        page = Page(slug=slug, state=from_address(load(slug), query), sent={})
        return self._keep(page), page

    def _keep(self, page: Page) -> str:
        session = secrets.token_urlsafe(12)
        with self._lock:
            self._pages[session] = page
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
        return session
