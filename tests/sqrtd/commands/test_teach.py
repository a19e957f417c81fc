"""`sqrtd teach`: where it listens, what it says, and how it ends."""

import signal
import socket
import subprocess
import sys
import webbrowser

import pytest
from serving import ask

import teaching.serving.local_server
from sqrtd.cli import main

COMMAND = [sys.executable, "-c", "import sys; from sqrtd.cli import main; sys.exit(main())"]


@pytest.fixture
def served(monkeypatch):
    """Call the command without serving anything; return the hosts it would answer to."""
    seen = {}

    def application(hosts, preparation, **options):
        seen.update(options, hosts=hosts)

    monkeypatch.setattr(teaching.serving.local_server, "application", application)
    monkeypatch.setattr(
        teaching.serving.local_server._Server,
        "run",
        lambda server, sockets: seen.update(server=server),
    )
    return seen


def test_it_serves_says_where_and_ends_with_ctrl_c():
    with subprocess.Popen(
        [*COMMAND, "teach", "--no-browser", "--lesson", "dual-norms"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        line = process.stdout.readline()
        address = line.split()[2]
        assert line == f"Lessons at {address} (Ctrl-C ends them)\n"
        port, _, slug = address.removeprefix("http://127.0.0.1:").partition("/")
        status, _, text = ask(int(port), "GET", f"/{slug}")
        assert (status, slug) == (200, "dual-norms")
        assert "An attack is a dual norm" in text
        process.send_signal(signal.SIGINT)  # while torch is being loaded
        out, errors = process.communicate(timeout=20)
        assert (process.returncode, out, errors) == (0, "", "sqrtd: the lessons are closed\n")


LOADS = """
import atexit, os, sys, threading
from teaching.serving import local_server
from sqrtd.cli import main

def loads():
    os.write(1, b"loading\\n")
    threading.Event().wait()

local_server.load_torch, local_server.QUIET = loads, 0.0
atexit.register(os._exit, 7)  # as torch does, when the interpreter is taken down meanwhile
sys.exit(main(["teach", "--no-browser", "--lesson", "dual-norms"]))
"""


def test_ctrl_c_while_torch_is_loaded_ends_as_ever():
    command = [sys.executable, "-c", LOADS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        address = process.stdout.readline().split()[2]
        port, _, slug = address.removeprefix("http://127.0.0.1:").partition("/")
        assert ask(int(port), "GET", f"/{slug}")[0] == 200
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == "sqrtd: the lessons are closed\n"


def test_the_first_page_waits_for_neither_torch_nor_scipy_stats():
    script = (
        "import sys; import teaching.serving.local_server;"
        "from teaching.serving.preparation import Preparation;"
        "from teaching.serving.sessions import Sessions;"
        "text = Sessions(Preparation(lambda: None)).open('the-law', '');"
        "assert 'id=\"figure\"' in text;"
        "heavy = {'torch', 'scipy.stats', 'matplotlib', 'sympy', 'hypothesis'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--lesson", "nothing"], "'nothing' is no lesson; there are the-law, vulnerability,"),
        (["--lesson", "http://[::1"], "is no lesson"),
        (["--new", "mine", "--export", "site"], "argument --export: not allowed with"),
        (["--new", "mine", "--lesson", "the-law"], "argument --lesson: not allowed with"),
        (["--lesson", "the-law", "--export", "site"], "argument --export: not allowed with"),
        (["--host", "no such host"], "'no such host' is no host that this machine knows"),
        (["--host", "192.0.2.1"], "'192.0.2.1' is no address of this machine"),
        (["--port", "0"], "is not a port"),
        (["--port", "65536"], "is not a port"),
        (["--port", "٨٠"], "is not a port"),
    ],
)
def test_bad_input_is_one_line_and_2(capsys, served, options, words):
    try:
        code = main(["teach", "--no-browser", *options])
    except SystemExit as end:
        code = end.code
    out, errors = capsys.readouterr()
    assert (code, out, errors.count("\n")) == (2, "", 1)
    assert words in errors
    assert not served


