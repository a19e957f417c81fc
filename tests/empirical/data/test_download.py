"""Downloading CIFAR-10, from a server on this machine."""

import gc
import hashlib
import io
import socket
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import batch_files
import pooch
import pytest

from empirical.data import cifar10, download
from empirical.data.load import DataError, load_data

# After a failed download, pooch leaves its socket to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

RECORDS = 3


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    """A cache of our own, no proxy, no messages, small batches."""
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(cifar10, "TRAINING_RECORDS", RECORDS)
    pooch.get_logger().setLevel("ERROR")
    yield
    pooch.get_logger().setLevel("INFO")


@pytest.fixture
def collected():
    """Open sockets are gone before another test, which may take them for its own."""
    yield
    gc.collect()


@pytest.fixture
def server():
    """Serve `server.content` with `server.status`; `server.requests` counts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.requests += 1
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(server.content)))
            self.end_headers()
            self.wfile.write(server.content[: server.sent])

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.requests, server.content, server.sent = 200, 0, b"", None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def packed(folder):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.add(folder, folder.name)
    return content.getvalue()


@pytest.fixture
def official(tmp_path, server, monkeypatch):
    """A small CIFAR-10 lies on the server, and its checksum is the known one."""
    folder = tmp_path / "server" / "cifar-10-batches-bin"
    batch_files.write(folder, "bin", records=RECORDS, test_records=2)
    server.content = packed(folder)
    serve(monkeypatch, server)
    return folder


def serve(monkeypatch, server, *, content=None):
    checksum = hashlib.sha256(server.content if content is None else content).hexdigest()
    archive = download.Archive(
        url=f"http://127.0.0.1:{server.server_port}/cifar.tar.gz",
        sha256=checksum,
        folder="cifar-10-batches-bin",
    )
    monkeypatch.setattr(download, "CIFAR10", archive)
    return archive


def error():
    with pytest.raises(DataError) as caught:
        load_data("cifar10", seed=0)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def left(tmp_path):
    """Everything in the cache but empty folders."""
    return sorted(file.name for file in (tmp_path / "cache").rglob("*") if file.is_file())


def test_it_is_read_as_from_a_folder(official):
    data = load_data("cifar10", seed=0)
    by_hand = load_data(f"cifar10:{official}", seed=0)
    assert (data.train_images == by_hand.train_images).all()
    assert (data.held_out_labels == by_hand.held_out_labels).all()
    assert data.description == by_hand.description


def test_a_second_time_nothing_is_downloaded(official, server):
    load_data("cifar10", seed=0)
    assert server.requests == 1
    load_data("cifar10", seed=0)
    assert server.requests == 1


def test_the_archive_is_not_kept_beside_its_contents(official, tmp_path):
    load_data("cifar10", seed=0)
    assert not [name for name in left(tmp_path) if name.endswith(".gz")]


def test_another_process_may_be_faster(official, server, monkeypatch):
    """It has put the data there while this one unpacked them."""
    original = download._unpack

    def slow(archive, file, folder):
        batch_files.write(folder, "bin", records=RECORDS, test_records=2)
        original(archive, file, folder)

    monkeypatch.setattr(download, "_unpack", slow)
    assert len(load_data("cifar10", seed=0).held_out_labels) == 2


def test_another_checksum_is_refused_and_nothing_kept(official, server, tmp_path):
    server.content = server.content[:-1] + bytes([server.content[-1] ^ 1])
    message = error()
    assert "does not have the checksum" in message
    assert download.CIFAR10.sha256 in message
    assert left(tmp_path) == []
    server.content = server.content[:-1] + bytes([server.content[-1] ^ 1])
    load_data("cifar10", seed=0)  # mended, it goes


def test_a_connection_that_breaks_off(official, server, tmp_path, collected):
    server.sent = 100
    assert "cannot download http://127.0.0.1" in error()
    assert left(tmp_path) == []


def test_not_found(official, server, collected):
    server.status = 404
    message = error()
    assert "(status 404)" in message
    assert "by hand" in message


def test_no_network(monkeypatch, collected):
    with socket.socket() as unused:  # bound and not listening: it refuses
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/cifar.tar.gz"
        archive = download.Archive(url=url, sha256="0" * 64, folder="cifar-10-batches-bin")
        monkeypatch.setattr(download, "CIFAR10", archive)
        message = error()
    assert f"cannot download {url} (ConnectionError)" in message


def test_an_archive_of_something_else(server, monkeypatch):
    server.content = b"no archive"
    serve(monkeypatch, server)
    assert "is not the tar archive" in error()


def test_an_archive_with_another_folder(server, monkeypatch, tmp_path):
    (tmp_path / "other").mkdir()
    server.content = packed(tmp_path / "other")
    serve(monkeypatch, server)
    assert "cannot write" not in error()
    assert "holds no folder cifar-10-batches-bin" in error()


def test_a_hostile_archive_stays_in_its_place(server, monkeypatch, tmp_path):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../../escaped"), io.BytesIO(b""))
    server.content = content.getvalue()
    serve(monkeypatch, server)
    error()
    assert not list(tmp_path.rglob("escaped*"))


def test_an_interrupted_unpacking_leaves_nothing_that_is_taken_for_data(
    official, monkeypatch, server
):
    def interrupted(self, path, **kwargs):
        original(self, path, **kwargs)
        raise KeyboardInterrupt

    original = tarfile.TarFile.extractall
    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load_data("cifar10", seed=0)
    load_data("cifar10", seed=0)
    assert server.requests == 1  # the checked archive was there


def test_a_cache_that_cannot_be_made(official, tmp_path):
    (tmp_path / "cache").write_text("a file where the cache should be")
    assert "cannot write the cache" in error()


def test_a_cache_that_cannot_be_written(official, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError("many words | of pooch")  # as it does, without the system's reason

    monkeypatch.setattr(pooch, "retrieve", refuse)
    assert error().endswith(": Permission denied")


def test_the_official_archive_is_named_in_full():
    assert download.CIFAR10.url.startswith("https://")
    assert len(bytes.fromhex(download.CIFAR10.sha256)) == 32
