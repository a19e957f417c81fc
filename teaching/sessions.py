"""The open pages, each with its state, its sample, and what the browser has been sent of it."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from teaching.contents import load
from teaching.page import document, fragments
from teaching.state import Event, State, apply, from_address

MOST_PAGES = 200
"""Pages that are remembered; the one that was used longest ago goes first, and starts from its
address when it comes back."""


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
    address : of the new state.
    fragments : those that changed.
    more : whether the sample wants further pieces.
    theme, large : how the page looks.
    """

    address: str
    fragments: dict[str, str]
    more: bool
    theme: str
    large: bool


class Sessions:
    """All open pages."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = Lock()

    def open(self, slug: str, query: str) -> str:
        """Open a page at an address and return its document.

        Raises
        ------
        KeyError : no lesson of that name.
        """
        state = from_address(load(slug), query)
        session = secrets.token_urlsafe(12)
        self._keep(session, Page(slug=slug, state=state, sent=fragments(state)))
        return document(slug, state, session)

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
        page = self._page(session, slug, query)
        with page.lock:
            page.state = apply(page.state, event)
            parts = fragments(page.state)
            changed = {name: part for name, part in parts.items() if page.sent.get(name) != part}
            page.sent = parts
            address = f"/{slug}" + (f"?{page.state.query}" if page.state.query else "")
            return Reply(
                address=address,
                fragments=changed,
                more=page.state.wants_more,
                theme=page.state.progress.theme,
                large=page.state.progress.large,
            )

    def _page(self, session: str, slug: str, query: str) -> Page:
        with self._lock:
            page = self._pages.get(session)
            if page is not None and page.slug == slug:
                self._pages.move_to_end(session)
                return page
        page = Page(slug=slug, state=from_address(load(slug), query), sent={})
        self._keep(session, page)
        return page

    def _keep(self, session: str, page: Page) -> None:
        with self._lock:
            self._pages[session] = page
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
