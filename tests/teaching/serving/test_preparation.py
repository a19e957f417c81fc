"""What is loaded in the background: when it begins, what waits for it, and how it ends."""

import threading

import pytest
from serving import ask, send, serving
from tiny_lesson import LESSON

import teaching.serving.sessions
from teaching.serving.preparation import Preparation
from teaching.serving.sessions import LONG_PAUSE, PAUSE


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "load", lambda slug: LESSON)


def test_samples_wait_for_the_preparation_and_clicks_do_not():
    begun, may_end = threading.Event(), threading.Event()

    def work():
        begun.set()
        may_end.wait()

    preparation = Preparation(work)
    with serving(preparation) as port:
        send(port, "click", "1")
        assert not begun.is_set()  # it is not to slow down the first page
        ask(port, "GET", "/the-law?wanted=2")
        assert begun.wait(20)
        (thread,) = (one for one in threading.enumerate() if one.name == "preparation")
        session = send(port, "wanted", "2")[1]["session"]
        _, waiting = send(port, "more", session=session)
        assert waiting["fragments"] == {}
        assert waiting["more"] == LONG_PAUSE
        _, clicked = send(port, "click", "1", session=session)
        assert "clicked 1" in clicked["fragments"]["figure"]
        may_end.set()
        thread.join()
        _, first = send(port, "more", session=session)
        assert "1 pieces" in first["fragments"]["figure"]
        assert first["more"] == PAUSE
        _, second = send(port, "more", session=session)
        assert "2 pieces" in second["fragments"]["figure"]
        assert second["more"] is None


def test_a_preparation_that_fails_is_over_too_and_is_logged(caplog):
    def work():
        raise ImportError("no torch")

    preparation = Preparation(work)
    preparation.begin()
    preparation.begin()
    for thread in threading.enumerate():
        if thread.name == "preparation":
            thread.join()
    assert preparation.done
    assert caplog.text.count("ImportError: no torch") == 1


def test_what_comes_afterwards_is_not_waited_for():
    begun, may_end = threading.Event(), threading.Event()

    def afterwards():
        begun.set()
        may_end.wait()

    preparation = Preparation(lambda: None, afterwards=[afterwards])
    preparation.begin()
    assert begun.wait(20)
    assert preparation.done
    (thread,) = (one for one in threading.enumerate() if one.name == "preparation")
    may_end.set()
    thread.join()


class Clicks:
    """An event that is set when it is waited for, a given number of times."""

    def __init__(self, clicks):
        self.left, self.waits = clicks, []

    def wait(self, seconds):
        self.waits.append(seconds)
        return self.left > 0

    def clear(self):
        self.left -= 1


def test_preparation_waits_until_no_click_has_come_for_a_while():
    waits = []
    preparation = Preparation(lambda: waits.append(list(clicks.waits)), quiet=7.0)
    preparation._clicked = clicks = Clicks(3)
    preparation.begin()
    for thread in threading.enumerate():
        if thread.name == "preparation":
            thread.join()
    assert waits == [[7.0] * 4]


def test_clicks_put_a_preparation_off_and_pieces_do_not():
    preparation = Preparation(lambda: None)
    with serving(preparation) as port:
        session = send(port, "more")[1]["session"]
        assert not preparation._clicked.is_set()
        send(port, "click", "1", session=session)
        assert preparation._clicked.is_set()


def test_a_preparation_that_breaks_as_the_program_ends_says_nothing(caplog):
    may_end = threading.Event()

    def work():
        may_end.wait()
        raise RuntimeError("cannot schedule new futures after shutdown")

    preparation = Preparation(work)
    preparation.begin()
    (thread,) = (one for one in threading.enumerate() if one.name == "preparation")
    preparation.abandon()
    may_end.set()
    thread.join()
    assert not caplog.records