def test_a_port_that_is_taken_is_one_line_and_2(capsys, served):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["teach", "--no-browser", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"sqrtd: port {port} is taken; without --port a free one is found\n"
    )


@pytest.mark.parametrize(
    ("options", "hosts", "warns"),
    [
        ([], {"127.0.0.1", "localhost", "[::1]"}, False),
        (["--host", "localhost"], {"127.0.0.1", "localhost", "[::1]"}, False),
        (["--host", "127.0.0.2"], {"127.0.0.1", "127.0.0.2", "localhost", "[::1]"}, False),
    ],
)
def test_it_is_for_this_machine_alone_unless_told_otherwise(capsys, served, options, hosts, warns):
    assert main(["teach", "--no-browser", *options]) == 0
    assert set(served["hosts"]) == hosts
    errors = capsys.readouterr().err
    assert errors.count("\n") == warns
    assert ("over the network" in errors) is warns


def test_a_whole_network_may_ask_but_only_by_this_machines_names(capsys, served):
    assert main(["teach", "--no-browser", "--host", "0.0.0.0"]) == 0
    hosts = set(served["hosts"])
    assert {"127.0.0.1", "localhost", "[::1]", socket.gethostname().lower()} < hosts
    assert not any("*" in host for host in hosts)
    out, errors = capsys.readouterr()
    assert errors.count("\n") == 1
    assert "over the network" in errors
    assert out == "" or any(f"http://{host}:" in out for host in hosts)


def test_pages_may_be_framed_only_if_the_user_says_so(served):
    main(["teach", "--no-browser"])
    assert served["embeddable"] is False
    assert served["statements"]["lemma-7"].number == "Lemma 7"
    main(["teach", "--no-browser", "--allow-embed"])
    assert served["embeddable"] is True


def test_the_port_is_the_usual_one_or_a_free_one(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(teaching.serving.local_server, "USUAL_PORT", taken)
        with teaching.serving.local_server._usual("127.0.0.1") as listener:
            assert listener.getsockname()[1] != taken
    with teaching.serving.local_server._usual("127.0.0.1") as listener:
        assert listener.getsockname()[1] == taken


def test_a_new_lesson_is_made_and_nothing_is_served(monkeypatch, capsys, served):
    import teaching.new_lesson

    monkeypatch.setattr(teaching.new_lesson, "new_lesson", lambda name: f"lessons/{name}")
    assert main(["teach", "--new", "max-pooling"]) == 0
    assert "lessons/max-pooling" in capsys.readouterr().out
    assert served == {}


def test_a_copied_address_brings_its_state_to_another_port(served):
    main(["teach", "--lesson", "http://127.0.0.1:4711/random-walk?answer=1&step=2"])
    assert served["server"]._opened.endswith("/random-walk?answer=1&step=2")
    assert ":4711" not in served["server"]._opened


def test_the_browser_is_opened_but_not_one_that_takes_the_terminal(monkeypatch):
    opened = []

    class Window(webbrowser.BackgroundBrowser):
        def open(self, url, new=0, autoraise=True):
            opened.append(url)
            return True

    def none():
        raise webbrowser.Error

    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setattr(
        webbrowser.GenericBrowser, "open", lambda browser, url: opened.append("w3m")
    )
    for browser in (lambda: Window("firefox"), lambda: webbrowser.GenericBrowser("w3m"), none):
        monkeypatch.setattr(webbrowser, "get", browser)
        teaching.serving.local_server._open("http://127.0.0.1:1/")
    assert opened == ["http://127.0.0.1:1/"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--without-python"], "go with --export DIR"),
        (["--export", "{place}", "--without-python", "--pyodide", "{place}"], "take one"),
        (["--export", "{place}", "--pyodide", "{place}"], "no unpacked package pyodide"),
        (["--export", "{place}", "--without-python"], "other things in it"),
    ],
)
def test_an_export_that_cannot_be_made_is_refused_in_one_line(options, says, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine")
    assert main(["teach", *(option.format(place=tmp_path) for option in options)]) == 2
    error = capsys.readouterr().err
    assert says in error.replace("\n", " ")
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]
