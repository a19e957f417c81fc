"""What the server answers, what it refuses, and that nothing malformed ends it."""

import http.client
import json
import logging
import socket

import pytest
from serving import ask, send, serving
from tiny_lesson import LESSON

import teaching.serving.sessions
from teaching.contents import CONTENTS
from teaching.serving.server import LARGEST_BODY, STATIC

JSON = {"content-type": "application/json"}
GOOD = {"session": "", "address": "/the-law", "name": "click", "text": "1", "moving": False}


@pytest.fixture(scope="module")
def port():
    with serving() as port:
        yield port


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(teaching.serving.sessions, "load", lambda slug: LESSON)


def raw(port, text):
    """Send bytes as they are; return what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(text)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize("page", ["", "summary", "exercises", "solutions", "ledger"])
def test_the_pages_of_the_course_keep_the_looks(port, page):
    status, _, text = ask(port, "GET", f"/{page}?large=1&theme=dark")
    assert status == 200
    assert 'data-theme="dark"' in text
    assert f'href="/{CONTENTS[0].slug}?large=1&amp;theme=dark"' in text
    status, _, text = ask(port, "GET", f"/{page}?theme=pink")
    assert (status, 'data-theme="auto"' in text) == (200, True)


def test_pages_may_be_shown_in_others_only_where_that_is_allowed():
    asks = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"}
    with serving(embeddable=True) as port:
        status, headers, _ = ask(port, "GET", "/the-law", headers=asks)
        assert status == 200
        assert "x-frame-options" not in headers
        assert "frame-ancestors" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
    with serving() as port:
        assert ask(port, "GET", "/the-law", headers=asks)[0] == 403


def test_a_page_has_its_content_and_allows_no_other_host_script_or_frame(port):
    status, headers, text = ask(port, "GET", "/the-law?slid=5")
    assert status == 200
    assert "slid 5 in 0 moves" in text
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "//" not in text.replace("<!doctype html>", "").replace('xmlns="http://', "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_only_the_script_the_style_and_the_icon_are_served(port):
    for file in STATIC.iterdir():
        status, headers, text = ask(port, "GET", f"/static/{file.name}")
        assert (status, text) == (200, file.read_text())
        assert headers["x-content-type-options"] == "nosniff"
    assert {file.suffix for file in STATIC.iterdir()} == {".js", ".css", ".svg"}


@pytest.mark.parametrize(
    "target",
    [
        "/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py", "/static/",
        "/static//etc/passwd", "/static/lessons.js/", "/static//lessons.js", "/static/./lessons.js",
        "/static/%00", "/static/" + "a" * 5000, "/static", "/%00", "/%ff",
        "/no-such-lesson", "/the-law/", "/the-law/more", "/the%2Flaw", "//the-law", "/event",
        "/١٢٣".encode().decode("latin-1"),
    ],
)  # fmt: skip
def test_any_other_address_is_a_page_that_leads_on(port, target):
    answer = raw(
        port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    if b" 404 " in answer[:20]:
        assert b'href="/the-law"' in answer
    assert b"import json" not in answer


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost:1", "127.0.0.1:99", "[::1]:8"],
)
def test_the_names_of_this_machine_are_answered(port, host):
    assert ask(port, "GET", "/the-law", headers={"host": host})[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example",
        "127.0.0.2", "[::2]", "[::1", "::1", "", "localhost@evil.example", "localhost evil.example",
        "localhost:port", "www.localhost", "*", "\x00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_host_is_refused(port, host, method):
    target = {"GET": "/the-law", "POST": "/event"}[method]
    body = json.dumps(GOOD)
    headers = f"Host: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    answer = raw(
        port, f"{method} {target} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n{body}".encode()
    )
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Tiny" not in answer


def test_two_hosts_or_none_are_refused(port):
    for headers in ("Host: localhost\r\nHost: evil.example", "X: y"):
        answer = raw(
            port, f"GET /the-law HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n".encode()
        )
        assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("use", ["image", "empty", "iframe", "script"])
def test_a_foreign_page_cannot_push_out_a_students_page_by_embedding_lessons(
    port, site, use, monkeypatch
):
    monkeypatch.setattr(teaching.serving.sessions, "MOST_PAGES", 1)
    session = send(port, "click", "1")[1]["session"]
    status, _, text = ask(
        port, "GET", "/the-law", headers={"sec-fetch-site": site, "sec-fetch-dest": use}
    )
    assert (status, "Tiny" in text) == (403, False)
    assert send(port, "undo", session=session)[1]["session"] == session


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, 200), ("http://127.0.0.1:{port}", 200), ("HTTP://127.0.0.1:{port}", 200),
        ("http://127.0.0.1", 403), ("http://127.0.0.1:1", 403), ("https://127.0.0.1:{port}", 403),
        ("http://localhost:{port}", 403), ("http://evil.example", 403), ("null", 403), ("", 403),
        ("http://127.0.0.1:{port}.evil.example", 403), ("http://127.0.0.1:{port}/", 403),
    ],
)  # fmt: skip
def test_events_come_from_our_own_pages_or_from_programs(port, origin, expected):
    headers = JSON if origin is None else {**JSON, "origin": origin.format(port=port)}
    status, _, text = ask(port, "POST", "/event", json.dumps(GOOD), headers)
    assert status == expected
    assert ("error" in json.loads(text)) is (expected == 403)


def test_of_two_origins_none_may_be_foreign(port):
    body = json.dumps(GOOD)
    answer = raw(
        port,
        f"POST /event HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
        "Origin: http://evil.example\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode(),
    )
    assert answer.startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("site", ["none", "same-origin", "cross-site"])
def test_links_to_a_lesson_are_followed_from_anywhere(port, site):
    headers = {"sec-fetch-site": site, "sec-fetch-dest": "document"}
    assert ask(port, "GET", "/the-law", headers=headers)[0] == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST", "BREW"])
@pytest.mark.parametrize("target", ["/the-law", "/event", "/static/lessons.js"])
def test_other_methods_are_refused_in_words(port, method, target):
    if (method, target) == ("POST", "/event"):
        return
    status, headers, text = ask(port, method, target)
    assert status == 405
    assert json.loads(text)["error"]
    assert not [name for name in headers if name.startswith("access-control")]


def test_head_is_get_without_a_body(port):
    status, _, text = ask(port, "HEAD", "/the-law")
    assert (status, text) == (200, "")


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"]
)
def test_an_event_that_is_not_declared_as_json_is_refused(port, kind):
    headers = {"content-type": kind} if kind else {}
    status, _, text = ask(port, "POST", "/event", json.dumps(GOOD), headers)
    assert (status, "JSON" in json.loads(text)["error"]) == (415, True)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_declared_in_other_letters(port, kind):
    assert ask(port, "POST", "/event", json.dumps(GOOD), {"content-type": kind})[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nothing", b"\xff\xfe", b"\x00", b"[]", b"null", b"3", b'"text"', b"NaN", b"{}",
        b"[" * 8000, b'{"a":' * 3000, b"1" * 9000,
        *(
            json.dumps({**GOOD, key: value}).encode()
            for key in GOOD
            for value in (None, 3, [], {}, float("nan"), 10**400, "\ud800")
            if not (key == "moving" and value in (True, False))
        ),
        *(json.dumps({**GOOD, key: "x" * 13000}).encode() for key in GOOD),
        *(json.dumps({k: v for k, v in GOOD.items() if k != key}).encode() for key in GOOD),
        json.dumps({**GOOD, "more": 1}).encode(),
        json.dumps({**GOOD, "moving": 1}).encode(),
        json.dumps({**GOOD, "address": "/nowhere"}).encode(),
        json.dumps({**GOOD, "address": "http://[::1"}).encode(),
    ],
)  # fmt: skip
def test_a_malformed_event_is_refused_in_one_line(port, body):
    status, _, text = ask(port, "POST", "/event", body, JSON)
    assert status == 400
    (words,) = json.loads(text).values()
    assert words
    assert "\n" not in words


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_is_cut_off_while_it_comes(port, declared):
    """Of ten million bytes, or an endless stream, hardly more is read than an event may have."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("POST", "/event")
    connection.putheader("content-type", "application/json")
    length = ("content-length", "10000000") if declared else ("transfer-encoding", "chunked")
    connection.putheader(*length)
    connection.endheaders()
    chunk = b" " * 4096 if declared else b"1000\r\n" + b" " * 4096 + b"\r\n"
    for _ in range(LARGEST_BODY // 4096 + 1):
        connection.send(chunk)
    response = connection.getresponse()  # although the body goes on
    assert response.status == 413
    assert str(LARGEST_BODY) in json.loads(response.read())["error"]
    connection.close()


@pytest.mark.parametrize(
    "query",
    [
        "%", "%zz", "%ff=%ff", "%00=%00", "a", "slid", "slid=", "slid=x", "slid=%D9%A3", "slid=99",
        "slid=3&slid=3", "nothing=1", "=", "&", "&&&", "slid=3;switched=1", "switched=2",
        "kind=d", "<script>", "slid=" + "9" * 3000, "a=b&" * 3000, "clicked=%C3%A9",
        "clicked=" + "a" * 401,
    ],
)  # fmt: skip
def test_a_malformed_address_gives_the_start_and_a_message_and_the_page_goes_on(port, query):
    status, _, text = ask(port, "GET", f"/the-law?{query}")
    assert status == 200
    assert "the lesson starts anew" in text
    assert "slid 3 in 0 moves" in text
    assert "<script>" not in text.replace("<script src", "")
    address = text.split('data-address="')[1].split('"')[0]
    status, reply = send(port, "click", "7", address=address)
    assert (status, reply["address"]) == (200, "/the-law?clicked=7")


def test_an_event_is_answered_with_what_changed(port):
    session = send(port, "click", "1")[1]["session"]
    status, reply = send(port, "click", "2", session=session)
    assert status == 200
    assert reply["address"] == "/the-law?clicked=12"
    assert set(reply["fragments"]) == {"figure"}
    assert "clicked 12" in reply["fragments"]["figure"]


@pytest.mark.parametrize("name", ["", "nothing", "__class__", "answer", "step", "<b>"])
def test_an_event_that_cannot_be_is_answered_with_a_message(port, name):
    session = send(port, "click", "1")[1]["session"]
    status, reply = send(port, name, "٣\x00", session=session)
    assert status == 200
    assert set(reply["fragments"]) == {"message"}
    assert "<b>" not in reply["fragments"]["message"]


def test_an_error_of_a_lesson_is_one_line_in_the_page_and_a_traceback_in_the_terminal(port, caplog):
    session = send(port, "click", "1")[1]["session"]
    for name in ("break", "broken"):
        with caplog.at_level(logging.ERROR):
            status, reply = send(port, name, "1", session=session)
        assert status == 500
        assert "bug of ours" in reply["error"]
        assert "ZeroDivisionError" in caplog.text
        caplog.clear()
        # The page stands where it stood.
        status, reply = send(port, "click", "2", session=session)
        assert status == 200
    assert reply["address"] == "/the-law?clicked=122"


def test_an_address_that_breaks_a_lesson_gives_its_start_and_a_message(port, caplog):
    status, _, text = ask(port, "GET", "/the-law?broken=1")
    assert (status, "bug of ours" in text, "slid 3" in text) == (200, True, True)
    assert "ZeroDivisionError: the view broke" in caplog.text


def test_a_lesson_that_cannot_be_loaded_gives_a_page_that_leads_on(port, caplog, monkeypatch):
    def load(slug):
        raise ImportError("no torch")

    monkeypatch.setattr(teaching.serving.sessions, "load", load)
    status, _, text = ask(port, "GET", "/the-law")
    assert status == 500
    assert "bug of ours" in text
    assert 'href="/random-walk"' in text
    assert "Traceback" not in text
    assert "no torch" in caplog.text
