"""What Python answers in a browser, and what it says where a library is not to be had."""

import json

import pytest

from teaching.exporting import in_browser
from teaching.exporting.places import relative


def asked(name, text="", query="", session=""):
    event = {"session": session, "query": query, "name": name, "text": text, "moving": False}
    return json.loads(in_browser.answer("random-walk", json.dumps(event)))


def test_an_event_is_answered_with_links_between_files():
    reply = asked("answer", "1", query="step=1")
    assert reply["address"] == "/random-walk?answer=1&step=1"
    assert "sum is 1" in reply["fragments"]["question"]
    further = asked("step", "2", session=reply["session"])
    assert further["address"] == "/random-walk?answer=1&step=2"
    assert "question" not in further["fragments"]


def test_a_sample_is_drawn_though_nothing_is_prepared():
    reply = asked("crowd", "1")
    assert reply["more"] is not None
    assert asked("more", session=reply["session"])["more"] is None


@pytest.mark.parametrize(
    ("missing", "needs"), [("numpy", True), ("torch.nn", True), ("ours", False)]
)
def test_a_missing_library_is_named_and_a_missing_module_of_ours_is_a_bug(
    missing, needs, monkeypatch
):
    def send(*args):
        raise ModuleNotFoundError(name=missing)

    monkeypatch.setattr(in_browser._sessions, "send", send)
    if needs:
        assert asked("more") == {"needs": missing}
    else:
        with pytest.raises(ModuleNotFoundError):
            asked("more")


@pytest.mark.parametrize(
    ("served", "exported"),
    [
        ('<a href="/random-walk?step=2">', '<a href="random-walk.html?step=2">'),
        ('<a class="x" href="/">', '<a class="x" href="index.html">'),
        ('<a href="/ledger#lemma-7">', '<a href="ledger.html#lemma-7">'),
        ('<script src="/static/lessons.js">', '<script src="static/lessons.js">'),
        ('<a href="https://example.org/a">', '<a href="https://example.org/a">'),
        ('<body data-address="/the-law?step=1">', '<body data-address="?step=1">'),
    ],
)
def test_links_lead_to_files(served, exported):
    assert relative(served) == exported
