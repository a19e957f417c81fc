"""Open pages: what each is sent, what is forgotten, and how it comes back."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tiny_lesson import LESSON

import teaching.serving.sessions
from teaching.serving.preparation import Preparation
from teaching.serving.sessions import Sessions
from teaching.state import Event


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "load", lambda slug: LESSON)


@pytest.fixture
def sessions():
    preparation = Preparation(lambda: None)
    preparation.begin()
    return Sessions(preparation)


def opened(sessions, slug="the-law", query=""):
    """Open a page and return its name."""
    return sessions.open(slug, query).split('data-session="')[1].split('"')[0]


def click(sessions, session, text, *, slug="the-law", query=""):
    return sessions.send(session, slug, query, Event("click", text))


def test_each_page_has_its_own_state(sessions):
    one, other = opened(sessions), opened(sessions)
    assert one != other
    click(sessions, one, "1")
    assert click(sessions, other, "2").address == "/the-law?clicked=2"
    assert click(sessions, one, "3").address == "/the-law?clicked=13"


def test_only_what_changed_is_sent(sessions):
    session = opened(sessions)
    assert set(click(sessions, session, "1").fragments) == {"figure", "bar"}  # Undo is possible
    assert set(click(sessions, session, "2").fragments) == {"figure"}
    assert click(sessions, session, "").fragments == {}


def test_a_page_that_is_forgotten_goes_on_from_its_address(sessions, monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "MOST_PAGES", 2)
    first = opened(sessions)
    query = click(sessions, first, "1").address.partition("?")[2]
    opened(sessions)
    click(sessions, first, "", query=query)  # used last, so the other goes
    opened(sessions)
    assert click(sessions, first, "2", query=query).session == first
    opened(sessions)
    opened(sessions)
    reply = click(sessions, first, "3", query="clicked=12")
    assert reply.session != first
    assert reply.address == "/the-law?clicked=123"
    assert set(reply.fragments) == {
        "bar", "message", "question", "figure", "handles", "counterexample", "steps", "puzzle",
    }  # fmt: skip


def test_names_of_pages_cannot_be_chosen(sessions):
    one, other = click(sessions, "mine", "1"), click(sessions, "mine", "2")
    assert "mine" not in (one.session, other.session)
    assert other.address == "/the-law?clicked=2"


def test_a_name_holds_for_one_lesson(sessions):
    session = opened(sessions)
    click(sessions, session, "1")
    reply = click(sessions, session, "2", slug="random-walk")
    assert reply.address == "/random-walk?clicked=2"


def test_events_of_one_page_from_many_threads_are_all_kept(sessions):
    session = opened(sessions)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda text: click(sessions, session, text), "0123456789" * 10))
    assert sorted(click(sessions, session, "").address.partition("=")[2]) == sorted(
        "0123456789" * 10
    )


def test_a_page_that_is_loaded_anew_gets_all_parts_and_can_undo(sessions):
    session = opened(sessions)
    click(sessions, session, "1")
    reply = sessions.send(session, "the-law", "clicked=1", Event("look"))
    assert reply.session == session
    assert len(reply.fragments) == 8
    assert reply.address == "/the-law?clicked=1"
    assert sessions.send(session, "the-law", "clicked=1", Event("undo")).address == "/the-law"
    other = sessions.send("forgotten", "the-law", "clicked=2", Event("look"))
    assert other.address == "/the-law?clicked=2"


def test_looks_are_told_and_kept_in_the_address(sessions):
    session = opened(sessions, query="clicked=1")
    sessions.send(session, "the-law", "", Event("theme", "dark"))
    reply = sessions.send(session, "the-law", "", Event("large", "1"))
    assert (reply.theme, reply.large) == ("dark", True)
    assert "large=1&theme=dark" in reply.address
    assert "clicked=1" in reply.address
