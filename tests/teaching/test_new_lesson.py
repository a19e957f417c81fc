"""A new lesson runs, and passes the tests that every lesson passes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.errors import UserError
from teaching.new_lesson import ROOM, new_lesson

REPOSITORY = ROOM.parent
TESTS = REPOSITORY / "tests"


@pytest.fixture
def room(tmp_path):
    """A copy of the room in which lessons can be made."""
    return Path(shutil.copytree(ROOM, tmp_path / "teaching"))


def files(folder):
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_new_lesson_passes_the_lessons_tests(room):
    folder = new_lesson("max-pooling", room)
    assert {file.name for file in folder.iterdir()} == {
        "__init__.py", "settings.py", "picture.py", "lesson.py", "text.toml",
    }  # fmt: skip
    assert "skeleton" not in "".join(file.read_text() for file in folder.glob("*.py"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "max-pooling",
         "--rootdir", REPOSITORY, "-c", REPOSITORY / "pyproject.toml",
         "-o", f"pythonpath={TESTS / 'helpers'}",
         TESTS / "teaching/test_state.py", TESTS / "teaching/test_texts.py"],
        cwd=room.parent, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{room.parent}{os.pathsep}{REPOSITORY}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert int(passed[1]) >= 8


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Max Pooling", "'Max Pooling' names no lesson; take up to 40 letters"),
        ("../out", "names no lesson"),
        ("", "names no lesson"),
        ("a" * 41, "names no lesson"),
        ("summary", "summary is a page of the course already; take another name"),
        ("ledger", "is a page of the course"),
        ("index", "is a page of the course"),
        ("class", "class is a word of Python already"),
        ("random-walk", "there is a lesson random-walk already"),
    ],
)
def test_a_name_that_cannot_be(room, name, message):
    before = files(room)
    with pytest.raises(UserError, match=re.escape(message)):
        new_lesson(name, room)
    assert files(room) == before


def test_a_folder_that_cannot_be_written(room):
    shutil.rmtree(room / "lessons")
    with pytest.raises(UserError, match=r"cannot write .*; work in a clone of sqrtd"):
        new_lesson("max-pooling", room)
