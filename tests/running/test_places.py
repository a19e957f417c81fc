"""What lies at a path: no pipe is waited for, and each refusal is one line."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import UserError
from running.places import (
    check_place,
    is_file,
    is_folder,
    is_there,
    read_bytes,
    read_json,
    read_text,
    require_file,
)

READERS = (read_bytes, read_text, read_json, require_file)


class OtherError(UserError):
    """As a room derives one."""


@pytest.fixture
def unfit(tmp_path):
    """Paths where no file is, by kind."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").write_text("text")
    return {
        "nothing": tmp_path / "none",
        "folder": tmp_path,
        "pipe": tmp_path / "pipe",
        "device": Path("/dev/zero"),
        "loop": tmp_path / "loop",
        "dangling": tmp_path / "dangling",
        "long": tmp_path / ("n" * 300),
        "below a file": tmp_path / "file" / "x",
        "zero byte": tmp_path / "a\0b",
        "not UTF-8": tmp_path / "\udcff",
    }


KINDS = (
    "nothing",
    "folder",
    "pipe",
    "device",
    "loop",
    "dangling",
    "long",
    "below a file",
    "zero byte",
    "not UTF-8",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", READERS)
def test_what_is_no_file_is_refused_in_one_line(unfit, kind, read):
    with pytest.raises(OtherError) as refused:
        read(unfit[kind], error=OtherError)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("kind", KINDS)
def test_questions_are_answered_or_refused(unfit, kind):
    for ask in (is_file, is_folder, is_there):
        try:
            answer = ask(unfit[kind], error=OtherError)
        except OtherError:
            assert kind in ("loop", "long", "zero byte")
        else:
            expected = {is_file: (), is_folder: ("folder",)}
            assert answer == (kind in expected.get(ask, ("folder", "pipe", "device")))


@given(st.binary(max_size=40))
def test_bytes_are_text_and_json_or_refused(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("any") / "file"
    file.write_bytes(content)
    assert read_bytes(file) == content
    for read in (read_text, read_json):
        try:
            read(file)
        except UserError as refused:
            assert str(refused).isprintable()  # noqa: PT017


@pytest.mark.parametrize("text", ["[" * 5000, '{"a":' * 5000, "9" * 5000, '{"a": ' + "9" * 5000])
def test_json_beyond_measure_is_refused(tmp_path, text):
    (tmp_path / "file").write_text(text)
    with pytest.raises(UserError, match="is damaged or no JSON"):
        read_json(tmp_path / "file")


@pytest.mark.parametrize("below", ["", "results/x"])
@pytest.mark.parametrize("kind", [*KINDS[2:9], "/proc"])
def test_a_place_that_cannot_hold_results_is_refused(unfit, kind, below):
    place = Path("/proc/none") if kind == "/proc" else unfit[kind]
    with pytest.raises(UserError) as refused:
        check_place(place / below)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("place", ["", "new", "new/" * 5, "\udcff", "n" * 255])
def test_a_place_that_can_is_left_as_it_was(tmp_path, place):
    check_place(tmp_path / place)
    assert list(tmp_path.iterdir()) == []


def test_a_name_too_long_is_seen_below_folders_that_are_not_there(tmp_path):
    with pytest.raises(UserError, match="is too long"):
        check_place(tmp_path / "a" / ("n" * 256) / "b")


def test_a_deleted_working_folder_is_one_line(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(UserError, match="cannot write into"):
        check_place(Path("results"))
